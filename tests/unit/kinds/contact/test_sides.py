"""What of a contact is sent by an update."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_OFF, ALL_ON, CONTACT
from xero_sync.domain.three_sides import Compared, Difference, Sent
from xero_sync.kinds.contact.in_xero import ContactInXero
from xero_sync.kinds.contact.mapping import map_contact
from xero_sync.kinds.contact.sides import SIDES

OURS = replace(
    CONTACT, xero_id="id-1", xero_status="ACTIVE", city="Sydney", phones=(("MOBILE", "0400"), ("WORK", "9000"))
)


def in_xero(contact: Any = OURS, **changes: Any) -> ContactInXero:
    payload = map_contact(contact, preferences=ALL_ON).payload
    return replace(ContactInXero.from_xero({**payload, "ContactStatus": "ACTIVE"}), **changes)


def compare(contact: Any, agreed: ContactInXero | None, seen: ContactInXero, *bodies: Any) -> Compared:
    payload = map_contact(contact, preferences=ALL_ON).payload
    return SIDES.compare(payload, agreed, {}, seen, [Sent(element=body) for body in bodies], False, False)


def test_a_contact_that_xero_has_already_is_not_sent() -> None:
    assert compare(OURS, in_xero(), in_xero()).payload is None


def test_only_the_changed_detail_is_sent() -> None:
    assert compare(replace(OURS, last_name="O'Hara"), in_xero(), in_xero()).payload == {
        "ContactID": "id-1",
        "LastName": "O'Hara",
    }


def test_a_phone_that_was_removed_is_emptied_with_all_its_parts() -> None:
    found = compare(replace(OURS, phones=(("MOBILE", "0400"),)), in_xero(), in_xero())
    assert found.payload == {
        "ContactID": "id-1",
        "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}],
    }


def test_an_address_that_was_removed_is_emptied_with_all_its_parts() -> None:
    found = compare(replace(OURS, city=""), in_xero(), in_xero())
    assert found.payload is not None
    assert [row["AddressType"] for row in found.payload["Addresses"]] == ["POBOX", "STREET"]
    assert {value for row in found.payload["Addresses"] for key, value in row.items() if key != "AddressType"} == {""}


def test_a_detail_that_only_xero_has_is_not_emptied() -> None:
    seen = in_xero(tax_number="51 824 753 556", first_name="Ann")
    found = compare(replace(OURS, city="Hobart"), in_xero(), seen)
    assert found.payload is not None
    assert set(found.payload) == {"ContactID", "Addresses"}


def test_capitals_of_an_e_mail_address_are_no_difference() -> None:
    assert compare(OURS, in_xero(), in_xero(email="ANN@OHARA.example")).payload is None


def test_an_archived_contact_is_followed_where_it_was_merged_and_restored_where_it_may_be() -> None:
    archived = in_xero(status="ARCHIVED")
    assert SIDES.follow(replace(archived, merged_to="id-2")) == "id-2"
    assert SIDES.follow(in_xero(merged_to="id-2")) == ""
    assert [SIDES.status_for(archived, each) for each in (ALL_ON, ALL_OFF)] == ["ARCHIVED", ""]


def test_after_a_write_the_two_sides_differ_in_what_xero_kept() -> None:
    payload = map_contact(OURS, preferences=ALL_ON).payload
    known = SIDES.note_known(payload, [], in_xero(name="Ann"), ["name"])
    assert known == {"name": {"ours": "Ann O'Hara", "xeros": "Ann"}}


@pytest.mark.parametrize(("field", "label"), [("phone.DDI", "Direct phone"), ("address.STREET", "Street address")])
def test_a_detail_has_a_name_that_people_know(field: str, label: str) -> None:
    difference = Difference(field=field, before="", here="1 Lane\nSydney", in_xero="2")
    [found] = SIDES.describe([difference], None, in_xero())
    assert (found.label, found.here) == (label, "1 Lane, Sydney")


def test_each_type_of_phone_and_address_that_xero_has_is_named_in_words() -> None:
    """Source of the types: Phone and Address in Xero's OpenAPI description 16.1.0."""
    types = {
        "phone": ("DEFAULT", "DDI", "MOBILE", "FAX", "OFFICE"),
        "address": ("POBOX", "STREET", "DELIVERY"),
    }
    fields = [f"{part}.{each}" for part, names in types.items() for each in names]
    differences = [Difference(field=field, before="", here="", in_xero="Level 2") for field in fields]
    labels = [each.label for each in SIDES.describe(differences, None, None)]
    assert [label for label in labels if "." in label] == []
    assert len(set(labels)) == len(fields)
