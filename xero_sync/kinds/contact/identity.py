"""Whether two contacts are the same where an answer was lost. Pure.

Compared with the frozen element of the attempt, never with today's rows. Contacts that somebody else entered are
decided in `matching`.
"""

from collections.abc import Mapping
from typing import Any

from identity import fold_name_as_xero
from xero_sync.domain.xero_json import read_text


def identify(document: Mapping[str, Any]) -> str:
    """The key that a contact is looked up by: its number, or the name of a contact that was sent without one."""
    number = read_text(document, "ContactNumber")
    # No number holds a line end, so no number is taken for a name.
    return number or f"\n{fold_name_as_xero(str(document.get('Name') or ''))}"


def is_ours(sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether `found`, in Xero's JSON, is the contact that was sent. Adopting our own contact needs no preference."""
    if sent.get("ContactNumber"):
        return bool(sent["ContactNumber"] == found.get("ContactNumber"))
    # A contact sent without a number has none in Xero, and Xero takes each name once among active contacts.
    return found.get("ContactStatus") == "ACTIVE" and identify(sent) == identify(found)
