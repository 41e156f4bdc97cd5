"""How two contacts are told to be the same where an answer was lost. Pure.

Compared with the frozen element of the attempt, never with today's rows. What may be made of a contact that somebody
else entered is in `matching`.
"""

from collections.abc import Mapping
from typing import Any

from xero_sync.domain.identity import fold_name_as_xero


def identify(document: Mapping[str, Any]) -> str:
    """What a contact is looked up by: its number; for one that was sent without a number, its name."""
    number = str(document.get("ContactNumber") or "")
    # No number holds a line end, so it is never taken for a name.
    return number or f"\n{fold_name_as_xero(str(document.get('Name') or ''))}"


def is_ours(sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """True if `found`, as Xero tells it, is what `sent` asked for. Adopting our own contact needs no preference."""
    if sent.get("ContactNumber"):
        return bool(sent["ContactNumber"] == found.get("ContactNumber"))
    # Sent without a number it has none there either, and Xero takes each name once among the active ones.
    return found.get("ContactStatus") == "ACTIVE" and identify(sent) == identify(found)
