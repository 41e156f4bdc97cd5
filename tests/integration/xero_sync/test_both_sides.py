"""Xero is read before it is written: what somebody else changed there is kept, shown, or decided by a person."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Contact, Invoice
from billing.models.contact import PhoneType
from billing.services import Phone
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory
from tests.integration.xero_sync.both_sides import (
    NUMBER,
    bill_in_xero,
    client_in_xero,
    fate,
    line_in_xero,
    note_of,
    price,
    save_bill,
    save_contact,
    works,
)
from tests.xero import TIMING, Xero, job_of, sync
from xero_sync.domain.states import State
from xero_sync.models import SyncJob, XeroRecord

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(connected: Firm) -> Contact:
    return client_in_xero(connected, name="Alder Hythe")


@pytest.fixture
def bill(client: Contact) -> Invoice:
    """A bill in Xero with the lines A and B."""
    return bill_in_xero(client)


def correct_one_word(bill: Invoice) -> None:
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)


@pytest.mark.promise("P10")
def test_a_recoded_line_stays_recoded_when_a_word_of_it_is_corrected(bill: Invoice, xero: Xero) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, code="260")
    correct_one_word(bill)
    assert (job_of(bill).state, line_in_xero(xero, "A, corrected")["AccountCode"]) == (State.IN_XERO, "260")
    assert "Account of line" in note_of(bill)


def test_an_old_change_of_a_bookkeeper_s_is_kept_by_each_later_save(bill: Invoice, xero: Xero) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, code="260")
    correct_one_word(bill)
    save_bill(bill, lines={"A, corrected": {"description": "A, corrected again"}})
    works(bill.firm)
    assert line_in_xero(xero, "A, corrected again")["AccountCode"] == "260"
    assert "Account of line" in note_of(bill)


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        ({"due": "2027-01-31"}, "DueDateString", "2027-01-31T00:00:00"),
        ({"reference": "PO 88"}, "Reference", "PO 88"),
        ({"number": "INV-9"}, "InvoiceNumber", "INV-9"),
    ],
    ids=["due date", "reference", "number"],
)
def test_what_a_bookkeeper_changed_of_the_head_is_kept_and_noted(
    bill: Invoice, xero: Xero, change: dict[str, str], key: str, value: str
) -> None:
    xero.act("change-invoice", invoice=NUMBER, **change)
    correct_one_word(bill)
    document = xero.document(change.get("number", NUMBER))
    assert (job_of(bill).state, document[key]) == (State.IN_XERO, value)
    assert sorted(row["Description"] for row in document["LineItems"]) == ["A, corrected", "B"]
    assert "there and" in note_of(bill)


@pytest.mark.parametrize(
    ("act", "values"),
    [
        ("change-line", {"line": 1, "price": 120}),
        ("change-line", {"line": 1, "quantity": 3}),
        ("change-line", {"line": 1, "tax_type": "EXEMPTOUTPUT"}),
        ("add-line", {"description": "Courier", "quantity": 1, "price": 45, "code": "200", "tax_type": "OUTPUT"}),
        ("remove-line", {"line": 2}),
        ("change-invoice", {"date": "2026-06-30"}),
    ],
    ids=["price", "quantity", "tax", "added line", "removed line", "issue date"],
)
def test_nothing_is_sent_over_an_amount_or_a_date_that_a_bookkeeper_changed(
    bill: Invoice, xero: Xero, act: str, values: dict[str, Any]
) -> None:
    xero.act(act, invoice=NUMBER, **values)
    before = xero.document(NUMBER)
    correct_one_word(bill)
    assert fate(bill) == (State.NEEDS_YOU, ["bill-changed-in-xero"])
    assert xero.document(NUMBER) == before
    assert job_of(bill).xero_record.open_differences


def test_a_line_of_text_that_a_bookkeeper_added_stays(bill: Invoice, xero: Xero) -> None:
    xero.act("add-line", invoice=NUMBER, description="Thank you")
    correct_one_word(bill)
    texts = sorted(row["Description"] for row in xero.document(NUMBER)["LineItems"])
    assert (job_of(bill).state, texts) == (State.IN_XERO, ["A, corrected", "B", "Thank you"])


def test_the_same_field_changed_on_both_sides_is_for_a_person(bill: Invoice, xero: Xero) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, description="A, by the bookkeeper")
    correct_one_word(bill)
    assert fate(bill) == (State.NEEDS_YOU, ["bill-changed-in-xero"])
    [found] = [each for each in job_of(bill).xero_record.open_differences if not each.get("kept")]
    assert (found["before"], found["here"], found["in_xero"], found["both"]) == (
        "A",
        "A, corrected",
        "A, by the bookkeeper",
        True,
    )


def test_the_same_change_on_both_sides_is_no_difference(bill: Invoice, xero: Xero) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, description="A, corrected")
    xero.forget_calls()
    correct_one_word(bill)
    assert job_of(bill).state == State.IN_XERO
    assert [call["method"] for call in xero.calls] == ["GET"]


def test_a_bill_moved_in_xero_to_another_client_of_ours_is_for_a_person(bill: Invoice, xero: Xero) -> None:
    other = ContactFactory(firm=bill.firm, name="Somebody Else")
    works(bill.firm)
    xero.act("change-invoice", invoice=NUMBER, contact=job_of(other).xero_id)
    correct_one_word(bill)
    assert fate(bill) == (State.NEEDS_YOU, ["bill-changed-in-xero"])


def test_a_bill_voided_in_xero_is_for_a_person(bill: Invoice, xero: Xero) -> None:
    xero.act("void-invoice", invoice=NUMBER)
    correct_one_word(bill)
    assert fate(bill) == (State.NEEDS_YOU, ["voided-in-xero"])


def test_only_what_changed_here_is_sent(bill: Invoice, xero: Xero) -> None:
    xero.forget_calls()
    save_bill(bill, due_date=bill.due_date + timedelta(days=3))
    works(bill.firm)
    frozen = SyncJob.objects.get(pk=job_of(bill).pk).sync_attempts.order_by("-pk").first()
    assert frozen is not None
    due = (bill.due_date).isoformat()
    bill.refresh_from_db()
    assert frozen.batch.body == (
        f'{{"Invoices":[{{"InvoiceID":"{job_of(bill).xero_id}","DueDate":"{bill.due_date.isoformat()}"}}]}}'
    ), due
    assert [call["method"] for call in xero.calls] == ["GET", "POST"]


def test_a_new_bill_costs_no_reading(client: Contact, xero: Xero) -> None:
    xero.forget_calls()
    InvoiceFactory(firm=client.firm, contact=client, approved=True)
    works(client.firm)
    assert [call["method"] for call in xero.calls] == ["PUT"]


def test_a_batch_of_updates_costs_one_reading(client: Contact, xero: Xero) -> None:
    bills = [InvoiceFactory(firm=client.firm, contact=client, approved=True) for _ in range(5)]
    works(client.firm)
    xero.forget_calls()
    for each in bills:
        save_bill(each, due_date=each.due_date + timedelta(days=3))
    works(client.firm)
    assert [(call["method"], len(call["elements"])) for call in xero.calls] == [("GET", 0), ("POST", 5)]


@pytest.mark.parametrize(("seconds", "calls"), [(5, ["POST"]), (0, ["GET", "POST"])])
def test_what_xero_answered_a_moment_ago_is_not_read_again(
    bill: Invoice, xero: Xero, seconds: float, calls: list[str]
) -> None:
    xero.forget_calls()
    save_bill(bill, due_date=bill.due_date + timedelta(days=3))
    SyncJob.objects.filter(state=State.WAITING).update(due_at=timezone.now())
    sync(bill.firm, timing=replace(TIMING, fresh_s=seconds))
    assert [call["method"] for call in xero.calls] == calls


def test_what_changed_between_reading_and_writing_is_shown(bill: Invoice, xero: Xero, monkeypatch: Any) -> None:
    from xero_sync import gateway

    send = gateway.send

    def send_after_a_change(**given: Any) -> Any:
        xero.act("change-invoice", invoice=NUMBER, reference="PO 88")
        return send(**given)

    monkeypatch.setattr(gateway, "send", send_after_a_change)
    correct_one_word(bill)
    assert job_of(bill).state == State.IN_XERO
    assert "Reference is “PO 88” there" in note_of(bill)


@pytest.mark.promise("P10")
@pytest.mark.parametrize("saved_again", [False, True])
def test_a_line_added_between_reading_and_writing_stays_and_is_no_reason_to_send_the_lines(
    bill: Invoice, xero: Xero, monkeypatch: Any, saved_again: bool
) -> None:
    from xero_sync import gateway

    send = gateway.send

    def send_after_a_change(**given: Any) -> Any:
        monkeypatch.setattr(gateway, "send", send)
        xero.act("add-line", invoice=NUMBER, description="Courier", quantity=1, price=5, code="200")
        if saved_again:
            save_bill(bill, due_date=bill.due_date + timedelta(days=4))
        return send(**given)

    monkeypatch.setattr(gateway, "send", send_after_a_change)
    save_bill(bill, due_date=bill.due_date + timedelta(days=3))
    xero.forget_calls()
    if saved_again:
        works(bill.firm)
        assert fate(bill) == (State.NEEDS_YOU, ["bill-changed-in-xero"])
        return
    works(bill.firm)
    assert fate(bill) == (State.IN_XERO, [])
    assert "is “Courier, 5.00” there and “no such line” here" in note_of(bill)
    save_bill(bill)
    works(bill.firm)
    assert [call["method"] for call in xero.calls] == ["GET", "POST", "GET"]


# Clients


def test_a_name_changed_in_xero_is_kept_when_the_city_is_changed_here(client: Contact, xero: Xero) -> None:
    xero.act("rename-contact", contact=job_of(client).xero_id, name="Alder Hythe (Sydney)")
    save_contact(client, city="Hobart")
    works(client.firm)
    found = xero.contact_named("Alder Hythe (Sydney)")
    assert {row["City"] for row in found["Addresses"]} == {"Hobart"}
    assert "Alder Hythe (Sydney)" in note_of(client)


def test_a_phone_and_an_address_removed_here_are_removed_in_xero(connected: Firm, xero: Xero) -> None:
    phone = Phone(PhoneType.MOBILE, "0400 000 000")
    contact = ContactFactory(firm=connected, name="Alder Hythe")
    save_contact(contact, phones=(phone,), address_line1="1 Harrow Lane", city="Sydney")
    works(connected)
    found = xero.contact_named("Alder Hythe")
    assert [row["PhoneNumber"] for row in found["Phones"] if row["PhoneNumber"]] == ["0400 000 000"]
    save_contact(contact, phones=())
    works(connected)
    assert [row for row in xero.contact_named("Alder Hythe")["Phones"] if row["PhoneNumber"]] == []
    save_contact(contact, address_line1="", city="")
    works(connected)
    assert not any(row.get("City") or row.get("AddressLine1") for row in xero.contact_named("Alder Hythe")["Addresses"])
    assert job_of(contact).state == State.IN_XERO


def test_a_client_linked_by_name_and_e_mail_keeps_what_only_xero_knows(connected: Firm, xero: Xero) -> None:
    details = {"FirstName": "Ines", "LastName": "Novak", "TaxNumber": "11 222 333 444"}
    xero.act("enter-contact", Name="Alder Hythe", EmailAddress="ines@alder.example", **details)
    contact = ContactFactory(firm=connected, name="Alder Hythe", emails=("ines@alder.example",), tax_number="")
    works(connected)
    save_contact(contact, city="Hobart")
    works(connected)
    found = xero.contact_named("Alder Hythe")
    assert job_of(contact).state == State.IN_XERO
    assert {key: found.get(key) for key in details} == details
    assert found["EmailAddress"] == "ines@alder.example"


@pytest.mark.parametrize("name", ["AH-12", "Alder and Hythe"])
def test_a_client_found_by_number_does_not_rename_the_contact(connected: Firm, xero: Xero, name: str) -> None:
    xero.act("enter-contact", Name="Alder Hythe Ltd", ContactNumber="AH-12", EmailAddress="x@alder.example")
    contact = ContactFactory(firm=connected, name=name, client_number="AH-12", emails=())
    works(connected)
    found = xero.contact_named("Alder Hythe Ltd")
    assert job_of(contact).xero_id == found["ContactID"]
    assert found["EmailAddress"] == "x@alder.example"
    save_contact(contact, city="Hobart")
    works(connected)
    assert {row["City"] for row in xero.contact_named("Alder Hythe Ltd")["Addresses"]} == {"Hobart"}


def test_a_merged_contact_is_followed_to_the_one_that_is_left(client: Contact, xero: Xero) -> None:
    xero.act("enter-contact", Name="Alder Hythe Group")
    survivor = xero.contact_named("Alder Hythe Group")["ContactID"]
    merged = job_of(client).xero_id
    xero.act("merge-contacts", contact=merged, into=survivor)
    bill = InvoiceFactory(firm=client.firm, contact=client, number=NUMBER, approved=True)
    works(client.firm)
    assert (job_of(bill).state, job_of(client).xero_id) == (State.IN_XERO, survivor)
    assert xero.document(NUMBER)["Contact"]["ContactID"] == survivor
    assert xero.contact_named("Alder Hythe")["ContactStatus"] == "ARCHIVED"
    assert "merged" in note_of(client)


def test_a_contact_merged_into_that_of_another_client_is_for_a_person(client: Contact, xero: Xero) -> None:
    other = ContactFactory(firm=client.firm, name="Alder Hythe Group")
    works(client.firm)
    xero.act("merge-contacts", contact=job_of(client).xero_id, into=job_of(other).xero_id)
    save_contact(client, city="Hobart")
    works(client.firm)
    assert fate(client) == (State.NEEDS_YOU, ["contact-merged-with-client"])


def test_the_same_detail_changed_on_both_sides_is_for_a_person(client: Contact, xero: Xero) -> None:
    xero.act("change-contact", contact=job_of(client).xero_id, LastName="Novak")
    save_contact(client, last_name="Nowak")
    works(client.firm)
    assert fate(client) == (State.NEEDS_YOU, ["contact-changed-in-xero"])
    assert xero.contact_named("Alder Hythe")["LastName"] == "Novak"


def test_readings_move_nothing_that_was_agreed_on(bill: Invoice, xero: Xero) -> None:
    agreed = XeroRecord.objects.get(job=job_of(bill)).agreed
    xero.act("change-line", invoice=NUMBER, line=1, price=120)
    for _ in range(3):
        price(bill, "101.00")
        works(bill.firm)
        record = XeroRecord.objects.get(job=job_of(bill))
        assert record.agreed == agreed
        assert record.seen != agreed
    assert Decimal(str(line_in_xero(xero, "A")["UnitAmount"])) == 120
