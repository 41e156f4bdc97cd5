"""Creating and updating invoices. Sources: Xero's invoices page and its rounding guide."""

from typing import Any

import pytest

from tests.emulator.client import App, ManualClock, invoice, line
from xero_emulator import EmulatorServer


@pytest.fixture
def contact(app: App) -> str:
    return app.contact()


def _update(app: App, made: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = app.post("Invoices", {"InvoiceID": made["InvoiceID"]} | fields)
    updated: dict[str, Any] = answer.json["Invoices"][0]
    assert updated["StatusAttributeString"] == "OK", updated
    return updated


@pytest.mark.parametrize(
    ("mode", "lines", "totals"),
    [
        # tax is rounded for each line, then added: 3 x 0.35 x 10% is 3 x 0.04, not 0.11
        ("Exclusive", [line(UnitAmount="0.35")] * 3, (1.05, 0.12, 1.17)),
        ("Inclusive", [line(UnitAmount="110.00")], (100.0, 10.0, 110.0)),
        ("Inclusive", [line(UnitAmount="0.05")] * 2, (0.10, 0.0, 0.10)),
        ("NoTax", [line(UnitAmount="110.00", TaxType="OUTPUT")], (110.0, 0.0, 110.0)),
        ("Exclusive", [line(Quantity="1.5", UnitAmount="33.3333")], (50.0, 5.0, 55.0)),
        ("Exclusive", [line(Quantity="0.5", UnitAmount="0.01")], (0.01, 0.0, 0.01)),
        ("Exclusive", [line(), line(UnitAmount="-0.25")], (99.75, 9.97, 109.72)),
        ("Exclusive", [line(UnitAmount="200", DiscountRate="12.5")], (175.0, 17.5, 192.5)),
        ("Exclusive", [line(Quantity=3, UnitAmount="33.335", DiscountAmount="0.01")], (100.0, 10.0, 110.0)),
        ("Exclusive", [line(TaxAmount="9.99")], (100.0, 9.99, 109.99)),
        ("Exclusive", [line(TaxType="EXEMPTOUTPUT")], (100.0, 0.0, 100.0)),
    ],
)
def test_totals_follow_xeros_rounding(
    app: App, contact: str, mode: str, lines: list[dict[str, Any]], totals: tuple[float, float, float]
) -> None:
    made = app.invoice(contact, LineAmountTypes=mode, LineItems=lines)
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == totals
    assert made["AmountDue"] == totals[2]


def test_totals_that_are_sent_are_ignored(app: App, contact: str) -> None:
    assert app.invoice(contact, Total=1, SubTotal=1, TotalTax=0)["Total"] == 110.0


def test_a_new_invoice_starts_with_xeros_defaults(app: App, contact: str) -> None:
    sent = {"Type": "ACCREC", "Contact": {"ContactID": contact}, "LineItems": [line()]}
    made = app.put("Invoices", sent).json["Invoices"][0]
    assert (made["Status"], made["LineAmountTypes"], made["CurrencyCode"]) == ("DRAFT", "Exclusive", "AUD")
    assert made["DateString"] == "2026-11-20T00:00:00"
    assert made["InvoiceNumber"] == "INV-0001"


def test_today_is_the_organisations_today(app: App, contact: str, clock: ManualClock) -> None:
    clock.advance(hours=5)
    app.token = app.refresh().json["access_token"]
    sent = {"Type": "ACCREC", "Contact": {"ContactID": contact}, "LineItems": [line()]}
    assert app.put("Invoices", sent).json["Invoices"][0]["DateString"] == "2026-11-21T00:00:00"


def test_dates_come_in_both_notations(app: App, contact: str) -> None:
    made = app.invoice(contact, Date="/Date(1794268800000+0000)/", DueDate="2026-12-10T00:00:00")
    assert (made["Date"], made["DateString"]) == ("/Date(1794268800000+0000)/", "2026-11-10T00:00:00")
    assert made["DueDateString"] == "2026-12-10T00:00:00"


def test_a_line_takes_its_accounts_tax_type(app: App, contact: str) -> None:
    made = app.invoice(contact, LineItems=[line(), line(AccountCode="412"), line(AccountCode="270")])
    assert [item["TaxType"] for item in made["LineItems"]] == ["OUTPUT", "INPUT", "BASEXCLUDED"]


@pytest.mark.parametrize("code", ["200", "260", "405", "412", "415", "420", "425", "825", "860"])
def test_revenue_expense_liability_and_rounding_accounts_take_lines(app: App, contact: str, code: str) -> None:
    assert app.invoice(contact, LineItems=[line(AccountCode=code)])["LineItems"][0]["AccountCode"] == code


@pytest.mark.parametrize(
    ("sent", "figures"),
    [
        ({"Quantity": 4, "LineAmount": "10.00", "UnitAmount": None}, (4.0, 2.5, 10.0)),
        ({"Quantity": None, "UnitAmount": None, "LineAmount": "10.00"}, (1.0, 10.0, 10.0)),
        ({"Quantity": None, "UnitAmount": "10.00"}, (1.0, 10.0, 10.0)),
    ],
)
def test_of_quantity_price_and_amount_the_missing_one_is_computed(
    app: App, contact: str, sent: dict[str, Any], figures: tuple[float, float, float]
) -> None:
    made = app.invoice(contact, LineItems=[line(**sent)])["LineItems"][0]
    assert (made["Quantity"], made["UnitAmount"], made["LineAmount"]) == figures


def test_a_line_may_be_a_description_only(app: App, contact: str) -> None:
    made = app.invoice(contact, LineItems=[line(), {"Description": "Thank you"}])
    assert "LineAmount" not in made["LineItems"][1]
    assert made["Total"] == 110.0


def test_prices_keep_two_decimals_unless_four_are_asked_for(app: App, contact: str) -> None:
    sent = invoice(contact, LineItems=[line(UnitAmount="33.3333")])
    made = app.call("PUT", "Invoices?summarizeErrors=false", {"Invoices": [sent]}).json["Invoices"][0]
    assert made["LineItems"][0]["UnitAmount"] == 33.33


def test_a_status_update_without_four_decimals_rounds_the_prices_again(app: App, contact: str) -> None:
    made = app.invoice(contact, Status="DRAFT", LineItems=[line(Quantity=100, UnitAmount="0.3333")])
    assert made["SubTotal"] == 33.33
    body = {"InvoiceID": made["InvoiceID"], "Status": "AUTHORISED"}
    assert app.call("POST", "Invoices", {"Invoices": [body]}).json["Invoices"][0]["SubTotal"] == 33.0


def test_lines_with_an_id_are_updated_others_created_and_missing_ones_deleted(app: App, contact: str) -> None:
    made = app.invoice(contact, LineItems=[line(Description="one"), line(Description="two")])
    kept = made["LineItems"][1]["LineItemID"]
    updated = _update(app, made, LineItems=[{"LineItemID": kept, "UnitAmount": 50}, line(Description="three")])
    assert [item["Description"] for item in updated["LineItems"]] == ["three", "two"]
    assert updated["LineItems"][1]["LineItemID"] == kept
    assert updated["SubTotal"] == 150.0
    assert len({item["LineItemID"] for item in updated["LineItems"]} | {made["LineItems"][0]["LineItemID"]}) == 3


def test_a_line_sent_back_by_its_id_keeps_its_tracking(app: App, contact: str) -> None:
    tracking = [{"Name": "Region", "Option": "North"}]
    made = app.invoice(contact, LineItems=[line(Tracking=tracking)])
    kept = {"LineItemID": made["LineItems"][0]["LineItemID"]} | line(UnitAmount=7)
    assert _update(app, made, LineItems=[kept])["LineItems"][0]["Tracking"] == tracking


def test_a_line_sent_back_with_its_figures_loses_the_discount_it_does_not_name(app: App, contact: str) -> None:
    made = app.invoice(contact, LineItems=[line(DiscountAmount=10)])
    kept = {"LineItemID": made["LineItems"][0]["LineItemID"]}
    assert _update(app, made, LineItems=[kept | {"Description": "Other words"}])["SubTotal"] == 90.0
    assert _update(app, made, LineItems=[kept | {"UnitAmount": 100}])["SubTotal"] == 100.0


def test_an_update_without_lines_keeps_them(app: App, contact: str) -> None:
    made = app.invoice(contact)
    assert _update(app, made, Reference="M-7")["LineItems"] == made["LineItems"]


def test_a_post_by_number_updates_and_a_post_to_one_id_too(app: App, contact: str) -> None:
    made = app.invoice(contact)
    assert app.post("Invoices", invoice(contact, Reference="x")).json["Invoices"][0]["InvoiceID"] == made["InvoiceID"]
    one = app.call("POST", f"Invoices/{made['InvoiceID']}?unitdp=4", {"Reference": "y"})
    assert one.json["Invoices"][0]["Reference"] == "y"


def test_a_contact_can_be_made_on_the_way(app: App) -> None:
    made = app.put("Invoices", invoice("", Contact={"Name": "New Client"})).json["Invoices"][0]
    assert made["Contact"]["Name"] == "New Client"
    again = app.put("Invoices", invoice("", Contact={"Name": "new client"}, InvoiceNumber="B-2")).json["Invoices"][0]
    assert again["Contact"]["ContactID"] == made["Contact"]["ContactID"]


def test_contact_fields_in_an_invoice_change_the_contact_and_drop_its_persons(app: App) -> None:
    contact = app.contact(ContactPersons=[{"FirstName": "Bo"}])
    app.invoice(contact, Contact={"ContactID": contact, "FirstName": "Ada"})
    held = app.call("GET", f"Contacts/{contact}").json["Contacts"][0]
    assert (held["FirstName"], held["ContactPersons"], held["IsCustomer"]) == ("Ada", [], True)


def test_the_flags_an_sdk_adds_to_a_contact_change_nothing(app: App) -> None:
    contact = app.contact(ContactPersons=[{"FirstName": "Bo"}])
    flags = {"HasAttachments": False, "HasValidationErrors": False}
    app.invoice(contact, Contact={"ContactID": contact} | flags)
    assert len(app.call("GET", f"Contacts/{contact}").json["Contacts"][0]["ContactPersons"]) == 1


def test_nothing_is_kept_of_a_contact_whose_invoice_is_refused(app: App) -> None:
    app.put("Invoices", invoice("", Contact={"Name": "New Client"}, LineItems=[]))
    assert app.call("GET", "Contacts").json["Contacts"] == []


def test_a_payment_in_full_makes_it_paid_and_taking_it_back_authorised(app: App, contact: str) -> None:
    made = app.invoice(contact)
    app.act("payment", invoice="B-1", amount="60")
    part = app.call("GET", f"Invoices/{made['InvoiceID']}").json["Invoices"][0]
    assert (part["Status"], part["AmountPaid"], part["AmountDue"]) == ("AUTHORISED", 60.0, 50.0)
    app.act("payment", invoice="B-1")
    assert app.call("GET", "Invoices/B-1").json["Invoices"][0]["Status"] == "PAID"
    app.act("remove-payments", invoice="B-1")
    assert app.call("GET", "Invoices/B-1").json["Invoices"][0]["Status"] == "AUTHORISED"


def test_an_approved_invoice_for_nothing_is_paid(app: App, contact: str) -> None:
    assert app.invoice(contact, LineItems=[line(), line(UnitAmount=-100)])["Status"] == "PAID"


@pytest.mark.parametrize(("template", "currency", "total"), [("UK", "GBP", 120.0), ("US", "USD", 100.0)])
def test_the_other_demo_organisations_have_their_own_money_and_tax(
    emulator: EmulatorServer, template: str, currency: str, total: float
) -> None:
    app = App(server=emulator).connect(emulator.xero.demo(template))
    made = app.invoice(app.contact())
    assert (made["CurrencyCode"], made["Total"]) == (currency, total)
