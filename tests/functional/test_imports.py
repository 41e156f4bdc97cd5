"""A file from its upload to Xero through real processes: a worker of its own, killed in the middle of its work."""

import pytest
from django.db import connection
from django.test import Client

from billing.domain.import_states import ImportState
from billing.models import Import, Invoice
from firms.models import Firm, User
from tests.factories import ContactFactory
from tests.integration.billing.importing import address, newest, send_file
from tests.integration.billing.test_import import ledes, record
from tests.processes.eventually import eventually
from tests.processes.fixtures import HireWorkers
from tests.processes.workforce import QUICK
from tests.xero import Xero

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]

START_SECONDS = 40
# Each fills a slice of its own, so that a worker can be killed between two of them.
BILLS, LINES = 12, 499


def state(firm: Firm) -> str:
    return newest(firm).state


def large_file() -> bytes:
    return ledes(
        *(
            record(INVOICE_NUMBER=f"L{bill}", INVOICE_TOTAL=f"{LINES * 100}.00", LINE_ITEM_NUMBER=str(line))
            for bill in range(BILLS)
            for line in range(1, LINES + 1)
        )
    )


@pytest.fixture
def page(connected: Firm, admin: User) -> Client:
    ContactFactory(firm=connected, client_number="C-1", name="Meridian Shipping Ltd")
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_file_is_read_imported_and_in_xero_by_workers_alone(
    page: Client, connected: Firm, xero: Xero, hire_workers: HireWorkers
) -> None:
    workforce = hire_workers(QUICK)
    workforce.start_import_worker()
    send_file(page, connected, "invoices", ledes(record(), record(INVOICE_NUMBER="10402")))
    eventually(lambda: state(connected) == ImportState.CHECKED, within=START_SECONDS, what="the file is read")
    page.post(address(connected, "confirm/"), {"then": "send"})
    eventually(lambda: len(xero.invoices) == 2, within=30, what="the bills are in Xero")
    assert state(connected) == ImportState.DONE


def test_a_worker_killed_in_the_middle_of_a_file_is_followed_by_another_that_goes_on(
    page: Client, connected: Firm, hire_workers: HireWorkers
) -> None:
    workforce = hire_workers(QUICK)
    workforce.start_import_worker()
    send_file(page, connected, "invoices", large_file())
    eventually(lambda: state(connected) == ImportState.CHECKED, within=60, what="the file is read")
    page.post(address(connected, "confirm/"), {"then": "hold"})
    eventually(lambda: newest(connected).done >= 2, within=30, what="some slices are written")
    workforce.kill_import_worker()
    written = Invoice.objects.count()
    assert 0 < written < BILLS
    assert set(Invoice.objects.values_list("held", flat=True)) == {True}
    workforce.start_import_worker()
    eventually(lambda: state(connected) == ImportState.HELD, within=90, what="another worker has gone on")
    assert Invoice.objects.count() == BILLS
    assert Import.objects.get().report["created"] == BILLS
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT (invoice_id, position)) FROM billing_invoiceline")
        assert cursor.fetchone() == (BILLS * LINES, BILLS * LINES)
