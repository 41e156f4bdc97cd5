"""Requests refused as a whole. Sources: Xero's response codes page and rows 62 to 65 of the message catalogue."""

import json

import pytest

from tests.emulator.client import App, invoice, line


@pytest.mark.parametrize("character", ["\x00", "\x04", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_62_control_characters_and_lone_surrogates_refuse_the_request(app: App, character: str) -> None:
    answer = app.put("Contacts", {"Name": f"Ada{character}"})
    assert (answer.status, answer.json["ErrorNumber"], answer.json["Type"]) == (400, 14, "PostDataInvalidException")
    assert answer.json["Message"] == (
        f"Xml for post data was invalid, '', hexadecimal value 0x{ord(character):02X}, is an invalid character"
    )


@pytest.mark.parametrize("character", ["\t", "\n", "é", "漢", "𝄞", "&", "'"])
def test_other_characters_arrive_as_they_are(app: App, character: str) -> None:
    made = app.put("Contacts", {"Name": "Ada", "FirstName": f"a{character}b"}).json["Contacts"][0]
    assert made["FirstName"] == f"a{character}b"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"Contacts": "x"}',
        b'{"Contacts": [1]}',
        b'{"Contacts": [{"Name": {}}]}',
        b'{"Contacts": [{"ContactID": "not-an-id"}]}',
        b'{"Contacts": [{"Name": "a", "Addresses": [{"AddressType": "HOME"}]}]}',
    ],
)
def test_64_a_body_that_cannot_be_read_refuses_the_request(app: App, body: bytes) -> None:
    answer = app.call("PUT", "Contacts?summarizeErrors=false", body)
    assert (answer.status, answer.json["ErrorNumber"]) == (400, 14)
    assert answer.json["Message"] == "JSON for post data was invalid"


@pytest.mark.parametrize("body", [b"{}", b'{"Invoices": []}', b'{"Contacts": []}', b"[]"])
def test_17_an_envelope_without_contacts_processes_nothing(app: App, body: bytes) -> None:
    answer = app.call("PUT", "Contacts", body)
    assert (answer.status, answer.json["Type"]) == (400, "NoDataProcessedException")


@pytest.mark.parametrize("fields", [{"Status": "APPROVED"}, {"Type": "SALE"}, {"LineAmountTypes": "Net"}])
def test_64_a_value_outside_its_list_refuses_the_request(app: App, fields: dict[str, str]) -> None:
    assert app.put("Invoices", invoice(app.contact(), **fields)).json["ErrorNumber"] == 14


@pytest.mark.parametrize("quantity", ["", "many"])
def test_65_a_number_that_is_none_refuses_the_request(app: App, quantity: str) -> None:
    answer = app.put("Invoices", invoice(app.contact(), LineItems=[line(Quantity=quantity)]))
    assert answer.json["Message"] == "Input String was not in a correct format"


def test_an_unreadable_element_keeps_none_of_its_request(app: App) -> None:
    app.put("Contacts", {"Name": "One"}, {"Name": "Two", "ContactID": "not-an-id"})
    assert app.call("GET", "Contacts").json["Contacts"] == []


def test_a_body_over_ten_megabytes_is_too_large(app: App) -> None:
    body = json.dumps({"Contacts": [{"Name": "x" * (10 * 1024 * 1024)}]}).encode()
    assert app.call("PUT", "Contacts", body).status == 413


def test_what_xero_does_not_offer_is_not_implemented(app: App) -> None:
    assert app.call("DELETE", "Invoices").status == 501
    assert app.call("PUT", "Contacts/1/History", {"HistoryRecords": []}).status == 501
    assert app.call("GET", "Nonsense").status == 404
