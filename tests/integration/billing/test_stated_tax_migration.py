"""Whether a tax is stated becomes a column of the lines while the previous code goes on saving bills."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker

from tests.old_schema import OLDEST, OldSchema, OldSchemas

BEFORE, AFTER = "0001_initial", "0002_stated_tax"
COLUMN = """
    SELECT column_default, is_nullable FROM information_schema.columns
    WHERE table_name = 'billing_invoiceline' AND column_name = 'tax_is_stated'
"""
STEPS = ("lock_timeout", 'INTO "django_migrations"', 'FROM "django_migrations" WHERE')


@pytest.fixture
def schema(old_schemas: OldSchemas, django_db_blocker: DjangoDbBlocker) -> Iterator[OldSchema]:
    """The tables before the migration, empty."""
    with django_db_blocker.unblock(), old_schemas.database_at(OLDEST, name="stated") as made:
        made.migrate_apps(billing=BEFORE)
        yield made


def add_line(schema: OldSchema) -> int:
    """A line as the previous code writes one: it knows no such column."""
    apps: Any = MigrationLoader(None).project_state([("billing", BEFORE)]).apps
    firm = schema.add_firm(at=OLDEST)
    contact = apps.get_model("billing", "Contact").objects.create(
        firm_id=firm.pk, name="Meridian", client_number="C-1", kind="COMPANY"
    )
    day = datetime(2026, 8, 3, tzinfo=UTC).date()
    bill = apps.get_model("billing", "Invoice").objects.create(
        firm_id=firm.pk, contact=contact, number="1", issue_date=day, due_date=day, currency="AUD", tax_mode="EXCLUSIVE"
    )
    line = apps.get_model("billing", "InvoiceLine").objects.create(
        firm_id=firm.pk,
        invoice=bill,
        position=1,
        kind="TIME",
        quantity=Decimal(1),
        unit_price=Decimal(100),
        amount=Decimal(100),
        tax_amount=Decimal(10),
    )
    return int(line.pk)


def stated(schema: OldSchema, pk: int) -> bool:
    [row] = schema.rows("SELECT tax_is_stated FROM billing_invoiceline WHERE id = %s", pk)
    return bool(row["tax_is_stated"])


def test_lines_of_before_and_of_the_previous_code_have_computed_taxes(schema: OldSchema) -> None:
    before = add_line(schema)
    schema.migrate_apps(billing=AFTER)
    assert [stated(schema, before), stated(schema, add_line(schema))] == [False, False]
    assert schema.rows(COLUMN) == [{"column_default": "false", "is_nullable": "NO"}]


def test_no_line_is_written_anew(schema: OldSchema) -> None:
    pk = add_line(schema)
    place = "SELECT xmin, ctid FROM billing_invoiceline WHERE id = %s"
    before = schema.rows(place, pk)
    schema.migrate_apps(billing=AFTER)
    assert schema.rows(place, pk) == before


@pytest.mark.parametrize(("ahead", "back"), [(AFTER, BEFORE), (BEFORE, AFTER)])
def test_the_migration_gives_way_to_a_long_transaction(schema: OldSchema, ahead: str, back: str) -> None:
    schema.migrate_apps(billing=back)
    tries: list[int] = []
    with schema.another_session() as dump:
        dump.connection.set_autocommit(False)
        dump.rows("SELECT count(*) FROM billing_invoiceline")
        # Whoever waits for the lock without a limit gets it too, late.
        ended = threading.Timer(10, dump.connection.commit)
        ended.start()

        def act(count: int) -> None:
            tries.append(count)
            if count == 2:
                ended.cancel()
                dump.connection.commit()

        with schema.before_each("lock_timeout", act):
            schema.migrate_apps(billing=ahead)
        ended.cancel()
        ended.join()
    assert len(tries) > 1, "The change waited for its lock without giving way."


@pytest.mark.parametrize("words", STEPS)
@pytest.mark.parametrize(("ahead", "back"), [(AFTER, BEFORE), (BEFORE, AFTER)])
def test_the_migration_goes_on_after_an_interruption(schema: OldSchema, words: str, ahead: str, back: str) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    schema.migrate_apps(billing=back)
    try:
        with schema.before_each(words, interrupt):
            schema.migrate_apps(billing=ahead)
    except KeyboardInterrupt:
        schema.migrate_apps(billing=back)
        schema.migrate_apps(billing=ahead)
    assert len(schema.rows(COLUMN)) == (1 if ahead == AFTER else 0)
