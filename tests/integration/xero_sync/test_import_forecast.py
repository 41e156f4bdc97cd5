"""Before a file is imported its page says what would become of its bills in Xero, and nothing of them is stored."""

import pytest
from django.test import Client

from billing.models import Contact, Invoice, InvoiceLine, Matter
from firms.models import Firm, User
from tests.integration.billing.importing import confirm, happens, upload_bills
from tests.integration.billing.test_import import ledes, record
from tests.xero import Xero, sync
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, SyncJob, XeroChart

pytestmark = pytest.mark.django_db(transaction=True)

TWO = ledes(
    record(), record(INVOICE_NUMBER="10402", INVOICE_DATE="20250101", CLIENT_ID="C-2", LAW_FIRM_MATTER_ID="M-2")
)


@pytest.fixture
def page(connected: Firm, admin: User) -> Client:
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def lock(firm: Firm, day: str) -> None:
    chart = XeroChart.objects.get(firm=firm)
    chart.organisation = {**chart.organisation, "PeriodLockDate": day}
    chart.save()


def test_bills_that_would_go_are_counted_and_nothing_is_stored(page: Client, connected: Firm) -> None:
    upload_bills(page, connected, TWO)
    shown = happens(page, connected)
    assert "Of 2 bills 2 will go." in shown
    for model in (Contact, Matter, Invoice, InvoiceLine, SyncJob):
        assert not model.objects.exists()


def test_a_bill_in_a_locked_period_is_foreseen_with_its_reason_and_its_money(
    page: Client, connected: Firm, xero: Xero
) -> None:
    lock(connected, "2025-06-30")
    upload_bills(page, connected, TWO)
    shown = happens(page, connected)
    assert "Of 2 bills 1 will go; 1 will not get there, for this 1 cause." in shown
    assert "1 bill, 110.00 AUD" in shown
    confirm(page, connected)
    sync(connected)
    states = {Invoice.objects.get(pk=job.object_id).number: job.state for job in SyncJob.objects.filter(kind="INVOICE")}
    assert states["10401"] == State.IN_XERO
    assert states["10402"] != State.IN_XERO


def test_what_the_start_date_keeps_out_is_said(page: Client, connected: Firm) -> None:
    BillSyncSettings.objects.filter(firm=connected).update(start_date="2026-01-01")
    upload_bills(page, connected, TWO)
    assert "The bill is dated before your start date." in happens(page, connected)


def test_without_a_connection_it_says_that_nobody_can_know(firm: Firm, admin: User) -> None:
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    upload_bills(client, firm, TWO)
    assert "Before Xero is connected nobody can say what is in Xero" in happens(client, firm)
