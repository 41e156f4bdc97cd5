"""A test that commits leaves nothing to the next one."""

import threading

import pytest
from django.core.management import call_command
from django.db import connection

from firms.models import Firm
from tests.factories import FirmFactory
from tests.old_schema import OldSchema

pytestmark = pytest.mark.django_db(transaction=True)


def tables_with_rows() -> list[str]:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    query = " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in sorted(tables))
    return [row["?column?"] for row in OldSchema(connection).rows(query)]


def empty_tables() -> None:
    """As Django does after such a test."""
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


def test_every_row_is_deleted_and_no_key_comes_twice(connected: Firm) -> None:
    assert {"firms_firm", "xero_sync_xeroconnection", "expense_categories_expensecategory"} <= set(tables_with_rows())

    empty_tables()

    assert tables_with_rows() == []
    assert FirmFactory().pk > connected.pk


def test_a_transaction_that_is_still_open_leaves_nothing_either(firm: Firm) -> None:
    with OldSchema(connection).another_session() as late:
        late.connection.set_autocommit(False)
        late.execute("INSERT INTO django_session VALUES ('late', '', now())")
        ended = threading.Timer(0.2, late.connection.commit)
        ended.start()
        empty_tables()
        ended.join()
    assert tables_with_rows() == []
