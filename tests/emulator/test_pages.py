"""The pages a bookkeeper sees, and their forms."""

from urllib.parse import urlencode

import pytest

from tests.emulator.client import App, invoice, line
from xero_emulator import EmulatorServer

HOSTILE = 'O\'Hara & "Sons" {{7*7}}'


def _form(app: App, path: str, **fields: str) -> str:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = app.request("POST", path, body=urlencode(fields), headers=headers)
    assert answer.status == 303
    return app.request("GET", answer.headers["Location"]).data.decode()


@pytest.fixture
def home(app: App, emulator: EmulatorServer) -> str:
    return f"/organisations/{emulator.xero.demo('AU').short_code}"


@pytest.fixture
def invoice_id(app: App) -> str:
    lines = [line(Description="<script>alert(1)</script>"), line(AccountCode="412")]
    return str(app.invoice(app.contact(HOSTILE), LineItems=lines)["InvoiceID"])


def test_every_page_says_it_is_not_xero(app: App, home: str, invoice_id: str) -> None:
    for path in (
        "/",
        home,
        f"{home}/contacts",
        f"{home}/accounts",
        f"{home}/settings",
        f"{home}/invoices/{invoice_id}",
    ):
        page = app.request("GET", path)
        assert page.status == 200
        assert b"Xero emulator - not Xero" in page.data
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_what_was_sent_is_shown_escaped(app: App, home: str, invoice_id: str) -> None:
    page = app.request("GET", f"{home}/invoices/{invoice_id}").data.decode()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    contacts = app.request("GET", f"{home}/contacts").data.decode()
    assert "O&#39;Hara &amp; &#34;Sons&#34; {{7*7}}" in contacts


def test_an_invoice_has_a_deep_link_with_lines_and_account_codes(app: App, home: str, invoice_id: str) -> None:
    page = app.request("GET", f"{home}/invoices/{invoice_id}").data.decode()
    for expected in ("B-1", "200", "Fees", "412", "Disbursements", "220.00"):
        assert expected in page
    assert f"/invoices/{invoice_id}" in app.request("GET", home).data.decode()


def test_a_payment_is_recorded_and_an_invoice_voided_by_form(app: App, home: str, invoice_id: str) -> None:
    path = f"{home}/invoices/{invoice_id}"
    assert "Paid" in _form(app, f"{home}/acts/payment", invoice=invoice_id, amount="220", back=path)
    refused = _form(app, f"{home}/acts/void-invoice", invoice=invoice_id, back=path)
    assert "Invoice not of valid status for modification" in refused
    _form(app, f"{home}/acts/remove-payments", invoice=invoice_id, back=path)
    assert "Voided" in _form(app, f"{home}/acts/void-invoice", invoice=invoice_id, back=path)


def test_accounts_contacts_and_lock_dates_are_changed_by_form(app: App, home: str) -> None:
    contact = app.contact("Ada")
    assert "Archived" in _form(app, f"{home}/acts/archive-account", code="420", back=f"{home}/accounts")
    assert "Ada Lee" in _form(
        app, f"{home}/acts/rename-contact", contact=contact, name="Ada Lee", back=f"{home}/contacts"
    )
    _form(app, f"{home}/acts/archive-contact", contact=contact, back=f"{home}/contacts")
    locked = _form(app, f"{home}/acts/lock-dates", period="2026-11-30", year_end="", back=f"{home}/settings")
    assert 'value="2026-11-30"' in locked
    assert len(app.put("Invoices", invoice(contact)).messages) == 2


def test_a_number_that_is_none_is_answered_with_a_sentence(app: App, home: str, invoice_id: str) -> None:
    page = _form(app, f"{home}/acts/payment", invoice=invoice_id, amount="lots", back=home)
    assert "Input String was not in a correct format" in page


def test_a_form_leads_back_into_the_emulator_only(app: App, home: str) -> None:
    page = _form(app, f"{home}/acts/disconnect", back="https://elsewhere.example/organisations/x")
    assert "No app is connected" not in page
    assert app.call("GET", "Contacts").status == 403


@pytest.mark.parametrize("path", ["/nowhere", "/organisations/none", "/organisations/none/invoices"])
def test_an_unknown_page_is_not_found(app: App, path: str) -> None:
    assert app.request("GET", path).status == 404
