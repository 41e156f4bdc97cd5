"""Three sides of a document, field by field: what is sent, what is kept, what a person decides."""

import pytest

from xero_sync.domain.three_sides import (
    OURS,
    XEROS,
    Comparison,
    Fields,
    KnownDifferences,
    Policy,
    compare_sides,
    differences_known,
    part_of,
)

STOPPING = {"price"}


def policy(field: str, _: Fields, __: Fields) -> Policy:
    return Policy.STOPS if field in STOPPING else Policy.KEPT


def compare(
    agreed: Fields | None,
    ours: Fields,
    seen: Fields,
    *,
    known: KnownDifferences | None = None,
    unconfirmed: tuple[Fields, ...] = (),
    ours_made: bool = False,
) -> Comparison:
    return compare_sides(
        agreed=agreed,
        known=known or {},
        ours=ours,
        seen=seen,
        unconfirmed=unconfirmed,
        policy=policy,
        ours_made=ours_made,
    )


def outcome(comparison: Comparison) -> dict[str, str]:
    """By field: sent, kept, stopped, or stopped because both sides changed."""
    found = dict.fromkeys(comparison.changed, "sent")
    found |= {each.field: "kept" for each in comparison.kept}
    return found | {each.field: "both" if each.both else "stopped" for each in comparison.stopped}


@pytest.mark.parametrize(
    ("ours", "seen", "expected"),
    [
        ("a", "a", {}),
        ("b", "a", {"text": "sent"}),
        ("a", "b", {"text": "kept"}),
        ("b", "c", {"text": "both"}),
        ("b", "b", {}),
        ("", "a", {"text": "sent"}),
        ("a", "", {"text": "kept"}),
    ],
)
def test_each_field_goes_by_who_changed_it(ours: str, seen: str, expected: dict[str, str]) -> None:
    assert outcome(compare({"text": "a"}, {"text": ours}, {"text": seen})) == expected


def test_a_field_that_stops_stops_the_document_only_if_it_was_changed_in_xero() -> None:
    assert outcome(compare({"price": "1"}, {"price": "1"}, {"price": "2"})) == {"price": "stopped"}
    assert outcome(compare({"price": "1"}, {"price": "2"}, {"price": "1"})) == {"price": "sent"}


@pytest.mark.parametrize("here", ["1", "3"])
def test_our_own_unanswered_write_is_nobody_else_s_change(here: str) -> None:
    found = compare({"price": "1"}, {"price": here}, {"price": "2"}, unconfirmed=({"price": "9"}, {"price": "2"}))
    assert outcome(found) == {"price": "sent"}


def test_a_field_that_is_not_ours_is_never_sent() -> None:
    assert outcome(compare({"item": "a"}, {}, {"item": "a"})) == {}
    assert outcome(compare({"item": "a"}, {}, {"item": "b"})) == {"item": "kept"}


def test_what_was_kept_stays_kept_until_a_side_changes() -> None:
    known = {"text": {OURS: "a", XEROS: "b"}}
    agreed = {"text": "b"}
    assert outcome(compare(agreed, {"text": "a"}, {"text": "b"}, known=known)) == {"text": "kept"}
    assert outcome(compare(agreed, {"text": "c"}, {"text": "b"}, known=known)) == {"text": "sent"}
    assert outcome(compare(agreed, {"text": "a"}, {"text": "c"}, known=known)) == {"text": "kept"}
    assert outcome(compare(agreed, {"text": "c"}, {"text": "d"}, known=known)) == {"text": "both"}


def test_what_xero_spells_otherwise_is_neither_sent_again_nor_shown() -> None:
    known = {"text": {OURS: "a  b"}}
    assert outcome(compare({"text": "a b"}, {"text": "a  b"}, {"text": "a b"}, known=known)) == {}


def test_a_document_just_linked_loses_nothing_that_only_xero_has() -> None:
    found = compare(None, {"name": "A", "city": "X", "tax": ""}, {"name": "B", "tax": "51"})
    assert outcome(found) == {"city": "sent", "name": "kept"}


def test_ours_from_before_an_agreed_side_was_kept_goes_as_it_is() -> None:
    assert outcome(compare(None, {"name": "A", "tax": ""}, {"name": "B", "tax": "51"}, ours_made=True)) == {
        "name": "sent"
    }


def test_a_part_that_xero_removed_is_one_difference() -> None:
    agreed = {"line.1": "amount", "line.1.price": "5"}
    assert outcome(compare(agreed, agreed, {})) == {"line.1": "kept"}


def test_a_part_removed_here_that_was_changed_in_xero_is_for_a_person() -> None:
    agreed = {"line.1": "amount", "line.1.text": "a"}
    seen = {"line.1": "amount", "line.1.text": "b"}
    assert outcome(compare(agreed, {"line.1": ""}, seen)) == {"line.1": "sent", "line.1.text": "both"}


def test_the_differences_that_are_known_name_xeros_value_where_it_was_kept() -> None:
    ours, in_xero = {"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "x", "c": "y"}
    assert differences_known(ours=ours, in_xero=in_xero, kept=["a", "c"]) == {
        "b": {OURS: "2"},
        "c": {OURS: "3", XEROS: "y"},
    }


def test_a_field_of_a_line_belongs_to_the_line() -> None:
    assert [part_of(each) for each in ("due", "line.1", "line.1.text")] == ["due", "line.1", "line.1"]
