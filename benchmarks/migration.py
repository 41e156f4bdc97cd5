"""The migration that gives each document's knowledge of Xero a row of its own, while people save: a million jobs.

Not among the benchmarks of `make bench`, since it takes minutes and some gigabytes: `make bench ONLY=migration`.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from django.db import connections

from benchmarks.figures import Figure
from benchmarks.place import Place
from tests.old_schema import OldSchema, OldSchemas

BEFORE, AFTER = "0010_help_moves_out", "0012_carry_over_records"
JOBS, FIRMS, UNKNOWN_SHARE = 1_000_000, 200, 10
GOAL_SECONDS, GOAL_WAIT_SECONDS = 600, 1
# What people do: so many sessions at once, each with a pause between two statements.
SAVERS, READERS, PAUSE_SECONDS = 3, 2, 0.02
WHAT = f"migration of {JOBS:,} jobs"

_FIRMS = """
    INSERT INTO firms_firm (name, slug, timezone, currency, payment_terms_days, created_on, created_at)
    SELECT 'Firm ' || n, 'firm-' || n, 'UTC', 'AUD', 14, '2021-03-01', now() FROM generate_series(1, %s) n
"""
# One in ten is not in Xero yet; bills have five lines and the notes that preferences leave on nearly every bill.
_JOBS = f"""
    INSERT INTO xero_sync_syncjob (firm_id, kind, object_id, state, hold, desired_version, sent_version,
        confirmed_version, confirmed_hash, preferences, saved_at, due_at, priority, attempts, xero_id, xero_tenant_id,
        number_sent, line_ids, link, xero_status, xero_subtotal, xero_tax, xero_total, confirmed_at, faults, notes,
        applied, changed_at)
    SELECT (SELECT min(id) FROM firms_firm) + n %% {FIRMS}, 'INVOICE', n,
        CASE WHEN known THEN 'IN_XERO' ELSE 'WAITING' END, '', 1, known::int,
        known::int, CASE WHEN known THEN repeat(md5(n::text), 2) ELSE '' END,
        '{{"only_approved": true, "matter_as_reference": true, "adopt_existing_invoices": true}}', now(), now(), 0, 0,
        CASE WHEN known THEN gen_random_uuid()::text ELSE '' END,
        CASE WHEN known THEN md5((n %% {FIRMS})::text) ELSE '' END,
        CASE WHEN known THEN 'INV-' || n ELSE '' END,
        CASE WHEN known THEN (SELECT jsonb_object_agg(n * 5 + line, gen_random_uuid()) FROM generate_series(1, 5) line)
             ELSE '{{}}' END,
        '{{}}', CASE WHEN known THEN 'AUTHORISED' ELSE '' END, CASE WHEN known THEN n ELSE NULL END,
        CASE WHEN known THEN n * 0.1 ELSE NULL END, CASE WHEN known THEN n * 1.1 ELSE NULL END,
        CASE WHEN known THEN now() ELSE NULL END, '[]', '[]',
        CASE WHEN known THEN '[{{"code": "matter_as_reference", "text": "The matter number is the reference."}}]'::jsonb
             ELSE '[]' END, now()
    FROM (SELECT n, n %% {UNKNOWN_SHARE} <> 0 AS known FROM generate_series(1, %s) n) asked
"""
_SAVE = """
    UPDATE xero_sync_syncjob SET state = 'IN_XERO', desired_version = desired_version + 1, confirmed_at = now(),
        xero_id = CASE xero_id WHEN '' THEN 'new' ELSE xero_id END, confirmed_hash = md5(random()::text), link = link,
        confirmed_version = desired_version, changed_at = now() WHERE id = %s
"""
_DIFFERING = """
    SELECT count(*) FILTER (WHERE record.job_id IS NULL) AS missing,
        count(*) FILTER (WHERE record.job_id IS NOT NULL AND (job.firm_id, job.xero_tenant_id, job.xero_id,
            job.number_sent, job.xero_status, job.line_ids, job.link, job.confirmed_hash, job.confirmed_version,
            job.confirmed_at, job.xero_subtotal, job.xero_tax, job.xero_total, job.notes, job.applied)
        IS DISTINCT FROM (record.firm_id, record.xero_tenant_id, record.xero_id, record.number, record.status,
            record.line_ids, record.link, record.confirmed_hash, record.confirmed_version, record.confirmed_at,
            record.subtotal, record.tax, record.total, record.notes, record.applied)) AS differing
    FROM xero_sync_syncjob job LEFT JOIN xero_sync_xerorecord record ON record.job_id = job.id
    WHERE job.xero_id <> ''
"""


def measure(place: Place) -> Iterator[Figure]:
    """In a database of its own; afterwards every record is compared with its job."""
    with ExitStack() as stack:
        schemas = OldSchemas(connections["default"])
        stack.callback(schemas.drop)
        schema = stack.enter_context(schemas.database_at(BEFORE, name="migration"))
        schema.execute(_FIRMS, FIRMS)
        schema.execute(_JOBS, JOBS)
        schema.execute("ANALYZE")
        with _people_at_work(schema) as waits:
            start = time.perf_counter()
            schema.migrate(AFTER)
            seconds = time.perf_counter() - start
        assert schema.rows(_DIFFERING) == [{"missing": 0, "differing": 0}]
    yield Figure(what=WHAT, measured=seconds, unit="s in all", at_most=GOAL_SECONDS)
    for act, times in waits.items():
        yield Figure(what=f"{act} meanwhile ({len(times):,})", measured=_usual(times), unit="s, median")
        yield Figure(what=f"longest {act} meanwhile", measured=max(times), unit="s", at_most=GOAL_WAIT_SECONDS)


def _usual(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


@contextmanager
def _people_at_work(schema: OldSchema) -> Iterator[dict[str, list[float]]]:
    """Documents are saved and read all the time; how long each took, in seconds."""
    (row,) = schema.rows("SELECT min(id) AS first, max(id) AS last FROM xero_sync_syncjob")
    done = threading.Event()
    waits: dict[str, list[float]] = {"save": [], "read": []}

    def save(session: OldSchema) -> None:
        pk = random.randint(row["first"], row["last"])
        session.execute("BEGIN")
        session.rows("SELECT * FROM xero_sync_syncjob WHERE id = %s FOR UPDATE", pk)
        session.execute(_SAVE, pk)
        session.execute("COMMIT")

    def select_jobs(session: OldSchema) -> None:
        session.rows("SELECT * FROM xero_sync_syncjob WHERE id = %s", random.randint(row["first"], row["last"]))

    def work(act: Callable[[OldSchema], None], times: list[float]) -> None:
        with schema.another_session() as session:
            while not done.wait(PAUSE_SECONDS):
                start = time.perf_counter()
                act(session)
                times.append(time.perf_counter() - start)

    acts = [(save, waits["save"])] * SAVERS + [(select_jobs, waits["read"])] * READERS
    threads = [threading.Thread(target=work, args=each) for each in acts]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        done.set()
        for thread in threads:
            thread.join()
