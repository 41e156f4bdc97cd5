"""What is known of documents in Xero moves from the jobs to records of its own, while the previous code serves."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tests.old_schema import OldSchema, OldSchemas
from tests.processes.eventually import eventually

BEFORE, TABLE, AFTER = "0010_help_moves_out", "0011_xero_record", "0012_carry_over_records"
RECORDS, REST = "0018_jobs_wait_for_any_kind", "0019_old_columns_rest"
STEP = "), carried AS ("
NOTE = [{"code": "other_total", "text": "Xero's total is another."}]
REFERENCE = [{"code": "category_codes", "text": "E101"}, {"code": "matter_as_reference", "text": "The number."}]
NOON = datetime(2026, 8, 3, 12, 30, 15, 123456, tzinfo=UTC)
# The job's column, the record's, and a value.
FIELDS: list[tuple[str, str, Any]] = [
    ("xero_tenant_id", "xero_tenant_id", "5b1d1f0e-6d2c-4f4e-9d7e-1f6a0f1c2b3a"),
    ("xero_id", "xero_id", "0d4f6c1e-7a57-4f6e-8a62-6b2d7f3c9e11"),
    ("number_sent", "number", "INV-0001"),
    ("xero_status", "status", "AUTHORISED"),
    ("line_ids", "line_ids", {"11": "7c0b0a9e-2f44-4d6d-9c1b-3e5a7d9f1b20"}),
    ("link", "link", {"note": "By number.", "code": "adopted", "tries": {"look-again": 2}}),
    ("confirmed_hash", "confirmed_hash", "a" * 64),
    ("confirmed_version", "confirmed_version", 7),
    ("confirmed_at", "confirmed_at", NOON),
    ("xero_subtotal", "subtotal", Decimal("-100.05")),
    ("xero_tax", "tax", Decimal("0.00")),
    ("xero_total", "total", Decimal("123456789012.34")),
    ("notes", "notes", NOTE),
    ("applied", "applied", REFERENCE),
]
NOTHING: dict[str, Any] = {
    "xero_tenant_id": "",
    "xero_id": "",
    "number": "",
    "status": "",
    "line_ids": {},
    "link": {},
    "confirmed_hash": "",
    "confirmed_version": 0,
    "confirmed_at": None,
    "subtotal": None,
    "tax": None,
    "total": None,
    "notes": [],
    "applied": [],
    "reference_is_ours": False,
    "agreed": None,
    "seen": None,
    "seen_at": None,
    "seen_stamp": None,
}
EVERYTHING = {job: value for job, _, value in FIELDS}
RECORD_OF_EVERYTHING = {**NOTHING, **{record: value for _, record, value in FIELDS}, "reference_is_ours": True}
# The record of a job of which one column is known, by that column.
RECORD_OF = {job: {**NOTHING, record: value, "reference_is_ours": job == "applied"} for job, record, value in FIELDS}
EMPTY_COLUMNS = {job: NOTHING[record] for job, record, _ in FIELDS}


@pytest.fixture
def schema(old_schemas: OldSchemas, django_db_blocker: DjangoDbBlocker) -> Iterator[OldSchema]:
    """The tables before the migration, empty."""
    with django_db_blocker.unblock(), old_schemas.database_at(BEFORE, name="old") as made:
        yield made


def add_job(schema: OldSchema, *, at: str = BEFORE, **known: Any) -> int:
    """A job as the previous code makes one."""
    jobs = schema.model("SyncJob", at=at).objects
    firm_id = schema.add_firm(at=at).pk
    made = jobs.create(
        firm_id=firm_id, kind="INVOICE", object_id=1, state="WAITING", saved_at=NOON, due_at=NOON, **known
    )
    return int(made.pk)


def change_job(schema: OldSchema, pk: int, **values: Any) -> None:
    """An update as the previous code makes one."""
    assert schema.model("SyncJob", at=BEFORE).objects.filter(pk=pk).update(**values) == 1


def known_of(schema: OldSchema, pk: int) -> dict[str, Any] | None:
    """The record of a job, without its keys; None if there is none."""
    records = schema.model("XeroRecord", at=AFTER).objects.filter(pk=pk, firm_id__in=firm_ids(schema, pk))
    return next(iter(records.values(*NOTHING)), None)


def firm_ids(schema: OldSchema, pk: int) -> list[int]:
    return [row["firm_id"] for row in schema.rows("SELECT firm_id FROM xero_sync_syncjob WHERE id = %s", pk)]


def everything_in(schema: OldSchema) -> list[list[dict[str, Any]]]:
    """Every row of both tables, with the transaction that wrote it."""
    tables = ("xero_sync_syncjob", "xero_sync_xerorecord")
    return [schema.rows(f"SELECT xmin, ctid, * FROM {table} ORDER BY 4") for table in tables]


def waits_for_a_lock(schema: OldSchema) -> bool:
    """Whether another session of this database waits for one; asked from a session of its own."""
    with schema.another_session() as asking:
        return bool(
            asking.rows(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
        )


@contextmanager
def done_after(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Something is done by another thread, so many seconds from now."""
    timer = threading.Timer(seconds, act)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def test_everything_known_is_carried_over_exactly(schema: OldSchema) -> None:
    pk = add_job(schema, **EVERYTHING)
    schema.migrate(AFTER)
    assert known_of(schema, pk) == RECORD_OF_EVERYTHING


def test_each_field_alone_makes_a_record(schema: OldSchema) -> None:
    jobs = {column: add_job(schema, **{column: value}) for column, value in EVERYTHING.items()}
    schema.migrate(AFTER)
    assert {column: known_of(schema, pk) for column, pk in jobs.items()} == RECORD_OF


def test_a_document_of_which_nothing_is_known_has_no_record(schema: OldSchema) -> None:
    pk = add_job(schema, desired_version=3, attempts=2, faults=[{"code": "unknown"}], preferences={"a": True})
    schema.migrate(AFTER)
    assert known_of(schema, pk) is None


def test_the_reference_is_ours_if_the_last_success_noted_it(schema: OldSchema) -> None:
    code = "matter_as_reference"
    cases: list[tuple[Any, bool]] = [
        ([], False),
        ([{"code": "category_codes", "text": code}], False),
        ([{"code": code, "text": ""}], True),
        ([{"code": "category_codes", "text": ""}, {"text": "", "code": code}], True),
    ]
    carried = [add_job(schema, applied=applied, xero_id="x") for applied, _ in cases]
    schema.migrate(AFTER)
    changed = [add_job(schema, xero_id="x") for _ in cases]
    for pk, (applied, _) in zip(changed, cases, strict=True):
        change_job(schema, pk, applied=applied)
    for jobs in (carried, changed):
        found = [known_of(schema, pk) or {} for pk in jobs]
        assert [(each["applied"], each["reference_is_ours"]) for each in found] == cases


def test_a_write_in_the_middle_is_not_lost(schema: OldSchema, monkeypatch: pytest.MonkeyPatch) -> None:
    """One job a step: of three, the first is changed after its step, the third before it, and a fourth comes."""
    small_steps(monkeypatch)
    first, second, third = (add_job(schema, **EVERYTHING) for _ in range(3))
    added = []

    def act(count: int) -> None:
        if count == 2:
            with schema.another_session() as other:
                other.execute("UPDATE xero_sync_syncjob SET xero_status = 'VOIDED' WHERE id IN (%s, %s)", first, third)
            added.append(add_job(schema, xero_id="new", number_sent="N-4"))

    with schema.before_each(STEP, act):
        schema.migrate(AFTER)

    assert [known_of(schema, pk) for pk in (first, second, third)] == [
        {**RECORD_OF_EVERYTHING, "status": "VOIDED"},
        RECORD_OF_EVERYTHING,
        {**RECORD_OF_EVERYTHING, "status": "VOIDED"},
    ]
    assert [known_of(schema, pk) for pk in added] == [{**NOTHING, "xero_id": "new", "number": "N-4"}]


@pytest.mark.parametrize("seconds", [0.1, 1])
def test_a_write_that_is_still_open_during_the_step_is_not_lost(schema: OldSchema, seconds: float) -> None:
    """It is committed while the step waits for it, or after the step has given way."""
    pk = add_job(schema, **EVERYTHING)
    schema.migrate(TABLE)
    steps = []
    with schema.another_session() as other:
        other.connection.set_autocommit(False)
        other.execute("UPDATE xero_sync_syncjob SET xero_status = 'VOIDED' WHERE id = %s", pk)
        with done_after(seconds, other.connection.commit), schema.before_each(STEP, steps.append):
            schema.migrate(AFTER)
    assert known_of(schema, pk) == {**RECORD_OF_EVERYTHING, "status": "VOIDED"}
    assert len(steps) == (2 if seconds < 0.3 else 3)


def test_a_save_that_has_locked_its_job_and_its_step_do_not_wait_for_each_other(schema: OldSchema) -> None:
    pk = add_job(schema, **EVERYTHING)
    schema.migrate(TABLE)
    steps: list[int] = []
    with schema.another_session() as other:
        other.connection.set_autocommit(False)
        other.rows("SELECT 1 FROM xero_sync_syncjob WHERE id = %s FOR UPDATE", pk)

        def save() -> None:
            other.execute("UPDATE xero_sync_syncjob SET xero_status = 'VOIDED' WHERE id = %s", pk)
            other.connection.commit()

        with done_after(0.1, save), schema.before_each(STEP, steps.append):
            schema.migrate(AFTER)
    assert known_of(schema, pk) == {**RECORD_OF_EVERYTHING, "status": "VOIDED"}
    assert steps == [1, 2], "The step gave way to a save that waited for it."


def test_a_job_that_is_deleted_during_its_step_leaves_no_record(schema: OldSchema) -> None:
    gone, kept = add_job(schema, **EVERYTHING), add_job(schema, **EVERYTHING)
    with schema.another_session() as other:
        delete = threading.Thread(
            target=other.execute, args=("DELETE FROM xero_sync_syncjob WHERE id = %s", gone), daemon=True
        )

        def start(count: int) -> None:
            if count == 1:
                delete.start()
                eventually(lambda: waits_for_a_lock(schema), within=5, what="the deletion waits for the step")

        with schema.before_each("SET CONSTRAINTS", start):
            schema.migrate(AFTER)
        delete.join(timeout=5)
    assert [row["job_id"] for row in schema.rows("SELECT job_id FROM xero_sync_xerorecord")] == [kept]


def test_tables_in_use_are_waited_for_without_holding_up_who_uses_them(schema: OldSchema) -> None:
    open_job, saved_job = add_job(schema), add_job(schema)
    tries: list[int] = []
    with schema.another_session() as other, schema.another_session() as saver:
        other.connection.set_autocommit(False)
        other.execute("UPDATE xero_sync_syncjob SET attempts = 1 WHERE id = %s", open_job)
        in_use, saves = done_after(2, other.connection.commit), saved_all_the_time(saver, saved_job)
        with in_use, saves as waits, schema.before_each("lock_timeout", tries.append):
            schema.migrate(AFTER)
    assert len(tries) > 5, "The change of the table did not give way."
    assert len(waits) > 20
    assert 0.2 < max(waits) < 1


@contextmanager
def saved_all_the_time(session: OldSchema, pk: int) -> Iterator[list[float]]:
    """A job is saved all the time from another thread; how long each save took, in seconds."""
    waits: list[float] = []
    done = threading.Event()

    def save() -> None:
        while not done.is_set():
            started = time.monotonic()
            session.execute("UPDATE xero_sync_syncjob SET attempts = attempts + 1 WHERE id = %s", pk)
            waits.append(time.monotonic() - started)

    thread = threading.Thread(target=save)
    thread.start()
    try:
        yield waits
    finally:
        done.set()
        thread.join()


def test_a_second_run_changes_nothing(schema: OldSchema) -> None:
    for known in (EVERYTHING, {"xero_id": "x"}, {}):
        add_job(schema, **known)
    schema.migrate(AFTER)
    before = everything_in(schema)
    with schema.connection.schema_editor(atomic=False) as editor:
        import_module(f"xero_sync.migrations.{AFTER}").carry_over(None, editor)
    assert everything_in(schema) == before
    assert [len(rows) for rows in before] == [3, 2]


def test_an_interrupted_run_goes_on(schema: OldSchema, monkeypatch: pytest.MonkeyPatch) -> None:
    small_steps(monkeypatch)
    jobs = [add_job(schema, **EVERYTHING) for _ in range(3)]

    def interrupt(count: int) -> None:
        if count == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), schema.before_each(STEP, interrupt):
        schema.migrate(AFTER)
    assert len(schema.rows("SELECT 1 FROM xero_sync_xerorecord")) == 2
    schema.migrate(AFTER)
    assert [known_of(schema, pk) for pk in jobs] == [RECORD_OF_EVERYTHING] * 3


def test_previous_code_keeps_the_record_true(schema: OldSchema) -> None:
    schema.migrate(AFTER)
    jobs = {column: add_job(schema) for column in EVERYTHING}
    assert [known_of(schema, pk) for pk in jobs.values()] == [None] * len(FIELDS)
    for column, pk in jobs.items():
        change_job(schema, pk, **{column: EVERYTHING[column]})
    assert {column: known_of(schema, pk) for column, pk in jobs.items()} == RECORD_OF
    for column, pk in jobs.items():
        change_job(schema, pk, **{column: EMPTY_COLUMNS[column]})
    assert [known_of(schema, pk) for pk in jobs.values()] == [NOTHING] * len(FIELDS)


def test_previous_code_inserts_and_deletes_jobs(schema: OldSchema) -> None:
    schema.migrate(AFTER)
    pk = add_job(schema, **EVERYTHING)
    assert known_of(schema, pk) == RECORD_OF_EVERYTHING
    schema.model("SyncJob", at=BEFORE).objects.filter(pk=pk).delete()
    assert schema.rows("SELECT 1 FROM xero_sync_xerorecord") == []


def test_a_place_in_line_that_moves_does_not_touch_the_record(schema: OldSchema) -> None:
    pk = add_job(schema, **EVERYTHING)
    schema.migrate(AFTER)
    _, before = everything_in(schema)
    # Every column is named, as a move names it.
    change_job(schema, pk, state="TRYING_AGAIN", attempts=4, **EVERYTHING)
    assert everything_in(schema)[1] == before


def test_what_new_code_writes_reaches_the_old_columns(schema: OldSchema) -> None:
    jobs = {(column, field): add_job(schema) for column, field, _ in FIELDS}
    schema.migrate(AFTER)
    records = schema.model("XeroRecord", at=AFTER).objects
    for (column, field), pk in jobs.items():
        records.create(job_id=pk, firm_id=firm_ids(schema, pk)[0], **{field: EVERYTHING[column]})
    assert {column: job_columns(schema, pk) for (column, _), pk in jobs.items()} == {
        column: {**EMPTY_COLUMNS, column: value} for column, value in EVERYTHING.items()
    }
    for (_, field), pk in jobs.items():
        records.filter(pk=pk).update(**{field: NOTHING[field]})
    assert [job_columns(schema, pk) for pk in jobs.values()] == [EMPTY_COLUMNS] * len(FIELDS)


def test_what_only_new_code_knows_stays_when_previous_code_writes(schema: OldSchema) -> None:
    pk = add_job(schema, **EVERYTHING)
    schema.migrate(AFTER)
    own = {"agreed": {"Total": 1}, "seen": {"Total": 2}, "seen_at": NOON, "seen_stamp": NOON}
    schema.model("XeroRecord", at=AFTER).objects.filter(pk=pk).update(**own)
    change_job(schema, pk, xero_status="VOIDED")
    assert known_of(schema, pk) == {**RECORD_OF_EVERYTHING, **own, "status": "VOIDED"}


def test_one_statement_may_write_both_rows(schema: OldSchema) -> None:
    pk = add_job(schema, **EVERYTHING)
    schema.migrate(AFTER)
    schema.execute(
        "WITH job AS (UPDATE xero_sync_syncjob SET xero_id = 'b', state = 'IN_XERO' WHERE id = %s)"
        " UPDATE xero_sync_xerorecord SET xero_id = 'b', status = 'PAID', number = 'N-2' WHERE job_id = %s",
        pk,
        pk,
    )
    assert known_of(schema, pk) == {**RECORD_OF_EVERYTHING, "xero_id": "b", "status": "PAID", "number": "N-2"}
    assert job_columns(schema, pk) == {**EVERYTHING, "xero_id": "b", "xero_status": "PAID", "number_sent": "N-2"}


def test_new_code_inserts_jobs_without_the_old_columns(schema: OldSchema) -> None:
    firm = schema.add_firm(at=BEFORE)
    schema.migrate(AFTER)
    schema.execute(
        "INSERT INTO xero_sync_syncjob (firm_id, kind, object_id, state, hold, desired_version, sent_version,"
        " preferences, saved_at, due_at, priority, attempts, faults, changed_at)"
        " VALUES (%s, 'INVOICE', 1, 'WAITING', '', 1, 0, '{}', now(), now(), 0, 0, '[]', now())",
        firm.pk,
    )
    (row,) = schema.rows("SELECT id FROM xero_sync_syncjob")
    assert job_columns(schema, row["id"]) == EMPTY_COLUMNS


def test_it_goes_back_and_forth(schema: OldSchema) -> None:
    pk = add_job(schema, **EVERYTHING)
    schema.migrate(AFTER, TABLE, AFTER, BEFORE)
    assert job_columns(schema, pk) == EVERYTHING
    assert schema.rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []
    assert schema.rows("SELECT proname FROM pg_proc WHERE proname LIKE 'xero_sync%%'") == []
    change_job(schema, pk, xero_status="PAID")
    schema.migrate(AFTER)
    assert known_of(schema, pk) == {**RECORD_OF_EVERYTHING, "status": "PAID"}


def test_once_the_old_columns_rest_only_previous_code_writes_both(schema: OldSchema) -> None:
    pk = add_job(schema, **EVERYTHING)
    schema.migrate(REST)
    schema.execute(
        "WITH job AS (UPDATE xero_sync_syncjob SET xero_id = 'b', state = 'IN_XERO' WHERE id = %s)"
        " UPDATE xero_sync_xerorecord SET xero_id = 'b', status = 'PAID', agreed = '{}' WHERE job_id = %s",
        pk,
        pk,
    )
    written = {**RECORD_OF_EVERYTHING, "xero_id": "b", "status": "PAID", "agreed": {}}
    assert known_of(schema, pk) == written
    assert job_columns(schema, pk) == {**EVERYTHING, "xero_id": "b"}
    # Previous code names every column when it moves a job, and changes what it means to change.
    change_job(schema, pk, **{**EVERYTHING, "xero_id": "b", "link": {}})
    assert known_of(schema, pk) == {**written, "link": {}}
    assert schema.rows("SELECT tgname FROM pg_trigger WHERE tgrelid = 'xero_sync_xerorecord'::regclass"
                       " AND NOT tgisinternal") == []  # fmt: skip


def test_what_only_records_knew_goes_back_to_the_old_columns(
    schema: OldSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"xero_sync.migrations.{REST}.MOST_ROWS", 1)
    jobs = [add_job(schema, **EVERYTHING) for _ in range(3)]
    schema.migrate(REST)
    schema.execute("UPDATE xero_sync_xerorecord SET status = 'PAID', confirmed_version = 8, link = '{}'")
    fresh = add_job(schema)
    schema.execute(
        "UPDATE xero_sync_xerorecord SET reference_is_ours = false, agreed = '{}' WHERE job_id = %s", jobs[0]
    )
    schema.migrate(RECORDS)
    changed = {"xero_status": "PAID", "confirmed_version": 8, "link": {}}
    assert [job_columns(schema, pk) for pk in jobs] == [{**EVERYTHING, **changed}] * 3
    assert job_columns(schema, fresh) == EMPTY_COLUMNS
    known = known_of(schema, jobs[0]) or {}
    assert (known["reference_is_ours"], known["agreed"], known["status"]) == (False, {}, "PAID")
    schema.execute("UPDATE xero_sync_xerorecord SET status = 'VOIDED' WHERE job_id = %s", jobs[0])
    assert job_columns(schema, jobs[0])["xero_status"] == "VOIDED", "both ways are open again"


def job_columns(schema: OldSchema, pk: int) -> dict[str, Any]:
    found = schema.model("SyncJob", at=BEFORE).objects.filter(pk=pk).values(*EVERYTHING)
    return dict(found.get())


def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """One job a step."""
    monkeypatch.setattr(f"xero_sync.migrations.{AFTER}.MOST_ROWS", 1)
