"""Three sides of a document before it is updated: agreed, ours, and as read in Xero just now; field by field. Pure.

A document is a flat mapping of its fields to texts that compare as equal where Xero would call them equal. The kinds
make such mappings (kinds/<kind>/sides.py) and say for each field what a change in Xero leads to.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from xero_sync.domain.preferences import Preferences

Fields = Mapping[str, str]
# By field: our value when the two sides were last known to differ, and Xero's where a person decided on it.
KnownDifferences = Mapping[str, Mapping[str, str]]
OURS = "ours"
XEROS = "xeros"


class Policy(StrEnum):
    """The consequence of a change in Xero of a field that was not changed here. Source: docs/both-sides.md."""

    KEPT = "kept"  # stays in Xero as it is there, with a note
    STOPS = "stops"  # nothing is sent for the document, and a person decides


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field that differs: as agreed, as it is here, as it is in Xero; `both`: changed on both sides since."""

    field: str
    before: str
    here: str
    in_xero: str
    both: bool = False


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`changed` are the fields to send, `kept` those that stay as they are in Xero, `stopped` what a person decides.

    In `undone` somebody else's value was kept until a write of ours arrived late; `before` is that value.
    """

    changed: frozenset[str] = frozenset()
    kept: tuple[Difference, ...] = ()
    stopped: tuple[Difference, ...] = ()
    undone: tuple[Difference, ...] = ()


def compare_sides(
    *,
    agreed: Fields | None,
    known: KnownDifferences,
    ours: Fields,
    seen: Fields,
    unconfirmed: Sequence[Fields],
    policy: Callable[[str, Fields, Fields], Policy],
    ours_made: bool = False,
) -> Comparison:
    """The fields of `ours` to send, those to keep, and those that stop the document.

    A field was changed by somebody else if it equals neither the agreed value nor that of any unconfirmed write of
    ours. A field that `ours` does not name is not ours to send. Without an agreed side (a document just linked) what
    both sides have and differ in is kept, and what only Xero has is not ours to empty.
    """
    if agreed is None:
        return _first_comparison(ours, seen, ours_made=ours_made)
    kept, stopped = list[Difference](), list[Difference]()
    changed = set()
    for field in dict.fromkeys([*ours, *seen, *agreed]):
        here, in_xero = ours.get(field), seen.get(field, "")
        if here == in_xero or _is_covered_by_its_part(field, ours, agreed, seen):
            continue
        noted, base = known.get(field, {}), agreed.get(field, "")
        we = here is not None and here != noted.get(OURS, base)
        they = in_xero != noted.get(XEROS, base)
        late = they and any(body.get(field) == in_xero for body in unconfirmed)
        difference = Difference(field=field, before=base, here=here or "", in_xero=in_xero)
        if they and not late:
            if we or _is_removed_here(part_of(field), ours, agreed, known):
                stopped.append(replace(difference, both=True))
            else:
                (stopped if policy(field, agreed, seen) is Policy.STOPS else kept).append(difference)
        elif we or (late and here is not None):
            changed.add(field)
        elif XEROS in noted and not _is_in_absent_part(field, ours):
            kept.append(difference)
    undone = _find_undone(known, ours, seen, unconfirmed)
    return Comparison(changed=frozenset(changed), kept=tuple(kept), stopped=tuple(stopped), undone=undone)


def _find_undone(
    known: KnownDifferences, ours: Fields, seen: Fields, unconfirmed: Sequence[Fields]
) -> tuple[Difference, ...]:
    return tuple(
        Difference(field=field, before=values[XEROS], here=ours.get(field, ""), in_xero=seen.get(field, ""))
        for field, values in known.items()
        if values.get(XEROS, values[OURS]) != values[OURS] == seen.get(field, "")
        and any(body.get(field) == values[OURS] for body in unconfirmed)
    )


def _is_covered_by_its_part(field: str, ours: Fields, agreed: Fields, seen: Fields) -> bool:
    """Whether a field of a line says no more than the line itself: one added or removed in Xero as a whole."""
    part = part_of(field)
    return part != field and (not seen.get(part) or not (agreed.get(part) or ours.get(part)))


def _is_removed_here(part: str, ours: Fields, agreed: Fields, known: KnownDifferences) -> bool:
    return ours.get(part) == "" and known.get(part, {}).get(OURS, agreed.get(part, "")) != ""


def _is_in_absent_part(field: str, ours: Fields) -> bool:
    """Whether the field is of a line that is not here: then the line is kept, and its fields say no more."""
    part = part_of(field)
    return part != field and ours.get(part) == ""


def _first_comparison(ours: Fields, seen: Fields, *, ours_made: bool) -> Comparison:
    changed = {field for field, here in ours.items() if here and here != seen.get(field, "")}
    if ours_made:
        # Ours from before an agreed side was kept: of a part, what is empty here is empty on purpose.
        emptied = {field for field, here in ours.items() if not here and seen.get(field) and part_of(field) != field}
        return Comparison(changed=frozenset(changed | emptied))
    changed = {field for field in changed if not seen.get(field)}
    kept = [
        Difference(field=field, before="", here=here, in_xero=seen[field])
        for field, here in ours.items()
        if here and seen.get(field) and here != seen[field]
    ]
    return Comparison(changed=frozenset(changed), kept=tuple(kept))


def part_of(field: str) -> str:
    """The part that a field belongs to: "line.1.account" belongs to "line.1", a field without a part to itself."""
    names = field.split(".")
    return ".".join(names[:2]) if len(names) > 2 else field


def differences_known(*, ours: Fields, in_xero: Fields, kept: Collection[str]) -> dict[str, dict[str, str]]:
    """The fields in which the two sides differ once they agree on a document; with Xero's value for the kept ones."""
    differing = {field: here for field, here in ours.items() if here != in_xero.get(field, "")}
    found = {field: {OURS: here} for field, here in differing.items()}
    return found | {
        field: {OURS: ours.get(field, ""), XEROS: in_xero.get(field, "")}
        for field in kept
        if field not in ours or field in differing
    }


def agree_where_same(*, known: KnownDifferences, agreed: Fields, ours: Fields, seen: Fields) -> KnownDifferences:
    """The known differences, and the fields that both sides changed to the same value: there they agree on it now."""
    same = {field: here for field, here in ours.items() if here == seen.get(field, "") != agreed.get(field, "")}
    return {**known, **{field: {OURS: here, XEROS: here} for field, here in same.items()}}


def differences_unseen(
    *, known: KnownDifferences, kept: Sequence[Difference], before: KnownDifferences, read: Fields, in_xero: Fields
) -> dict[str, dict[str, str]]:
    """The known differences where somebody saved the document here without having seen them.

    What was changed in Xero since the base still counts as changed, so that it is not written over. `before` are the
    differences known until now, `read` and `in_xero` the fields in Xero before and after the write.
    """
    bases = {each.field: before.get(each.field, {}).get(XEROS, each.before) for each in kept}
    meanwhile = {name: value for name, value in read.items() if value != in_xero.get(name, "")}
    added = {name: "" for name, sides in known.items() if XEROS in sides and name in in_xero and name not in read}
    bases = {**added, **meanwhile, **bases}
    return {name: {**sides, XEROS: bases[name]} if name in bases else dict(sides) for name, sides in known.items()}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One write as it was frozen; its `kept` fields went along as somebody else had set them in Xero."""

    element: Mapping[str, Any]
    kept: frozenset[str] = frozenset()

    def keep_ours(self, fields: Fields) -> dict[str, str]:
        """Of the fields of the element those that say what we said."""
        return {
            name: value for name, value in fields.items() if name not in self.kept and part_of(name) not in self.kept
        }


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One document compared before an update.

    `payload` is what to send, None where Xero has everything already; `stated` is the whole document as it should be,
    its lines with their ids in Xero; `ours` and `seen` are the fields. `ids` are those in Xero of its lines,
    empty for a new one. `is_apart`: none of its lines is known to be one in Xero; `stays_apart`: nor is any after this.
    """

    payload: dict[str, Any] | None
    stated: dict[str, Any]
    ours: Fields
    seen: Fields
    comparison: Comparison
    ids: tuple[str, ...] = ()
    is_apart: bool = False
    stays_apart: bool = False

    @property
    def kept(self) -> frozenset[str]:
        """The fields that are otherwise in Xero and are not changed by what is sent."""
        names = {*self.ours, *self.seen} - self.comparison.changed
        return frozenset(name for name in names if self.ours.get(name, "") != self.seen.get(name, ""))

    def list_added(self, answered: Fields) -> list[str]:
        """The parts in Xero's answer that were not read before the write, and are none that it made.

        Where the lines were sent, those that are new in the answer are ours: all others it took away.
        """
        if not self.seen or "LineItems" in (self.payload or {}):
            return []
        return [name for name in answered if name not in self.seen and part_of(name) == name]


@dataclass(frozen=True, kw_only=True)
class FieldWords:
    """One difference in words for people: the field's name, and its values."""

    field: str
    label: str
    before: str
    here: str
    in_xero: str
    both: bool


@dataclass(frozen=True, kw_only=True)
class Sides:
    """How a kind compares the three sides of its documents.

    `from_stored` reads a side from a record. `compare` takes the whole payload of an update, the agreed side or None,
    the known differences, the side as read in Xero, the unconfirmed writes, whether the document
    was made by us, and whether its lines have to go again although they are the same. `fields` are those of a document
    in Xero, its lines as one field if they are apart. `note_known` takes the whole payload, the ids in Xero of its
    lines, Xero's side after the write, and the names of the kept fields.
    `describe` puts differences into words, given the agreed side and the one in Xero. `follow` is the id of the
    document in Xero that took this one's place there, `has_ended` whether it was voided or deleted there, and
    `status_for` the status in Xero as the mapping has to know it. `merged_code` is the known error for
    a document that was merged in Xero with one that is another row's here. `needs_admin` says whether an admin decides
    about a field, and `group` names in words the fields of other documents that are alike.
    """

    from_stored: Callable[[Mapping[str, Any]], Any]
    compare: Callable[[Mapping[str, Any], Any, KnownDifferences, Any, Sequence[Sent], bool, bool], Compared]
    fields: Callable[[Any, bool], Fields]
    note_known: Callable[[Mapping[str, Any], Sequence[str], Any, Collection[str]], dict[str, dict[str, str]]]
    describe: Callable[[Sequence[Difference], Any, Any], list[FieldWords]]
    follow: Callable[[Any], str] = lambda _: ""
    has_ended: Callable[[Any], bool] = lambda _: False
    status_for: Callable[[Any, Preferences], str] = lambda in_xero, _: str(in_xero.status)
    merged_code: str = ""
    # The field that names the document it waits for, such as a bill's contact.
    waited_field: str = ""
    needs_admin: Callable[[str], bool] = lambda _: False
    group: Callable[[str], str] = lambda field: field
