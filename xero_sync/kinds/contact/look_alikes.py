"""A contact that is new to Xero, and one in Xero whose name looks the same. Pure."""

from xero_sync.domain.automatic_fixes import Fixed
from xero_sync.domain.in_xero import KnownInXero
from xero_sync.domain.kinds import LookAlikes
from xero_sync.domain.matches import Match
from xero_sync.domain.notes import Note
from xero_sync.domain.preferences import Preferences
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.fixes import link_to
from xero_sync.kinds.contact.matching import match_look_alike


def find_look_alike(contact: ContactDocument, preferences: Preferences, known: KnownInXero) -> Match | Note | None:
    """The contact in Xero to link this new one to, a note that offers the link, or None."""
    if not is_new(contact):
        return None
    alike = known.alike(number=sent_number(contact), name=contact.name)
    return match_look_alike(contact, preferences=preferences, index=alike)


def decide_look_alike(contact: ContactDocument, preferences: Preferences, known: KnownInXero) -> Fixed | Note | None:
    """Find the look-alike, as changes of the record where the contact is to be linked."""
    answer = find_look_alike(contact, preferences, known)
    return Fixed(link_to(contact, answer)) if isinstance(answer, Match) else answer


def is_new(contact: ContactDocument) -> bool:
    """Whether the contact is in Xero neither as one we know nor under a distinct name."""
    return not contact.xero_id and not contact.name_in_xero


def sent_number(contact: ContactDocument) -> str:
    """The client number as first sent to Xero, or as it would be."""
    return contact.number_sent or contact.client_number


LOOK_ALIKES = LookAlikes(
    is_new=is_new, number=sent_number, name=lambda contact: str(contact.name), decide=decide_look_alike
)
