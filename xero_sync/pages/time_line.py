"""The time line of one document: the saves from the audit trail, and every attempt with its end. Three queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from billing.services.facts import has_same_values
from firms.models import AuditEvent, Firm
from xero_sync.domain.kinds import KindSpec, Operation
from xero_sync.domain.states import Outcome
from xero_sync.facts.remedy import describe_leading_fault
from xero_sync.kinds.registry import find_kind
from xero_sync.models import SyncAttempt, SyncJob

LIMIT = 30


@dataclass(frozen=True, kw_only=True)
class TimeLineEvent:
    """One entry of a time line. `reference` is Xero's own id of the request, to quote to Xero's support."""

    at: datetime
    tone: str
    icon: str
    title: str
    detail: str = ""
    notes: tuple[str, ...] = ()
    reference: str = ""


@dataclass(frozen=True)
class OutcomeLook:
    """The colour, icon and title of an outcome."""

    tone: str
    icon: str
    title: str


OUTCOME_LOOKS: Mapping[str, OutcomeLook] = {
    Outcome.ACCEPTED: OutcomeLook("green", "check", "In Xero"),
    Outcome.NOTES: OutcomeLook("green", "check", "In Xero, with a note"),
    Outcome.UNCHANGED: OutcomeLook("green", "equal", "Nothing to send"),
    Outcome.REFUSED: OutcomeLook("red", "triangle-alert", "Refused"),
    Outcome.HELD: OutcomeLook("amber", "pause", "Held"),
    Outcome.DEFERRED: OutcomeLook("slate", "clock", "Deferred"),
    Outcome.FAILED: OutcomeLook("amber", "rotate-cw", "Did not get through"),
    Outcome.UNKNOWN: OutcomeLook("violet", "search", "No answer"),
    Outcome.ABSENT: OutcomeLook("violet", "search", "Not found in Xero"),
    Outcome.LATE: OutcomeLook("slate", "clock", "Answered too late"),
}
ACTIONS: Mapping[str, tuple[str, str]] = {
    "created": ("Created", "plus"),
    "edited": ("Edited", "pencil"),
    "imported": ("Imported", "upload"),
    "approved": ("Approved", "check"),
    "submitted": ("Submitted for approval", "send"),
    "returned_to_draft": ("Returned to draft", "undo-2"),
    "voided": ("Voided", "ban"),
    "retried": ("Retry pressed", "refresh-cw"),
    "linked": ("Linked by hand", "link"),
    "left_out": ("Left out of Xero", "ban"),
    "handled_in_xero": ("Handled in Xero", "check"),
    "sent_after_all": ("Sent after all", "undo-2"),
    "voided_as_gone": ("Voided here as in Xero", "ban"),
    "sides_decided": ("Decided on both sides", "equal-not"),
    "sent_as_new": ("Sent again as new", "arrow-up"),
}
# Fields whose change is not listed, because they follow from other fields.
FOLLOWING = frozenset({"subtotal", "tax_total", "version"})


def list_events(*, firm: Firm, job: SyncJob | None, target: Any) -> list[TimeLineEvent]:
    """The events of a document, newest first, at most LIMIT."""
    found = [*_list_actions(firm, target)]
    if job is not None:
        for attempt in select_attempts(job=job)[:LIMIT]:
            found += list_attempt_events(attempt, kind=find_kind(job.kind))
    # Of one moment, the answer stands above the sending.
    return sorted(found, key=lambda each: each.at, reverse=True)[:LIMIT]


def select_attempts(*, job: SyncJob) -> Any:
    """A document's attempts, newest first, each with `together`, the number of documents in its batch."""
    together = (
        SyncAttempt.objects.filter(batch_id=OuterRef("batch_id"))
        .order_by()
        .values("batch_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        SyncAttempt.objects.filter(job=job)
        .select_related("batch")
        .annotate(together=Subquery(together))
        .order_by("-opened_at", "-pk")
    )


def list_attempt_events(attempt: Any, *, kind: KindSpec) -> list[TimeLineEvent]:
    """How one attempt ended, and, where a request was made, that the document was sent."""
    events = []
    if attempt.closed_at is not None:
        end = OUTCOME_LOOKS[attempt.outcome or Outcome.UNKNOWN]
        events.append(
            TimeLineEvent(
                at=attempt.closed_at,
                tone=end.tone,
                icon=end.icon,
                title=_name_attempt(attempt, end),
                detail=_describe_attempt(attempt, kind),
                notes=tuple(str(note.get("text", "")) for note in attempt.notes),
                reference=attempt.correlation_id,
            )
        )
    if attempt.closed_at is None or attempt.duration_ms is not None:
        events.append(_describe_sending(attempt))
    return events


def explain_attempt(attempt: Any) -> str:
    """Why an attempt ended as it did, in words; empty where it has no fault."""
    remedy = describe_leading_fault(attempt.faults)
    if remedy is None:
        return ""
    said = f" Xero: {remedy.xero_said}" if remedy.xero_said else ""
    return f"{remedy.title}. {remedy.why}{said}"


def _describe_sending(attempt: Any) -> TimeLineEvent:
    if attempt.batch.operation == Operation.LOOK_UP:
        return TimeLineEvent(at=attempt.opened_at, tone="violet", icon="search", title="Asked Xero whether it has it")
    words = "as new" if attempt.batch.operation == Operation.CREATE else "as a change"
    return TimeLineEvent(
        at=attempt.opened_at, tone="blue", icon="arrow-up", title="Sent", detail=f"Version {attempt.version}, {words}."
    )


def _name_attempt(attempt: Any, end: OutcomeLook) -> str:
    if attempt.batch.operation == Operation.LOOK_UP and attempt.outcome in (Outcome.ACCEPTED, Outcome.NOTES):
        return "Found in Xero"
    if attempt.outcome == Outcome.REFUSED and attempt.duration_ms is None:
        return "Stopped before sending"
    loud = sum(1 for note in attempt.notes if not note.get("quiet"))
    if attempt.outcome == Outcome.NOTES and loud > 1:
        return f"In Xero, with {loud} notes"
    return end.title


def _describe_attempt(attempt: Any, kind: KindSpec) -> str:
    if attempt.outcome == Outcome.UNCHANGED:
        return f"Xero holds exactly version {attempt.version} already."
    if attempt.outcome in (Outcome.ACCEPTED, Outcome.NOTES):
        return f"Version {attempt.version} accepted{_describe_duration(attempt)}{_describe_company(attempt, kind)}."
    if attempt.outcome == Outcome.LATE:
        return "The answer came after the document had been taken up anew; it is sent again."
    reason = explain_attempt(attempt)
    if attempt.outcome == Outcome.UNKNOWN and not reason:
        return f"No answer came back{_describe_duration(attempt)}. Xero is asked before anything is sent again."
    if attempt.outcome == Outcome.DEFERRED:
        return reason or "Xero asked us to slow down. It goes later, by itself."
    return reason


def _describe_duration(attempt: Any) -> str:
    return f" in {attempt.duration_ms / 1000:.2f} s" if attempt.duration_ms is not None else ""


def _describe_company(attempt: Any, kind: KindSpec) -> str:
    others = (attempt.together or 1) - 1
    if not others:
        return ""
    labels = kind.labels
    noun = labels.noun if others == 1 else labels.plural
    return f" with {others} other {noun}"


def _list_actions(firm: Firm, target: Any) -> list[TimeLineEvent]:
    events = AuditEvent.objects.filter(
        firm=firm, target_kind=target._meta.model_name, target_id=str(target.pk)
    ).order_by("-at", "-pk")
    return [_describe_action(event) for event in events[:LIMIT]]


def _describe_action(event: AuditEvent) -> TimeLineEvent:
    verb = event.action.rpartition(".")[2]
    title, icon = ACTIONS.get(verb, (verb.replace("_", " ").replace("-", " ").capitalize(), "user"))
    changed = _describe_changes(event) if verb == "edited" else str(event.after.get("words", ""))
    by = f"By {event.actor_label}." if event.actor_label else ""
    return TimeLineEvent(at=event.at, tone="slate", icon=icon, title=title, detail=f"{changed} {by}".strip())


def _describe_changes(event: AuditEvent) -> str:
    names = [name for name in {**event.before, **event.after} if name not in FOLLOWING]
    # Records from before values were compared name every line of a saved form.
    unchanged = [name for name in names if has_same_values(event.before.get(name), event.after.get(name))]
    words = [name.removesuffix("_id").replace("_", " ") for name in names if name not in unchanged]
    shown = ", ".join(words[:4]) + (f" and {len(words) - 4} more" if len(words) > 4 else "")
    said = f"{shown[:1].upper()}{shown[1:]}." if words else "Saved without a change."
    if not unchanged:
        return said
    lines = f"{len(unchanged)} lines" if len(unchanged) > 1 else unchanged[0]
    return f"{said} The record of that day also names {lines}, whose values did not change."
