"""A decision on a field that differs moves its base, and the next comparison does what was decided."""

import pytest

from xero_sync.domain.side_decisions import (
    BY,
    REASON,
    ShownDifference,
    SideDecision,
    carry_reasons,
    list_differences,
    move_bases,
    read_differences,
)
from xero_sync.domain.three_sides import OURS, XEROS, Compared, Comparison, Fields, FieldWords, Policy, compare_sides

AGREED = {"due": "a"}
BOTH = ShownDifference(
    field="due", label="Due date", before="a", here="b", in_xero="c", bases={"due": {OURS: "b", XEROS: "c"}}
)


def after(decision: SideDecision, *, ours: str = "b", seen: str = "c") -> Comparison:
    """The comparison once this was decided where we said b and Xero c."""
    known = move_bases(difference=BOTH, decision=decision, reason="Agreed", by="Ann Lee")
    return compare({"due": ours}, {"due": seen}, AGREED, known)


def compare(ours: Fields, seen: Fields, agreed: Fields, known: dict[str, dict[str, str]]) -> Comparison:
    return compare_sides(
        agreed=agreed, known=known, ours=ours, seen=seen, unconfirmed=(), policy=lambda *_: Policy.STOPS
    )


def test_ours_is_sent_and_nothing_else_is_asked() -> None:
    assert after(SideDecision.SEND_OURS) == Comparison(changed=frozenset({"due"}))


@pytest.mark.parametrize("decision", [SideDecision.ACCEPT_XEROS, SideDecision.LEAVE])
def test_what_is_accepted_or_left_is_kept_without_asking(decision: SideDecision) -> None:
    found = after(decision)
    assert (found.changed, found.stopped) == (frozenset(), ())
    assert [each.field for each in found.kept] == ["due"]


@pytest.mark.parametrize("decision", list(SideDecision))
def test_another_change_in_xero_is_asked_again(decision: SideDecision) -> None:
    assert [each.field for each in after(decision, seen="d").stopped] == ["due"]


@pytest.mark.parametrize("decision", list(SideDecision))
def test_another_change_here_is_sent(decision: SideDecision) -> None:
    assert after(decision, ours="d").changed == {"due"}


def test_a_reason_stays_with_what_was_left_and_with_nothing_else() -> None:
    left = move_bases(difference=BOTH, decision=SideDecision.LEAVE, reason="Agreed", by="Ann Lee")
    assert left == {"due": {OURS: "b", XEROS: "c", REASON: "Agreed", BY: "Ann Lee"}}
    assert move_bases(difference=BOTH, decision=SideDecision.ACCEPT_XEROS, reason="Agreed", by="Ann Lee") == {
        "due": {OURS: "b", XEROS: "c", BY: "Ann Lee"}
    }


def test_a_reason_lasts_as_long_as_neither_side_changes() -> None:
    left = move_bases(difference=BOTH, decision=SideDecision.LEAVE, reason="Agreed", by="Ann Lee")
    same, other = {"due": {OURS: "b", XEROS: "c"}}, {"due": {OURS: "b", XEROS: "d"}, "number": {OURS: "1"}}
    assert carry_reasons(before=left, after=same) == left
    assert carry_reasons(before=left, after=other) == other


# A line that was removed here and changed in Xero

LINE = {"line.1": "amount", "line.1.unit_amount": "100", "line.1.quantity": "1"}
CHANGED = {**LINE, "line.1.unit_amount": "120", "line.1.quantity": "2"}


def removed_line() -> list[ShownDifference]:
    comparison = compare({"line.1": ""}, CHANGED, LINE, {})
    compared = Compared(payload=None, stated={}, ours={"line.1": ""}, seen=CHANGED, comparison=comparison)
    stored = list_differences(
        compared=compared,
        comparison=comparison,
        agreed=LINE,
        describe=lambda differences: [
            FieldWords(
                field=each.field,
                label=each.field,
                before=each.before,
                here=each.here,
                in_xero=each.in_xero,
                both=each.both,
            )
            for each in differences
        ],
    )
    return read_differences(stored)


def test_a_removed_line_is_one_decision() -> None:
    [found] = removed_line()
    assert (found.field, found.here, found.in_xero, found.both, found.is_open) == ("line.1", "", "amount", True, True)
    assert set(found.bases) == {"line.1", "line.1.unit_amount", "line.1.quantity"}


@pytest.mark.parametrize(
    ("decision", "changed", "kept"),
    [(SideDecision.SEND_OURS, {"line.1"}, []), (SideDecision.ACCEPT_XEROS, set(), ["line.1"])],
)
def test_a_removed_line_goes_or_stays_as_a_whole(decision: SideDecision, changed: set[str], kept: list[str]) -> None:
    [found] = removed_line()
    comparison = compare({"line.1": ""}, CHANGED, LINE, move_bases(difference=found, decision=decision))
    assert (comparison.changed, [each.field for each in comparison.kept], comparison.stopped) == (changed, kept, ())
