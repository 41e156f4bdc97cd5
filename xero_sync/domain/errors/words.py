"""How named parts read inside a sentence, and sentences that many entries share."""

from collections.abc import Mapping
from string import Formatter
from typing import Final

TITLE_LIMIT: Final = 60
_SENTENCE_PART_LIMIT: Final = 80

KEPT: Final = "The bill is kept here and is not sent until this is fixed. Other bills go on as usual."
KEPT_CONTACT: Final = "The contact and its bills wait here. Other contacts and bills go on as usual."
HELD: Final = "Everything waits here in line and goes by itself afterwards. Nothing is lost."
WE_ARE_NOTIFIED: Final = "We have been notified. The bill is kept here, and other bills go on as usual."
LEFT_ALONE: Final = "The bill in Xero is left as it is, and the difference is shown here."

# For each part: how it reads when it is known, and when it is not.
_PHRASES: Final[Mapping[str, tuple[str, str]]] = {
    "name": ("“{}”", "this name"),
    "new_name": ("“{}”", "the new name"),
    "contact": ("“{}”", "its contact"),
    "contact_number": ("contact number {}", "this contact number"),
    "account": ("account {}", "this account"),
    "what": ("{}", "a line of this bill"),
    "tax": ("tax type {}", "this tax type"),
    "rate": ("“{}”", "this tax rate"),
    "percent": ("{}", "another percentage"),
    "date": ("{}", "a certain date"),
    "currency": ("{}", "this currency"),
    "item": ("item code {}", "this item code"),
    "line_total": ("{}", "one amount"),
    "expected": ("{}", "another"),
    "quantity": ("{}", "below zero"),
    "number": ("{}", "this number"),
    "status": ("{}", "the new status"),
    "total": ("{}", "one figure"),
    "xero_total": ("{}", "another"),
    "field": ("{}", "the text"),
    "until": ("until {}", "for a while"),
    "person": ("{}", "an admin"),
    "message": ("“{}”", "something new"),
}
PART_NAMES: Final = frozenset(_PHRASES)


def parts_of(template: str) -> tuple[str, ...]:
    """The named parts a template uses, in order."""
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name)


def render(template: str, parts: Mapping[str, str], *, part_limit: int = _SENTENCE_PART_LIMIT) -> str:
    """The template with its parts in words; a missing part reads as its general name."""
    words = {name: _phrase(name, parts.get(name, ""), part_limit) for name in parts_of(template)}
    text = template.format_map(words)
    return text[:1].upper() + text[1:]


def render_title(template: str, parts: Mapping[str, str]) -> str:
    """The template in at most 60 characters, its longest parts cut first."""
    title = render(template, parts)
    limit = max((len(value) for value in parts.values()), default=0)
    while len(title) > TITLE_LIMIT and limit > 1:
        limit = min(limit - 1, _SENTENCE_PART_LIMIT)
        title = render(template, parts, part_limit=limit)
    return title


def shorten(text: str, limit: int) -> str:
    """The text in at most `limit` characters, ending in … if it was cut."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"


def _phrase(name: str, value: str, limit: int) -> str:
    known, unknown = _PHRASES[name]
    return known.format(shorten(value, limit)) if value else unknown
