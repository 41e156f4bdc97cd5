"""What a bookkeeper corrects in what an app wrote, and that each correction moves the stamp."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.emulator.client import App, ManualClock, line

NORTH = {"category": "Region", "option": "North"}


@pytest.fixture
def contact(app: App) -> str:
    return app.contact("Ada Client", ContactNumber="C-1")


@pytest.fixture
def bill(app: App, contact: str) -> dict[str, Any]:
    """B-1 with the lines one (100.00) and two (20.00, 5.00 off)."""
    lines = [line(Description="one"), line(Description="two", UnitAmount=20, DiscountAmount=5)]
    return app.invoice(contact, LineItems=lines)


def _read(app: App, number: str = "B-1") -> dict[str, Any]:
    read: dict[str, Any] = app.call("GET", f"Invoices/{number}?unitdp=4").json["Invoices"][0]
    return read


def _contact(app: App, wanted: str) -> dict[str, Any]:
    read: dict[str, Any] = app.call("GET", f"Contacts/{wanted}").json["Contacts"][0]
    return read


def _refused(app: App, act: str, **given: Any) -> str:
    path = f"/_emulator/organisations/{app.organisation_id}/{act}"
    answer = app.request("POST", path, body=json.dumps(given).encode())
    assert answer.status == 400, answer.data
    return str(answer.json["error"])


def _moment(stamp: str) -> datetime:
    return datetime.fromtimestamp(int(stamp.removeprefix("/Date(").removesuffix("+0000)/")) / 1000, tz=UTC)


def test_the_head_of_an_invoice_is_corrected(app: App, bill: dict[str, Any]) -> None:
    other = app.contact("Bela")
    change = {"number": "B-7", "contact": other, "date": "2026-11-11", "due": "2026-12-24", "reference": "M-7"}
    app.act("change-invoice", invoice="B-1", **change)
    read = _read(app, "B-7")
    assert read["InvoiceID"] == bill["InvoiceID"]
    assert (read["Contact"]["Name"], read["Reference"]) == ("Bela", "M-7")
    assert (read["DateString"][:10], read["DueDateString"][:10]) == ("2026-11-11", "2026-12-24")
    assert read["LineItems"] == bill["LineItems"]
    app.act("change-invoice", invoice="B-7", number="", due="", reference="")
    read = _read(app, "B-7")
    assert (read["Reference"], read["DueDateString"][:10]) == ("", "2026-12-24")


def test_a_line_is_recoded_and_takes_its_new_accounts_tax(app: App, bill: dict[str, Any]) -> None:
    app.act("change-line", invoice="B-1", line=2, code="270")
    one, two = _read(app)["LineItems"]
    assert one == bill["LineItems"][0]
    assert (two["AccountCode"], two["TaxType"], two["TaxAmount"]) == ("270", "BASEXCLUDED", 0.0)
    assert (two["LineItemID"], two["LineAmount"]) == (bill["LineItems"][1]["LineItemID"], 15.0)


def test_a_lines_text_price_and_quantity_are_changed_and_its_discount_stays(app: App, bill: dict[str, Any]) -> None:
    second = bill["LineItems"][1]["LineItemID"]
    app.act("change-line", invoice="B-1", line=second, description="Two", price="21.5", quantity="2")
    two = _read(app)["LineItems"][1]
    assert (two["Description"], two["Quantity"], two["UnitAmount"], two["LineAmount"]) == ("Two", 2.0, 21.5, 38.0)
    assert two["DiscountAmount"] == 5.0


def test_other_words_leave_the_tax_that_was_set_by_hand(app: App, contact: str) -> None:
    app.invoice(contact, LineItems=[line(TaxAmount="9.99")])
    app.act("change-line", invoice="B-1", line=1, description="Other words")
    assert _read(app)["TotalTax"] == 9.99
    app.act("change-line", invoice="B-1", line=1, price="100")
    assert _read(app)["TotalTax"] == 10.0


def test_a_line_is_tracked_and_the_tracking_taken_away(app: App, bill: dict[str, Any]) -> None:
    app.act("track-line", invoice="B-1", line=2, **NORTH)
    app.act("track-line", invoice="B-1", line=2, category="Office", option="Perth")
    one, two = _read(app)["LineItems"]
    assert one["Tracking"] == []
    assert [(item["Name"], item["Option"]) for item in two["Tracking"]] == [("Region", "North"), ("Office", "Perth")]
    listed = app.call("GET", "TrackingCategories").json["TrackingCategories"]
    assert [item["TrackingCategoryID"] for item in listed] == [item["TrackingCategoryID"] for item in two["Tracking"]]
    app.act("track-line", invoice="B-1", line=2, category="region", option="")
    assert [item["Name"] for item in _read(app)["LineItems"][1]["Tracking"]] == ["Office"]


def test_tracking_stays_on_its_line_when_an_app_adds_one_above(app: App, bill: dict[str, Any]) -> None:
    app.act("track-line", invoice="B-1", line=2, **NORTH)
    held = [{"LineItemID": item["LineItemID"]} for item in bill["LineItems"]]
    sent = {"InvoiceID": bill["InvoiceID"], "LineItems": [*held, line(Description="three")]}
    answered = app.post("Invoices", sent).json["Invoices"][0]["LineItems"]
    assert [(item["Description"], bool(item["Tracking"])) for item in answered] == [
        ("three", False),
        ("one", False),
        ("two", True),
    ]


def test_lines_are_added_at_the_end_moved_and_removed_by_hand(app: App, bill: dict[str, Any]) -> None:
    def words() -> list[str]:
        return [item["Description"] for item in _read(app)["LineItems"]]

    app.act("add-line", invoice="B-1", description="three", quantity=2, price="7.50", code="260")
    assert words() == ["one", "two", "three"]
    assert _read(app)["SubTotal"] == 130.0
    app.act("move-line", invoice="B-1", line=3, to=1)
    assert words() == ["three", "one", "two"]
    app.act("remove-line", invoice="B-1", line=2)
    assert words() == ["three", "two"]


@pytest.mark.parametrize(
    ("act", "given", "reason"),
    [
        ("change-line", {"line": 3}, "Name a line of the invoice, by its place from 1 or by its LineItemID."),
        ("remove-line", {}, "Name a line of the invoice, by its place from 1 or by its LineItemID."),
        ("move-line", {"line": 1, "to": "up"}, "Say the place to move the line to, from 1."),
        ("track-line", {"line": 1}, "Name a tracking category."),
        (
            "change-line",
            {"line": 1, "code": "999", "tax_type": "OUTPUT"},
            "Account code '999' is not a valid code for this document.",
        ),
        ("change-invoice", {"contact": "x"}, "There is no contact with this id."),
    ],
)
def test_a_correction_that_cannot_be_made_says_why(
    app: App, bill: dict[str, Any], act: str, given: dict[str, Any], reason: str
) -> None:
    assert _refused(app, act, invoice="B-1", **given) == reason
    assert _read(app)["LineItems"] == bill["LineItems"]


def test_a_contacts_details_are_changed_by_hand(app: App, contact: str) -> None:
    app.act("rename-contact", contact=contact, name="Ada C. Client")
    details = {
        "FirstName": "Ada",
        "TaxNumber": "12 345",
        "Phones.MOBILE.PhoneNumber": "555",
        "Addresses.STREET.City": "Y",
    }
    app.act("change-contact", contact=contact, **details)
    read = _contact(app, contact)
    assert (read["Name"], read["FirstName"], read["TaxNumber"]) == ("Ada C. Client", "Ada", "12 345")
    assert [phone["PhoneNumber"] for phone in read["Phones"] if phone["PhoneType"] == "MOBILE"] == ["555"]
    assert [place["City"] for place in read["Addresses"] if place["AddressType"] == "STREET"] == ["Y"]


def test_a_merged_contact_is_archived_and_its_invoices_are_the_survivors(
    app: App, contact: str, bill: dict[str, Any]
) -> None:
    # xero-php issue 900
    survivor = app.contact("Ada Client Pty Ltd")
    assert app.act("merge-contacts", contact=contact, into=survivor) == {"id": survivor, "invoices": 1}
    for wanted in (contact, "C-1"):
        read = _contact(app, wanted)
        assert (read["ContactStatus"], read["MergedToContactID"]) == ("ARCHIVED", survivor)
    moved = _read(app)
    assert moved["Contact"]["ContactID"] == survivor
    assert _moment(moved["UpdatedDateUTC"]) > _moment(bill["UpdatedDateUTC"])
    assert _contact(app, survivor)["IsCustomer"] is True
    listed = app.call("GET", "Contacts?page=1&includeArchived=true").json["Contacts"]
    assert [item.get("MergedToContactID") for item in listed] == [survivor, None]
    unpaged = app.call("GET", "Contacts?includeArchived=true").json["Contacts"]
    assert [item.get("MergedToContactID") for item in unpaged] == [None, None]
    assert _refused(app, "merge-contacts", contact=contact, into=survivor) == "Name two different active contacts."


def test_a_merged_contact_keeps_its_number_and_frees_its_name(app: App, contact: str) -> None:
    app.act("merge-contacts", contact=contact, into=app.contact("Other"))
    assert len(app.put("Contacts", {"Name": "Third", "ContactNumber": "C-1"}).messages) == 1
    assert app.put("Contacts", {"Name": "Ada Client"}).messages == []


def test_restoring_a_merged_contact_undoes_the_merge(app: App, contact: str) -> None:
    app.act("merge-contacts", contact=contact, into=app.contact("Other"))
    app.post("Contacts", {"ContactID": contact, "ContactStatus": "ACTIVE"})
    assert "MergedToContactID" not in _contact(app, contact)


def test_a_phone_or_address_is_emptied_only_by_an_empty_value_with_its_type(app: App) -> None:
    # xero-php issue 736
    held = {
        "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "5550100", "PhoneAreaCode": "08"}],
        "Addresses": [{"AddressType": "STREET", "AddressLine1": "1 Quay St", "City": "Perth"}],
    }
    contact = app.contact(**held)

    def update(**fields: Any) -> tuple[str, str, str, str]:
        read = app.post("Contacts", {"ContactID": contact} | fields).json["Contacts"][0]
        phone = next(item for item in read["Phones"] if item["PhoneType"] == "DEFAULT")
        street = next(item for item in read["Addresses"] if item["AddressType"] == "STREET")
        return phone["PhoneNumber"], phone["PhoneAreaCode"], street.get("AddressLine1", ""), street["City"]

    full = ("5550100", "08", "1 Quay St", "Perth")
    assert update(FirstName="Ada") == full
    assert update(Phones=[], Addresses=[]) == full
    assert update(Phones=[{"PhoneType": "DEFAULT"}], Addresses=[{"AddressType": "STREET"}]) == full
    assert update(Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": ""}]) == ("", *full[1:])
    assert update(Addresses=[{"AddressType": "STREET", "City": ""}]) == ("", "08", "1 Quay St", "")
    app.act("switch", name="unsent_parts_kept", on=False)
    assert update(Addresses=[{"AddressType": "STREET", "City": "Broome"}]) == ("", "08", "", "Broome")


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("change-invoice", {"reference": "x"}),
        ("change-line", {"line": 1, "description": "x"}),
        ("track-line", {"line": 1} | NORTH),
        ("add-line", {"description": "x"}),
        ("remove-line", {"line": 1}),
        ("move-line", {"line": 1, "to": 2}),
        ("payment", {"amount": "1"}),
        ("remove-payments", {}),
        ("void-invoice", {}),
    ],
)
def test_every_act_on_an_invoice_moves_its_stamp_though_the_clock_stands(
    app: App, bill: dict[str, Any], act: str, given: dict[str, Any]
) -> None:
    app.act(act, invoice="B-1", **given)
    assert _moment(_read(app)["UpdatedDateUTC"]) > _moment(bill["UpdatedDateUTC"])


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("rename-contact", {"name": "x"}),
        ("archive-contact", {}),
        ("change-contact", {"FirstName": "x"}),
        ("contact-website", {"website": "https://x.example"}),
        ("number-contact", {"number": "C-9"}),
    ],
)
def test_every_act_on_a_contact_moves_its_stamp(app: App, contact: str, act: str, given: dict[str, Any]) -> None:
    before = _contact(app, contact)["UpdatedDateUTC"]
    app.act(act, contact=contact, **given)
    assert _moment(_contact(app, contact)["UpdatedDateUTC"]) > _moment(before)


def test_what_was_corrected_since_is_listed(app: App, clock: ManualClock, contact: str, bill: dict[str, Any]) -> None:
    app.invoice(contact, InvoiceNumber="B-2")
    clock.advance(minutes=5)
    since = clock.now.strftime("%Y-%m-%dT%H:%M:%S")
    app.act("track-line", invoice="B-1", line=1, **NORTH)
    app.act("change-contact", contact=contact, LastName="Client")
    changed = app.call("GET", "Invoices?page=1", If_Modified_Since=since).json["Invoices"]
    assert [item["InvoiceNumber"] for item in changed] == ["B-1"]
    assert changed[0]["UpdatedDateUTC"] == f"/Date({int(clock.now.timestamp() * 1000)}+0000)/"
    people = app.call("GET", "Contacts?page=1", If_Modified_Since=since).json["Contacts"]
    assert [item["ContactID"] for item in people] == [contact]


def test_the_documents_can_be_read_in_full_without_a_call_that_counts(app: App, bill: dict[str, Any]) -> None:
    last = app.control("GET", "ledger")["entries"][-1]["seq"]
    books = app.control("GET", f"organisations/{app.organisation_id}/documents")
    assert books["invoices"] == [_read(app)]
    assert [item["Name"] for item in books["contacts"]] == ["Ada Client"]
    assert books["switches"]["new_lines_first"] is True
    assert app.control("GET", "ledger")["entries"][-1]["seq"] == last + 1
