"""Lists, filters and pages. Sources: xero_accounting.yaml and Xero's paging and filter guides."""

from typing import Any

import pytest

from tests.emulator.client import App, ManualClock, invoice, line
from xero_emulator import EmulatorServer


@pytest.fixture
def contacts(app: App) -> list[str]:
    """Ada (C-1) and Bela (C-2) are active, Cy (C-3) is archived."""
    made = [
        app.contact("Ada AND Sons", ContactNumber="C-1", EmailAddress="ada@firm.example"),
        app.contact("Bela", ContactNumber="C-2"),
        app.contact("Cy", ContactNumber="C-3"),
    ]
    app.act("archive-contact", contact=made[2])
    return made


def _names(app: App, query: str, **headers: str) -> list[str]:
    return [item["Name"] for item in app.call("GET", f"Contacts?{query}", **headers).json["Contacts"]]


def _numbers(app: App, query: str, **headers: str) -> list[str]:
    return [item["InvoiceNumber"] for item in app.call("GET", f"Invoices?{query}", **headers).json["Invoices"]]


def test_archived_contacts_are_listed_only_when_asked_for(app: App, contacts: list[str]) -> None:
    assert _names(app, "") == ["Ada AND Sons", "Bela"]
    assert _names(app, "includeArchived=true") == ["Ada AND Sons", "Bela", "Cy"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('where=Name=="ada and sons"', ["Ada AND Sons"]),
        ('where=EmailAddress=="ada@firm.example"', ["Ada AND Sons"]),
        ('where=ContactNumber=="C-2"', ["Bela"]),
        ('where=ContactNumber=="C-2" OR Name=="Ada AND Sons"', ["Ada AND Sons", "Bela"]),
        ('where=ContactStatus=="ACTIVE" AND Name!="Bela"', ["Ada AND Sons"]),
        ("searchTerm=FIRM.EX", ["Ada AND Sons"]),
        ("searchTerm=c-2", ["Bela"]),
        ("order=Name DESC", ["Bela", "Ada AND Sons"]),
    ],
)
def test_contacts_are_found_by_filter_and_by_term(app: App, contacts: list[str], query: str, names: list[str]) -> None:
    assert _names(app, query.replace(" ", "%20")) == names


@pytest.mark.parametrize("where", ['Colour=="red"', "Name", 'Name=="a" AND', "Name==a"])
def test_a_filter_that_cannot_be_parsed_is_refused(app: App, where: str) -> None:
    answer = app.call("GET", f"Contacts?where={where}".replace(" ", "%20"))
    assert (answer.status, answer.json["Type"]) == (400, "QueryParseException")


def test_one_contact_is_read_by_id_or_number_archived_or_not(app: App, contacts: list[str]) -> None:
    for wanted in (contacts[2], contacts[2].upper(), "C-3"):
        assert app.call("GET", f"Contacts/{wanted}").json["Contacts"][0]["Name"] == "Cy"
    assert app.call("GET", "Contacts/C-9").status == 404


def test_contacts_are_read_by_ids(app: App, contacts: list[str]) -> None:
    assert _names(app, f"IDs={contacts[1]},{contacts[2]}&includeArchived=true") == ["Bela", "Cy"]


def test_a_summary_of_contacts_says_less(app: App, contacts: list[str]) -> None:
    listed = app.call("GET", "Contacts?summaryOnly=true").json
    assert "IsCustomer" not in listed["Contacts"][0]
    assert listed["pagination"]["page"] == 1


@pytest.fixture
def invoices(app: App) -> list[dict[str, Any]]:
    contact = app.contact()
    sent = [
        invoice(contact, InvoiceNumber="B-1", Reference="M-7"),
        invoice(contact, InvoiceNumber="B-2", Status="DRAFT", Date="2026-11-12"),
        invoice(app.contact("Bela"), InvoiceNumber="B-3", LineItems=[line(UnitAmount="0.3333")]),
    ]
    made: list[dict[str, Any]] = app.put("Invoices", *sent).json["Invoices"]
    return made


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("InvoiceNumbers=b-1,B-3", ["B-1", "B-3"]),
        ("Statuses=DRAFT,PAID", ["B-2"]),
        ("searchTerm=m-7", ["B-1"]),
        ('where=Status=="AUTHORISED" AND AmountDue>1', ["B-1"]),
        ("where=Date>=DateTime(2026, 11, 12)", ["B-2"]),
        ('where=InvoiceNumber=="B-3"', ["B-3"]),
        ("order=InvoiceNumber DESC", ["B-3", "B-2", "B-1"]),
        ("createdByMyApp=true", ["B-1", "B-2", "B-3"]),
    ],
)
def test_invoices_are_found(app: App, invoices: list[Any], query: str, numbers: list[str]) -> None:
    assert _numbers(app, query.replace(" ", "%20")) == numbers


def test_invoices_are_found_by_ids_and_by_contact(app: App, invoices: list[dict[str, Any]]) -> None:
    assert _numbers(app, f"IDs={invoices[0]['InvoiceID']},{invoices[2]['InvoiceID']}") == ["B-1", "B-3"]
    bela = invoices[2]["Contact"]["ContactID"]
    assert _numbers(app, f"ContactIDs={bela}") == ["B-3"]
    assert _numbers(app, f'where=Contact.ContactID==guid("{bela}")') == ["B-3"]


def test_only_pages_and_single_invoices_carry_lines(app: App, invoices: list[dict[str, Any]]) -> None:
    def lines(path: str) -> int:
        return len(app.call("GET", path).json["Invoices"][0].get("LineItems", []))

    assert [lines("Invoices"), lines("Invoices?page=1"), lines("Invoices/B-1")] == [0, 1, 1]
    assert lines("Invoices?page=1&summaryOnly=true") == 0


def test_prices_are_shown_with_as_many_decimals_as_asked_for(app: App, invoices: list[dict[str, Any]]) -> None:
    def price(query: str) -> float:
        item = app.call("GET", f"Invoices/B-3{query}").json["Invoices"][0]["LineItems"][0]
        return float(item["UnitAmount"])

    assert (price(""), price("?unitdp=4")) == (0.33, 0.3333)


@pytest.mark.parametrize(
    ("query", "numbers", "pages"),
    [
        ("page=1&pageSize=2", ["B-1", "B-2"], {"page": 1, "pageSize": 2, "pageCount": 2, "itemCount": 3}),
        ("page=2&pageSize=2", ["B-3"], {"page": 2, "pageSize": 2, "pageCount": 2, "itemCount": 3}),
        ("page=3&pageSize=2", [], {"page": 3, "pageSize": 2, "pageCount": 2, "itemCount": 3}),
        ("page=1", ["B-1", "B-2", "B-3"], {"page": 1, "pageSize": 100, "pageCount": 1, "itemCount": 3}),
        ("page=1&pageSize=5000", ["B-1", "B-2", "B-3"], {"page": 1, "pageSize": 1000, "pageCount": 1, "itemCount": 3}),
        ("page=1&pageSize=0", ["B-1"], {"page": 1, "pageSize": 1, "pageCount": 3, "itemCount": 3}),
    ],
)
def test_lists_come_in_pages(
    app: App, invoices: list[Any], query: str, numbers: list[str], pages: dict[str, int]
) -> None:
    assert _numbers(app, query) == numbers
    assert app.call("GET", f"Invoices?{query}").json["pagination"] == pages


def test_only_what_changed_since_is_listed(app: App, clock: ManualClock, invoices: list[Any]) -> None:
    clock.advance(minutes=5)
    since = clock.now.strftime("%Y-%m-%dT%H:%M:%S")
    assert _numbers(app, "", If_Modified_Since=since) == []
    app.act("payment", invoice="B-1", amount="1")
    app.act("rename-contact", contact=invoices[2]["Contact"]["ContactID"], name="Bela B")
    app.act("archive-account", code="420")
    assert _numbers(app, "", If_Modified_Since=since) == ["B-1"]
    assert _names(app, "", If_Modified_Since="Fri, 20 Nov 2026 09:05:00 GMT") == ["Bela B"]
    accounts = app.call("GET", "Accounts", If_Modified_Since=since).json["Accounts"]
    assert [account["Code"] for account in accounts] == ["420"]


def test_the_chart_shows_archived_accounts_and_hides_deleted_ones(app: App) -> None:
    app.act("archive-account", code="420")
    app.act("delete-account", code="425")
    accounts = {item["Code"]: item for item in app.call("GET", "Accounts").json["Accounts"]}
    assert accounts["420"]["Status"] == "ARCHIVED"
    assert "425" not in accounts
    assert accounts["860"]["SystemAccount"] == "ROUNDING"
    where = 'Accounts?where=Status=="ACTIVE"%20AND%20Class=="REVENUE"'
    revenue = [item["Code"] for item in app.call("GET", where).json["Accounts"]]
    assert revenue == ["200", "260", "270", "405"]


def test_tax_rates_say_what_they_apply_to(app: App) -> None:
    rates = {item["TaxType"]: item for item in app.call("GET", "TaxRates").json["TaxRates"]}
    assert (rates["OUTPUT"]["EffectiveRate"], rates["OUTPUT"]["CanApplyToRevenue"]) == (10.0, True)
    assert rates["INPUT"]["CanApplyToRevenue"] is False
    assert rates["TAX001"]["Status"] == "DELETED"


def test_the_organisation_shows_lock_dates_only_when_set(app: App) -> None:
    before = app.call("GET", "Organisation").json["Organisations"][0]
    assert (before["BaseCurrency"], before["CountryCode"]) == ("AUD", "AU")
    assert "PeriodLockDate" not in before
    app.act("lock-dates", period="2026-06-30")
    after = app.call("GET", "Organisation").json["Organisations"][0]
    assert after["PeriodLockDate"] == "/Date(1782777600000+0000)/"
    assert "EndOfYearLockDate" not in after


def test_currencies_are_those_subscribed_to(emulator: EmulatorServer) -> None:
    app = App(server=emulator).connect(emulator.xero.demo("UK"))
    assert [item["Code"] for item in app.call("GET", "Currencies").json["Currencies"]] == ["GBP", "EUR"]


def test_every_answer_has_xeros_envelope(app: App) -> None:
    answer = app.call("GET", "Currencies")
    assert set(answer.json) == {"Id", "Status", "ProviderName", "DateTimeUTC", "Currencies"}
    assert answer.json["DateTimeUTC"] == "/Date(1795165210000+0000)/"
    assert answer.headers["Xero-Correlation-Id"]
