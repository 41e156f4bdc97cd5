"""A contact that is new to Xero while one in Xero has a name that looks the same."""

from dataclasses import replace

import pytest

from tests.unit.kinds.documents import ALL_ON, CONTACT
from xero_sync.domain.automatic_fixes import Fixed
from xero_sync.domain.in_xero import Entry, KnownInXero
from xero_sync.domain.matches import Match
from xero_sync.domain.notes import Note
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.look_alikes import LOOK_ALIKES, decide_look_alike, find_look_alike, is_new, sent_number

# A curly apostrophe: Xero takes both names.
ALIKE = Entry(xero_id="x1", name="Ann O’Hara", email="ann@ohara.example", status="ACTIVE")


@pytest.mark.parametrize(
    ("contact", "new"),
    [
        (CONTACT, True),
        (replace(CONTACT, xero_id="x1"), False),
        (replace(CONTACT, name_in_xero="Ann O'Hara (C-7)"), False),
    ],
)
def test_only_a_contact_that_xero_does_not_know_is_compared(contact: ContactDocument, new: bool) -> None:
    assert is_new(contact) is new
    found = find_look_alike(contact, ALL_ON, KnownInXero([ALIKE]))
    assert (found is not None) is new


@pytest.mark.parametrize(("sent", "expected"), [("", "C-7"), ("C-6", "C-6")])
def test_its_number_is_the_one_xero_first_heard(sent: str, expected: str) -> None:
    contact = replace(CONTACT, number_sent=sent)
    assert sent_number(contact) == LOOK_ALIKES.number(contact) == expected
    assert LOOK_ALIKES.name(contact) == "Ann O'Hara"


def test_where_the_addresses_agree_it_is_linked() -> None:
    known = KnownInXero([ALIKE])
    link = find_look_alike(CONTACT, ALL_ON, known)
    fixed = decide_look_alike(CONTACT, ALL_ON, known)
    assert isinstance(link, Match)
    assert isinstance(fixed, Fixed)
    assert (fixed.record["xero_id"], fixed.record["link"].evidence) == ("x1", "match_existing_contacts")


def test_elsewhere_a_note_offers_it() -> None:
    known = KnownInXero([replace(ALIKE, email="office@elsewhere.example")])
    offered = decide_look_alike(CONTACT, ALL_ON, known)
    assert isinstance(offered, Note)
    assert offered == find_look_alike(CONTACT, ALL_ON, known)
    assert offered.code == "looks-alike-in-xero"


def test_without_a_look_alike_nothing_is_done() -> None:
    assert decide_look_alike(CONTACT, ALL_ON, KnownInXero()) is None
