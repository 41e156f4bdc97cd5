"""Claim due jobs into a batch, and freeze the body of the request, on record before the request is sent."""

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from xero_sync.domain.kinds import Operation
from xero_sync.domain.states import Outcome
from xero_sync.kinds.registry import KINDS
from xero_sync.models import SyncAttempt, SyncBatch, SyncJob, XeroConnection
from xero_sync.outbox.conditions import GOES, WORK, unbound_kinds
from xero_sync.outbox.lane import Lane


class LaneLost(Exception):
    """Somebody else has taken this firm's lane, or its batch: stop, and write nothing."""


@dataclass(frozen=True)
class ClaimedBatch:
    """A batch in hand, with its locked-in jobs in the order they will be sent."""

    batch: SyncBatch
    jobs: tuple[SyncJob, ...]


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """One document's place in the frozen body. `kept` are its fields that go along as Xero has them.

    `line_keys` are the keys of its lines here, in the order of the body.
    """

    job: SyncJob
    position: int
    kept: Collection[str] = ()
    line_keys: Sequence[int] = ()


# One statement: renew the lease unless the firm was held since the turn began, find the head of the line, take up to
# `limit` of its kind, open their batch. What lost a worker goes only with what may be in as small a batch.
# The WHERE of `picked` repeats the job's own conditions: PostgreSQL checks them again on rows it had to wait for.
_CLAIM = f"""
    WITH lane AS (
        UPDATE xero_sync_synclane SET lease_until = now() + make_interval(secs => %(lease)s)
        WHERE firm_id = %(firm)s AND generation = %(generation)s AND lease_until > now()
            AND {GOES.format(firm="%(firm)s")}
        RETURNING lease_until
    ), eligible AS (
        SELECT j.id, j.kind, j.priority, j.due_at, j.batch_limit,
            CASE WHEN j.state = 'CHECKING' THEN 'LOOK_UP' WHEN j.xero_id = '' THEN 'CREATE' ELSE 'UPDATE' END
                AS operation
        FROM xero_sync_syncjob j WHERE j.firm_id = %(firm)s AND {WORK}
    ), head AS (
        SELECT kind, operation, batch_limit FROM eligible, lane
        ORDER BY priority, array_position(%(order)s, kind::text), due_at, id LIMIT 1
    ), picked AS (
        SELECT j.id FROM xero_sync_syncjob j JOIN eligible e ON e.id = j.id JOIN head h
            ON h.kind = e.kind AND h.operation = e.operation AND h.batch_limit IS NOT DISTINCT FROM e.batch_limit
        WHERE j.state IN ('WAITING', 'TRYING_AGAIN', 'CHECKING') AND j.batch_id IS NULL AND j.due_at <= %(now)s
        ORDER BY e.priority, e.due_at, e.id LIMIT (SELECT least(%(limit)s, batch_limit) FROM head)
        FOR UPDATE OF j SKIP LOCKED
    ), batch AS (
        INSERT INTO xero_sync_syncbatch
            (firm_id, connection_id, kind, operation, generation, idempotency_key, body, opened_at)
        SELECT %(firm)s, %(connection)s, head.kind, head.operation, %(generation)s, '', '', now()
        FROM head WHERE EXISTS (SELECT 1 FROM picked) RETURNING id
    )
    UPDATE xero_sync_syncjob j
    SET state = CASE WHEN j.state = 'CHECKING' THEN j.state ELSE 'SENDING' END, batch_id = batch.id,
        changed_at = %(now)s
    FROM picked, batch WHERE j.id = picked.id RETURNING batch.id
"""  # noqa: S608  (constants only)


def claim(*, lane: Lane, xero_connection: XeroConnection, now: datetime, limit: int) -> ClaimedBatch | None:
    """Up to `limit` due jobs of one kind and one operation, a person's first, in the registry's order; None if none."""
    values: dict[str, Any] = {
        "firm": lane.firm_id,
        "generation": lane.generation,
        "lease": lane.lease_seconds,
        "connection": xero_connection.pk,
        "now": now,
        "limit": limit,
        "order": [kind.code for kind in KINDS],
        "unbound": unbound_kinds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
    return _claimed(row[0]) if row else None


# The largest of a record; of the document waited for, only the id is sent.
NOT_SENT = ["waits_for__record__agreed", "waits_for__record__seen"]


def _claimed(batch_id: int) -> ClaimedBatch:
    jobs = tuple(
        SyncJob.objects.filter(batch_id=batch_id)
        .select_related("batch__connection", "record", "waits_for__record")
        .defer(*NOT_SENT)
        .order_by("priority", "due_at", "id")
    )
    batch = jobs[0].batch
    if batch is None:  # pragma: no cover
        raise LaneLost
    return ClaimedBatch(batch, jobs)


_FREEZE = """
    WITH lane AS (
        UPDATE xero_sync_synclane SET lease_until = now() + make_interval(secs => %(lease)s)
        WHERE firm_id = %(firm)s AND generation = %(generation)s AND lease_until > now() RETURNING id
    ), frozen AS (
        UPDATE xero_sync_syncbatch SET body = %(body)s, idempotency_key = %(key)s, frozen_at = now()
        WHERE id = %(batch)s AND closed_at IS NULL AND EXISTS (SELECT 1 FROM lane) RETURNING id, firm_id
    ), sent AS (
        UPDATE xero_sync_syncjob j SET last_sent_at = now(), sent_version = r.version
        FROM frozen, jsonb_to_recordset(%(rows)s::jsonb) AS r(job_id bigint, version integer)
        WHERE j.id = r.job_id AND %(writes)s RETURNING j.id
    )
    INSERT INTO xero_sync_syncattempt
        (firm_id, batch_id, job_id, position, version, kept, line_keys, opened_at, outcome, correlation_id, faults,
         notes, task_id, worker, exception)
    SELECT frozen.firm_id, frozen.id, r.job_id, r.position, r.version, r.kept, r.line_keys, now(), '', '', '[]', '[]',
        %(task)s, %(worker)s, ''
    FROM frozen, jsonb_to_recordset(%(rows)s::jsonb)
        AS r(job_id bigint, position smallint, version integer, kept jsonb, line_keys jsonb)
    RETURNING 1
"""


def freeze(
    *, lane: Lane, claimed: ClaimedBatch, entries: Sequence[Frozen], body: str, task_id: str, worker: str
) -> str:
    """Store the exact body and an open attempt for each document, renew the lease; return the idempotency key.

    The key is unique to organisation and batch (Xero scopes keys to the app). Raises LaneLost if the batch was taken.
    """
    batch = claimed.batch
    key = f"{batch.connection.xero_tenant_id}:{batch.pk}:{secrets.token_hex(8)}"
    rows = [
        {
            "job_id": entry.job.pk,
            "position": entry.position,
            "version": entry.job.desired_version,
            "kept": sorted(entry.kept),
            "line_keys": list(entry.line_keys),
        }
        for entry in entries
    ]
    values: dict[str, Any] = {
        "firm": lane.firm_id,
        "generation": lane.generation,
        "lease": lane.lease_seconds,
        "body": body,
        "key": key,
        "batch": batch.pk,
        "rows": json.dumps(rows),
        "task": task_id,
        "worker": worker,
        "writes": batch.operation != Operation.LOOK_UP,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, values)
        if cursor.fetchone() is None:
            raise LaneLost
    return key


def halve(*, claimed: ClaimedBatch) -> tuple[ClaimedBatch, ClaimedBatch]:
    """Two new batches in place of one that Xero refused as a whole; the old one is closed and never changes."""
    middle = len(claimed.jobs) // 2
    with transaction.atomic():
        old = claimed.batch
        SyncAttempt.objects.filter(batch=old).update(outcome=Outcome.DEFERRED, closed_at=Now())
        halves = tuple(_reopened(old, part) for part in (claimed.jobs[:middle], claimed.jobs[middle:]))
        SyncBatch.objects.filter(pk=old.pk).update(closed_at=Now())
    return halves[0], halves[1]


def _reopened(old: SyncBatch, jobs: Sequence[SyncJob]) -> ClaimedBatch:
    new = SyncBatch.objects.create(
        firm_id=old.firm_id,
        connection=old.connection,
        kind=old.kind,
        operation=Operation(old.operation),
        generation=old.generation,
    )
    moved = SyncJob.objects.filter(pk__in=[job.pk for job in jobs], batch=old).update(batch=new)
    if moved != len(jobs):
        raise LaneLost
    return _claimed(new.pk)
