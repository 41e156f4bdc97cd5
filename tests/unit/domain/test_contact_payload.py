"""The whole body Xero is sent for a client, key by key."""

from dataclasses import replace
from typing import Any

from xero_sync.domain.documents import ContactDocument
from xero_sync.domain.mapping import map_contact
from xero_sync.domain.preferences import Preferences

ADA = ContactDocument(
    object_id=1,
    client_number="C-1042",
    name="Ada Lovelace",
    is_person=True,
    first_name="Ada",
    last_name="Lovelace",
    emails=("ada@firm.example", "office@firm.example"),
    phones=(("WORK", "02 5550 0001"), ("DIRECT", "02 5550 0002"), ("MOBILE", "0491 570 003"), ("FAX", "02 5550 0004")),
    address_lines=("Level 3", "12 King Street"),
    city="Sydney",
    region="NSW",
    postal_code="2000",
    country="Australia",
    tax_number="51 824 753 556",
)
ADDRESS = {
    "AddressLine1": "Level 3",
    "AddressLine2": "12 King Street",
    "City": "Sydney",
    "Region": "NSW",
    "PostalCode": "2000",
    "Country": "Australia",
}
WHOLE: dict[str, Any] = {
    "Name": "Ada Lovelace",
    "ContactNumber": "C-1042",
    "EmailAddress": "ada@firm.example",
    "FirstName": "Ada",
    "LastName": "Lovelace",
    "TaxNumber": "51 824 753 556",
    "Phones": [
        {"PhoneType": "DEFAULT", "PhoneNumber": "02 5550 0001"},
        {"PhoneType": "DDI", "PhoneNumber": "02 5550 0002"},
        {"PhoneType": "MOBILE", "PhoneNumber": "0491 570 003"},
        {"PhoneType": "FAX", "PhoneNumber": "02 5550 0004"},
    ],
    "Addresses": [{"AddressType": "POBOX", **ADDRESS}, {"AddressType": "STREET", **ADDRESS}],
}
CONTACT_ID = "11111111-1111-4111-8111-111111111111"


def _payload(contact: ContactDocument) -> dict[str, Any]:
    return map_contact(contact, preferences=Preferences({})).payload


def test_a_full_contact_is_created() -> None:
    assert _payload(ADA) == WHOLE


def test_a_full_contact_is_updated() -> None:
    updated = replace(ADA, xero_id=CONTACT_ID, xero_status="ACTIVE", number_sent="C-1042")
    assert _payload(updated) == {"ContactID": CONTACT_ID, **WHOLE}


def test_an_archived_contact_is_updated_as_active() -> None:
    archived = replace(ADA, xero_id=CONTACT_ID, xero_status="ARCHIVED", number_sent="C-1042")
    assert _payload(archived) == {"ContactID": CONTACT_ID, **WHOLE, "ContactStatus": "ACTIVE"}
