"""What is made of a contact that Xero refused, and of one whose name looks like another's there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_ON, CONTACT, preferences_but
from xero_sync.domain.in_xero import CLIENT
from xero_sync.domain.matches import Match, Rename
from xero_sync.domain.notes import Note
from xero_sync.kinds.contact.matching import LOOKS_ALIKE, match_contact, match_look_alike

NO_MATCHING = preferences_but("match_existing_contacts")
OHARA = replace(CONTACT, name="O’Hara\u00a0Ltd", is_person=False)


def contact_in_xero(**values: Any) -> Mapping[str, Any]:
    usual = {"ContactID": "x", "ContactStatus": "ACTIVE", "Name": "O'Hara Ltd", "EmailAddress": "Ann@OHara.example"}
    return {**usual, **values}


def in_short(answer: Match | Rename | Note | None) -> str:
    match answer:
        case Match():
            return f"link {answer.xero_id}"
        case Rename():
            return f"rename {answer.name}"
        case Note():
            return answer.code
    return ""


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (contact_in_xero(), "link x"),
        (contact_in_xero(EmailAddress="\u200bann@ohara.example"), "link x"),
        (contact_in_xero(EmailAddress="office@ohara.example"), ""),
        (contact_in_xero(EmailAddress=""), ""),
        (contact_in_xero(**{CLIENT: 8}), ""),
        (contact_in_xero(**{CLIENT: 7}), "link x"),
        (contact_in_xero(Name="O’HARA Ltd", EmailAddress="office@ohara.example"), "rename O’Hara Ltd (C-7)"),
        (contact_in_xero(Name="O’HARA Ltd", EmailAddress="", ContactStatus="ARCHIVED"), ""),
        (contact_in_xero(Name="Somebody", EmailAddress="", ContactNumber="C-7"), "link x"),
        (contact_in_xero(Name="Somebody", EmailAddress="", ContactNumber="c-7"), ""),
    ],
)
def test_a_refused_contact_is_linked_by_evidence_and_renamed_only_where_xero_compares_the_names_as_equal(
    row: Mapping[str, Any], expected: str
) -> None:
    assert in_short(match_contact(OHARA, preferences=ALL_ON, index=[row])) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (contact_in_xero(), "link x"),
        (contact_in_xero(EmailAddress="office@ohara.example"), LOOKS_ALIKE),
        (contact_in_xero(EmailAddress=""), LOOKS_ALIKE),
        (contact_in_xero(ContactStatus="ARCHIVED"), ""),
        (contact_in_xero(**{CLIENT: 8}), ""),
        (contact_in_xero(Name="O’HARA Ltd"), ""),
        (contact_in_xero(ContactNumber="c-7"), ""),
        (contact_in_xero(Name="O'Hare Ltd"), ""),
    ],
)
def test_one_that_only_looks_alike_is_linked_where_the_e_mails_agree_and_offered_elsewhere(
    row: Mapping[str, Any], expected: str
) -> None:
    assert in_short(match_look_alike(OHARA, preferences=ALL_ON, index=[row])) == expected


def test_without_the_preference_a_look_alike_is_offered_whatever_its_e_mail() -> None:
    answer = match_look_alike(OHARA, preferences=NO_MATCHING, index=[contact_in_xero()])
    assert in_short(answer) == LOOKS_ALIKE
    assert isinstance(answer, Note)
    assert "“O'Hara Ltd”" in answer.text


def test_without_an_address_here_nothing_is_linked() -> None:
    bare = replace(OHARA, emails=())
    assert in_short(match_look_alike(bare, preferences=ALL_ON, index=[contact_in_xero(EmailAddress="")])) == LOOKS_ALIKE
    assert match_contact(bare, preferences=ALL_ON, index=[contact_in_xero(EmailAddress="")]) is None


@pytest.mark.parametrize(
    ("off", "row", "expected"),
    [
        ("match_existing_contacts", contact_in_xero(), ""),
        ("match_existing_contacts", contact_in_xero(Name="O’Hara Ltd"), "rename O’Hara Ltd (C-7)"),
        ("distinct_contact_names", contact_in_xero(Name="O’Hara Ltd", EmailAddress=""), ""),
        ("restore_archived_contacts", contact_in_xero(ContactStatus="ARCHIVED"), ""),
        ("", contact_in_xero(ContactStatus="ARCHIVED"), "link x"),
        # Our own number is ours under all preferences.
        ("match_existing_contacts", contact_in_xero(Name="Somebody", ContactNumber="C-7"), "link x"),
    ],
)
def test_each_switch_that_is_off_leaves_the_clash_to_a_person(off: str, row: Mapping[str, Any], expected: str) -> None:
    assert in_short(match_contact(OHARA, preferences=preferences_but(off), index=[row])) == expected


def test_a_client_whose_number_stays_with_another_contact_is_not_linked_by_it() -> None:
    row = contact_in_xero(Name="Somebody", ContactNumber="C-7", EmailAddress="")
    assert match_contact(replace(OHARA, without_number=True), preferences=ALL_ON, index=[row]) is None


def test_the_number_that_xero_first_heard_is_the_evidence() -> None:
    renumbered = replace(OHARA, client_number="C-8", number_sent="C-7")
    answer = match_contact(renumbered, preferences=ALL_ON, index=[contact_in_xero(Name="X", ContactNumber="C-7")])
    assert isinstance(answer, Match)
    assert (answer.code, answer.number, answer.restored) == ("found-by-number", "C-7", False)


def test_a_restored_contact_says_so() -> None:
    answer = match_contact(OHARA, preferences=ALL_ON, index=[contact_in_xero(ContactStatus="ARCHIVED")])
    assert isinstance(answer, Match)
    assert (answer.status, answer.restored, answer.code) == ("ARCHIVED", True, "match_existing_contacts")


def test_a_long_name_keeps_the_number_that_tells_it_apart() -> None:
    long = replace(OHARA, name="n" * 255)
    answer = match_contact(long, preferences=ALL_ON, index=[contact_in_xero(Name="n" * 255, EmailAddress="")])
    assert isinstance(answer, Rename)
    assert answer.name == "n" * 249 + " (C-7)"
    assert len(answer.name) == 255


def test_two_contacts_without_a_number_do_not_have_the_same() -> None:
    unnumbered = replace(OHARA, client_number="")
    row = contact_in_xero(EmailAddress="", ContactNumber="")
    assert in_short(match_look_alike(unnumbered, preferences=ALL_ON, index=[row])) == LOOKS_ALIKE
