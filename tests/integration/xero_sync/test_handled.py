"""A bill that somebody entered in Xero by hand: looked at there, kept with the proof, and not sent."""

import re

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from billing.models import Contact, Invoice
from firms.models import AuditEvent, Firm, User
from tests.factories import ContactFactory, InvoiceFactory, staff_of
from tests.outcomes import signed_in, words
from tests.xero import Xero, job_of, sync
from xero_sync import outbox
from xero_sync.domain.holds import NotSent
from xero_sync.domain.link import Link
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.states import State
from xero_sync.models import FirmPreference, Resolution

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann(connected: Firm) -> User:
    """Billing staff, at a firm that does not adopt bills by itself."""
    FirmPreference.objects.filter(firm=connected, key="adopt_existing_invoices").update(on=False)
    return staff_of(connected)


@pytest.fixture
def page(ann: User) -> Client:
    return signed_in(ann)


@pytest.fixture
def contact(connected: Firm, ann: User) -> Contact:
    """A client that is in Xero."""
    made: Contact = ContactFactory(firm=connected, name="John Smith")
    sync(connected)
    return made


@pytest.fixture
def bill(connected: Firm, xero: Xero, contact: Contact) -> Invoice:
    """Our 10417 for 110.00, refused: a bookkeeper entered one of that number for 99.00, and 10417-B for 110.00."""
    enter(xero, contact, "10417", 90)
    enter(xero, contact, "10417-B", 100)
    made: Invoice = InvoiceFactory(firm=connected, contact=contact, number="10417", approved=True)
    sync(connected)
    assert job_of(made).state == State.NEEDS_YOU
    return made


def enter(xero: Xero, contact: Contact, number: str, price: float) -> None:
    line = {"Description": "Entered by hand", "Quantity": 1, "UnitAmount": price, "AccountCode": "200"}
    xero.act(
        "enter-invoice",
        InvoiceNumber=number,
        Status="AUTHORISED",
        Date="2026-07-01",
        DueDate="2026-07-15",
        Contact={"ContactID": job_of(contact).xero_id},
        LineItems=[line],
    )


def of(bill: Invoice) -> str:
    return f"/{bill.firm.slug}/invoices/{bill.pk}/handled/"


def looked_at(page: Client, bill: Invoice, number: str) -> tuple[str, str]:
    """What the page shows of it, and what its form sends back."""
    html = words(page.get(of(bill), {"number": number}))
    seen = re.search(r'name="seen" value="([^"]+)"', html)
    return html, seen[1] if seen else ""


def kept(page: Client, bill: Invoice, number: str) -> str:
    _, seen = looked_at(page, bill, number)
    return words(page.post(of(bill), {"number": number, "seen": seen}, follow=True))


def test_first_the_number_is_asked_for_and_nothing_is_read(xero: Xero, page: Client, bill: Invoice) -> None:
    xero.forget_calls()
    assert 'value="10417"' in words(page.get(of(bill)))
    assert xero.calls == []


def test_what_stands_in_xero_is_shown_with_every_difference(page: Client, bill: Invoice) -> None:
    html, _ = looked_at(page, bill, "10417-B")
    assert "Not the same: number. It is kept so, with both figures." in html
    html, _ = looked_at(page, bill, "10417")
    assert "Not the same: total." in html
    assert "99.00 AUD" in html


def test_it_is_kept_with_the_proof_and_not_sent(
    connected: Firm, xero: Xero, page: Client, ann: User, bill: Invoice
) -> None:
    html = kept(page, bill, "10417-B")
    assert re.search(r"Handled in Xero as 10417-B by Ann Lee on \d+ \w+( \d+)?\.", html)
    assert "The total was the same. Read from Xero at" in html
    assert "As 10417-B, 110.00 AUD in Xero; 110.00 AUD here. By Ann Lee." in html, "the story tells it"
    sent_instead = xero.numbered("10417-B")[0]
    assert sent_instead["id"] in html, "a link to Xero"
    row = Resolution.objects.get()
    assert (row.how, row.by, row.proof["xero_id"]) == ("HANDLED", ann, sent_instead["id"])
    expected = {"number": "10417-B", "contact": "John Smith", "total": "110.00", "currency": "AUD"}
    assert expected.items() <= row.proof.items()
    sync(connected)
    assert (job_of(bill).state, job_of(bill).hold) == (State.NOT_SENT, "handled-in-xero")
    assert "Handled in Xero as 10417-B" in words(page.get(f"/{connected.slug}/invoices/?sync=NOT_SENT"))
    assert AuditEvent.objects.get(action="invoice.handled_in_xero").actor == ann


def test_another_total_is_allowed_and_recorded_plainly(page: Client, bill: Invoice) -> None:
    html = kept(page, bill, "10417")
    assert "Xero has 11.00 AUD less." in html
    row = Resolution.objects.get()
    assert (row.proof["total"], row.proof["total_here"]) == ("99.00", "110.00")
    assert "As 10417, 99.00 AUD in Xero; 110.00 AUD here." in html


@pytest.mark.parametrize("number", ["99999", " ", "10417,10417-B", '1"; drop', "x" * 255])
def test_a_number_that_xero_has_not_is_refused_in_words(page: Client, bill: Invoice, number: str) -> None:
    html, seen = looked_at(page, bill, number)
    assert seen == ""
    assert "Xero has no bill with the number" in html or "Enter the number" in html
    page.post(of(bill), {"number": number, "seen": ""})
    assert job_of(bill).state == State.NEEDS_YOU


def test_one_that_was_voided_is_refused(xero: Xero, page: Client, bill: Invoice) -> None:
    xero.act("void-invoice", invoice=xero.numbered("10417-B")[0]["id"])
    html, seen = looked_at(page, bill, "10417-B")
    assert "was voided in Xero" in html
    assert seen == ""


def test_one_that_is_another_bill_of_ours_is_refused(
    connected: Firm, page: Client, contact: Contact, bill: Invoice
) -> None:
    InvoiceFactory(firm=connected, contact=contact, number="10418", approved=True)
    sync(connected)
    assert "That bill in Xero is bill 10418 here." in looked_at(page, bill, "10418")[0]


def test_what_changed_in_xero_since_is_looked_at_again(xero: Xero, page: Client, bill: Invoice) -> None:
    _, seen = looked_at(page, bill, "10417-B")
    xero.act("payment", invoice=xero.numbered("10417-B")[0]["id"])
    html = words(page.post(of(bill), {"number": "10417-B", "seen": seen}))
    assert "The bill in Xero changed since you looked at it." in html
    assert job_of(bill).state == State.NEEDS_YOU


def test_an_xero_that_cannot_be_asked_is_said_and_nothing_is_kept(xero: Xero, page: Client, bill: Invoice) -> None:
    _, seen = looked_at(page, bill, "10417-B")
    xero.fault(kind="status", status=503, method="GET", path="Invoices", times=9)
    html = words(page.post(of(bill), {"number": "10417-B", "seen": seen}))
    assert "Xero did not answer as it should" in html
    assert not Resolution.objects.exists()


def test_the_look_is_one_call_and_is_counted(connected: Firm, xero: Xero, page: Client, bill: Invoice) -> None:
    xero.forget_calls()
    before = counted(connected)
    looked_at(page, bill, "10417-B")
    assert len(xero.calls) == 1
    assert counted(connected) == before + 1


def counted(firm: Firm) -> int:
    from xero_sync.models import OrganisationCalls

    return OrganisationCalls.objects.get(firm=firm).day_used


def test_what_is_on_its_way_again_is_not_called_handled(connected: Firm, page: Client, bill: Invoice) -> None:
    _, seen = looked_at(page, bill, "10417-B")
    page.post(f"/{connected.slug}/activity/{job_of(bill).pk}/retry/")
    html = words(page.post(of(bill), {"number": "10417-B", "seen": seen}))
    assert "Something changed since you opened this page" in html
    assert job_of(bill).state == State.WAITING


def test_it_is_sent_after_all_by_a_press(connected: Firm, xero: Xero, page: Client, bill: Invoice) -> None:
    kept(page, bill, "10417-B")
    xero.act("void-invoice", invoice=xero.numbered("10417-B")[0]["id"])
    page.post(f"/{connected.slug}/activity/{job_of(bill).pk}/send-after-all/")
    sync(connected)
    assert job_of(bill).state == State.NEEDS_YOU, "Xero still has 10417 for somebody else's bill"
    assert Resolution.objects.count() == 1


def test_a_retry_from_a_page_opened_before_does_not_send_it_as_well(
    connected: Firm, xero: Xero, page: Client, bill: Invoice
) -> None:
    kept(page, bill, "10417-B")
    page.post(f"/{connected.slug}/activity/{job_of(bill).pk}/retry/")
    assert (job_of(bill).state, job_of(bill).hold) == (State.NOT_SENT, "handled-in-xero")
    assert outbox.retry(firm=connected, job_ids=[job_of(bill).pk], now=timezone.now(), todays=True) == 0
    sync(connected)
    assert job_of(bill).state == State.NOT_SENT


def test_one_bill_in_xero_is_not_handled_for_two_bills_here(
    connected: Firm, xero: Xero, page: Client, contact: Contact, bill: Invoice
) -> None:
    enter(xero, contact, "10419", 90)
    twin: Invoice = InvoiceFactory(firm=connected, contact=contact, number="10419", approved=True)
    sync(connected)
    assert job_of(twin).state == State.NEEDS_YOU
    _, seen = looked_at(page, twin, "10417-B")
    kept(page, bill, "10417-B")
    assert "That bill in Xero is bill 10417 here." in looked_at(page, twin, "10417-B")[0]
    html = words(page.post(of(twin), {"number": "10417-B", "seen": seen}))
    assert "That bill in Xero is bill 10417 here." in html
    assert job_of(twin).state == State.NEEDS_YOU
    page.post(f"/{connected.slug}/activity/{job_of(bill).pk}/send-after-all/")
    assert "10419 is kept as handled" in kept(page, twin, "10417-B")


def test_two_people_at_once_cannot_name_one_bill_in_xero_for_two_bills_here(
    connected: Firm, xero: Xero, page: Client, ann: User, contact: Contact, bill: Invoice
) -> None:
    """Both looked before either decided: whoever comes second is refused under the firm's lock."""
    enter(xero, contact, "10419", 90)
    twin: Invoice = InvoiceFactory(firm=connected, contact=contact, number="10419", approved=True)
    sync(connected)
    kept(page, bill, "10417-B")
    proof = Resolution.objects.get().proof
    decision = outbox.Decision(hold=NotSent.HANDLED, reason="As 10417-B", by=ann, proof=proof)
    job = job_of(twin)
    with pytest.raises(outbox.Changed):
        outbox.settle_by_hand(
            firm=connected, chosen=Q(pk=job.pk), seen=outbox.name_of([job.pk]), decision=decision, now=timezone.now()
        )
    changes: RecordChanges = {"xero_id": proof["xero_id"], "xero_tenant_id": xero.organisation_id, "link": Link()}
    with pytest.raises(outbox.Changed):
        outbox.link(firm=connected, job=job, record=changes, now=timezone.now())
    assert job_of(twin).state == State.NEEDS_YOU
