"""Moves of jobs: through the table of states, set-wise, with the rows locked by the caller.

With a job moves its Xero record. Both are written whole from the rows in hand, so the caller has
read them under the firm's lock, the records with their jobs.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from xero_sync.domain.link import Link
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.states import Event, State, after
from xero_sync.models import SyncJob, XeroRecord

# Every column a move may change, with its type: one statement writes any number of jobs.
COLUMNS = {
    "state": "text",
    "hold": "text",
    "desired_version": "integer",
    "sent_version": "integer",
    "preferences": "jsonb",
    "saved_at": "timestamptz",
    "due_at": "timestamptz",
    "priority": "smallint",
    "attempts": "integer",
    "contact_job_id": "bigint",
    "batch_id": "bigint",
    "batch_limit": "smallint",
    "last_sent_at": "timestamptz",
    "xero_id": "text",
    "watch_until": "timestamptz",
    "again_at": "timestamptz",
    "cause_id": "bigint",
    "faults": "jsonb",
    "changed_at": "timestamptz",
}
# The column keeps the name of the time when only contacts were waited for.
ATTRIBUTES = {"contact_job_id": "waits_for_id"}
RECORD_COLUMNS = {
    "firm_id": "bigint",
    "xero_tenant_id": "text",
    "xero_id": "text",
    "number": "text",
    "status": "text",
    "line_ids": "jsonb",
    "link": "jsonb",
    "confirmed_hash": "text",
    "confirmed_version": "integer",
    "confirmed_at": "timestamptz",
    "subtotal": "numeric",
    "tax": "numeric",
    "total": "numeric",
    "notes": "jsonb",
    "applied": "jsonb",
    "reference_is_ours": "boolean",
    "agreed": "jsonb",
    "seen": "jsonb",
    "seen_at": "timestamptz",
    "seen_stamp": "timestamptz",
    "known_differences": "jsonb",
    "open_differences": "jsonb",
}


def _typed(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{column} {kind}" for column, kind in columns.items())


_NAMES = ", ".join(RECORD_COLUMNS)
_MOVE_JOBS = f"""
    UPDATE xero_sync_syncjob AS j SET {", ".join(f"{column} = v.{column}" for column in COLUMNS)}
    FROM jsonb_to_recordset(%s::jsonb) AS v(id bigint, {_typed(COLUMNS)}) WHERE j.id = v.id
"""  # noqa: S608  (constants only)
_MOVE_BOTH = f"""
    WITH records AS (
        INSERT INTO xero_sync_xerorecord (job_id, {_NAMES})
        SELECT job_id, {_NAMES} FROM jsonb_to_recordset(%s::jsonb) AS v(job_id bigint, {_typed(RECORD_COLUMNS)})
        ON CONFLICT (job_id) DO UPDATE SET {", ".join(f"{column} = EXCLUDED.{column}" for column in RECORD_COLUMNS)}
    )
    {_MOVE_JOBS}
"""  # noqa: S608  (constants only)


@dataclass(frozen=True)
class Move:
    """One job, what happened to it, the columns that change besides its state, and those of its Xero record."""

    job: SyncJob
    event: Event
    changes: Mapping[str, Any] = field(default_factory=dict)
    record: RecordChanges = field(default_factory=RecordChanges)


def move(moves: Sequence[Move], *, now: datetime) -> None:
    """Write all moves in one statement, and of the records those that change. Raises IllegalMove before that."""
    if not moves:
        return
    for each in moves:
        each.job.state = after(State(each.job.state), each.event).value
        each.job.changed_at = now
        for column, value in each.changes.items():
            setattr(each.job, column, value)
    records = [each.job.xero_record for each in moves if each.record and _change_record(each.job, each.record)]
    jobs = _rows((each.job for each in moves), ["id", *COLUMNS])
    with connection.cursor() as cursor:
        if records:
            cursor.execute(_MOVE_BOTH, [_rows(records, ["job_id", *RECORD_COLUMNS]), jobs])
        else:
            cursor.execute(_MOVE_JOBS, [jobs])


def _change_record(job: SyncJob, changes: RecordChanges) -> bool:
    """Change the record in hand and the job's copy of its id; False if everything was so before."""
    record = job.xero_record
    before = {column: getattr(record, column) for column in changes}
    if before == changes:
        return False
    for column, value in changes.items():
        setattr(record, column, value)
    job.xero_id = record.xero_id
    return True


def _rows(rows: Iterable[SyncJob] | Iterable[XeroRecord], columns: Sequence[str]) -> str:
    return json.dumps(
        [{column: getattr(row, ATTRIBUTES.get(column, column)) for column in columns} for row in rows], cls=_Encoder
    )


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return o.as_stored() if isinstance(o, Link) else super().default(o)
