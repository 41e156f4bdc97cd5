"""The automatic fixes of a refused contact. Pure."""

from xero_sync.domain.automatic_fixes import AutomaticFix, Fixed, FoundInXero, Reads, Refusal
from xero_sync.domain.in_xero import CLIENT
from xero_sync.domain.link import Link
from xero_sync.domain.matches import Match, Rename
from xero_sync.domain.record import OTHER_DOCUMENT, RecordChanges, record_seen
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.in_xero import ContactInXero
from xero_sync.kinds.contact.matching import match_contact

CLASHES = frozenset(
    {"contact-name-taken", "contact-name-exists", "contact-rename-refused", "contact-number-taken"}
    | {"contact-number-in-use"}
)


def _was_not_tried(refusal: Refusal) -> bool:
    # Fixed once already under this name, and refused again: a person has to look.
    return not refusal.link.was_made_for(refusal.document.name)


def fix_clash(refusal: Refusal, found: FoundInXero) -> Fixed | None:
    """Link the client to the contact in Xero that is the same, or choose a distinct name; None: a person has to act."""
    index = [
        {**row, CLIENT: found.owners[xero_id]} if (xero_id := str(row.get("ContactID"))) in found.owners else row
        for row in found.documents
    ]
    answer = match_contact(refusal.document, preferences=refusal.preferences, index=index)
    if isinstance(answer, Match):
        chosen = next(row for row in found.documents if str(row.get("ContactID")) == answer.xero_id)
        seen = record_seen(ContactInXero.from_xero(chosen), at=found.read_at)
        return Fixed({**link_to(refusal.document, answer), **seen})
    if isinstance(answer, Rename):
        return Fixed({"link": link_renamed(refusal.document, answer)})
    return None


def link_to(contact: ContactDocument, answer: Match) -> RecordChanges:
    """The changes of the record that link the client to this contact in Xero."""
    other = OTHER_DOCUMENT if answer.xero_id != contact.xero_id else RecordChanges()
    return {**other, "xero_id": answer.xero_id, "status": answer.status, "link": link_matched(contact, answer)}


def link_matched(contact: ContactDocument, answer: Match) -> Link:
    """The link of a client to the contact in Xero that matched."""
    return Link(
        evidence=answer.code,
        note=answer.note,
        number=answer.number,
        restored=answer.restored,
        stands_for=contact.name,
        # Another contact in Xero keeps our number under any name of this one.
        without_number=contact.without_number,
    )


def link_renamed(contact: ContactDocument, answer: Rename) -> Link:
    """The link of a client that is sent under a distinct name."""
    return Link(
        evidence="distinct_contact_names",
        note=answer.note,
        name=answer.name,
        number=contact.number_in_xero,
        stands_for=contact.name,
        without_number=contact.without_number,
    )


FIXES = (
    # The contact that has the name, and the client linked to it, are known only after reading all contacts.
    AutomaticFix(codes=CLASHES, applies=_was_not_tried, reads=Reads.ALL, decide=fix_clash, waits=True),
)
