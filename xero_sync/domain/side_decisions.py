"""Decisions on a field that differs here and in Xero, and how each moves its base. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from xero_sync.domain.record import RecordChanges
from xero_sync.domain.three_sides import (
    OURS,
    XEROS,
    Compared,
    Comparison,
    Difference,
    Fields,
    FieldWords,
    KnownDifferences,
    part_of,
)

# By field: our value and Xero's, as compared.
Bases = Mapping[str, Mapping[str, str]]
REASON, BY = "reason", "by"


class SideDecision(StrEnum):
    SEND_OURS = "send-ours"  # our value goes to Xero
    ACCEPT_XEROS = "accept-xeros"  # Xero's stays, and is written here where billing keeps such a value
    LEAVE = "leave"  # both stay as they are until either side changes, with a reason


@dataclass(frozen=True, kw_only=True)
class ShownDifference:
    """One field that differs, in words for people, as a record stores it.

    A person decides about it, unless it is `kept` in Xero or `goes` there anyway; `both`: changed on both sides.
    `bases` are the fields that a decision moves: one, or those of a whole line that was removed here.
    """

    bases: Bases = field(default_factory=dict)
    field: str
    label: str
    before: str
    here: str
    in_xero: str
    both: bool = False
    kept: bool = False
    goes: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a person decides about it."""
        return not (self.kept or self.goes)


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The changes here, besides the bases, by accepting Xero's values.

    `values` are for billing's service, by the names of its values; `bases` those of the fields that are then written
    here; `record` further changes of the record.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    bases: Bases = field(default_factory=dict)
    record: RecordChanges = field(default_factory=RecordChanges)


def read_differences(stored: Iterable[Mapping[str, Any]]) -> list[ShownDifference]:
    """The differences that a record stores."""
    return [ShownDifference(**each) for each in stored]


def list_differences(
    *,
    compared: Compared,
    comparison: Comparison,
    agreed: Fields,
    describe: Callable[[Sequence[Difference]], Sequence[FieldWords]],
) -> list[dict[str, Any]]:
    """Every difference of a document as the record stores it: to decide, kept in Xero, and on its way there."""
    to_decide = _join_removed(comparison.stopped, compared, agreed)
    decided_too = {name for each in to_decide for name in _bases_of(each, comparison.stopped, compared)}
    going = [
        Difference(
            field=name,
            before=agreed.get(name, ""),
            here=compared.ours.get(name, ""),
            in_xero=compared.seen.get(name, ""),
        )
        for name in sorted(comparison.changed - decided_too)
    ]
    found = []
    for each, words in zip(to_decide, describe(to_decide), strict=True):
        found.append(_store(words, bases=_bases_of(each, comparison.stopped, compared)))
    found += [_store(words, kept=True) for words in describe(comparison.kept)]
    return found + [_store(words, goes=True) for words in describe(going)]


def _store(words: FieldWords, **more: Any) -> dict[str, Any]:
    stored = asdict(words) | more
    return {name: value for name, value in stored.items() if value not in (False, {})}


def _join_removed(stopped: Sequence[Difference], compared: Compared, agreed: Fields) -> list[Difference]:
    """The differences to decide, with those of a line that was removed here as one: the line stays, or goes."""
    found: dict[str, Difference] = {}
    for each in stopped:
        part = part_of(each.field)
        if _is_of_removed(each, compared):
            before, in_xero = agreed.get(part, ""), compared.seen.get(part, "")
            found.setdefault(part, Difference(field=part, before=before, here="", in_xero=in_xero, both=True))
        else:
            found[each.field] = each
    return list(found.values())


def _is_of_removed(each: Difference, compared: Compared) -> bool:
    part = part_of(each.field)
    return part != each.field and compared.ours.get(part) == ""


def _bases_of(each: Difference, stopped: Sequence[Difference], compared: Compared) -> dict[str, dict[str, str]]:
    parts = [one for one in stopped if _is_of_removed(one, compared) and part_of(one.field) == each.field]
    return {one.field: {OURS: one.here, XEROS: one.in_xero} for one in (*parts, each)}


def move_bases(
    *, difference: ShownDifference, decision: SideDecision, reason: str = "", by: str = ""
) -> dict[str, Any]:
    """The known differences once this was decided: ours counts as changed, or both sides as agreed on as they are."""
    if decision is SideDecision.SEND_OURS:
        return {name: {OURS: base[XEROS], XEROS: base[XEROS]} for name, base in difference.bases.items()}
    said = {BY: by} | ({REASON: reason} if decision is SideDecision.LEAVE else {})
    return {name: {**base, **said} for name, base in difference.bases.items()}


def carry_reasons(*, before: KnownDifferences, after: KnownDifferences) -> KnownDifferences:
    """The differences known after a write, with the reasons that people gave for those that are the same as before."""
    return {name: _carry(before.get(name, {}), each) for name, each in after.items()}


def _carry(before: Mapping[str, str], after: Mapping[str, str]) -> Mapping[str, str]:
    return before if before.get(OURS) == after.get(OURS) and before.get(XEROS) == after.get(XEROS) else after
