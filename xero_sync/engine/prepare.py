"""One claimed job -> a payload that is ready to go, or the reason why the document is not sent."""

import logging
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from xero_sync.domain.documents import Document
from xero_sync.domain.errors import Fault, recognise
from xero_sync.domain.holds import Hold, not_sent
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.notes import Note
from xero_sync.domain.payloads import Mapped, Payload
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.states import Event, Outcome
from xero_sync.domain.three_sides import Compared
from xero_sync.domain.watch import is_look_due
from xero_sync.engine.side_notes import notes_that_stay
from xero_sync.engine.turn_context import Turn
from xero_sync.models import SyncJob
from xero_sync.outbox import Result

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ready:
    """A job with the payload of its version."""

    kind: KindSpec
    job: SyncJob
    document: Document
    mapped: Mapped
    # For an update: how the document compares with the one in Xero.
    compared: Compared | None = None
    # What stays as it is in Xero, as the record stores it (domain/side_decisions.py).
    kept: tuple[dict[str, Any], ...] = ()

    @property
    def stated(self) -> Payload:
        """The whole document as it should be in Xero; what is sent of it may be less."""
        return self.compared.stated if self.compared else self.mapped.payload

    @property
    def carried(self) -> frozenset[str]:
        """The fields that go along as somebody else has set them in Xero."""
        return self.compared.kept if self.compared else frozenset()


def prepare(*, kind: KindSpec, job: SyncJob, document: Document | None, turn: Turn) -> Ready | Result:
    """Map the document under the preferences stored with its job; stop a document that Xero would certainly refuse."""
    preferences = Preferences.from_stored(job.preferences)
    if document is None:
        return stop(job, Event.SKIPPED, Outcome.HELD, hold="gone")
    reason = not_sent(
        standing=document.standing,
        only_approved=preferences.on("only_approved"),
        in_xero=bool(document.xero_id),
        start_date=turn.settings.start_date,
    )
    if reason is not None:
        return stop(job, Event.SKIPPED, Outcome.HELD, hold=reason.value)
    try:
        mapped = kind.map_document(document, preferences, turn.books)
    except Exception as fault:
        # One document we cannot map must not hold back the others of its batch; the fault reaches ops by name.
        logger.exception("A document could not be mapped", extra={"job": job.pk, "fault": type(fault).__name__})
        return stopped_by(job, (Fault("", code="our-fault", source="preflight"),))
    # Before the faults: a period locked since then, say, does not matter to an unchanged document in Xero.
    is_confirmed = bool(job.xero_id) and mapped.content_hash == job.xero_record.confirmed_hash
    if is_confirmed and not is_look_due(watch_until=job.watch_until, again_at=job.again_at, now=timezone.now()):
        return Result(
            job_id=job.pk,
            version=job.desired_version,
            event=Event.UNCHANGED,
            outcome=Outcome.UNCHANGED,
            notes=(*mapped.notes, *linked(job), *notes_that_stay(job.xero_record.notes)),
        )
    faults = _closed(kind, job, document) or mapped.faults
    if faults and not (is_confirmed and kind.sides):
        return stopped_by(job, faults)
    # An unchanged document is looked at in Xero: faults matter to it once something of it has to be sent again.
    return Ready(kind, job, document, replace(mapped, faults=faults))


def _closed(kind: KindSpec, job: SyncJob, document: Document) -> tuple[Fault, ...]:
    """Gone, ended, paid or credited in Xero, as its last refusal said: kept here, not sent; a void is sent.

    A Retry asks Xero again, but one that is gone is made again by a person's decision alone.
    """
    link = job.xero_record.link
    code = kind.gone_code if link.gone else link.closed
    if not code or document.is_void:
        return ()
    return (Fault("", code=code, source="preflight"),)


def linked(job: SyncJob) -> tuple[Note, ...]:
    """How the document came to stand in Xero, if it was not created by us."""
    link = job.xero_record.link
    if not link.note:
        return ()
    found = Note(link.evidence, link.note)
    restored = Note("restore_archived_contacts", "It was archived in Xero and has been restored.")
    return (found, restored) if link.restored else (found,)


def stop(job: SyncJob, event: Event, outcome: Outcome, *, hold: str) -> Result:
    """The result for a document that is not sent, with the reason."""
    return Result(
        job_id=job.pk, version=job.desired_version, event=event, outcome=outcome, changes={"hold": hold, "faults": []}
    )


def stopped_by(job: SyncJob, faults: tuple[Fault, ...]) -> Result:
    """The result for a document with faults: on hold if they end by themselves, else somebody has to act."""
    held = all(recognise(fault).known.hold for fault in faults)
    return Result(
        job_id=job.pk,
        version=job.desired_version,
        event=Event.HELD if held else Event.REFUSED,
        outcome=Outcome.HELD if held else Outcome.REFUSED,
        changes={"hold": Hold.CAUSE.value if held else ""},
        faults=faults,
    )
