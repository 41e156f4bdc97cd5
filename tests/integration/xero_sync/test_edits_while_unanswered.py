"""A bookkeeper's edits and a person's, while a write of ours is unanswered or under way: none is lost, none is stale."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Contact, Invoice
from firms.models import Firm
from tests.factories import ContactFactory
from tests.integration.xero_sync.both_sides import (
    NUMBER,
    POST,
    PUT,
    bill_in_xero,
    client_in_xero,
    line_in_xero,
    looks_again,
    new_bill,
    note_of,
    price,
    save_bill,
    save_contact,
    tracking_in_xero,
    works,
)
from tests.xero import Xero, job_of, sync_batches
from xero_sync import gateway, outbox
from xero_sync.domain.states import State
from xero_sync.models import SyncJob

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P10")]


@pytest.fixture
def client(connected: Firm) -> Contact:
    return client_in_xero(connected)


@pytest.fixture
def unsent(client: Contact) -> Invoice:
    """A bill with the lines A and B that was not sent yet."""
    return new_bill(client)


@pytest.fixture
def bill(client: Contact) -> Invoice:
    """The same bill, in Xero."""
    return bill_in_xero(client)


def texts(xero: Xero) -> list[str]:
    return sorted(row["Description"] for row in xero.document(NUMBER)["LineItems"])


def before_the_work(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
    """Do something between the reading and the work of the next write."""
    send = gateway.send

    def send_after(**given: Any) -> Any:
        monkeypatch.setattr(gateway, "send", send)
        act()
        return send(**given)

    monkeypatch.setattr(gateway, "send", send_after)


@pytest.mark.parametrize("kind", ["cut", "cut_after"])
def test_an_account_that_went_along_with_a_lost_update_stays_the_bookkeeper_s(
    bill: Invoice, xero: Xero, kind: str
) -> None:
    xero.act("change-line", invoice=NUMBER, line=2, code="260")
    price(bill, "200.00")
    xero.fault(kind=kind, **POST)
    sync_batches(bill.firm, 1)
    works(bill.firm)
    assert (line_in_xero(xero, "B")["AccountCode"], line_in_xero(xero, "A")["UnitAmount"]) == ("260", 200)
    assert job_of(bill).state == State.IN_XERO


def test_a_line_of_the_bookkeeper_s_that_went_along_with_a_late_update_stays(bill: Invoice, xero: Xero) -> None:
    xero.act("add-line", invoice=NUMBER, description="Thank you")
    price(bill, "200.00")
    xero.fault(kind="late", silence=0, seconds=3600, **POST)
    sync_batches(bill.firm, 1)
    works(bill.firm)
    xero.work_late()
    looks_again(bill.firm, seconds=61)
    assert texts(xero) == ["A", "B", "Thank you"]


def test_an_old_price_that_a_late_update_brought_back_is_written_over(bill: Invoice, xero: Xero) -> None:
    save_bill(bill, lines={"A": {"quantity": Decimal(2)}})
    xero.fault(kind="late", silence=0, seconds=3600, **POST)
    sync_batches(bill.firm, 1)
    price(bill, "300.00")
    works(bill.firm)
    xero.work_late()
    assert line_in_xero(xero, "A")["UnitAmount"] == 100
    looks_again(bill.firm, seconds=61)
    assert (line_in_xero(xero, "A")["UnitAmount"], job_of(bill).state) == (300, State.IN_XERO)


def test_tracking_stays_on_its_line_where_the_bill_was_corrected_before_its_create_was_found(
    unsent: Invoice, xero: Xero
) -> None:
    xero.fault(kind="cut_after", **PUT)
    sync_batches(unsent.firm, 1)
    xero.act("track-line", invoice=NUMBER, line=1, category="Office", option="Hobart")
    save_bill(unsent, lines={"A": {"description": "A, corrected"}})
    works(unsent.firm)
    assert tracking_in_xero(xero)["A, corrected"] == ["Hobart"]
    assert job_of(unsent).state == State.IN_XERO


def test_a_line_removed_in_xero_after_a_create_without_an_answer_is_not_put_back(unsent: Invoice, xero: Xero) -> None:
    xero.fault(kind="cut_after", **PUT)
    works(unsent.firm)
    xero.act("remove-line", invoice=NUMBER, line=2)
    save_bill(unsent, lines={"A": {"description": "A, corrected"}})
    works(unsent.firm)
    assert (job_of(unsent).state, texts(xero)) == (State.NEEDS_YOU, ["A"])


def test_a_detail_set_in_xero_before_the_create_of_the_client_was_found_is_not_emptied(
    connected: Firm, xero: Xero
) -> None:
    contact = ContactFactory(firm=connected, name="Alder Hythe", tax_number="")
    xero.fault(kind="cut_after", method="PUT", path="Contacts")
    sync_batches(connected, 1)
    found = xero.contact_named("Alder Hythe")["ContactID"]
    xero.act("change-contact", contact=found, TaxNumber="11 222 333 444")
    save_contact(contact, city="Hobart")
    works(connected)
    assert xero.contact_named("Alder Hythe")["TaxNumber"] == "11 222 333 444"


def test_a_field_saved_here_before_its_change_in_xero_was_shown_is_for_a_person(
    bill: Invoice, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    xero.act("change-invoice", invoice=NUMBER, due="2027-01-31")
    price(bill, "200.00")
    before_the_work(monkeypatch, lambda: save_bill(bill, due_date=bill.due_date.replace(year=2028)))
    works(bill.firm)
    assert xero.document(NUMBER)["DueDateString"] == "2027-01-31T00:00:00"
    assert [fault["code"] for fault in job_of(bill).faults] == ["bill-changed-in-xero"]


def test_the_note_on_a_difference_stays_after_a_save_that_changes_nothing(bill: Invoice, xero: Xero) -> None:
    xero.act("change-invoice", invoice=NUMBER, due="2027-01-31")
    price(bill, "200.00")
    works(bill.firm)
    save_bill(bill)
    works(bill.firm)
    assert "Due date is “31 Jan 2027” there" in note_of(bill)


def test_an_amount_that_differs_by_what_stays_as_it_is_in_xero_is_not_written_at_each_look(
    bill: Invoice, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_bill(bill, due_date=bill.due_date.replace(year=2028))
    before_the_work(monkeypatch, lambda: xero.act("change-line", invoice=NUMBER, line=2, quantity=5))
    works(bill.firm)
    assert "Quantity of line 2 is “5”" in note_of(bill)
    xero.forget_calls()
    SyncJob.objects.filter(pk=job_of(bill).pk).update(again_at=timezone.now())
    outbox.look_again(now=timezone.now())
    works(bill.firm)
    assert [call["method"] for call in xero.calls] == ["GET"]
    assert line_in_xero(xero, "B")["Quantity"] == 5
    assert "Quantity of line 2 is “5”" in note_of(bill)


def test_a_bill_in_xero_is_renumbered_once_an_older_create_of_it_can_no_longer_arrive(
    unsent: Invoice, xero: Xero
) -> None:
    xero.fault(kind="late", silence=0, seconds=3600, **PUT)
    works(unsent.firm)
    assert job_of(unsent).state == State.IN_XERO
    save_bill(unsent, number="10418")
    works(unsent.firm)
    xero.work_late()
    looks_again(unsent.firm, seconds=601)
    assert [row["number"] for row in xero.invoices] == ["10418"]
    assert job_of(unsent).state == State.IN_XERO
