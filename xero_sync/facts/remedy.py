"""A fault and its remedy: what happened, why, who acts, where, and by which fix. Read from what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xero_sync.domain import fixes
from xero_sync.domain.errors import BY_CODE, UNKNOWN, ErrorClass, Fault, Owner, Place, Recognised, recognise
from xero_sync.domain.errors.words import render
from xero_sync.models import Cause

LONGEST_ACTION = 60


@dataclass(frozen=True)
class Link:
    """An address and the words of its link."""

    url: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One fault with what ends it. `about` names whose fault it is where the title has to say so.

    `links` lead to the fields that fix it, the nearest first, and `xero_link` to Xero's own page; both are empty until
    `places.locate_remedy` or a page has found them for one document and firm.
    """

    fault: Recognised
    about: str = ""
    links: tuple[Link, ...] = ()
    xero_link: Link | None = None

    @property
    def code(self) -> str:
        return self.fault.code

    @property
    def title(self) -> str:
        """The fault's title, with the document that has the fault where the page does not show it."""
        return f"{self.about}: {self.fault.title}" if self.about else self.fault.title

    @property
    def sentence(self) -> str:
        """The fault and its remedy in one sentence."""
        return self.fault.sentence

    @property
    def why(self) -> str:
        return self.fault.why

    @property
    def fix_here(self) -> str:
        """The remedy at our pages, or nothing."""
        return self.fault.fix_here

    @property
    def fix_in_xero(self) -> str:
        """The remedy in Xero, or nothing."""
        return self.fault.fix_in_xero

    @property
    def action(self) -> str:
        """The remedy, where it is short enough for a link; else empty."""
        words = render(self.fault.known.action, self.fault.parts)
        return words if len(words) <= LONGEST_ACTION and self.fault.known is not UNKNOWN else ""

    @property
    def owner(self) -> Owner:
        return self.fault.known.owner

    @property
    def who(self) -> str:
        """Who acts, as a sentence."""
        return self.owner.words

    @property
    def klass(self) -> ErrorClass:
        return self.fault.known.klass

    @property
    def place(self) -> Place:
        """The page that holds what ends the fault."""
        return self.fault.known.where.place

    @property
    def meanwhile(self) -> str:
        return self.fault.known.meanwhile

    @property
    def recheck(self) -> str:
        """When the document is tried again, as a sentence."""
        return self.fault.known.recheck

    @property
    def xero_said(self) -> str:
        """Xero's own words; empty for a fault that Xero did not report."""
        return self.fault.fault.message if self.fault.fault.source == "xero" else ""

    @property
    def fixes(self) -> tuple[fixes.Fix, ...]:
        """The fields that fix it on the card of its cause, the first that can be offered."""
        return fixes.FIXES.get(self.code, ())

    @property
    def can_be_linked(self) -> bool:
        """Whether the document in Xero may be the same one, so that a person can compare and link both."""
        return self.code in fixes.LINKED_INSTEAD

    @property
    def can_be_read_again(self) -> bool:
        """Whether reading the organisation again may show that the fault is fixed."""
        return self.code in fixes.LOOKED_AT_AGAIN


def describe_fault(stored: Mapping[str, Any]) -> Remedy:
    """The remedy of a stored fault. A fault that was unknown when stored is recognised again, for the table grows."""
    code = str(stored.get("code", ""))
    fault = Fault(
        str(stored.get("message", "")),
        code="" if code == UNKNOWN.code else code,
        source=stored.get("source", "xero"),
        parts={str(key): str(value) for key, value in (stored.get("parts") or {}).items()},
    )
    return Remedy(fault=recognise(fault))


def describe_leading_fault(faults: Sequence[Mapping[str, Any]]) -> Remedy | None:
    """The fault that names the cause: one of a mapping before a document's own, as the outbox chooses it."""
    found = [describe_fault(fault) for fault in faults]
    return next((each for each in found if each.klass is ErrorClass.MAPPING), found[0] if found else None)


def describe_code(code: str | None) -> Remedy | None:
    """The remedy of a code alone, such as why a connection was lost; None for a code that left the table."""
    if code not in BY_CODE:
        return None
    return Remedy(fault=Recognised(BY_CODE[code], Fault("", code=code, source="transport")))


def describe_cause(cause: Cause) -> Remedy:
    """The remedy of a cause, open or closed."""
    code = cause.code if cause.code in BY_CODE else ""
    return describe_fault({"code": code, "message": cause.message, "parts": cause.parts})
