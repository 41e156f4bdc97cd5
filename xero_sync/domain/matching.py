"""Is a contact or a bill already in Xero, entered by somebody else, and what may be made of it? Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xero_sync.domain import text
from xero_sync.domain.documents import ContactDocument, InvoiceDocument
from xero_sync.domain.errors import Fault
from xero_sync.domain.preferences import Preferences

# Characters. Source: Contact.Name of Xero's OpenAPI description 16.1.0 (github.com/XeroAPI/Xero-OpenAPI), 2026.
NAME_LIMIT = 255
# Our own number needs no switch.
FOUND_BY_NUMBER = "found-by-number"
# Ours, beside Xero's own keys of a contact: the id of the client here that is linked to it.
CLIENT = "OurClient"


@dataclass(frozen=True)
class Link:
    """The same client or bill stands in Xero: use that one.

    `note` is the evidence, for people, and `code` the improvement that allows it; `restored`: it was archived there.
    """

    xero_id: str
    status: str
    note: str
    code: str
    number: str = ""
    restored: bool = False


@dataclass(frozen=True)
class Rename:
    """Another client has the name: go over as this one."""

    name: str
    note: str


def match_contact(
    contact: ContactDocument, *, preferences: Preferences, index: Sequence[Mapping[str, Any]]
) -> Link | Rename | None:
    """What to make of a contact Xero refused, given all contacts it has (archived ones too); None: somebody has to act.

    Our own number is ours whatever the preferences, unless a person chose another contact than the one that has it;
    then name and e-mail must both agree (as Clio matches); a client who only shares the name is told apart by number.
    A row's CLIENT says whose contact it is already: one contact there stands for one client here.
    """
    number = contact.number_sent or contact.client_number
    free = [row for row in index if row.get(CLIENT) in (None, contact.object_id)]
    for row in free:
        if row.get("ContactNumber") == number and not contact.without_number:
            note = f"Linked to the contact in Xero that carries the client number {number}."
            return _link(row, note, FOUND_BY_NUMBER, preferences)
    same = [row for row in index if _same_name(row, contact.name)]
    if preferences.on("match_existing_contacts"):
        for row in free:
            if _same_name(row, contact.name) and _same_email(row, contact.emails):
                note = "Linked to the contact in Xero with the same name and e-mail address."
                return _link(row, note, "match_existing_contacts", preferences)
    active = [row for row in same if row.get("ContactStatus") == "ACTIVE"]
    if active and preferences.on("distinct_contact_names"):
        tail = f" ({number})"
        name = text.fit(text.clean_name(contact.name), NAME_LIMIT - len(tail)) + tail
        return Rename(name, f"Xero has another client of this name, so this one went over as \u201c{name}\u201d.")
    return None


def _link(row: Mapping[str, Any], note: str, code: str, preferences: Preferences) -> Link | None:
    status = str(row.get("ContactStatus") or "")
    archived = status == "ARCHIVED"
    if archived and not preferences.on("restore_archived_contacts"):
        return None
    return Link(str(row["ContactID"]), status, note, code, str(row.get("ContactNumber") or ""), restored=archived)


def _same_name(row: Mapping[str, Any], name: str) -> bool:
    return text.clean_name(str(row.get("Name") or "")).casefold() == text.clean_name(name).casefold()


def _same_email(row: Mapping[str, Any], emails: Sequence[str]) -> bool:
    theirs = str(row.get("EmailAddress") or "").strip().casefold()
    return bool(theirs) and theirs in {email.strip().casefold() for email in emails}


def match_invoice(invoice: InvoiceDocument, *, found: Mapping[str, Any]) -> Link | Fault:
    """A bill in Xero under our number: the same if contact and total agree, else a fault that says the difference."""
    theirs = Decimal(str(found.get("Total") or 0))
    contact = found.get("Contact") or {}
    if str(contact.get("ContactID") or "").lower() == invoice.contact_xero_id.lower() and theirs == invoice.total:
        note = f"Linked to the bill {invoice.number} that was in Xero already: same number, contact and total."
        return Link(str(found["InvoiceID"]), str(found.get("Status") or ""), note, "adopt_existing_invoices")
    there = f"{contact.get('Name') or 'another contact'}, {theirs:,.2f}"
    return Fault(
        f"Xero has {invoice.number} for {there}; here its total is {invoice.total:,.2f}.",
        code="found-but-differs",
        source="preflight",
        parts={"number": invoice.number, "there": there},
    )
