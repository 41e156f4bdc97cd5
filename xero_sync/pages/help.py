"""What the help pages say, made from the tables the sync runs on."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.utils.text import slugify

from xero_sync.domain.errors import (
    BY_CODE,
    BY_NUMBER,
    TABLE,
    UNKNOWN,
    ErrorClass,
    Fault,
    KnownError,
    Place,
    plain_title,
    recognise,
)
from xero_sync.domain.errors.model import Feature
from xero_sync.domain.errors.words import render
from xero_sync.domain.preferences import ALWAYS_ON, PREFERENCES, Helps, Improvement, Preference
from xero_sync.pages.cards import WHO

ARTICLE: Final = "errors/"
# Page key -> its name in the row of help pages. The key is also its address.
PAGES: Final = {
    "": "Questions",
    "improvements": "Improvements",
    "configure": "Set it up",
    "account-codes": "Account codes",
    "errors": "Messages",
    "glossary": "Glossary",
}
KINDS: Final[dict[Helps, str]] = {
    "prevents": "Prevents an error",
    "repairs": "Repairs an error",
    "explains": "Explains an error",
}
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
_LATER: Final[dict[Feature, str]] = {
    "payments": "Payments are not sent to Xero yet, so you do not meet this one today.",
    "credit notes": "Credit notes are not sent to Xero yet, so you do not meet this one today.",
    "tracking": "Tracking categories are not sent to Xero yet, so you do not meet this one today.",
    "attachments": "Files are not sent to Xero yet, so you do not meet this one today.",
    "items": "Item codes are not sent to Xero yet, so you do not meet this one today.",
    "accounts": "We never change accounts in Xero, so you do not meet this one today.",
}
_ON_SETTINGS: Final = frozenset({Place.SETTINGS, Place.CONNECTION, Place.PREFERENCES})


@dataclass(frozen=True)
class Named:
    """A message by its title, for a list of links."""

    code: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One improvement of the published list; `off` is empty for what every firm has."""

    anchor: str
    title: str
    does: str
    off: str
    prevents: str
    kind: str
    messages: tuple[Named, ...]
    about_all: bool = False

    @property
    def has_switch(self) -> bool:
        return bool(self.off)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Messages about one kind of thing."""

    title: str
    messages: tuple[Named, ...]


@dataclass(frozen=True, kw_only=True)
class Article:
    """Everything the help says about one message."""

    code: str
    title: str
    sample: str
    why: str
    action: str
    fix_here: str
    fix_in_xero: str
    who: str
    meanwhile: str
    recheck: str
    later: str
    settings_anchor: str | None
    handled_by: tuple[Listed, ...]


@cache
def switches() -> tuple[Listed, ...]:
    """The improvements a firm switches on and off, in the table's order."""
    return tuple(_switch(preference) for preference in PREFERENCES if preference.ready)


@cache
def always_on() -> tuple[Listed, ...]:
    """The improvements every firm has."""
    return tuple(_improvement(each) for each in ALWAYS_ON)


@cache
def groups() -> tuple[Group, ...]:
    """All messages we know, by what they are about; what we do not send yet stands last."""
    now = [known for known in TABLE if known.feature == "now"]
    found = [
        Group(title=title, messages=named([known for known in now if known.klass in classes]))
        for title, classes in GROUPS
    ]
    later = [known for known in TABLE if known.feature != "now"]
    return (*found, Group(title=LATER_TITLE, messages=named(later)))


@cache
def article(code: str) -> Article:
    """The help about one message. Raises KeyError for a code that is not in the table."""
    known = BY_CODE[code]
    where = known.where
    return Article(
        code=code,
        title=plain_title(known),
        sample=known.sample if known.patterns else "",
        why=_plain(known.why),
        action=_plain(known.action) if known is not UNKNOWN else "Open the bill to read Xero’s own words",
        fix_here=_plain(known.fix_here),
        fix_in_xero=_plain(known.fix_in_xero),
        who=WHO[known.owner],
        meanwhile=_plain(known.meanwhile),
        recheck=known.recheck,
        later=_LATER.get(known.feature, ""),
        settings_anchor=where.anchor if where.place in _ON_SETTINGS else None,
        handled_by=_handling(known),
    )


def find(words: str) -> tuple[Named, ...]:
    """Messages that fit what somebody typed or copied from Xero; the one whose words they are stands first."""
    said = words.strip()
    if not said:
        return ()
    known = recognise(Fault(message=said)).known
    first = [known] if known is not UNKNOWN else []
    low = said.lower()
    others = [each for each in TABLE if each not in first and any(low in text for text in _searched(each))]
    return named([*first, *others])


def known_page(key: str) -> bool:
    """Whether there is a help page of this key."""
    return key in PAGES or (key.startswith(ARTICLE) and key.removeprefix(ARTICLE) in BY_CODE)


def page_title(key: str) -> str:
    """A help page's name, for operators; the key itself for a page that is no more."""
    if key in PAGES:
        return PAGES[key]
    known = BY_CODE.get(key.removeprefix(ARTICLE))
    return plain_title(known) if known else key


def named(entries: Sequence[KnownError]) -> tuple[Named, ...]:
    """Known errors by code and plain title."""
    return tuple(Named(entry.code, plain_title(entry)) for entry in entries)


def _switch(preference: Preference) -> Listed:
    return Listed(
        anchor=preference.key,
        title=preference.label,
        does=preference.help,
        off=preference.off_help,
        prevents=preference.prevents,
        kind=KINDS[preference.kind] if preference.messages else "Saves work",
        messages=_numbered(preference.messages),
    )


def _improvement(each: Improvement) -> Listed:
    about_all = len(each.messages) == len(BY_NUMBER)
    return Listed(
        anchor=slugify(each.title),
        title=each.title,
        does=each.does,
        off="",
        prevents="",
        kind=KINDS[each.kind],
        messages=() if about_all else _numbered(each.messages),
        about_all=about_all,
    )


def _numbered(numbers: Sequence[int]) -> tuple[Named, ...]:
    return named([BY_NUMBER[number] for number in numbers])


def _handling(known: KnownError) -> tuple[Listed, ...]:
    return tuple(
        each
        for each in (*switches(), *always_on())
        if each.anchor == known.improvement or known.code in {message.code for message in each.messages}
    )


def _searched(known: KnownError) -> tuple[str, ...]:
    return plain_title(known).lower(), known.sample.lower(), known.code


def _plain(template: str) -> str:
    return render(template, {}) if template else ""
