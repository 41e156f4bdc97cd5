"""The article about one message, made from the table of known errors and the tables of improvements."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from help_center.improvements import ListedImprovement, list_always_on, list_switches
from xero_sync.domain.errors import BY_CODE, UNKNOWN, KnownError, Place, plain_title
from xero_sync.domain.errors.model import Feature
from xero_sync.domain.errors.words import render

_LATER: Final[dict[Feature, str]] = {
    "payments": "Payments are not sent to Xero yet, so you do not meet this one today.",
    "credit notes": "Credit notes are not sent to Xero yet, so you do not meet this one today.",
    "tracking": "Tracking categories are not sent to Xero yet, so you do not meet this one today.",
    "attachments": "Files are not sent to Xero yet, so you do not meet this one today.",
    "items": "Item codes are not sent to Xero yet, so you do not meet this one today.",
    "accounts": "We never change accounts in Xero, so you do not meet this one today.",
}
_ON_SETTINGS: Final = frozenset({Place.SETTINGS, Place.CONNECTION, Place.PREFERENCES})


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
    handled_by: tuple[ListedImprovement, ...]


@cache
def write_article(code: str) -> Article:
    """The help about one message. Raises KeyError for a code that is not in the table."""
    known = BY_CODE[code]
    where = known.where
    return Article(
        code=code,
        title=plain_title(known),
        sample=known.sample if known.patterns else "",
        why=_write_plain(known.why),
        action=_write_plain(known.action) if known is not UNKNOWN else "Open the bill to read Xero’s own words",
        fix_here=_write_plain(known.fix_here),
        fix_in_xero=_write_plain(known.fix_in_xero),
        who=known.owner.words,
        meanwhile=_write_plain(known.meanwhile),
        recheck=known.recheck,
        later=_LATER.get(known.feature, ""),
        settings_anchor=where.anchor if where.place in _ON_SETTINGS else None,
        handled_by=_find_improvements(known),
    )


def _find_improvements(known: KnownError) -> tuple[ListedImprovement, ...]:
    return tuple(
        each
        for each in (*list_switches(), *list_always_on())
        if each.anchor == known.improvement or known.code in {message.code for message in each.messages}
    )


def _write_plain(template: str) -> str:
    return render(template, {}) if template else ""
