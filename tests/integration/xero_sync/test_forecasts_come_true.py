"""What preflight says of bills in line beside what becomes of them, where several documents depend on each other."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice
from billing.services import ContactValues
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory, time_line
from tests.xero import Xero, job_of, read_index_of, sync
from xero_sync.domain.states import State
from xero_sync.engine import turn
from xero_sync.engine.preflight import Judged, Verdict, check
from xero_sync.facts.request_context import RequestContext
from xero_sync.models import FirmPreference, XeroRecord
from xero_sync.pages.forecast import build_ground

pytestmark = pytest.mark.django_db(transaction=True)


def forecast(firm: Firm, *bills: Invoice) -> list[Judged]:
    asked = check.PreflightQuestion(bills=bills, stored=True)
    checked = check.check(firm=firm, ground=build_ground(RequestContext(firm)), asked=asked)
    return [checked.bills[bill.pk] for bill in bills]


def sync_all(firm: Firm) -> None:
    for _ in range(4):
        sync(firm)


def rename(contact: Contact, name: str) -> None:
    values = ContactValues(name=name, client_number=contact.client_number)
    services.save_contact(
        firm=contact.firm, actor=None, contact=contact, expected_version=contact.version, values=values
    )


def sent_long_ago(firm: Firm) -> None:
    """What is in Xero was sent long before the index was read last."""
    XeroRecord.objects.update(confirmed_at=timezone.now() - timedelta(hours=1))
    read_index_of(firm)


@pytest.fixture
def strict(connected: Firm) -> Firm:
    """A firm for which nothing is fixed by itself."""
    FirmPreference.objects.filter(firm=connected).update(on=False)
    return connected


def test_a_client_in_line_before_another_of_its_name_gets_the_name_though_nobody_asked_about_it(strict: Firm) -> None:
    first = ContactFactory(firm=strict, name="Smith")
    bill = InvoiceFactory(firm=strict, contact=ContactFactory(firm=strict, name="Smith"), approved=True)
    [judged] = forecast(strict, bill)
    assert (judged.verdict, judged.cause[0]) == (Verdict.HELD, "contact-name-taken")
    sync_all(strict)
    assert job_of(first).state == State.IN_XERO
    job = job_of(bill)
    assert (job.state, job.cause and job.cause.code) == (State.ON_HOLD, "contact-name-taken")


def test_a_client_at_rest_does_not_change_who_of_two_gets_a_name(strict: Firm) -> None:
    rest, known = ContactFactory(firm=strict, name="Kim"), ContactFactory(firm=strict, name="Lee")
    sync_all(strict)
    sent_long_ago(strict)
    new = ContactFactory(firm=strict, name="Smith")
    bills = [InvoiceFactory(firm=strict, contact=each, approved=True) for each in (rest, new)]
    rename(known, "Smith")
    bills.append(InvoiceFactory(firm=strict, contact=known, approved=True))
    assert [judged.verdict for judged in forecast(strict, *bills)] == [Verdict.GOES, Verdict.GOES, Verdict.GOES]
    sync_all(strict)
    assert [job_of(each).state for each in (*bills, new)] == [State.IN_XERO] * 4
    assert job_of(known).state == State.NEEDS_YOU


def test_a_client_renamed_since_it_was_sent_has_its_former_name_in_xero(strict: Firm) -> None:
    known = ContactFactory(firm=strict, name="Lee")
    sync_all(strict)
    bill = InvoiceFactory(firm=strict, contact=ContactFactory(firm=strict, name="Smith"), approved=True)
    rename(known, "Smith")
    assert [judged.verdict for judged in forecast(strict, bill)] == [Verdict.GOES]
    sync_all(strict)
    assert job_of(bill).state == State.IN_XERO


def test_a_bill_of_nothing_has_the_note_of_its_forecast_in_xero(connected: Firm) -> None:
    bill = InvoiceFactory(firm=connected, approved=True, lines=[time_line(unit_price=Decimal(0))])
    [judged] = forecast(connected, bill)
    sync_all(connected)
    record = job_of(bill).xero_record
    assert record.status == "PAID"
    assert [note["code"] for note in record.notes] == [note.code for note in judged.notes] == ["paid-at-once"]


def test_all_bills_of_a_contact_that_cannot_be_restored_wait_for_it(
    connected: Firm, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = ContactFactory(firm=connected, name="Smith")
    sync_all(connected)
    xero.act("archive-contact", contact=job_of(contact).xero_id)
    xero.act("enter-contact", Name="Smith")
    sent_long_ago(connected)
    bills = [InvoiceFactory(firm=connected, contact=contact, approved=True) for _ in range(3)]
    expected = [(Verdict.HELD, "contact-name-exists")] * 3
    assert [(judged.verdict, judged.cause[0]) for judged in forecast(connected, *bills)] == expected
    # One bill a request: the contact was refused before the others go.
    monkeypatch.setattr(turn, "BATCH_LIMIT", 1)
    sync_all(connected)
    jobs = [job_of(bill) for bill in bills]
    assert [(job.state, job.cause and job.cause.code) for job in jobs] == [(State.ON_HOLD, "contact-name-exists")] * 3
    assert [(judged.verdict, judged.cause[0]) for judged in forecast(connected, *bills)] == expected
    rename(contact, "Smith of Perth")
    sync_all(connected)
    assert [job_of(bill).state for bill in bills] == [State.IN_XERO] * 3
