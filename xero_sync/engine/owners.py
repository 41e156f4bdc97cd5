"""Which rows of the firm the documents in Xero stand for that others were merged into, or moved to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.three_sides import Sides
from xero_sync.engine.prepare import Ready
from xero_sync.engine.turn_context import Turn
from xero_sync.engine.xero_sides import XeroSide
from xero_sync.kinds.registry import find_kind
from xero_sync.organisation import index


@dataclass(frozen=True, kw_only=True)
class Owners:
    """The row's id by the id in Xero, in small letters: of the kind itself, and of the kind that it waits for."""

    survivors: dict[str, int]
    waited: Mapping[str, int]

    def take(self, each: Ready, survivor_id: str) -> bool:
        """Let the document stand for its survivor from now on; False if that is another row's already."""
        return self.survivors.setdefault(survivor_id.lower(), each.job.object_id) == each.job.object_id

    def has_waited(self, each: Ready, xero_id: str) -> bool:
        """Whether this document in Xero is another row than the one that the document waits for."""
        waited = each.job.waits_for
        return self.waited.get(xero_id.lower()) not in (None, waited.object_id if waited else None)


def read_owners(
    *, turn: Turn, kind: KindSpec, sides: Sides, ready: Sequence[Ready], found: Mapping[int, XeroSide]
) -> Owners:
    """The owners for these documents. One query if one was merged, one if one was moved, none otherwise."""
    survivors = {survivor for side in found.values() if (survivor := sides.follow(side.seen))}
    waited = _read_rows(turn, find_kind(kind.waits_for), _list_moved(sides, ready, found)) if sides.waited_field else {}
    return Owners(survivors=_read_rows(turn, kind, survivors), waited=waited)


def _list_moved(sides: Sides, ready: Sequence[Ready], found: Mapping[int, XeroSide]) -> set[str]:
    """The ids in Xero that the documents name there, other than those of what they wait for here."""
    moved = set()
    for each in ready:
        named_id = str(getattr(found[each.job.pk].seen, sides.waited_field)) if each.job.pk in found else ""
        waited = each.job.waits_for
        if named_id and (waited is None or named_id.lower() != waited.xero_id.lower()):
            moved.add(named_id)
    return moved


def _read_rows(turn: Turn, kind: KindSpec, xero_ids: set[str]) -> dict[str, int]:
    ids = {*xero_ids, *(xero_id.lower() for xero_id in xero_ids)}
    rows = index.read_owners(firm=turn.firm, kind=kind, xero_tenant_id=turn.xero_tenant_id, xero_ids=ids)
    return {xero_id.lower(): object_id for xero_id, object_id in rows.items()}
