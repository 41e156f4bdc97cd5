"""What may still be on its way to Xero: a write that was not answered may have arrived, or arrive minutes later."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from billing import services
from billing.domain.money import TaxMode
from billing.models import Contact, Invoice
from firms.models import Firm
from tests.factories import InvoiceFactory, staff_of, time_line
from tests.integration.xero_sync.both_sides import (
    POST,
    PUT,
    after_the_watch,
    bill_in_xero,
    client_in_xero,
    looks_again,
    price,
    save_bill,
    save_contact,
    works,
)
from tests.integration.xero_sync.test_decide_sides import decide
from tests.xero import Xero, job_of, sync_batches
from xero_sync import outbox
from xero_sync.domain.side_decisions import SideDecision
from xero_sync.domain.states import State
from xero_sync.engine import batch
from xero_sync.models import SyncJob

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P10")]
LOST = [
    {"kind": "cut_after"},
    {"kind": "status", "status": 500, "after_work": True},
    {"kind": "half", "at": 20, "after_work": True},
]


@pytest.fixture
def client(connected: Firm) -> Contact:
    return client_in_xero(connected)


@pytest.fixture
def bill(client: Contact) -> Invoice:
    """A bill of 100.00 and tax, in Xero."""
    return bill_in_xero(client, "A")


def total(xero: Xero, bill: Invoice) -> Decimal:
    [found] = xero.numbered(bill.number)
    return Decimal(str(found["total"]))


@pytest.mark.parametrize("lost", LOST, ids=lambda fault: fault["kind"])
def test_going_back_after_a_lost_answer_is_sent(bill: Invoice, xero: Xero, lost: dict[str, object]) -> None:
    before = total(xero, bill)
    price(bill, "200.00")
    xero.fault(**lost, **POST)
    sync_batches(bill.firm, 1)
    assert total(xero, bill) != before
    price(bill, "100.00")
    works(bill.firm)
    assert (job_of(bill).state, total(xero, bill)) == (State.IN_XERO, before)


def test_an_update_that_arrives_after_a_newer_one_is_written_over_once_more(bill: Invoice, xero: Xero) -> None:
    price(bill, "200.00")
    xero.fault(kind="late", silence=0, seconds=3600, **POST)
    sync_batches(bill.firm, 1)
    price(bill, "300.00")
    works(bill.firm)
    newest = total(xero, bill)
    assert job_of(bill).state == State.IN_XERO
    xero.work_late()
    assert total(xero, bill) != newest
    looks_again(bill.firm, seconds=61)
    assert (job_of(bill).state, total(xero, bill)) == (State.IN_XERO, newest)
    assert not job_of(bill).xero_record.open_differences


def test_a_contact_s_late_update_is_written_over_once_more(client: Contact, xero: Xero) -> None:
    save_contact(client, city="Old town")
    xero.fault(kind="late", silence=0, seconds=3600, method="POST", path="Contacts")
    sync_batches(client.firm, 1)
    save_contact(client, city="New town")
    works(client.firm)
    xero.work_late()
    looks_again(client.firm, seconds=61)
    [address] = {row["City"] for row in xero.contact_named(client.name)["Addresses"]}
    assert address == "New town"


def test_a_bill_that_was_voided_while_its_create_was_late_is_voided_in_xero(client: Contact, xero: Xero) -> None:
    bill: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True)
    xero.fault(kind="late", silence=0, seconds=3600, **PUT)
    sync_batches(client.firm, 1)
    bill.refresh_from_db()
    services.void(firm=bill.firm, actor=None, invoice=bill, expected_version=bill.version)
    works(client.firm)
    assert (job_of(bill).state, xero.numbered(bill.number)) == (State.CHECKING, [])
    xero.work_late()
    works(client.firm)
    assert [row["status"] for row in xero.numbered(bill.number)] == ["VOIDED"]
    assert job_of(bill).state == State.IN_XERO


def test_a_void_bill_whose_create_never_arrives_is_not_sent_in_the_end(client: Contact, xero: Xero) -> None:
    bill: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True)
    xero.fault(kind="cut", **PUT)
    sync_batches(client.firm, 1)
    bill.refresh_from_db()
    services.void(firm=bill.firm, actor=None, invoice=bill, expected_version=bill.version)
    with after_the_watch():
        works(client.firm)
    assert (job_of(bill).state, job_of(bill).hold, xero.invoices) == (State.NOT_SENT, "void", [])


def test_a_bill_that_was_renumbered_while_its_create_was_late_is_one_bill_in_xero(client: Contact, xero: Xero) -> None:
    bill: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True, number="10417")
    xero.fault(kind="late", silence=0, seconds=3600, **PUT)
    sync_batches(client.firm, 1)
    save_bill(bill, number="10418")
    works(client.firm)
    xero.work_late()
    works(client.firm)
    assert [row["number"] for row in xero.invoices] == ["10418"]
    assert job_of(bill).state == State.IN_XERO


def lost_create(client: Contact, xero: Xero, *numbers: str) -> list[Invoice]:
    """Bills of one content that Xero took, all in one batch, and whose answer was lost."""
    lines = [time_line(description="Retainer")]
    bills = [
        InvoiceFactory(firm=client.firm, contact=client, approved=True, number=each, lines=lines) for each in numbers
    ]
    xero.fault(kind="cut_after", **PUT)
    sync_batches(client.firm, 1)
    return bills


def renumber_in_xero(xero: Xero, number: str, new: str) -> None:
    xero.act("change-invoice", invoice=xero.document(number)["InvoiceID"], number=new)


def numbers_in(xero: Xero) -> list[str]:
    return sorted(row["number"] for row in xero.invoices)


def test_a_bill_that_a_bookkeeper_renumbered_before_it_was_looked_for_is_one_bill(client: Contact, xero: Xero) -> None:
    [bill] = lost_create(client, xero, "10417")
    renumber_in_xero(xero, "10417", "A-1")
    works(client.firm)
    looks_again(client.firm, seconds=61)
    job = job_of(bill)
    assert (job.state, numbers_in(xero)) == (State.IN_XERO, ["A-1"])
    assert "A-1" in str(job.xero_record.notes)


def test_of_two_lost_bills_that_say_the_same_each_is_one_bill(client: Contact, xero: Xero) -> None:
    bills = lost_create(client, xero, "10417", "10418")
    renumber_in_xero(xero, "10418", "A-1")
    works(client.firm)
    assert numbers_in(xero) == ["10417", "A-1"]
    ids = {bill.number: job_of(bill).xero_id for bill in bills}
    assert ids == {"10417": xero.document("10417")["InvoiceID"], "10418": xero.document("A-1")["InvoiceID"]}


@pytest.mark.parametrize("other", ["linked", "another date"])
def test_a_bill_of_the_same_words_that_is_another_is_not_taken_for_one_that_was_lost(
    client: Contact, xero: Xero, other: str
) -> None:
    lines = [time_line(description="Retainer")]
    before: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True, number="10416", lines=lines)
    works(client.firm)
    renumber_in_xero(xero, "10416", "A-0")
    if other == "another date":
        SyncJob.objects.filter(object_id=before.pk, kind="INVOICE").delete()
        xero.act("change-invoice", invoice=xero.document("A-0")["InvoiceID"], date="2020-01-31")
    bill = InvoiceFactory(firm=client.firm, contact=client, approved=True, number="10417", lines=lines)
    xero.fault(kind="cut", **PUT)
    sync_batches(client.firm, 1)
    works(client.firm)
    assert (job_of(bill).state, numbers_in(xero)) == (State.IN_XERO, ["10417", "A-0"])


@pytest.mark.parametrize(("decision", "texts"), [(SideDecision.SEND_OURS, ["A", "B"]), (SideDecision.LEAVE, ["A"])])
def test_a_line_that_was_removed_in_xero_before_the_bill_was_looked_for_is_for_a_person(
    client: Contact, xero: Xero, decision: SideDecision, texts: list[str]
) -> None:
    lines = [time_line(description="A"), time_line(description="B")]
    bill: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True, number="10417", lines=lines)
    xero.fault(kind="cut_after", **PUT)
    sync_batches(client.firm, 1)
    xero.act("remove-line", invoice="10417", line=2)
    works(client.firm)
    save_bill(bill, due_date=bill.due_date + timedelta(days=3))
    works(client.firm)
    assert [fault["code"] for fault in job_of(bill).faults] == ["bill-changed-in-xero"]
    [removed] = [each for each in outbox.list_open(job_of(bill)) if not each.goes]
    assert (removed.before, removed.in_xero, texts_in(xero)) == ("B", "no such line", ["A"])
    decide(bill, staff_of(client.firm), is_admin=True, reason="agreed by phone", Line_2=decision)
    assert (job_of(bill).state, texts_in(xero)) == (State.IN_XERO, texts)
    looks_again(client.firm, seconds=61)
    save_bill(bill, lines={"A": {"description": "AA"}})
    works(client.firm)
    assert (job_of(bill).state, texts_in(xero)) == (State.IN_XERO, ["AA", *texts[1:]])


def texts_in(xero: Xero) -> list[str]:
    return sorted(row["Description"] for row in xero.document("10417")["LineItems"])


@pytest.mark.parametrize("changed", ["due_date", "discount", "tax", "line"])
def test_of_two_unanswered_creates_the_one_in_xero_is_adopted_and_the_newest_sent(
    client: Contact, xero: Xero, changed: str
) -> None:
    bill: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True, lines=[time_line(description="A")])
    xero.fault(kind="late", silence=0, seconds=3600, **PUT)
    sync_batches(client.firm, 1)
    bill.refresh_from_db()
    if changed == "due_date":
        save_bill(bill, due_date=bill.due_date.replace(year=bill.due_date.year + 1))
    elif changed == "discount":
        save_bill(bill, lines={"A": {"discount": Decimal("7.00")}})
    elif changed == "line":
        save_bill(bill, lines={"new lines": [{"description": "B"}]})
    else:
        save_bill(bill, tax_mode=TaxMode.NO_TAX)
    xero.fault(kind="cut", **PUT)
    sync_batches(client.firm, 2)
    xero.work_late()
    works(client.firm)
    bill.refresh_from_db()
    [found] = xero.numbered(bill.number)
    document = xero.document(bill.number)
    assert job_of(bill).state == State.IN_XERO, job_of(bill).faults
    assert Decimal(str(found["total"])) == bill.total
    assert document["DueDateString"][:10] == bill.due_date.isoformat()


def test_a_line_of_an_unanswered_update_is_not_doubled_by_the_next(bill: Invoice, xero: Xero) -> None:
    save_bill(bill, lines={"new lines": [{"description": "B"}]})
    xero.fault(kind="cut_after", **POST)
    sync_batches(bill.firm, 1)
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    texts = sorted(line["Description"] for line in xero.document(bill.number)["LineItems"])
    assert (job_of(bill).state, texts) == (State.IN_XERO, ["A, corrected", "B"])


def test_nothing_leaves_later_than_its_lease_after_it_was_frozen(
    client: Contact, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a worker that is stopped between the two and wakes when its bill is void or renumbered."""
    bill: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True)
    xero.forget_calls()
    moments = iter([0.0, 61.0])
    with monkeypatch.context() as patched:
        patched.setattr(batch, "time", SimpleNamespace(monotonic=lambda: next(moments)))
        assert sync_batches(bill.firm, 1) == "busy"
    assert xero.calls == []
    assert job_of(bill).state == State.SENDING
