"""Moves of jobs: through the table of states, set-wise, with the rows locked by the caller."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from xero_sync.domain.link import Link
from xero_sync.domain.states import Event, State, after
from xero_sync.models import SyncJob

# Every column a move may change, with its type: one UPDATE writes any number of jobs.
COLUMNS = {
    "state": "text",
    "hold": "text",
    "desired_version": "integer",
    "sent_version": "integer",
    "confirmed_version": "integer",
    "confirmed_hash": "text",
    "preferences": "jsonb",
    "saved_at": "timestamptz",
    "due_at": "timestamptz",
    "priority": "smallint",
    "attempts": "integer",
    "contact_job_id": "bigint",
    "batch_id": "bigint",
    "last_sent_at": "timestamptz",
    "xero_id": "text",
    "xero_tenant_id": "text",
    "number_sent": "text",
    "line_ids": "jsonb",
    "link": "jsonb",
    "xero_status": "text",
    "xero_subtotal": "numeric",
    "xero_tax": "numeric",
    "xero_total": "numeric",
    "confirmed_at": "timestamptz",
    "again_at": "timestamptz",
    "cause_id": "bigint",
    "faults": "jsonb",
    "notes": "jsonb",
    "applied": "jsonb",
    "changed_at": "timestamptz",
}
_SETS = ", ".join(f"{column} = v.{column}" for column in COLUMNS)
_TYPES = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
_UPDATE = f"""
    UPDATE xero_sync_syncjob AS j SET {_SETS}
    FROM jsonb_to_recordset(%s::jsonb) AS v(id bigint, {_TYPES}) WHERE j.id = v.id
"""  # noqa: S608  (constants only)


@dataclass(frozen=True)
class Move:
    """One job, what happened to it, and the columns that change besides its state."""

    job: SyncJob
    event: Event
    changes: Mapping[str, Any] = field(default_factory=dict)


def move(moves: Sequence[Move], *, now: datetime) -> None:
    """Write all moves in one statement. Raises IllegalMove before anything is written."""
    if not moves:
        return
    for each in moves:
        each.job.state = after(State(each.job.state), each.event).value
        each.job.changed_at = now
        for column, value in each.changes.items():
            setattr(each.job, column, value)
    rows = [{"id": each.job.pk, **{column: getattr(each.job, column) for column in COLUMNS}} for each in moves]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [json.dumps(rows, cls=_Encoder)])


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return o.as_stored() if isinstance(o, Link) else super().default(o)
