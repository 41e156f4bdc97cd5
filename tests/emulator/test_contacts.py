"""Contacts. Numbers are rows of the catalogue of Xero's validation messages; limits are from xero_accounting.yaml."""

from typing import Any

import pytest

from tests.emulator.client import App


def _refused(app: App, **fields: Any) -> list[str]:
    answer = app.put("Contacts", {"Name": "New Client"} | fields)
    element = answer.json["Contacts"][0]
    if element["StatusAttributeString"] == "ERROR":
        assert element["HasValidationErrors"] is True
    return answer.messages


def test_1_an_active_name_is_unique_without_regard_to_case(app: App) -> None:
    app.contact("Ada Client")
    assert _refused(app, Name="ADA client") == [
        (
            "The contact name ADA client is already assigned to another contact. "
            "The contact name must be unique across all active contacts."
        )
    ]


def test_an_archived_contact_frees_its_name(app: App) -> None:
    app.act("archive-contact", contact=app.contact("Ada Client"))
    assert _refused(app, Name="Ada Client") == []


def test_2_a_name_that_is_taken_by_now_cannot_be_restored(app: App) -> None:
    archived = app.contact("Ada Client")
    app.act("archive-contact", contact=archived)
    app.contact("Ada Client")
    answer = app.post("Contacts", {"ContactID": archived, "ContactStatus": "ACTIVE"})
    assert answer.messages == ["The Contact Name already exists. Please enter a different Contact Name."]


def test_3_a_contact_cannot_take_another_contacts_name(app: App) -> None:
    app.contact("Ada Client")
    other = app.contact("Bela Client")
    assert app.post("Contacts", {"ContactID": other, "Name": "Ada Client"}).messages == [
        (
            'The existing contact with name "Bela Client" cannot be updated to use new name "Ada Client". '
            "There is an existing contact with that name."
        )
    ]


def test_4_a_contact_number_is_unique_archived_contacts_included(app: App) -> None:
    app.act("archive-contact", contact=app.contact("Ada Client", ContactNumber="C-1"))
    assert _refused(app, ContactNumber="C-1") == [
        (
            "The contact number C-1 is already assigned to another contact. "
            "The contact number must be unique across all contacts."
        )
    ]


def test_5_a_contact_cannot_take_another_contacts_number(app: App) -> None:
    app.contact("Ada Client", ContactNumber="C-1")
    other = app.contact("Bela Client")
    assert app.post("Contacts", {"ContactID": other, "ContactNumber": "C-1"}).messages == [
        "Another contact has this contact number. Please enter a different contact number."
    ]


def test_6_an_account_number_is_unique(app: App) -> None:
    app.contact("Ada Client", AccountNumber="A-1")
    assert _refused(app, AccountNumber="A-1") == ["The Account Number already exists"]


@pytest.mark.parametrize(
    "address", ["ada", "ada@", "ada@firm", "a b@firm.example", "a@b.example, c@d.example", "ä@b.de"]
)
def test_8_an_e_mail_address_must_be_one_valid_address(app: App, address: str) -> None:
    assert _refused(app, EmailAddress=address) == ["Email address must be valid."]


@pytest.mark.parametrize("address", ["", "ada@firm.example", "ada.o'b+bills@mail.firm.example"])
def test_a_blank_or_valid_e_mail_address_is_taken(app: App, address: str) -> None:
    assert _refused(app, EmailAddress=address) == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 256, "A <b>", " Ada", "Ada  Client"])
def test_a_name_that_xero_cannot_keep_is_refused(app: App, name: str) -> None:
    assert _refused(app, Name=name)


@pytest.mark.parametrize(
    "fields",
    [
        {"ContactNumber": "x" * 51},
        {"FirstName": "x" * 256},
        {"CompanyNumber": "x" * 51},
        {"Addresses": [{"AddressType": "STREET", "AddressLine1": "x" * 501}]},
        {"Addresses": [{"AddressType": "STREET", "Country": "AU2"}]},
        {"Phones": [{"PhoneType": "DEFAULT", "PhoneAreaCode": "x" * 11}]},
        {"ContactPersons": [{"FirstName": "x"}] * 6},
        {"ContactStatus": "GONE"},
    ],
)
def test_a_field_that_is_too_long_is_refused(app: App, fields: dict[str, Any]) -> None:
    assert len(_refused(app, **fields)) == 1


def test_an_update_keeps_what_it_leaves_out_but_replaces_the_persons(app: App) -> None:
    made = app.contact(
        "Ada Client",
        EmailAddress="ada@firm.example",
        Addresses=[{"AddressType": "STREET", "City": "Perth"}],
        ContactPersons=[{"FirstName": "Bo", "EmailAddress": "bo@firm.example"}, {"FirstName": "Cy"}],
    )
    sent = {"ContactID": made, "FirstName": "Ada", "ContactPersons": [{"FirstName": "Cy"}]}
    updated = app.post("Contacts", sent).json["Contacts"][0]
    assert (updated["EmailAddress"], updated["FirstName"]) == ("ada@firm.example", "Ada")
    assert [address["City"] for address in updated["Addresses"]] == ["", "Perth"]
    assert [person["FirstName"] for person in updated["ContactPersons"]] == ["Cy"]


@pytest.mark.parametrize("match", [{"ContactNumber": "C-1", "Name": "Renamed"}, {"Name": "ada client"}])
def test_a_post_without_an_id_overwrites_by_number_or_name(app: App, match: dict[str, str]) -> None:
    made = app.contact("Ada Client", ContactNumber="C-1")
    assert app.post("Contacts", match).json["Contacts"][0]["ContactID"] == made


def test_a_contact_of_nowhere_cannot_be_updated(app: App) -> None:
    nowhere = {"ContactID": "11111111-1111-4111-8111-111111111111", "Name": "Ada"}
    assert app.post("Contacts", nowhere).messages == ["The Contact with the specified ContactID could not be found"]


def test_results_come_in_the_order_of_submission_and_the_good_are_kept(app: App) -> None:
    answer = app.put("Contacts", {"Name": "One"}, {"Name": "Two", "EmailAddress": "bad"}, {"Name": "Three"})
    assert answer.status == 200
    results = [(item["Name"], item["StatusAttributeString"]) for item in answer.json["Contacts"]]
    assert results == [("One", "OK"), ("Two", "ERROR"), ("Three", "OK")]
    assert [item["Name"] for item in app.call("GET", "Contacts").json["Contacts"]] == ["One", "Three"]


def test_without_results_per_element_one_bad_contact_refuses_all(app: App) -> None:
    answer = app.call("PUT", "Contacts", {"Contacts": [{"Name": "One"}, {"Name": "Two", "EmailAddress": "bad"}]})
    assert (answer.status, answer.json["ErrorNumber"], answer.json["Type"]) == (400, 10, "ValidationException")
    assert answer.messages == ["Email address must be valid."]
    assert app.call("GET", "Contacts").json["Contacts"] == []
