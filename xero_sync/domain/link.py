"""What a job's `link` keeps beside how the document came to stand in Xero. Pure.

"tries": how often a repair was tried since the last save or success, so that none goes round for ever.
"closed": the code of the refusal that says Xero takes no more changes to this bill.
"""

from collections.abc import Mapping
from typing import Any

Link = dict[str, Any]


def tries(link: Mapping[str, Any], repair: str) -> int:
    """How often this repair was tried."""
    return int(link.get("tries", {}).get(repair, 0))


def tried(link: Mapping[str, Any], repair: str) -> Link:
    """The link with one more try of this repair."""
    return {**link, "tries": {**link.get("tries", {}), repair: tries(link, repair) + 1}}


def rested(link: Mapping[str, Any]) -> Link:
    """The link as a save leaves it: every repair may be tried again."""
    return {key: value for key, value in link.items() if key != "tries"}


def reopened(link: Mapping[str, Any]) -> Link:
    """The link as a success or a person's Retry leaves it: Xero is asked again."""
    return {key: value for key, value in link.items() if key not in {"tries", "closed"}}


def forgotten(link: Mapping[str, Any]) -> Link:
    """The link once Xero no longer has what it names: not whom it stood for, but what a repair must not try again.

    "without_number": another contact there keeps the client's number, and is not the one that was chosen.
    """
    return {key: value for key, value in link.items() if key in {"tries", "without_number"}}
