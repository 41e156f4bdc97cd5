"""What speaks for a contact in Xero being the client here, and what Xero is searched for."""

from dataclasses import replace

import pytest

from tests.unit.kinds.documents import CONTACT
from xero_sync.kinds.contact.in_xero import ContactInXero
from xero_sync.kinds.contact.linking import Candidate, Evidence, candidates, evidence, terms

JOHN = replace(CONTACT, client_number="C-1042", name="John Smith", emails=("john@smith.example",))


@pytest.mark.parametrize(
    ("in_xero", "expected"),
    [
        ({"Name": "Somebody", "ContactNumber": "C-1042"}, (Evidence.NUMBER,)),
        ({"Name": "JOHN  SMITH"}, (Evidence.NAME,)),
        ({"Name": "John\u00a0Smith\u200b"}, (Evidence.NAME,)),
        ({"Name": "Acme", "ContactNumber": "c-1042"}, (Evidence.NUMBER,)),
        ({"Name": "Acme", "EmailAddress": "\u200bJOHN@smith.example"}, (Evidence.EMAIL,)),
        ({"Name": "Smith, John"}, (Evidence.SIMILAR,)),
        ({"Name": "Jon Smith"}, (Evidence.SIMILAR,)),
        ({"Name": "Acme", "EmailAddress": "John@Smith.example "}, (Evidence.EMAIL,)),
        ({"Name": "Acme", "EmailAddress": "office@acme.example", "ContactNumber": "C-1"}, ()),
        ({"Name": ""}, ()),
    ],
)
def test_a_number_a_name_or_an_address_speaks_for_the_same_client(in_xero: dict[str, str], expected: object) -> None:
    assert evidence(JOHN, ContactInXero.from_xero({"ContactID": "X", **in_xero})) == expected


def test_the_likeliest_stands_first_and_the_archived_below_its_like() -> None:
    rows = [
        ContactInXero(xero_id="archived", name="John Smith", status="ARCHIVED"),
        ContactInXero(xero_id="stranger", name="Acme"),
        ContactInXero(xero_id="active", name="John Smith", status="ACTIVE"),
        ContactInXero(xero_id="number", name="J", number="C-1042", status="ACTIVE"),
    ]
    assert [each.xero_side.xero_id for each in candidates(JOHN, rows)] == ["number", "active", "archived"]
    assert len(candidates(JOHN, rows, all_of_them=True)) == 4
    assert candidates(JOHN, rows)[0].words == "Same client number"


def test_xero_is_searched_for_the_number_the_address_and_the_longest_word() -> None:
    assert terms(JOHN) == ["C-1042", "john@smith.example", "smith"]
    assert terms(replace(JOHN, name="Bo", emails=())) == ["C-1042", "Bo"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((), ""),
        ((Evidence.SIMILAR,), "Similar name"),
        ((Evidence.EMAIL,), "Same e-mail address"),
        ((Evidence.NUMBER, Evidence.NAME), "Same client number and name"),
        ((Evidence.NUMBER, Evidence.NAME, Evidence.EMAIL), "Same client number, name and e-mail address"),
        ((Evidence.SIMILAR, Evidence.EMAIL), "Same e-mail address"),
    ],
)
def test_the_evidence_is_said_in_words(found: tuple[Evidence, ...], expected: str) -> None:
    assert Candidate(ContactInXero(xero_id="x", name="John"), found).words == expected


def test_a_contact_found_twice_is_offered_once_and_one_without_an_id_never() -> None:
    john = ContactInXero(xero_id="x", name="John Smith")
    assert [
        each.xero_side.xero_id for each in candidates(JOHN, [john, john, ContactInXero(xero_id="", name="John Smith")])
    ] == ["x"]


def test_the_number_that_xero_first_heard_speaks_too_and_is_searched_for() -> None:
    renumbered = replace(JOHN, client_number="C-2", number_sent="C-1042")
    assert evidence(renumbered, ContactInXero(xero_id="x", name="J", number="C-1042")) == (Evidence.NUMBER,)
    assert terms(renumbered)[0] == "C-1042"


def test_a_number_outweighs_name_and_address_together_and_an_address_a_name() -> None:
    rows = {
        "similar": ContactInXero(xero_id="similar", name="Jon Smith"),
        "name": ContactInXero(xero_id="name", name="John Smith"),
        "email": ContactInXero(xero_id="email", name="Acme", email="john@smith.example"),
        "both": ContactInXero(xero_id="both", name="John Smith", email="john@smith.example"),
        "number": ContactInXero(xero_id="number", name="Acme", number="C-1042"),
    }
    ranked = [each.xero_side.xero_id for each in candidates(JOHN, rows.values())]
    assert ranked == ["number", "both", "email", "name", "similar"]


@pytest.mark.parametrize(
    ("name", "searched"), [("Lee Anne", "anne"), ("Lee Ann", "Lee Ann"), ("Harrow Lane", "harrow"), ("", None)]
)
def test_a_name_is_searched_for_by_its_longest_word_if_that_tells_enough(name: str, searched: str | None) -> None:
    contact = replace(JOHN, name=name, emails=("first@smith.example", "second@smith.example"))
    assert terms(contact) == ["C-1042", "first@smith.example", *([searched] if searched else [])]
