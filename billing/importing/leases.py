"""Which worker has an import: a lease of some seconds in the database, renewed with every slice."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now
from django.utils import timezone

from billing.domain.import_states import AT_WORK, ImportEvent, ImportState, state_after
from billing.models import Import

# A file is read and judged in one go: seconds for each megabyte of it.
SECONDS_A_MEGABYTE = 4


class LeaseLost(Exception):
    """Another worker has this import by now, or a person has moved it: stop, and write nothing."""


@dataclass(frozen=True)
class Lease:
    """An import in the hands of one worker."""

    import_id: int
    firm_id: int
    holder: str


def new_holder() -> str:
    """A name that no other holder has."""
    return secrets.token_hex(16)


# One import of a firm at a time, the oldest first; a firm's others wait so that their clients are not written twice.
_TAKE = """
    UPDATE billing_import SET lease_holder = %(holder)s,
        lease_until = now() + make_interval(secs => %(seconds)s + %(per_megabyte)s * file_size / 1048576.0)
    WHERE id = (
        SELECT waiting.id FROM billing_import waiting
        WHERE waiting.state = ANY(%(at_work)s) AND (waiting.lease_until IS NULL OR waiting.lease_until < now())
          AND NOT EXISTS (SELECT 1 FROM billing_import held WHERE held.firm_id = waiting.firm_id
              AND held.id <> waiting.id AND held.state = ANY(%(at_work)s) AND held.lease_until > now())
        ORDER BY waiting.changed_at, waiting.id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, firm_id
"""


def take_import() -> Lease | None:
    """The import that has waited longest for a worker, or None. The platform's own work, outside any firm's scope."""
    holder = new_holder()
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            {
                "holder": holder,
                "seconds": settings.IMPORT_LEASE_SECONDS,
                "per_megabyte": SECONDS_A_MEGABYTE,
                "at_work": [state.value for state in AT_WORK],
            },
        )
        row = cursor.fetchone()
    return Lease(import_id=row[0], firm_id=row[1], holder=holder) if row else None


def note_slice(*, lease: Lease, state: ImportState, **changes: Any) -> None:
    """Renew the lease and note how far the step is, in the slice's transaction. Raises LeaseLost.

    The row stays locked until the slice is written, so that a person who cancels waits for the slice, no longer.
    """
    # Only what is written with this slice shows that the software can do it.
    over = {"tries": 0} if "done" in changes else {}
    _update(lease, state, {**changes, **over, "lease_until": _later()})


def move_import(*, lease: Lease, state: ImportState, event: ImportEvent, **changes: Any) -> None:
    """Move the import on, with the lease still in hand. Raises LeaseLost."""
    moved = {"state": state_after(state, event).value, "lease_until": _later(), "cursor": 0, "tries": 0}
    _update(lease, state, {**changes, **moved})


def _later() -> CombinedExpression:
    return Now() + timedelta(seconds=settings.IMPORT_LEASE_SECONDS)


def leave_import(*, lease: Lease, **changes: Any) -> None:
    """Give the import back."""
    Import.objects.filter(pk=lease.import_id, lease_holder=lease.holder).update(
        lease_holder="", lease_until=None, **changes
    )


def _update(lease: Lease, state: ImportState, changes: Mapping[str, Any]) -> None:
    rows = Import.objects.filter(pk=lease.import_id, lease_holder=lease.holder, state=state.value)
    if not rows.update(changed_at=timezone.now(), **changes):
        raise LeaseLost
