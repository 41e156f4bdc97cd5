"""One lane per firm: a lease in PostgreSQL, by the database's clock.

Every step of a worker ends well inside the lease (a call has one total deadline), and each claim renews it; so no
heartbeat thread is needed. Correctness rests on row locks and generations, not on the lane.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from firms.models import Firm


@dataclass(frozen=True)
class Lane:
    """A worker's turn in one firm."""

    firm_id: int
    generation: int
    holder: str
    lease_seconds: float


_TAKE = """
    INSERT INTO xero_sync_synclane AS lane (firm_id, holder, generation, lease_until, waits_for)
    VALUES (%(firm)s, %(holder)s, 1, now() + make_interval(secs => %(lease)s), '')
    ON CONFLICT (firm_id) DO UPDATE
        SET holder = excluded.holder, generation = lane.generation + 1, lease_until = excluded.lease_until
        WHERE (lane.lease_until IS NULL OR lane.lease_until < now())
          AND (lane.not_before IS NULL OR lane.not_before <= now())
    RETURNING generation
"""


def take_lane(*, firm: Firm, holder: str, lease_seconds: float) -> Lane | None:
    """The firm's lane for `lease_seconds`, or None while somebody holds it or a limit is being waited out."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"firm": firm.pk, "holder": holder[:120], "lease": lease_seconds})
        row = cursor.fetchone()
    return Lane(firm.pk, row[0], holder, lease_seconds) if row else None


def name_holder(*, worker: str, task_id: str) -> str:
    """The name under which a worker's task holds a lane."""
    return f"{worker} {task_id}"[:120]


def end_lost_lease(*, firm_id: int, holder: str) -> None:
    """End the lease of a holder whose process is known to be dead, instead of waiting until it runs out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE xero_sync_synclane SET lease_until = NULL WHERE firm_id = %s AND holder = %s", [firm_id, holder]
        )


def leave_lane(*, lane: Lane) -> None:
    """Give the lane back at once; a lane that was lost meanwhile is left to its new holder."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE xero_sync_synclane SET lease_until = NULL WHERE firm_id = %s AND generation = %s",
            [lane.firm_id, lane.generation],
        )


def wait_in_lane(*, lane: Lane, until: datetime, waits_for: str) -> None:
    """Nobody takes this lane before `until`: a limit is waited out in the table, not in a worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE xero_sync_synclane SET not_before = %s, waits_for = %s WHERE firm_id = %s AND generation = %s",
            [until, waits_for[:20], lane.firm_id, lane.generation],
        )
