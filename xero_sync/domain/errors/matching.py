"""From the words of a fault to its known error."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from xero_sync.domain.errors.model import Fault, KnownError
from xero_sync.domain.errors.table import BY_CODE, TABLE, UNKNOWN, UNREACHABLE
from xero_sync.domain.errors.words import render, render_title, shorten

# Xero's texts are a few hundred characters; the bound keeps every search cheap for longer ones.
_LONGEST: Final = 4000
_QUOTES: Final = str.maketrans(dict.fromkeys('"`´‘’‚‛“”„‟«»‹›′″＂＇', "'") | dict.fromkeys("‐‑‒–—―−", "-"))
_QUOTED: Final = re.compile(r"(?<!\w)'[^']{0,300}'(?!\w)")
_NUMBERS: Final = re.compile(r"\S*\d\S*")
_UNKNOWN_LIMIT: Final = 500
_BLANKS: Final = re.compile(r"[\s\u200b\u2060\ufeff\x00-\x1f]+")
# In patterns {name} is followed by known words, {name$} ends the sentence, and {name?} may be absent.
_PLACEHOLDER: Final = re.compile(r"( ?)\{([a-z_]+)([$?]?)\}")
_GROUPS: Final = {
    "": r"'?(?P<%s>.{0,300}?)'?",
    "$": r"'?(?P<%s>[^\s']{0,80})",
    "?": r"(?:(?:'(?P<%s>.{1,300}?)'|\S{1,40}) )?",
}
_DATE: Final = r"(?:'?(?P<date>\d{1,4}[-/. ]\w{1,9}[-/. ]\d{2,4}|\w{3,9} \d{1,2}, ?\d{4}))?"


@dataclass(frozen=True)
class Recognised:
    """A fault together with what is known about it, worded for people."""

    known: KnownError
    fault: Fault
    parts: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def code(self) -> str:
        """The known error's stable code; `unknown` if the fault is not in the table."""
        return self.known.code

    @cached_property
    def title(self) -> str:
        """The fault in at most 60 characters."""
        return render_title(self.known.title, self.parts)

    @cached_property
    def sentence(self) -> str:
        """The fault and its remedy, for the line under a badge."""
        if self.known is UNKNOWN:
            return render(UNKNOWN.action, self.parts, part_limit=_UNKNOWN_LIMIT)
        return f"{render(self.known.title, self.parts)}. {render(self.known.action, self.parts)}"

    @property
    def subject(self) -> str:
        """The part that identifies the cause beside its code; empty where the document or contact itself does."""
        if self.known is UNKNOWN:
            return shape(self.parts.get("message", ""))
        values = (self.parts.get(name, "") for name in self.known.subject.split())
        return " / ".join(value for value in values if value)

    @property
    def why(self) -> str:
        return render(self.known.why, self.parts)

    @property
    def fix_here(self) -> str:
        return render(self.known.fix_here, self.parts)

    @property
    def fix_in_xero(self) -> str:
        """The remedy in Xero, or nothing."""
        return render(self.known.fix_in_xero, self.parts)


def recognise(fault: Fault) -> Recognised:
    """Find the known error of a fault.

    A code that is in the table decides; otherwise the text does, and then a code that came with the text. An unknown
    fault of the connection counts as Xero being out of reach, so the document is tried again by itself.
    """
    if fault.code in BY_CODE and fault.code != UNKNOWN.code:
        known = BY_CODE[fault.code]
        return Recognised(known, fault, {**_parts(known, fault.message), **fault.parts})
    for text in (fault.message, fault.code):
        for known, parts in _matches(text):
            return Recognised(known, fault, {**parts, **fault.parts})
    if fault.source == "transport":
        return Recognised(UNREACHABLE, fault, fault.parts)
    return Recognised(UNKNOWN, fault, {"message": _own_words(fault)})


def shape(text: str) -> str:
    """The text with quoted words, dates and numbers left out, in at most 120 characters: equal refusals look equal."""
    plain = _tidy(text).translate(_QUOTES)
    return shorten(_NUMBERS.sub("…", _QUOTED.sub("…", plain)), 120)


def plain_title(known: KnownError) -> str:
    """The title with its parts in general words, for help pages."""
    return render_title(known.title, {})


def _matches(text: str) -> Iterator[tuple[KnownError, dict[str, str]]]:
    tidy = _tidy(text)
    if not tidy:
        return
    plain = tidy.translate(_QUOTES)
    for known, pattern in _PATTERNS:
        found = pattern.search(plain)
        if found:
            yield known, _named(found, tidy)


def _parts(known: KnownError, text: str) -> dict[str, str]:
    return next((parts for found, parts in _matches(text) if found is known), {})


def _named(found: re.Match[str], tidy: str) -> dict[str, str]:
    """The named parts as Xero wrote them: quotes were replaced one for one, so positions agree."""
    spans = ((name, found.span(name)) for name in found.re.groupindex)
    values = ((name, tidy[start:end].strip(" .,;:!")) for name, (start, end) in spans if start >= 0)
    return {name: value for name, value in values if value}


def _own_words(fault: Fault) -> str:
    return shorten(_tidy(fault.message) or fault.code, _UNKNOWN_LIMIT).rstrip(".") or "nothing"


def _tidy(text: str) -> str:
    return _BLANKS.sub(" ", html.unescape(text[:_LONGEST])).strip()


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(_PLACEHOLDER.sub(_group, pattern), re.IGNORECASE)


def _group(placeholder: re.Match[str]) -> str:
    blank, name, kind = placeholder.groups()
    group = _DATE if name == "date" else _GROUPS[kind] % name
    # An empty name leaves one blank where the words on both sides have theirs.
    return f"{blank}{group}" if kind == "?" or not blank else f" ?{group}"


_PATTERNS: Final = tuple((known, _compile(pattern)) for known in TABLE for pattern in known.patterns)
