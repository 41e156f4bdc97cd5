"""Imports become rows while the previous code goes on saving bills, and the migration goes on after an interruption."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker

from tests.old_schema import OLDEST, OldSchema, OldSchemas

BEFORE, AFTER = "0002_stated_tax", "0003_imports"
COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE column_name IN ('source_import_id', 'held') AND table_name LIKE 'billing%%' ORDER BY 1, 2
"""
INDEXES = "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%%_of_imports' ORDER BY 1"
VALID = "SELECT convalidated FROM pg_constraint WHERE conname = 'only_bills_taken_back_lack_clients'"
TABLES = (
    "SELECT to_regclass('billing_import') IS NOT NULL AND to_regclass('billing_importfilepart') IS NOT NULL AS both"
)
# Before each table, each column, each index, the check of all bills, and Django's own note of the migration.
INTERRUPTED = [
    *(("lock_timeout", place) for place in range(1, 7)),
    *(("INDEX CONCURRENTLY", place) for place in range(1, 4)),
    ("VALIDATE", 1),
    ('INTO "django_migrations"', 1),
]


@pytest.fixture
def schema(old_schemas: OldSchemas, django_db_blocker: DjangoDbBlocker) -> Iterator[OldSchema]:
    """The tables before the migration, empty."""
    with django_db_blocker.unblock(), old_schemas.database_at(OLDEST, name="imports") as made:
        made.migrate_apps(billing=BEFORE)
        yield made


def add_bill(schema: OldSchema) -> int:
    """A bill as the previous code writes one: it knows of no imports."""
    apps: Any = MigrationLoader(None).project_state([("billing", BEFORE)]).apps
    firm = schema.add_firm(at=OLDEST)
    contact = apps.get_model("billing", "Contact").objects.create(
        firm_id=firm.pk, name="Meridian", client_number="C-1", kind="COMPANY"
    )
    day = datetime(2026, 8, 3, tzinfo=UTC).date()
    bill = apps.get_model("billing", "Invoice").objects.create(
        firm_id=firm.pk, contact=contact, number="1", issue_date=day, due_date=day, currency="AUD", tax_mode="EXCLUSIVE"
    )
    return int(bill.pk)


def assert_whole(schema: OldSchema) -> None:
    tables = [(row["table_name"], row["column_name"]) for row in schema.rows(COLUMNS)]
    assert tables == [
        ("billing_contact", "source_import_id"),
        ("billing_importfilepart", "source_import_id"),
        ("billing_invoice", "held"),
        ("billing_invoice", "source_import_id"),
        ("billing_matter", "source_import_id"),
    ]
    names = [row["indexname"] for row in schema.rows(INDEXES)]
    assert names == ["contacts_of_imports", "invoices_of_imports", "matters_of_imports"]
    assert schema.rows(VALID) == [{"convalidated": True}]


def test_bills_of_before_and_of_the_previous_code_are_neither_held_nor_of_an_import(schema: OldSchema) -> None:
    before = add_bill(schema)
    schema.migrate_apps(billing=AFTER)
    after = add_bill(schema)
    assert_whole(schema)
    rows = schema.rows("SELECT held, source_import_id FROM billing_invoice WHERE id IN (%s, %s)", before, after)
    assert rows == [{"held": False, "source_import_id": None}] * 2


@pytest.mark.parametrize("table", ["billing_invoice", "firms_firm"])
def test_the_migration_gives_way_to_a_long_transaction(schema: OldSchema, table: str) -> None:
    tries: list[int] = []
    with schema.another_session() as dump:
        dump.connection.set_autocommit(False)
        dump.rows(f"SELECT id FROM {table} FOR UPDATE")
        dump.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
        # Whoever waits for the lock without a limit gets it too, late.
        ended = threading.Timer(20, dump.connection.commit)
        ended.start()

        def act(count: int) -> None:
            tries.append(count)
            if count == 9:
                ended.cancel()
                dump.connection.commit()

        with schema.before_each("lock_timeout", act):
            schema.migrate_apps(billing=AFTER)
        ended.cancel()
        ended.join()
    assert len(tries) > 6, "The change waited for its lock without giving way."
    assert_whole(schema)


@pytest.mark.parametrize(("words", "place"), INTERRUPTED)
def test_the_migration_goes_on_after_an_interruption(schema: OldSchema, words: str, place: int) -> None:
    def interrupt(count: int) -> None:
        if count == place:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), schema.before_each(words, interrupt):
        schema.migrate_apps(billing=AFTER)
    schema.migrate_apps(billing=AFTER)
    assert_whole(schema)


def test_it_can_be_taken_back_and_made_again(schema: OldSchema) -> None:
    schema.migrate_apps(billing=AFTER)
    schema.migrate_apps(billing=BEFORE)
    assert schema.rows(TABLES) == [{"both": False}]
    schema.migrate_apps(billing=AFTER)
    assert_whole(schema)
