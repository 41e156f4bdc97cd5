"""What the sync does by itself about a refused contact. Pure."""

from typing import Any

from xero_sync.domain.automatic_fixes import AutomaticFix, Fixed, FoundInXero, Reads, Refusal
from xero_sync.domain.in_xero import CLIENT
from xero_sync.domain.matches import Link, Rename
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.matching import match_contact

CLASHES = frozenset(
    {"contact-name-taken", "contact-name-exists", "contact-rename-refused", "contact-number-taken"}
    | {"contact-number-in-use"}
)


def _was_not_tried(refusal: Refusal) -> bool:
    # Fixed once already under this name, and refused again: a person has to look.
    return bool(refusal.link.get("for") != refusal.document.name)


def fix_clash(refusal: Refusal, found: FoundInXero) -> Fixed | None:
    """The contact in Xero that this client is linked to, or the name under which it is told apart."""
    index = [
        {**row, CLIENT: found.owners[xero_id]} if (xero_id := str(row.get("ContactID"))) in found.owners else row
        for row in found.documents
    ]
    answer = match_contact(refusal.document, preferences=refusal.preferences, index=index)
    if isinstance(answer, Link):
        return Fixed(link_columns(refusal.document, answer))
    if isinstance(answer, Rename):
        link = {"note": answer.note, "code": "distinct_contact_names", "name": answer.name}
        link |= {"number": refusal.link.get("number", ""), "for": refusal.document.name}
        return Fixed({"link": {**_kept(refusal.document), **link}})
    return None


def link_columns(contact: ContactDocument, answer: Link) -> dict[str, Any]:
    """The columns of a job whose contact is that one in Xero."""
    link = {"note": answer.note, "code": answer.code, "number": answer.number, "restored": answer.restored}
    return {
        "xero_id": answer.xero_id,
        "xero_status": answer.status,
        "link": {**_kept(contact), **link, "for": contact.name},
    }


def _kept(contact: ContactDocument) -> dict[str, Any]:
    # A number that a contact there keeps stays with it, whatever this one is called.
    return {"without_number": True} if contact.without_number else {}


FIXES = (
    # Only all of Xero's contacts tell which one has the name, and whose it is.
    AutomaticFix(codes=CLASHES, applies=_was_not_tried, reads=Reads.ALL, decide=fix_clash, waits=True),
)
