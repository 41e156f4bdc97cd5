"""The pages a bookkeeper sees, and their forms."""

from urllib.parse import urlencode

import pytest

from tests.emulator.client import App, invoice, line
from xero_emulator import EmulatorServer
from xero_emulator.web.pages import SWITCH_WORDS

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


def test_a_bookkeeper_corrects_an_invoice_by_form(app: App, home: str, invoice_id: str) -> None:
    path = f"{home}/invoices/{invoice_id}"
    first = app.call("GET", f"Invoices/{invoice_id}").json["Invoices"][0]["LineItems"][0]["LineItemID"]

    def correct(act: str, **fields: str) -> str:
        page = _form(app, f"{home}/acts/{act}", invoice=invoice_id, back=path, **fields)
        assert "Done." in page
        return page

    assert "M-77" in correct("change-invoice", number="B-1", reference="M-77", date="", due="")
    recoded = correct("change-line", line=first, code="260", description="", quantity="", price="", tax_type="")
    assert "Other Revenue" in recoded
    assert "Region: North" in correct("track-line", line=first, category="Region", option="North")
    assert "Late fee" in correct("add-line", description="Late fee", price="15", code="200", quantity="", tax_type="")
    assert "Region: North" not in correct("remove-line", line=first)


def test_a_bookkeeper_changes_and_merges_contacts_by_form(app: App, home: str) -> None:
    contact = app.contact("Ada", Phones=[{"PhoneType": "MOBILE", "PhoneNumber": "5550100"}])
    survivor = app.contact("Ada Lee")
    path = f"{home}/contacts/{contact}"
    assert "5550100" in app.request("GET", path).data.decode()
    changes = {"Name": "Ada L", "FirstName": "", "Phones.MOBILE.PhoneNumber": "", "Addresses.STREET.City": "Perth"}
    page = _form(app, f"{home}/acts/change-contact", contact=contact, back=path, **changes)
    assert "Perth" in page
    assert "5550100" not in page
    page = _form(app, f"{home}/acts/merge-contacts", contact=contact, into=survivor, back=path)
    assert "Merged into" in page
    assert f"/contacts/{survivor}" in page


def test_accounts_rates_and_switches_are_changed_by_form(app: App, home: str) -> None:
    page = _form(app, f"{home}/acts/renumber-account", code="412", new_code="413", back=f"{home}/accounts")
    assert "<td>413</td>" in page
    page = _form(app, f"{home}/acts/tax-rate-percent", tax_type="OUTPUT", percent="15", back=f"{home}/accounts")
    assert '<td class="number">15</td>' in page
    page = _form(app, f"{home}/acts/switch", name="new_lines_first", on="false", back=f"{home}/settings")
    assert "Turn on" in page


def test_each_switch_has_its_words_on_the_page(app: App) -> None:
    books = app.control("GET", f"organisations/{app.organisation_id}/documents")
    assert set(books["switches"]) == set(SWITCH_WORDS)


@pytest.mark.parametrize(
    "path", ["/nowhere", "/organisations/none", "/organisations/none/invoices", "/organisations/09CFF/contacts/none"]
)
def test_an_unknown_page_is_not_found(app: App, path: str) -> None:
    assert app.request("GET", path).status == 404
