"""Xero's details of a contact as they are written here once they are accepted."""

from dataclasses import replace
from typing import Any

import pytest

from xero_sync.domain.preferences import Preferences
from xero_sync.domain.side_decisions import Accepted
from xero_sync.domain.three_sides import OURS, XEROS
from xero_sync.kinds.contact.accept import accept
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.in_xero import AddressInXero, ContactInXero, PhoneInXero

CLIENT = ContactDocument(
    object_id=1,
    client_number="AH-12",
    name="Alder Hythe",
    is_person=False,
    emails=("ines@alder.example", "second@alder.example"),
    phones=(("WORK", "02 1"), ("MOBILE", "0400 1"), ("MOBILE", "0400 2")),
    address_lines=("1 Harrow Lane", ""),
    city="Sydney",
    xero_id="contact-1",
)
SEEN = ContactInXero(xero_id="contact-1", name="Alder Hythe Ltd", number="INV-7")


def accepted(*fields: str, client: ContactDocument = CLIENT, others: tuple[str, ...] = (), **seen: Any) -> Accepted:
    return accept(client, Preferences.from_stored({}), replace(SEEN, **seen), fields, others)


@pytest.mark.parametrize(
    ("field", "seen", "values"),
    [
        ("name", {}, {"name": "Alder Hythe Ltd"}),
        ("first_name", {"first_name": "Ines"}, {"first_name": "Ines"}),
        ("last_name", {"last_name": ""}, {"last_name": ""}),
        ("tax_number", {"tax_number": "11 222"}, {"tax_number": "11 222"}),
        ("email", {"email": "new@alder.example"}, {"emails": ("new@alder.example", "second@alder.example")}),
        ("email", {"email": "second@alder.example"}, {"emails": ("second@alder.example",)}),
        (
            "phone.MOBILE",
            {"phones": (PhoneInXero(type="MOBILE", number="0400 9", country_code="61"),)},
            {"phones": (("WORK", "02 1"), ("MOBILE", "61 0400 9"), ("MOBILE", "0400 2"))},
        ),
        ("phone.MOBILE", {"phones": ()}, {"phones": (("WORK", "02 1"),)}),
        (
            "phone.FAX",
            {"phones": (PhoneInXero(type="FAX", number="02 9"),)},
            {"phones": (*CLIENT.phones, ("FAX", "02 9"))},
        ),
    ],
)
def test_a_detail_is_written_here(field: str, seen: dict[str, Any], values: dict[str, Any]) -> None:
    found = accepted(field, **seen)
    assert found.values == values
    assert [base[OURS] == base[XEROS] for base in found.bases.values()] == [True]


@pytest.mark.parametrize(
    ("field", "seen"),
    [
        ("number", {}),
        # The client's next address would go in place of the one that was removed in Xero.
        ("email", {"email": ""}),
        ("address.POBOX", {"addresses": (AddressInXero(type="POBOX", lines=("1", "2", "3")),)}),
    ],
)
def test_what_would_not_be_the_same_here_stays_in_xero(field: str, seen: dict[str, Any]) -> None:
    assert accepted(field, **seen) == Accepted()


def test_a_name_that_the_client_has_in_xero_alone_stays_in_xero() -> None:
    assert accepted("name", client=replace(CLIENT, name_in_xero="Alder Hythe (2)")) == Accepted()


PERTH = AddressInXero(type="POBOX", lines=("PO 1",), city="Perth")
SYDNEY = AddressInXero(type="STREET", lines=("1 Harrow Lane",), city="Sydney")


def test_the_other_address_in_xero_stays_as_it_is() -> None:
    found = accepted("address.POBOX", addresses=(PERTH, SYDNEY))
    assert (found.values["address_line1"], found.values["city"]) == ("PO 1", "Perth")
    assert found.bases["address.STREET"] == {OURS: "PO 1\nPerth", XEROS: "1 Harrow Lane\nSydney"}


def test_an_address_is_not_written_while_the_other_one_is_for_a_person() -> None:
    assert accepted("address.POBOX", others=("address.STREET",), addresses=(PERTH, SYDNEY)) == Accepted()


def test_two_addresses_are_written_if_they_are_one_in_xero() -> None:
    both = ("address.POBOX", "address.STREET")
    assert accepted(*both, addresses=(PERTH, SYDNEY)) == Accepted()
    found = accepted(*both, addresses=(PERTH, replace(PERTH, type="STREET")))
    assert set(found.bases) == set(both)
