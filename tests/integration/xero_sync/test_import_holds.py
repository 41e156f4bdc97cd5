"""What an import holds stays out of Xero, with its clients, whatever else happens to the firm; one press lets it go."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice
from firms.models import Firm, User
from tests.factories import InvoiceFactory
from tests.integration.billing.importing import confirm, press, upload, upload_bills
from tests.integration.billing.test_import import CONTACTS, ledes, record
from tests.xero import Xero, sync
from xero_sync import outbox
from xero_sync.domain.holds import Hold
from xero_sync.domain.states import State
from xero_sync.facts import status
from xero_sync.facts.remedy import Link
from xero_sync.models import BillSyncSettings, SyncJob

pytestmark = pytest.mark.django_db(transaction=True)

TWO_BILLS = ledes(record(), record(INVOICE_NUMBER="10402", CLIENT_ID="C-2", LAW_FIRM_MATTER_ID="M-2"))


@pytest.fixture
def page(connected: Firm, admin: User) -> Client:
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def held(page: Client, connected: Firm) -> Firm:
    """The firm with two bills in a held import."""
    upload_bills(page, connected, TWO_BILLS)
    confirm(page, connected, "hold")
    return connected


def job_facts() -> list[tuple[str, str, str]]:
    return list(SyncJob.objects.order_by("id").values_list("kind", "state", "hold"))


HELD_BILLS = [("INVOICE", State.ON_HOLD, Hold.IMPORT)] * 2


def test_nothing_of_a_held_import_leaves_and_its_clients_have_no_place_in_line(held: Firm, xero: Xero) -> None:
    sync(held)
    assert job_facts() == HELD_BILLS
    assert len(xero.numbered("10401")) == 0


def test_the_bill_says_why_it_waits_and_leads_to_the_import(held: Firm) -> None:
    bill = Invoice.objects.get(number="10401")
    shown = status.read_states(firm=held, kind="INVOICE", ids=[bill.pk])[bill.pk]
    assert shown.sentence == "Kept back with its import. Goes once the import is released."
    assert shown.link == Link(f"/{held.slug}/imports/{bill.source_import_id}/", "Open the import")


def test_released_with_one_press_it_is_in_xero_with_its_clients(held: Firm, page: Client, xero: Xero) -> None:
    press(page, held, "release")
    sync(held)
    assert {(job.kind, job.state) for job in SyncJob.objects.all()} == {
        ("CONTACT", State.IN_XERO),
        ("INVOICE", State.IN_XERO),
    }
    assert len(xero.numbered("10401")) == len(xero.numbered("10402")) == 1


def pause_and_resume(firm: Firm) -> None:
    for moment in (timezone.now(), None):
        BillSyncSettings.objects.filter(firm=firm).update(paused_at=moment)
        outbox.rejudge(firm=firm, now=timezone.now())


def test_the_firms_own_hold_ends_and_the_import_stays_held(held: Firm) -> None:
    pause_and_resume(held)
    assert job_facts() == HELD_BILLS


def test_a_start_date_that_moves_does_not_let_a_held_bill_go(page: Client, connected: Firm) -> None:
    BillSyncSettings.objects.filter(firm=connected).update(start_date=date(2030, 1, 1))
    upload_bills(page, connected, TWO_BILLS)
    confirm(page, connected, "hold")
    assert {state for _kind, state, _hold in job_facts()} == {State.NOT_SENT}
    BillSyncSettings.objects.filter(firm=connected).update(start_date=None)
    outbox.rejudge(firm=connected, now=timezone.now())
    assert job_facts() == HELD_BILLS


def test_a_retry_and_a_save_of_the_bill_do_not_let_it_go(held: Firm, page: Client) -> None:
    job = SyncJob.objects.first()
    assert job is not None
    outbox.retry(firm=held, job_ids=[job.pk], now=timezone.now() + timedelta(hours=1))
    bill = Invoice.objects.get(pk=job.object_id)
    services.correct_invoice(firm=held, actor=None, invoice=bill, expected_version=bill.version, number="10499")
    assert job_facts() == HELD_BILLS


def test_a_bill_typed_for_a_client_of_a_held_import_goes_with_its_client_and_the_held_one_stays(
    held: Firm, xero: Xero
) -> None:
    client = Contact.objects.get(client_number="C-1")
    InvoiceFactory(firm=held, contact=client, number="77", approved=True)
    sync(held)
    assert len(xero.numbered("77")) == 1
    assert len(xero.numbered("10401")) == 0


def test_a_held_import_taken_back_never_reaches_xero(held: Firm, page: Client, xero: Xero) -> None:
    press(page, held, "undo")
    sync(held)
    assert {(state, hold) for _kind, state, hold in job_facts()} == {(State.NOT_SENT, "void")}
    assert len(xero.numbered("10401")) == 0


def test_clients_of_a_held_file_wait_for_their_release(page: Client, connected: Firm) -> None:
    upload(page, connected, "contacts", CONTACTS)
    confirm(page, connected, "hold")
    assert job_facts() == []
    contact = Contact.objects.get(client_number="C-1")
    shown = status.read_states(firm=connected, kind="CONTACT", ids=[contact.pk])[contact.pk]
    assert shown.sentence == "Goes with its first bill, or when it is saved once more."
    press(page, connected, "release")
    assert [state for _kind, state, _hold in job_facts()] == [State.WAITING, State.WAITING]


def test_an_import_sent_at_once_is_in_xero(page: Client, connected: Firm, xero: Xero) -> None:
    upload_bills(page, connected, TWO_BILLS)
    confirm(page, connected, "send")
    sync(connected)
    assert len(xero.numbered("10401")) == len(xero.numbered("10402")) == 1


def test_the_same_file_taken_back_and_imported_again_is_once_in_xero(held: Firm, page: Client, xero: Xero) -> None:
    press(page, held, "undo")
    upload_bills(page, held, TWO_BILLS)
    confirm(page, held, "send")
    sync(held)
    assert len(xero.numbered("10401")) == len(xero.numbered("10402")) == 1
