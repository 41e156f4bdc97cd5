"""What an organisation's people set up or lose, and what Xero says afterwards."""

import json

import pytest

from tests.emulator.client import App, invoice, line


@pytest.fixture
def contact(app: App) -> str:
    return app.contact(ContactNumber="C-1")


def test_10_a_contact_with_a_bad_website_takes_no_change_until_it_is_put_right(app: App, contact: str) -> None:
    app.act("contact-website", contact=contact, website="www dot brandt")
    change = {"ContactID": contact, "FirstName": "Ada"}
    assert app.post("Contacts", change).messages == [
        "The contact could not be updated: the website is not a valid URL."
    ]
    app.act("contact-website", contact=contact, website="https://brandt.example/home")
    assert app.post("Contacts", change).messages == []


def test_5_a_number_another_program_gave_away_is_taken(app: App, contact: str) -> None:
    other = app.contact("Other")
    app.act("number-contact", contact=contact, number="X-1")
    app.act("number-contact", contact=other, number="C-1")
    change = {"ContactID": contact, "ContactNumber": "C-1"}
    taken = "Another contact has this contact number. Please enter a different contact number."
    assert app.post("Contacts", change).messages == [taken]


def test_a_forgotten_contact_and_bill_cannot_be_found(app: App, contact: str) -> None:
    made = app.invoice(contact)
    app.act("forget-invoice", invoice="B-1")
    gone = "An existing Invoice with the specified InvoiceID could not be found"
    assert app.post("Invoices", {"InvoiceID": made["InvoiceID"], "Reference": "x"}).messages == [gone]
    app.act("forget-contact", contact=contact)
    missing = "The Contact with the specified ContactID could not be found"
    assert app.post("Contacts", {"ContactID": contact, "Name": "Ada"}).messages == [missing]
    assert app.put("Contacts", {"Name": "Ada Client", "ContactNumber": "C-1"}).messages == []


def test_17_a_deleted_tax_rate_is_no_longer_usable(app: App, contact: str) -> None:
    app.act("tax-rate-status", tax_type="OUTPUT", status="DELETED")
    gone = "The TaxType code OUTPUT does not exist or cannot be used for this type of transaction."
    assert app.put("Invoices", invoice(contact)).messages == [gone]


def test_a_rate_of_another_percentage_taxes_what_is_sent_from_now_on(app: App, contact: str) -> None:
    before = app.invoice(contact)
    app.act("tax-rate-percent", tax_type="OUTPUT", percent="15")
    assert (before["TotalTax"], app.invoice(contact, InvoiceNumber="B-2")["TotalTax"]) == (10.0, 15.0)
    [kept] = app.call("GET", f"Invoices/{before['InvoiceID']}").json["Invoices"]
    assert kept["TotalTax"] == 10.0


def test_11_an_account_made_a_bank_account_takes_no_lines(app: App, contact: str) -> None:
    app.act("account-type", code="420", type="BANK")
    lines = [line(AccountCode="420", TaxType="OUTPUT")]
    not_valid = "Account code '420' is not a valid code for this document."
    assert app.put("Invoices", invoice(contact, LineItems=lines)).messages == [not_valid]


def test_42_currencies_come_and_go(app: App, contact: str) -> None:
    app.act("add-currency", code="eur")
    assert app.put("Invoices", invoice(contact, CurrencyCode="EUR")).messages == []
    app.act("remove-currency", code="EUR")
    gone = ["Organisation is not subscribed to currency EUR"]
    assert app.put("Invoices", invoice(contact, InvoiceNumber="B-2", CurrencyCode="EUR")).messages == gone


def test_75_and_71_the_door_is_shut_without_a_plan_and_to_writes_of_a_reader(app: App) -> None:
    app.act("subscription", active=False)
    answer = app.call("GET", "Accounts")
    assert (answer.status, answer.json["Detail"]) == (403, "The subscription for this organisation is not active.")
    app.act("subscription", active=True)
    app.act("user-role", role="READONLY")
    assert app.call("GET", "Accounts").status == 200
    answer = app.put("Contacts", {"Name": "Ada"})
    detail = "The User specified does not have the correct permissions to perform this action"
    assert (answer.status, answer.json["Detail"]) == (403, detail)
    app.act("user-role", role="STANDARD")
    assert app.put("Contacts", {"Name": "Ada"}).status == 200


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("add-currency", {"code": "EURO"}),
        ("tax-rate-status", {"tax_type": "NOWHERE", "status": "ACTIVE"}),
        ("tax-rate-percent", {"tax_type": "NOWHERE", "percent": "15"}),
        ("tax-rate-percent", {"tax_type": "OUTPUT", "percent": "a third"}),
        ("account-type", {"code": "200", "type": "CASTLE"}),
        ("number-contact", {"contact": "nobody"}),
        ("forget-invoice", {"invoice": "B-9"}),
        ("user-role", {"role": "KING"}),
    ],
)
def test_what_makes_no_sense_is_refused(app: App, act: str, given: dict[str, str]) -> None:
    path = f"/_emulator/organisations/{app.organisation_id}/{act}"
    assert app.request("POST", path, body=json.dumps(given).encode()).status == 400
