"""Lines on their way through an update: their order, their ids, their accounts. Sources: SDK issues named at each."""

from typing import Any

import pytest

from tests.emulator.client import App, ManualClock, invoice, line

NOWHERE = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def made(app: App) -> dict[str, Any]:
    """A bill with the lines one and two."""
    return app.invoice(app.contact(), LineItems=[line(Description="one"), line(Description="two", UnitAmount=20)])


def _update(app: App, made: dict[str, Any], *lines: dict[str, Any]) -> dict[str, Any]:
    answer = app.post("Invoices", {"InvoiceID": made["InvoiceID"], "LineItems": list(lines)})
    updated: dict[str, Any] = answer.json["Invoices"][0]
    return updated


def _words(document: dict[str, Any]) -> list[str]:
    return [item["Description"] for item in document["LineItems"]]


def _held(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"LineItemID": item["LineItemID"]} for item in made["LineItems"]]


def test_new_lines_come_first_and_the_others_keep_the_order_they_had(app: App, made: dict[str, Any]) -> None:
    # Xero-NetStandard issue 374, xero-python issue 111, xero-php issue 536
    one, two = _held(made)
    updated = _update(app, made, two, line(Description="three"), one, line(Description="four"))
    assert _words(updated) == ["three", "four", "one", "two"]
    read = app.call("GET", f"Invoices/{made['InvoiceID']}").json["Invoices"][0]
    assert _words(read) == _words(updated)
    assert [item["LineItemID"] for item in read["LineItems"][2:]] == [one["LineItemID"], two["LineItemID"]]


def test_new_lines_stay_where_they_were_sent_with_the_switch_off(app: App, made: dict[str, Any]) -> None:
    assert app.act("switch", name="new_lines_first", on=False) == {"new_lines_first": False}
    one, two = _held(made)
    assert _words(_update(app, made, two, line(Description="three"), one)) == ["two", "three", "one"]


def test_lines_all_without_ids_are_made_anew_in_the_order_sent(app: App, made: dict[str, Any]) -> None:
    updated = _update(app, made, line(Description="two"), line(Description="one"))
    assert _words(updated) == ["two", "one"]
    ids = [{item["LineItemID"] for item in document["LineItems"]} for document in (made, updated)]
    assert not ids[0] & ids[1]


def test_a_line_that_the_invoice_does_not_have_is_not_found(app: App, made: dict[str, Any]) -> None:
    # Nine-Minds/alga-psa pull request 2343
    app.act("remove-line", invoice="B-1", line=2)
    one, two = _held(made)
    updated = _update(app, made, one, two | line(), {"LineItemID": NOWHERE} | line())
    missing = f"{two['LineItemID']}, {NOWHERE}"
    assert updated["ValidationErrors"] == [
        {"Message": f"Could not find line item(s) with the following id(s): {missing}"}
    ]
    assert _words(app.call("GET", "Invoices/B-1").json["Invoices"][0]) == ["one"]


def test_a_create_ignores_the_line_ids_it_is_sent(app: App) -> None:
    # xero-php issue 867
    made = app.invoice(app.contact(), LineItems=[line(LineItemID=NOWHERE)])
    assert made["LineItems"][0]["LineItemID"] != NOWHERE


def test_an_unknown_line_counts_as_new_with_the_switch_off(app: App, made: dict[str, Any]) -> None:
    app.act("switch", name="unknown_lines_refused", on=False)
    updated = _update(app, made, {"LineItemID": NOWHERE} | line(Description="new"))
    assert _words(updated) == ["new"]
    assert updated["LineItems"][0]["LineItemID"] != NOWHERE


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "shown"),
    [
        ("0.35", "333.33", "116.67", "116.67"),
        ("0.7", "325.75", "228.03", "228.03"),
        ("1", "27.8260", "27.8260", "27.83"),
        ("1", "10.00", "10.01", "10.01"),
    ],
)
def test_a_discount_above_quantity_by_price_is_refused(
    app: App, quantity: str, price: str, discount: str, shown: str
) -> None:
    # xero-php-oauth2 issue 288
    lines = [line(), line(Quantity=quantity, UnitAmount=price, DiscountAmount=discount)]
    answer = app.put("Invoices", invoice(app.contact(), LineItems=lines))
    assert answer.messages == [
        f"The discount rate '{shown}' is invalid. Discount must not be greater than the line total."
    ]


def test_a_discount_of_the_whole_line_is_taken(app: App) -> None:
    lines = [line(), line(Quantity=2, UnitAmount="10.00", DiscountAmount=20)]
    assert app.invoice(app.contact(), LineItems=lines)["SubTotal"] == 100.0


def test_a_discount_is_judged_in_cents_with_the_switch_off(app: App) -> None:
    app.act("switch", name="exact_discounts", on=False)
    lines = [line(), line(Quantity="0.35", UnitAmount="333.33", DiscountAmount="116.67")]
    assert app.invoice(app.contact(), LineItems=lines)["SubTotal"] == 100.0


def test_a_line_sent_with_new_figures_keeps_its_unsent_discount_with_the_switch_on(app: App) -> None:
    made = app.invoice(app.contact(), LineItems=[line(DiscountAmount=10)])
    app.act("switch", name="unsent_discounts_kept", on=True)
    [held] = _held(made)
    assert _update(app, made, held | {"UnitAmount": 50})["SubTotal"] == 40.0
    assert _update(app, made, held | {"UnitAmount": 50, "DiscountAmount": 0})["SubTotal"] == 50.0


def test_an_invoice_says_what_its_discounts_are_together(app: App) -> None:
    lines = [line(DiscountAmount="12.50"), line(UnitAmount="33.33", DiscountRate=10), line()]
    made = app.invoice(app.contact(), LineItems=lines)
    assert (made["IsDiscounted"], made["TotalDiscount"]) == (True, 15.83)
    assert "TotalDiscount" not in app.invoice(app.contact("Bela"), InvoiceNumber="B-2")


def test_a_rate_that_was_changed_taxes_what_is_saved_from_then_on(app: App, made: dict[str, Any]) -> None:
    app.act("tax-rate-percent", tax_type="output", percent="15")
    rates = {rate["TaxType"]: rate for rate in app.call("GET", "TaxRates").json["TaxRates"]}
    changed = rates["OUTPUT"]
    assert (changed["EffectiveRate"], changed["DisplayTaxRate"], changed["TaxComponents"][0]["Rate"]) == (15, 15, 15)
    assert app.call("GET", "Invoices/B-1").json["Invoices"][0]["TotalTax"] == 12.0
    inclusive = {"InvoiceNumber": "B-2", "LineAmountTypes": "Inclusive", "LineItems": [line(UnitAmount=110)]}
    assert app.invoice(app.contact("Bela"), **inclusive)["TotalTax"] == 14.35
    assert _update(app, made, *_held(made))["TotalTax"] == 18.0


def test_a_renumbered_account_is_the_same_account_on_every_line(app: App, clock: ManualClock) -> None:
    made = app.invoice(app.contact(), LineItems=[line(AccountCode="412"), line()])
    account_id, stamp = made["LineItems"][0]["AccountID"], made["UpdatedDateUTC"]
    clock.advance(seconds=5)
    assert app.act("renumber-account", code="412", new_code="413") == {"id": account_id, "code": "413"}
    read = app.call("GET", "Invoices/B-1").json["Invoices"][0]
    assert [(item["AccountCode"], item["AccountID"] == account_id) for item in read["LineItems"]] == [
        ("413", True),
        ("200", False),
    ]
    assert read["UpdatedDateUTC"] == stamp
    since = clock.now.strftime("%Y-%m-%dT%H:%M:%S")
    listed = app.call("GET", "Accounts", If_Modified_Since=since).json["Accounts"]
    assert [(account["AccountID"], account["Code"]) for account in listed] == [(account_id, "413")]
    gone = "Account code '412' is not a valid code for this document."
    assert (
        gone
        in app.put(
            "Invoices", invoice(app.contact("Bela"), InvoiceNumber="B-2", LineItems=[line(AccountCode="412")])
        ).messages
    )


def test_a_renumbered_accounts_old_code_may_be_anothers(app: App) -> None:
    made = app.invoice(app.contact(), LineItems=[line(AccountCode="412")])
    app.act("renumber-account", code="412", new_code="413")
    app.act("add-account", code="412", name="Counsel")
    read = app.call("GET", "Invoices/B-1").json["Invoices"][0]["LineItems"][0]
    assert (read["AccountCode"], read["AccountID"]) == ("413", made["LineItems"][0]["AccountID"])


@pytest.mark.parametrize("code", ["", "200", "12345678901"])
def test_a_code_that_is_taken_or_none_is_not_given(app: App, code: str) -> None:
    path = f"/_emulator/organisations/{app.organisation_id}/renumber-account"
    assert app.request("POST", path, json={"code": "412", "new_code": code}).json["error"] == (
        "Please enter a unique Code"
    )


def test_a_switch_nobody_knows_is_refused(app: App) -> None:
    path = f"/_emulator/organisations/{app.organisation_id}/switch"
    assert app.request("POST", path, json={"name": "gravity", "on": False}).status == 400
