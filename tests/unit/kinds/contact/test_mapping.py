"""What is sent to Xero of a client; the payloads as a whole stand in `test_golden_payloads`."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_ON, CONTACT
from xero_sync.kinds.contact.mapping import map_contact


def mapped(**changes: Any) -> dict[str, Any]:
    return map_contact(replace(CONTACT, **changes), preferences=ALL_ON).payload


@pytest.mark.parametrize(
    ("changes", "key", "expected"),
    [
        ({"name": " Ann <b>  O'Hara "}, "Name", "Ann b O'Hara"),
        ({"name": "n" * 256}, "Name", "n" * 255),
        ({"name_in_xero": "Ann O'Hara (C-7)"}, "Name", "Ann O'Hara (C-7)"),
        ({"client_number": "c" * 51}, "ContactNumber", "c" * 50),
        ({"number_sent": "C-6"}, "ContactNumber", "C-6"),
        ({"number_in_xero": "X-1", "number_sent": "C-6"}, "ContactNumber", "X-1"),
        ({"tax_number": "t" * 51}, "TaxNumber", "t" * 50),
        ({"first_name": "An\x07n"}, "FirstName", "Ann"),
        ({"last_name": "O'Ha\x00ra"}, "LastName", "O'Hara"),
    ],
)
def test_a_field_goes_as_xero_takes_it(changes: dict[str, str], key: str, expected: str) -> None:
    assert mapped(**changes)[key] == expected


def test_a_contact_linked_away_from_its_number_goes_without_one() -> None:
    assert "ContactNumber" not in mapped(without_number=True, number_sent="C-6")


def test_of_two_phones_of_one_type_the_first_goes_and_an_unknown_type_is_the_default() -> None:
    phones = (("MOBILE", "1"), ("MOBILE", "2"), ("HOME", "3"), ("WORK", "4"), ("FAX", ""), ("DIRECT", "5" * 51))
    assert mapped(phones=phones)["Phones"] == [
        {"PhoneType": "MOBILE", "PhoneNumber": "1"},
        {"PhoneType": "DEFAULT", "PhoneNumber": "3"},
        {"PhoneType": "DDI", "PhoneNumber": "5" * 50},
    ]


def test_empty_fields_are_left_out_of_a_new_contact_and_sent_of_one_in_xero() -> None:
    new, known = mapped(emails=()), mapped(emails=(), xero_id="id-1")
    assert new == {"Name": "Ann O'Hara", "ContactNumber": "C-7"}
    assert {
        "ContactID": "id-1",
        **new,
        "EmailAddress": "",
        "FirstName": "",
        "LastName": "",
        "TaxNumber": "",
    }.items() <= (known.items())
    assert [row["PhoneType"] for row in known["Phones"]] == ["DEFAULT", "DDI", "MOBILE", "FAX"]
    assert {value for row in known["Phones"] for key, value in row.items() if key != "PhoneType"} == {""}
    assert {value for row in known["Addresses"] for key, value in row.items() if key != "AddressType"} == {""}


def test_a_number_that_stands_in_for_a_name_is_no_name_for_a_contact_in_xero() -> None:
    assert "Name" not in mapped(name="C-7", xero_id="id-1")
    assert mapped(name="C-7")["Name"] == "C-7"


@pytest.mark.parametrize(("status", "restored"), [("ARCHIVED", True), ("ACTIVE", False), ("", False)])
def test_only_an_archived_contact_is_restored(status: str, restored: bool) -> None:
    assert ("ContactStatus" in mapped(xero_id="id-1", xero_status=status)) is restored


def test_created_and_updated_say_the_same_so_that_nothing_is_sent_twice() -> None:
    new = map_contact(CONTACT, preferences=ALL_ON)
    known = map_contact(replace(CONTACT, xero_id="id-1", xero_status="ARCHIVED"), preferences=ALL_ON)
    renamed = map_contact(replace(CONTACT, name="Ann Lee"), preferences=ALL_ON)
    assert new.content_hash == known.content_hash != renamed.content_hash


def test_a_note_comes_along_with_the_payload() -> None:
    notes = map_contact(replace(CONTACT, emails=("bad",)), preferences=ALL_ON).notes
    assert [note.code for note in notes] == ["drop_invalid_emails"]
    assert map_contact(CONTACT, preferences=ALL_ON).notes == ()


def test_the_address_goes_as_postal_and_street_address_without_its_empty_parts() -> None:
    lines = ("", "12 Harrow\x07 Lane" + "e" * 500)
    address = {"AddressLine2": "12 Harrow Lane" + "e" * 485, "City": "Sydney"}
    assert mapped(address_lines=lines, city="Sydney", region="", postal_code="")["Addresses"] == [
        {"AddressType": "POBOX", **address},
        {"AddressType": "STREET", **address},
    ]
    assert "Addresses" not in mapped(address_lines=("", ""))
