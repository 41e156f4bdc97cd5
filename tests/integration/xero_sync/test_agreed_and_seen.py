"""What both sides agreed on moves with our writes and a person's word alone; what was seen, with readings."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Contact, Invoice
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory, MembershipFactory
from tests.integration.xero_sync.both_sides import works
from tests.integration.xero_sync.clocks import edit
from tests.outcomes import signed_in
from tests.xero import Xero, job_of, sync
from xero_sync.domain.states import State
from xero_sync.engine.preflight.recheck import refresh_connection
from xero_sync.kinds.contact.in_xero import ContactInXero
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.models import FirmPreference, XeroRecord

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bill(connected: Firm) -> Invoice:
    contact: Contact = ContactFactory(firm=connected, name="John Smith")
    invoice: Invoice = InvoiceFactory(firm=connected, contact=contact, number="10417", approved=True)
    return invoice


@pytest.fixture
def page(connected: Firm) -> Client:
    return signed_in(MembershipFactory(firm=connected).user)


def record_of(obj: Any) -> XeroRecord:
    return job_of(obj).xero_record


def agreed_bill(bill: Invoice) -> InvoiceInXero:
    agreed = record_of(bill).agreed
    assert agreed is not None
    return InvoiceInXero.from_stored(agreed)


def is_unseen(record: XeroRecord) -> bool:
    return (record.seen, record.seen_at, record.seen_stamp) == (None, None, None)


def enter_bill(xero: Xero, bill: Invoice, *, paid: bool = False) -> str:
    """Somebody else's bill with the same number, contact and total; its id in Xero."""
    before = {row["id"] for row in xero.numbered(bill.number)}
    line = {"Description": "Entered by hand", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
    xero.act(
        "enter-invoice",
        InvoiceNumber=bill.number,
        Status="AUTHORISED",
        Date="2026-07-01",
        DueDate="2026-07-15",
        Contact={"ContactID": job_of(bill.contact).xero_id},
        LineItems=[line],
    )
    [new] = [row["id"] for row in xero.numbered(bill.number) if row["id"] not in before]
    if paid:
        xero.act("payment", invoice=new, amount=1)
    return str(new)


def test_what_xero_answered_to_a_create_is_agreed_on(connected: Firm, bill: Invoice) -> None:
    works(connected)
    record, agreed = record_of(bill), agreed_bill(bill)
    assert (agreed.xero_id, agreed.number, agreed.total, agreed.status) == (
        record.xero_id,
        "10417",
        bill.total,
        "AUTHORISED",
    )
    assert [line.line_item_id for line in agreed.lines] == list(record.line_ids.values())
    assert agreed.stamp is not None
    assert is_unseen(record)
    of_contact = record_of(bill.contact)
    assert ContactInXero.from_stored(of_contact.agreed or {}).name == "John Smith"
    assert is_unseen(of_contact)


def test_an_update_moves_what_is_agreed_on(connected: Firm, bill: Invoice) -> None:
    works(connected)
    before = agreed_bill(bill)
    edit(bill, "Said anew")
    works(connected)
    after = agreed_bill(bill)
    assert [line.description for line in before.lines] != [line.description for line in after.lines] == ["Said anew"]
    assert is_unseen(record_of(bill))


def test_an_answer_that_was_lost_is_agreed_on_once_it_is_read(connected: Firm, xero: Xero, bill: Invoice) -> None:
    xero.fault(kind="cut_after", method="PUT", path="/Invoices")
    sync(connected)
    assert (job_of(bill).state, record_of(bill).agreed) == (State.CHECKING, None)
    works(connected)
    record = record_of(bill)
    assert job_of(bill).state == State.IN_XERO
    assert record.agreed == record.seen is not None
    assert record.seen_stamp == agreed_bill(bill).stamp
    assert record.seen_at is not None


def test_an_update_that_is_refused_moves_nothing(connected: Firm, xero: Xero, bill: Invoice) -> None:
    works(connected)
    before = record_of(bill).agreed
    xero.act("void-invoice", invoice=record_of(bill).xero_id)
    edit(bill, "Said anew")
    works(connected)
    assert job_of(bill).state == State.NEEDS_YOU
    assert record_of(bill).agreed == before


def test_a_bill_linked_by_hand_is_agreed_on_once_it_was_compared(
    connected: Firm, xero: Xero, page: Client, bill: Invoice
) -> None:
    FirmPreference.objects.filter(firm=connected, key="adopt_existing_invoices").update(on=False)
    works(connected)
    xero.act("forget-invoice", invoice=record_of(bill).xero_id)
    other = enter_bill(xero, bill)
    page.post(f"/{connected.slug}/invoices/{bill.pk}/link/", {"chosen": other})
    record = record_of(bill)
    assert (record.agreed, record.seen is None, record.seen_at is None) == (None, False, False)
    works(connected)
    assert [line.description for line in agreed_bill(bill).lines] == ["Entered by hand"]
    assert is_unseen(record_of(bill))


def test_a_contact_linked_by_hand_was_read_and_is_not_agreed_on_yet(
    connected: Firm, xero: Xero, page: Client, bill: Invoice
) -> None:
    works(connected)
    xero.act("enter-contact", Name="Jon Smith", EmailAddress="jon@smith.example")
    [chosen] = [row["id"] for row in xero.contacts if row["name"] == "Jon Smith"]
    page.post(f"/{connected.slug}/contacts/{bill.contact_id}/link/", {"chosen": chosen})
    record = record_of(bill.contact)
    assert record.agreed is None
    assert ContactInXero.from_stored(record.seen or {}).email == "jon@smith.example"


def test_a_paid_bill_that_is_adopted_was_seen_and_never_agreed_on(connected: Firm, xero: Xero) -> None:
    FirmPreference.objects.filter(firm=connected, key="adopt_existing_invoices").update(on=True)
    contact: Contact = ContactFactory(firm=connected)
    InvoiceFactory(firm=connected, contact=contact, number="1", approved=True)
    works(connected)
    bill: Invoice = InvoiceFactory(firm=connected, contact=contact, number="10417", approved=True)
    xero_id = enter_bill(xero, bill, paid=True)
    works(connected)
    record = record_of(bill)
    assert (job_of(bill).state, record.xero_id, record.agreed) == (State.IN_XERO, xero_id, None)
    assert InvoiceInXero.from_stored(record.seen or {}).settled == 1
    assert record.seen_at is not None


def test_of_a_bill_that_xero_has_forgotten_nothing_is_agreed_on_or_seen(
    connected: Firm, xero: Xero, bill: Invoice
) -> None:
    works(connected)
    xero.act("forget-invoice", invoice=record_of(bill).xero_id)
    edit(bill, "Said anew")
    works(connected)
    assert record_of(bill).agreed is None
    assert is_unseen(record_of(bill))


def test_ten_readings_move_nothing_that_was_agreed_on(connected: Firm, xero: Xero, page: Client, bill: Invoice) -> None:
    works(connected)
    before = [record_of(each).agreed for each in (bill, bill.contact)]
    xero.act("void-invoice", invoice=record_of(bill).xero_id)
    for _ in range(10):
        assert refresh_connection(firm=connected, now=timezone.now())
        assert page.get(f"/{connected.slug}/invoices/{bill.pk}/link/").status_code == 200
        chosen = record_of(bill.contact).xero_id
        assert page.get(f"/{connected.slug}/contacts/{bill.contact_id}/link/?chosen={chosen}").status_code == 200
    assert [record_of(each).agreed for each in (bill, bill.contact)] == before
