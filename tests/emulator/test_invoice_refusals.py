"""Why an invoice is refused. Numbers are rows of the catalogue of Xero's validation messages."""

from typing import Any

import pytest

from tests.emulator.client import App, invoice, line
from xero_emulator import EmulatorServer

MODIFICATION = "Invoice not of valid status for modification"
CREATION = "Invoice not of valid status for creation"
PAID = "This document cannot be edited as it has a payment or credit note allocated to it."
PERIOD = "The document date cannot be before the period lock date, currently set at 30-Nov-2026"
YEAR_END = "The document date cannot be before the end of year lock date, currently set at 30-Jun-2026"
LOCKED = "the document cannot be edited as it is currently dated before the period lock date"


@pytest.fixture
def contact(app: App) -> str:
    return app.contact()


def _refused(app: App, contact: str, **fields: Any) -> list[str]:
    answer = app.put("Invoices", invoice(contact, **fields))
    element = answer.json["Invoices"][0]
    if answer.messages:
        assert (element["StatusAttributeString"], element["HasErrors"]) == ("ERROR", True)
        assert app.call("GET", "Invoices").json["Invoices"] == []
    return answer.messages


def _line_refused(app: App, contact: str, **fields: Any) -> list[str]:
    return _refused(app, contact, LineItems=[line(**fields)])


def _update(app: App, made: dict[str, Any], **fields: Any) -> list[str]:
    return app.post("Invoices", {"InvoiceID": made["InvoiceID"]} | fields).messages


def test_7_an_archived_contact_cannot_be_billed(app: App, contact: str) -> None:
    app.act("archive-contact", contact=contact)
    assert _refused(app, contact) == [
        (
            "The contact with the specified contact details has been archived. "
            "The contact must be un-archived before creating new invoices or credit notes."
        )
    ]


def test_8_a_bad_address_sent_with_the_contact_blocks_the_invoice(app: App, contact: str) -> None:
    sent = {"ContactID": contact, "EmailAddress": "bad"}
    assert _refused(app, contact, Contact=sent) == ["Email address must be valid."]


@pytest.mark.parametrize("sent", [None, {}])
def test_9_needs_a_contact(app: App, contact: str, sent: object) -> None:
    assert _refused(app, contact, Contact=sent) == ["A Contact must be specified for this type of transaction"]


def test_a_contact_of_nowhere_cannot_be_billed(app: App) -> None:
    nowhere = "11111111-1111-4111-8111-111111111111"
    assert _refused(app, nowhere, Contact={"ContactID": nowhere})


@pytest.mark.parametrize("code", ["999", "090", "610", "800", "820", "960"])
def test_11_codes_that_are_unknown_or_of_the_wrong_kind_are_not_valid(app: App, contact: str, code: str) -> None:
    assert f"Account code '{code}' is not a valid code for this document." in _line_refused(
        app, contact, AccountCode=code, TaxType="BASEXCLUDED"
    )


@pytest.mark.parametrize("act", ["archive-account", "delete-account"])
def test_12_an_archived_or_deleted_account_is_refused(app: App, contact: str, act: str) -> None:
    app.act(act, code="420")
    dead = "Account code '420' has been archived, or has been deleted. Each line item must reference a valid account."
    assert _line_refused(app, contact, AccountCode="420", TaxType="OUTPUT") == [dead]
    # 18: and without a tax type of its own the line has none.
    assert _line_refused(app, contact, AccountCode="420") == [dead, "TaxType field is mandatory"]


def test_13_an_approved_line_needs_an_account(app: App, contact: str) -> None:
    assert _line_refused(app, contact, AccountCode="") == ["Account code must be specified"]


def test_a_draft_line_needs_no_account(app: App, contact: str) -> None:
    assert _refused(app, contact, Status="DRAFT", LineItems=[line(AccountCode="")]) == []


def test_14_an_account_id_must_be_known(app: App, contact: str) -> None:
    sent = {"AccountCode": "", "AccountID": "11111111-1111-4111-8111-111111111111", "TaxType": "OUTPUT"}
    assert _line_refused(app, contact, **sent) == ["Account must be valid."]


def test_16_a_tax_type_must_fit_the_account(app: App, contact: str) -> None:
    assert _line_refused(app, contact, TaxType="INPUT") == [
        "The TaxType code 'INPUT' cannot be used with account code '200'."
    ]


@pytest.mark.parametrize("tax_type", ["OUTPUT2", "GST on Income", "TAX001"])
def test_17_a_tax_type_must_exist_and_be_active(app: App, contact: str, tax_type: str) -> None:
    assert _line_refused(app, contact, TaxType=tax_type) == [
        f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction."
    ]


def test_18_an_account_without_a_tax_type_leaves_the_line_without_one(app: App, contact: str) -> None:
    app.act("account-tax-type", code="200", tax_type="")
    assert _line_refused(app, contact) == ["TaxType field is mandatory"]
    assert _refused(app, contact, LineAmountTypes="NoTax") == []


def test_19_tax_cannot_exceed_the_line(app: App, contact: str) -> None:
    assert _line_refused(app, contact, TaxAmount=101) == ["The tax amount cannot be greater than the line amount!"]


@pytest.mark.parametrize("tax", ["9.99", "10.00", "10.01"])
def test_a_tax_within_a_cent_of_the_computed_one_is_taken(app: App, contact: str, tax: str) -> None:
    made = app.invoice(contact, LineItems=[line(TaxAmount=tax), line()])
    assert [item["TaxAmount"] for item in made["LineItems"]] == [float(tax), 10.0]
    assert (made["TotalTax"], made["Total"]) == pytest.approx((10 + float(tax), 210 + float(tax)), abs=0.001)


@pytest.mark.parametrize("tax", ["9.98", "10.02", "0"])
def test_a_tax_that_rounding_does_not_explain_is_refused(app: App, contact: str, tax: str) -> None:
    words = f"Tax amount {float(tax):.2f} is incorrect for OUTPUT tax type, should be 10.00"
    assert _line_refused(app, contact, TaxAmount=tax) == [words]


def test_an_organisation_may_take_any_tax_up_to_the_line(app: App, contact: str) -> None:
    app.act("switch", name="taxes_near_computed", on=False)
    assert app.invoice(contact, LineItems=[line(TaxAmount="50")])["Total"] == 150.0


def test_a_line_sent_back_without_its_tax_is_computed_again(app: App, contact: str) -> None:
    made = app.invoice(contact, LineItems=[line(TaxAmount="10.01")])
    held = {"LineItemID": made["LineItems"][0]["LineItemID"]}
    assert _update(app, made, LineItems=[held | {"Description": "Other words", "TaxAmount": "10.01"}]) == []
    assert app.call("GET", f"Invoices/{made['InvoiceID']}").json["Invoices"][0]["TotalTax"] == 10.01
    assert _update(app, made, LineItems=[held | {"Description": "More words"}]) == []
    assert app.call("GET", f"Invoices/{made['InvoiceID']}").json["Invoices"][0]["TotalTax"] == 10.0


def test_a_bookkeeper_may_set_any_tax(app: App, contact: str) -> None:
    app.invoice(contact)
    app.act("change-line", invoice="B-1", line=1, tax="25.00")
    assert app.call("GET", "Invoices/B-1").json["Invoices"][0]["TotalTax"] == 25.0


def test_21_a_number_is_unique_void_and_deleted_invoices_included(app: App, contact: str) -> None:
    made = app.invoice(contact)
    taken = ["Invoice # must be unique."]
    assert app.put("Invoices", invoice(contact)).messages == taken
    assert _update(app, made, Status="VOIDED") == []
    assert app.put("Invoices", invoice(contact)).messages == taken
    draft = app.invoice(contact, InvoiceNumber="B-2", Status="DRAFT")
    assert _update(app, draft, Status="DELETED") == []
    assert app.put("Invoices", invoice(contact, InvoiceNumber="B-2")).messages == taken


def test_21_an_invoice_cannot_take_anothers_number(app: App, contact: str) -> None:
    app.invoice(contact)
    other = app.invoice(contact, InvoiceNumber="B-2")
    assert _update(app, other, InvoiceNumber="B-1") == ["Invoice # must be unique."]


@pytest.mark.parametrize(
    ("start", "status"),
    [
        ("DRAFT", "VOIDED"),
        ("DRAFT", "PAID"),
        ("SUBMITTED", "VOIDED"),
        ("AUTHORISED", "DRAFT"),
        ("AUTHORISED", "SUBMITTED"),
        ("AUTHORISED", "DELETED"),
        ("AUTHORISED", "PAID"),
    ],
)
def test_23_an_illegal_move_is_refused(app: App, contact: str, start: str, status: str) -> None:
    assert _update(app, app.invoice(contact, Status=start), Status=status) == [MODIFICATION]


@pytest.mark.parametrize(
    ("start", "status"),
    [
        ("DRAFT", "SUBMITTED"),
        ("DRAFT", "AUTHORISED"),
        ("DRAFT", "DELETED"),
        ("SUBMITTED", "DRAFT"),
        ("SUBMITTED", "AUTHORISED"),
        ("SUBMITTED", "DELETED"),
        ("AUTHORISED", "AUTHORISED"),
        ("AUTHORISED", "VOIDED"),
    ],
)
def test_a_legal_move_is_made(app: App, contact: str, start: str, status: str) -> None:
    assert _update(app, app.invoice(contact, Status=start), Status=status) == []
    assert app.call("GET", "Invoices/B-1").json["Invoices"][0]["Status"] == status


@pytest.mark.parametrize("status", ["VOIDED", "DELETED", "PAID"])
def test_24_an_invoice_cannot_begin_at_its_end(app: App, contact: str, status: str) -> None:
    assert _refused(app, contact, Status=status) == [CREATION]


def test_23_and_25_a_void_or_deleted_document_stays_as_it_is(app: App, contact: str) -> None:
    made = app.invoice(contact)
    _update(app, made, Status="VOIDED")
    assert _update(app, made, Status="AUTHORISED") == [MODIFICATION]
    assert _update(app, made, Reference="x") == ["Document not of valid status for modification"]
    draft = app.invoice(contact, InvoiceNumber="B-2", Status="DRAFT")
    _update(app, draft, Status="DELETED")
    assert app.post("Invoices", invoice(contact, InvoiceNumber="B-2")).messages == [MODIFICATION]


def test_26_to_29_a_part_paid_document_is_left_alone(app: App, contact: str) -> None:
    made = app.invoice(contact)
    app.act("payment", invoice="B-1", amount="10")
    assert _update(app, made, Reference="x") == [PAID]
    assert _update(app, made, Status="VOIDED") == [
        "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it."
    ]
    assert _update(app, made, Status="AUTHORISED") == [
        "The status AUTHORISED cannot be applied to the invoice because it has payment or Credit notes allocated to it."
    ]
    assert _update(app, made, Date="2026-11-11") == [
        PAID,
        "Date cannot be changed on an invoice that has payment or credit notes allocated to it.",
    ]


def test_23_and_26_come_together_on_a_paid_document(app: App, contact: str) -> None:
    made = app.invoice(contact)
    app.act("payment", invoice="B-1")
    assert _update(app, made, Reference="x") == [MODIFICATION, PAID]


def test_30_an_invoice_of_nowhere_cannot_be_updated(emulator: EmulatorServer, app: App, contact: str) -> None:
    elsewhere = App(server=emulator).connect(emulator.xero.demo("UK"))
    made = elsewhere.invoice(elsewhere.contact())
    assert _update(app, made, Reference="x") == ["An existing Invoice with the specified InvoiceID could not be found"]


def test_31_a_small_plan_approves_only_so_many_a_month(app: App, contact: str) -> None:
    app.act("approval-limit", limit=1)
    app.invoice(contact)
    full = ["You have reached the limit of invoices you can approve"]
    assert app.put("Invoices", invoice(contact, InvoiceNumber="B-2")).messages == full
    assert app.put("Invoices", invoice(contact, InvoiceNumber="B-2", Status="DRAFT")).messages == []
    december = {"Date": "2026-12-01", "DueDate": "2026-12-31"}
    assert app.put("Invoices", invoice(contact, InvoiceNumber="B-3", **december)).messages == []


def test_9_24_and_32_are_distinguished_by_what_is_wrong(app: App, contact: str) -> None:
    assert _refused(app, contact, LineItems=[]) == ["One or more line items must be specified"]
    assert _refused(app, contact, LineItems=None, Contact=None) == [
        "A Contact must be specified for this type of transaction",
        "One or more line items must be specified",
    ]


@pytest.mark.parametrize("description", ["", "   "])
def test_33_a_line_needs_a_description(app: App, contact: str, description: str) -> None:
    blank = ["The description field is mandatory for each line item"]
    assert _line_refused(app, contact, Description=description) == blank


def test_34_a_line_amount_must_agree(app: App, contact: str) -> None:
    assert _line_refused(app, contact, Quantity=3, LineAmount="299.99") == [
        "The line total 299.99 does not match the expected line total 300.00"
    ]


def test_35_a_quantity_cannot_be_negative(app: App, contact: str) -> None:
    answer = app.put("Invoices", invoice(contact, LineItems=[line(), line(Quantity="-0.5")]))
    assert answer.messages == ["The quantity value '-0.5000' is invalid. Quantity must not be less than zero."]


def test_36_a_total_cannot_be_negative(app: App, contact: str) -> None:
    assert len(_line_refused(app, contact, UnitAmount=-1)) == 1


def test_a_discount_amount_on_a_negative_price_is_refused(app: App, contact: str) -> None:
    # Xero-OpenAPI issue 429
    lines = [line(), line(UnitAmount=-1, DiscountAmount=0)]
    assert _refused(app, contact, LineItems=lines) == [
        "The discount rate '0.00' is invalid. Discount must not be greater than the line total."
    ]


def test_39_and_40_a_locked_day_takes_no_approved_document(app: App, contact: str) -> None:
    app.act("lock-dates", period="2026-11-30", year_end="2026-06-30")
    assert _refused(app, contact, Date="2026-11-30") == [PERIOD]
    assert _refused(app, contact, Date="2026-06-30") == [PERIOD, YEAR_END]
    assert _refused(app, contact, Date="2026-12-01") == []


def test_a_draft_may_stand_in_a_locked_period_but_not_be_approved(app: App, contact: str) -> None:
    app.act("lock-dates", period="2026-11-30")
    draft = app.invoice(contact, Status="DRAFT")
    assert _update(app, draft, Status="AUTHORISED") == [PERIOD]


@pytest.mark.parametrize("change", [{"Reference": "x"}, {"Status": "VOIDED"}, {"Date": "2026-12-05"}])
def test_41_a_document_in_a_locked_period_is_neither_edited_nor_voided(
    app: App, contact: str, change: dict[str, str]
) -> None:
    made = app.invoice(contact)
    app.act("lock-dates", period="2026-11-30")
    assert _update(app, made, **change) == [LOCKED]


def test_42_a_currency_must_be_subscribed(app: App, contact: str) -> None:
    assert _refused(app, contact, CurrencyCode="EUR") == ["Organisation is not subscribed to currency EUR"]
    assert _refused(app, contact, CurrencyCode="USD") == []


@pytest.mark.parametrize(
    "fields",
    [
        {"InvoiceNumber": "x" * 256},
        {"Reference": "x" * 256},
        {"DueDate": None},
        {"Url": "http://bills.example/1"},
        {"LineItems": [line(Description="x" * 4001)]},
        {"LineItems": [line(UnitAmount="10000000000")]},
        {"LineItems": [line(Tracking=[{"Name": "a", "Option": "b"}] * 3)]},
        {"Status": "DRAFT", "SentToContact": True},
    ],
)
def test_documented_limits_are_kept(app: App, contact: str, fields: dict[str, Any]) -> None:
    assert len(_refused(app, contact, **fields)) == 1


def test_one_refused_invoice_holds_back_no_other(app: App, contact: str) -> None:
    answer = app.put(
        "Invoices",
        invoice(contact),
        invoice(contact, InvoiceNumber="B-2", LineItems=[]),
        invoice(contact),
        invoice(contact, InvoiceNumber="B-4"),
    )
    results = [(item["InvoiceNumber"], item["StatusAttributeString"]) for item in answer.json["Invoices"]]
    assert results == [("B-1", "OK"), ("B-2", "ERROR"), ("B-1", "ERROR"), ("B-4", "OK")]
    assert answer.json["Invoices"][1]["InvoiceID"] == "00000000-0000-0000-0000-000000000000"


def test_without_results_per_element_only_the_faulty_are_answered_and_none_is_kept(app: App, contact: str) -> None:
    body = {"Invoices": [invoice(contact), invoice(contact, InvoiceNumber="B-2", LineItems=[])]}
    answer = app.call("POST", "Invoices", body)
    assert (answer.status, answer.json["ErrorNumber"]) == (400, 10)
    assert [item["InvoiceNumber"] for item in answer.json["Elements"]] == ["B-2"]
    assert app.call("GET", "Invoices").json["Invoices"] == []
