"""Whether somebody else entered a client in Xero already, and whether we may link or rename. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from identity import fold_name, fold_name_as_xero, fold_number_as_xero, shares_email
from xero_sync.domain import text
from xero_sync.domain.in_xero import ACTIVE, CLIENT
from xero_sync.domain.matches import Match, Rename
from xero_sync.domain.notes import Note
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.xero_json import read_text
from xero_sync.kinds.contact.document import ContactDocument

# Characters. Source: Contact.Name of Xero's OpenAPI description 16.1.0 (github.com/XeroAPI/Xero-OpenAPI), 2026.
NAME_LIMIT = 255
# Our own number needs no switch.
FOUND_BY_NUMBER = "found-by-number"
SAME_NAME_AND_EMAIL = "Linked to the contact in Xero with the same name and e-mail address."
# A note's code: offered to a person, not done.
LOOKS_ALIKE = "looks-alike-in-xero"


def match_contact(
    contact: ContactDocument, *, preferences: Preferences, index: Sequence[Mapping[str, Any]]
) -> Match | Rename | None:
    """Decide on a contact that Xero refused, given all contacts in Xero, archived ones too; None: a person has to act.

    Our own number is ours under any preferences, unless a person chose another contact than the one that has it;
    then name and e-mail must both agree (as Clio matches); a client who only shares the name, as Xero compares names,
    gets a name with its number. A row's CLIENT is the client that the contact is linked to: one contact in Xero stands
    for one client here.
    """
    number = contact.number_sent or contact.client_number
    free = _free_rows(contact, index)
    for row in free:
        # Spelled exactly as ours: a number that only Xero compares as equal may be meant for another client.
        if row.get("ContactNumber") == number and not contact.without_number:
            note = f"Linked to the contact in Xero that carries the client number {number}."
            return _link(row, note, FOUND_BY_NUMBER, preferences)
    if preferences.on("match_existing_contacts"):
        for row in free:
            if fold_name(_name(row)) == fold_name(contact.name) and _has_email(row, contact):
                return _link(row, SAME_NAME_AND_EMAIL, "match_existing_contacts", preferences)
    if any(_has_name(row, contact) for row in index) and preferences.on("distinct_contact_names"):
        tail = f" ({number})"
        name = text.fit(text.clean_name(contact.name), NAME_LIMIT - len(tail)) + tail
        return Rename(name, f"Xero has another client of this name, so this one went over as \u201c{name}\u201d.")
    return None


def match_look_alike(
    contact: ContactDocument, *, preferences: Preferences, index: Sequence[Mapping[str, Any]]
) -> Match | Note | None:
    """Decide on a contact that is new to Xero while one in Xero has a name that looks the same.

    Xero would take both, since it compares more strictly than a reader does. They are linked only where the e-mail
    addresses agree too; else a note offers the link to a person. None: no such contact, or Xero will refuse this one
    anyway, and `match_contact` decides then.
    """
    number = contact.number_sent or contact.client_number
    if any(_has_name(row, contact) or _has_number(row, number) for row in index):
        return None
    # An archived one is not looked at, as with a name that Xero compares as equal: archiving frees the name.
    alike = [
        row
        for row in _free_rows(contact, index)
        if row.get("ContactStatus") == ACTIVE and fold_name(_name(row)) == fold_name(contact.name)
    ]
    for row in alike:
        if preferences.on("match_existing_contacts") and _has_email(row, contact):
            return _link(row, SAME_NAME_AND_EMAIL, "match_existing_contacts", preferences)
    if not alike:
        return None
    return Note(
        LOOKS_ALIKE,
        f"Xero has another contact whose name looks the same, \u201c{_name(alike[0])}\u201d. "
        "If it is the same client, link the two.",
    )


def _link(row: Mapping[str, Any], note: str, code: str, preferences: Preferences) -> Match | None:
    status = read_text(row, "ContactStatus")
    archived = status == "ARCHIVED"
    if archived and not preferences.on("restore_archived_contacts"):
        return None
    return Match(str(row["ContactID"]), status, note, code, read_text(row, "ContactNumber"), restored=archived)


def _free_rows(contact: ContactDocument, index: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The contacts in Xero that are no other client here."""
    return [row for row in index if row.get(CLIENT) in (None, contact.object_id)]


def _name(row: Mapping[str, Any]) -> str:
    return read_text(row, "Name")


def _has_name(row: Mapping[str, Any], contact: ContactDocument) -> bool:
    """Whether this contact in Xero blocks our name: it is active, and Xero compares the two names as equal."""
    ours = fold_name_as_xero(text.clean_name(contact.name))
    return row.get("ContactStatus") == ACTIVE and fold_name_as_xero(_name(row)) == ours


def _has_number(row: Mapping[str, Any], number: str) -> bool:
    theirs = read_text(row, "ContactNumber")
    return bool(theirs) and fold_number_as_xero(theirs) == fold_number_as_xero(number)


def _has_email(row: Mapping[str, Any], contact: ContactDocument) -> bool:
    return shares_email(ours=contact.emails, theirs=read_text(row, "EmailAddress"))
