"""A contact as Xero tells it, and as a record keeps it."""

from datetime import UTC, datetime
from typing import Any

from xero_sync.kinds.contact.in_xero import AddressInXero, ContactInXero, PhoneInXero

ANSWER: dict[str, Any] = {
    "ContactID": "id-1",
    "ContactStatus": "ACTIVE",
    "Name": "Ann O'Hara",
    "ContactNumber": "C-7",
    "EmailAddress": "ann@ohara.example",
    "FirstName": "Ann",
    "LastName": "O'Hara",
    "TaxNumber": "51 824",
    "Phones": [
        {"PhoneType": "DDI", "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""},
        {"PhoneType": "MOBILE", "PhoneNumber": "555", "PhoneAreaCode": "4", "PhoneCountryCode": "61"},
    ],
    "Addresses": [
        {"AddressType": "STREET", "City": "", "Region": "", "PostalCode": "", "Country": ""},
        {
            "AddressType": "POBOX",
            "AddressLine1": "Level 3",
            "AddressLine2": "12 Harrow Lane",
            "City": "Sydney",
            "Region": "NSW",
            "PostalCode": "2000",
            "Country": "Australia",
        },
    ],
    "UpdatedDateUTC": "/Date(1785758400000+0000)/",
}
CONTACT = ContactInXero(
    xero_id="id-1",
    name="Ann O'Hara",
    number="C-7",
    email="ann@ohara.example",
    status="ACTIVE",
    first_name="Ann",
    last_name="O'Hara",
    tax_number="51 824",
    phones=(PhoneInXero(type="MOBILE", number="555", area_code="4", country_code="61"),),
    addresses=(
        AddressInXero(
            type="POBOX",
            lines=("Level 3", "12 Harrow Lane"),
            city="Sydney",
            region="NSW",
            postal_code="2000",
            country="Australia",
        ),
    ),
    stamp=datetime(2026, 8, 3, 12, tzinfo=UTC),
)


def test_each_field_is_read_from_xeros_json() -> None:
    assert ContactInXero.from_xero(ANSWER) == CONTACT


def test_what_xero_does_not_say_is_empty() -> None:
    assert ContactInXero.from_xero({}) == ContactInXero(xero_id="", name="")


def test_a_record_keeps_every_field() -> None:
    stored = CONTACT.as_stored()
    assert stored["phones"] == [{"type": "MOBILE", "number": "555", "area_code": "4", "country_code": "61"}]
    assert stored["stamp"] == "2026-08-03T12:00:00+00:00"
    assert ContactInXero.from_stored(stored) == CONTACT


def test_what_is_empty_is_not_kept() -> None:
    named = ContactInXero(xero_id="id-1", name="Ann", addresses=(AddressInXero(type="POBOX", city="Sydney"),))
    stored = {"xero_id": "id-1", "name": "Ann", "addresses": [{"type": "POBOX", "city": "Sydney"}]}
    assert named.as_stored() == stored
    assert ContactInXero.from_stored(stored) == named


def test_one_that_is_archived_says_so() -> None:
    assert ContactInXero.from_xero({**ANSWER, "ContactStatus": "ARCHIVED"}).is_archived
    assert not CONTACT.is_archived
