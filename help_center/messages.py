"""Xero's messages as the help lists them: by plain title, grouped by what they are about, and searched."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from xero_sync.domain.errors import TABLE, UNKNOWN, ErrorClass, Fault, KnownError, plain_title, recognise

GROUPS: Final[tuple[tuple[str, frozenset[ErrorClass]], ...]] = (
    ("Accounts and tax", frozenset({ErrorClass.MAPPING})),
    ("Clients", frozenset({ErrorClass.CONTACT})),
    ("Bills", frozenset({ErrorClass.DOCUMENT})),
    ("Your Xero organisation", frozenset({ErrorClass.ORGANISATION})),
    ("The connection to Xero", frozenset({ErrorClass.CONNECTION})),
    ("Waiting for Xero", frozenset({ErrorClass.LIMIT, ErrorClass.TRANSIENT, ErrorClass.UNCONFIRMED})),
    ("On our side", frozenset({ErrorClass.OURS, ErrorClass.UNKNOWN})),
)
LATER_TITLE: Final = "About things we do not send yet"


@dataclass(frozen=True)
class MessageLink:
    """A message by its title, for a list of links."""

    code: str
    title: str


@dataclass(frozen=True, kw_only=True)
class MessageGroup:
    """Messages about one kind of thing."""

    title: str
    messages: tuple[MessageLink, ...]


@cache
def group_messages() -> tuple[MessageGroup, ...]:
    """All known messages, grouped by subject; messages about documents that we do not send yet come last."""
    now = [known for known in TABLE if known.feature == "now"]
    found = [
        MessageGroup(title=title, messages=link_messages([known for known in now if known.klass in classes]))
        for title, classes in GROUPS
    ]
    later = [known for known in TABLE if known.feature != "now"]
    return (*found, MessageGroup(title=LATER_TITLE, messages=link_messages(later)))


def find_messages(words: str) -> tuple[MessageLink, ...]:
    """Messages that fit what somebody typed or copied from Xero; an exact match comes first."""
    searched = words.strip()
    if not searched:
        return ()
    known = recognise(Fault(message=searched)).known
    first = [known] if known is not UNKNOWN else []
    low = searched.lower()
    others = [each for each in TABLE if each not in first and any(low in text for text in _searched_texts(each))]
    return link_messages([*first, *others])


def link_messages(entries: Sequence[KnownError]) -> tuple[MessageLink, ...]:
    """Known errors by code and plain title."""
    return tuple(MessageLink(entry.code, plain_title(entry)) for entry in entries)


def _searched_texts(known: KnownError) -> tuple[str, ...]:
    return plain_title(known).lower(), known.sample.lower(), known.code
