"""The verdict of preflight on one document, and the facts it rests on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from xero_sync.domain.documents import Document
from xero_sync.domain.errors import ErrorClass, Fault, Recognised, recognise
from xero_sync.domain.holds import NotSent
from xero_sync.domain.link import NO_LINK, Link
from xero_sync.domain.notes import Note
from xero_sync.domain.preferences import Preferences

D = TypeVar("D", bound=Document)


class Verdict(StrEnum):
    """The outcome for a document if it were sent now."""

    GOES = "GOES"
    NOTES = "NOTES"  # goes, with a change that a person may want to know
    UNCHANGED = "UNCHANGED"  # Xero holds exactly this already
    REFUSED = "REFUSED"
    HELD = "HELD"  # waits for its contact, or for a date, and goes by itself afterwards
    NOT_SENT = "NOT_SENT"


ARRIVES = (Verdict.GOES, Verdict.NOTES, Verdict.UNCHANGED)
STOPPED = (Verdict.REFUSED, Verdict.HELD)


@dataclass(frozen=True, kw_only=True)
class DocumentGiven(Generic[D]):
    """One document as it would be sent, the preferences it is sent under, and the facts on its job.

    `link` is the job's; `left_out` says that a person took it out of the line; `at_rest` that the document is in Xero
    and was not saved since; `contact_id` is a bill's contact; `standing_refusals` are Xero's refusals that
    still hold.
    """

    document: D
    preferences: Preferences
    confirmed_hash: str = ""
    link: Link = NO_LINK
    left_out: NotSent | None = None
    at_rest: bool = False
    contact_id: int = 0
    standing_refusals: tuple[Fault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The verdict on one document, whose kind's code is `kind`.

    `waits_for` names the document it waits for, such as "CONTACT:5"; `reason` is why it, or that one, is not sent.
    """

    kind: str
    object_id: int
    verdict: Verdict
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()
    reason: NotSent | None = None
    waits_for: str = ""
    # The id in Xero; made up for a document that would be created.
    xero_id: str = ""

    @property
    def arrives(self) -> bool:
        """Whether the document would be in Xero afterwards."""
        return self.verdict in ARRIVES

    @property
    def recognised(self) -> list[Recognised]:
        """The known errors of the faults, each once, in the order they were found."""
        known: dict[tuple[str, str], Recognised] = {}
        for each in map(recognise, self.faults):
            known.setdefault((each.code, each.subject), each)
        return list(known.values())

    @property
    def leading(self) -> Recognised | None:
        """The fault that names the cause: one of a mapping before a document's own, as the outbox has it."""
        known = self.recognised
        return next((each for each in known if each.known.klass is ErrorClass.MAPPING), known[0] if known else None)

    @property
    def subject(self) -> str:
        """The document's own name as the subject of a cause."""
        return f"{self.kind}:{self.object_id}"

    @property
    def cause(self) -> tuple[str, str]:
        """The cause: a known error's code and its subject, as the outbox groups them."""
        leading = self.leading
        if leading is None:
            return "", ""
        if leading.known.subject == "organisation":
            return leading.code, ""
        return leading.code, leading.subject or self.waits_for or self.subject


def stopped(*, document: Document, faults: Sequence[Fault], xero_id: str = "") -> Judged:
    """The verdict on a document with faults: held if all of them end by themselves, else refused."""
    held = all(recognise(fault).known.hold for fault in faults)
    verdict = Verdict.HELD if held else Verdict.REFUSED
    kind, pk = document.kind, document.object_id
    return Judged(kind=kind, object_id=pk, verdict=verdict, faults=tuple(faults), xero_id=xero_id)


def arriving(*, document: Document, notes: Sequence[Note], unchanged: bool = False) -> Judged:
    """The verdict on a document that gets into Xero."""
    loud = any(not note.quiet for note in notes)
    verdict = Verdict.UNCHANGED if unchanged else Verdict.NOTES if loud else Verdict.GOES
    kind, pk = document.kind, document.object_id
    return Judged(kind=kind, object_id=pk, verdict=verdict, notes=tuple(notes), xero_id=document.xero_id)
