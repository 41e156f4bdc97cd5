"""A document's sync as a page says it: its state in words, what happens next, who acts. One query for any number."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from firms.models import Firm
from xero_sync.domain.errors import BY_CODE
from xero_sync.domain.gone import was_ended
from xero_sync.domain.holds import BY_A_PERSON, SENTENCES, Hold, NotSent
from xero_sync.domain.states import State
from xero_sync.facts import places
from xero_sync.facts.remedy import Link, Remedy, describe_code, describe_leading_fault
from xero_sync.kinds.registry import find_kind
from xero_sync.kinds.rows import client_of_job, import_of_row, summarise_row
from xero_sync.models import BillSyncSettings, ConnectionState, Resolution, SyncJob, SyncLane, XeroConnection

WITH_NOTES = "IN_XERO_WITH_NOTES"
LABELS: dict[str, str] = {
    State.NEEDS_YOU: "Needs you",
    State.TRYING_AGAIN: "Trying again",
    State.CHECKING: "Checking",
    State.ON_HOLD: "On hold",
    State.WAITING: "Waiting",
    State.SENDING: "Sending",
    State.IN_XERO: "In Xero",
    WITH_NOTES: "In Xero, with notes",
    State.NOT_SENT: "Not sent",
}
BY_HAND = (State.NEEDS_YOU, State.TRYING_AGAIN)
# Xero's own limits, as a lane waits for them.
LIMITS = {
    "day": "Xero\u2019s daily limit is used up",
    "reserve": "The rest of Xero\u2019s daily limit is kept for single saves",
    "minute": "Xero takes 60 calls a minute",
    "pace": "Xero takes 60 calls a minute",
    "concurrent": "Xero is busy with our other calls",
    "tokens": "Xero\u2019s sign-in does not answer",
    "credentials": BY_CODE["our-credentials-refused"].title,
}


@dataclass(frozen=True, kw_only=True)
class DocumentState:
    """One document's state as a page shows it. `job` is None for a document that was never judged."""

    kind: str
    object_id: int
    state: str
    with_notes: bool
    sentence: str
    link: Link | None = None
    job: SyncJob | None = None

    @property
    def cell_id(self) -> str:
        return f"state-{self.kind}-{self.object_id}"

    @property
    def label(self) -> str:
        return LABELS.get(WITH_NOTES if self.with_notes else self.state, "Not sent")

    @property
    def can_retry(self) -> bool:
        """Whether a person's Retry would do anything."""
        job = self.job
        if job is None or _waits_for_left_out(job):
            return False
        return job.state in BY_HAND or (job.state == State.ON_HOLD and job.hold in (Hold.CAUSE, Hold.CONTACT))

    @property
    def waits_for_a_person(self) -> bool:
        """Whether a person may leave the document out of Xero, or keep it as handled."""
        job = self.job
        held = job is not None and job.state == State.ON_HOLD and job.hold in (Hold.CAUSE, Hold.CONTACT)
        return self.state == State.NEEDS_YOU or held

    @property
    def version(self) -> str:
        """A text that differs whenever a page that shows the document must change."""
        changed = self.job.changed_at.isoformat() if self.job else ""
        return f"{self.cell_id} {changed} {self.sentence}"


def read_states(*, firm: Firm, kind: str, ids: Iterable[int]) -> dict[int, DocumentState]:
    """The state of each of these documents, in one query; a document without a job counts as not sent."""
    return {pk: state for (_, pk), state in read_states_of_kinds(firm=firm, wanted={kind: list(ids)}).items()}


def read_states_of_kinds(*, firm: Firm, wanted: Mapping[str, Collection[int]]) -> dict[tuple[str, int], DocumentState]:
    """The states of documents of several kinds, by the kind's code and the id; still one query."""
    chosen = Q(pk__in=[])
    for kind, ids in wanted.items():
        chosen |= Q(kind=kind, object_id__in=list(ids))
    jobs = {(job.kind, job.object_id): job for job in select_shown_jobs(firm=firm).filter(chosen)}
    keys = [(kind, pk) for kind, ids in wanted.items() for pk in ids]
    return {
        key: describe_job(job=jobs[key], firm=firm)
        if key in jobs
        else describe_unjudged_document(kind=key[0], object_id=key[1])
        for key in keys
    }


def select_shown_jobs(*, firm: Firm) -> QuerySet[Any]:
    """A firm's jobs, annotated with the facts that their sentences need."""
    lane = SyncLane.objects.filter(firm_id=OuterRef("firm_id"))
    settings = BillSyncSettings.objects.filter(firm_id=OuterRef("firm_id"))
    connection = XeroConnection.objects.filter(firm_id=OuterRef("firm_id"), state=ConnectionState.LOST)
    return (
        SyncJob.objects.filter(firm=firm)
        .select_related("record")
        .annotate(
            paused_by=Subquery(settings.values("paused_by")[:1]),
            lost_code=Subquery(connection.values("lost_code")[:1]),
            lane_until=Subquery(lane.values("not_before")[:1]),
            lane_waits_for=Subquery(lane.values("waits_for")[:1]),
            contact_id=client_of_job(itself=False),
            import_id=import_of_row(),
            waited_kind=F("waits_for__kind"),
            waited_id=F("waits_for__object_id"),
            waited_xero_id=F("waits_for__xero_id"),
            waited_state=F("waits_for__state"),
            waited_hold=F("waits_for__hold"),
            waited=summarise_row(of="waits_for__"),
            resolved=Subquery(_resolutions().filter(job=OuterRef("pk")).values("decision")[:1]),
        )
    )


def _resolutions() -> QuerySet[Any]:
    """The decisions of people, newest first, each in one value."""
    decision = JSONObject(by="by_label", at="at", reason="reason", proof="proof")
    return Resolution.objects.order_by("-at", "-pk").annotate(decision=decision)


def describe_unjudged_document(*, kind: str, object_id: int) -> DocumentState:
    """The state of a document without a job."""
    words = find_kind(kind).labels.unjudged
    return DocumentState(kind=kind, object_id=object_id, state=State.NOT_SENT, with_notes=False, sentence=words)


def describe_job(*, job: Any, firm: Firm) -> DocumentState:
    """A row of `select_shown_jobs` in words."""
    return DocumentState(
        kind=job.kind,
        object_id=job.object_id,
        state=job.state,
        with_notes=job.state == State.IN_XERO and bool(job.xero_record.notes),
        sentence=_sentence(job, firm),
        link=_link(job, firm),
        job=job,
    )


def build_etag(states: Collection[DocumentState]) -> str:
    """The HTTP entity tag of what is shown now, for a conditional reply."""
    text = "\n".join(state.version for state in states)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def format_moment(moment: datetime, *, firm: Firm) -> str:
    """A time in the firm's time zone, with the day unless the day is today in that zone."""
    zone = ZoneInfo(firm.timezone)
    local, today = moment.astimezone(zone), timezone.now().astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    year = f" {local:%Y}" if local.year != today.year else ""
    return f"{local:%-d %b}{year}, {local:%H:%M}"


def format_day(moment: datetime, *, firm: Firm) -> str:
    """The day in the firm's time zone: "3 May", with the year unless it is the current one."""
    zone = ZoneInfo(firm.timezone)
    local = moment.astimezone(zone)
    return f"{local:%-d %b}" if local.year == timezone.now().astimezone(zone).year else f"{local:%-d %b %Y}"


def _sentence(job: Any, firm: Firm) -> str:
    words = _SENTENCES.get(job.state)
    return words(job, firm) if words else ""


def _waiting(job: Any, firm: Firm) -> str:
    now = timezone.now()
    if job.waited_id and not job.waited_xero_id and job.waited_state != State.IN_XERO:
        return f"In line after its {_waited(job)}."
    if job.lane_until and job.lane_until > now:
        why = LIMITS.get(job.lane_waits_for, "Xero asked us to wait")
        return f"{why}. Goes at {format_moment(job.lane_until, firm=firm)}."
    if (job.due_at - now).total_seconds() > 60:
        return f"In line. Goes at {format_moment(job.due_at, firm=firm)}."
    return "In line. Goes within seconds."


def _in_xero(job: Any, firm: Firm) -> str:
    record = job.xero_record
    as_of = format_moment(record.confirmed_at, firm=firm) if record.confirmed_at else "its last send"
    if record.notes:
        more = f" And {len(record.notes) - 1} more." if len(record.notes) > 1 else ""
        return f"{_end_sentence(str(record.notes[0].get('text', '')))}{more}"
    if record.status in {"VOIDED", "DELETED"}:
        return f"{record.status.capitalize()} in Xero as of {as_of}."
    return f"Matches Xero as of {as_of}."


def _trying_again(job: Any, firm: Firm) -> str:
    remedy = describe_leading_fault(job.faults)
    why = remedy.title if remedy else "Xero did not answer"
    return f"{why}. Next try {format_moment(job.due_at, firm=firm)}."


def _on_hold(job: Any, firm: Firm) -> str:
    if job.hold == Hold.CAUSE:
        remedy = describe_leading_fault(job.faults)
        return _what_happened(remedy) if remedy else "On hold."
    if job.hold == Hold.CONNECTION_LOST and job.lost_code != Hold.CONNECTION_LOST:
        lost = describe_code(job.lost_code)
        if lost is not None:
            return _end_sentence(lost.sentence)
    if _waits_for_left_out(job):
        return f"Its {_waited(job)} was left out of Xero. Send it after all, or leave this out too."
    by = f" by {job.paused_by}" if job.paused_by else ""
    return SENTENCES.get(job.hold, "On hold.").format(by=by, waited=_waited(job))


def _waits_for_left_out(job: Any) -> bool:
    """Whether the document that this one waits for was left out of Xero by a person."""
    held = job.state == State.ON_HOLD and job.hold == Hold.CONTACT
    return held and job.waited_state == State.NOT_SENT and job.waited_hold in BY_A_PERSON


def _waited(job: Any) -> str:
    """ "contact Ann Jones": the document that this one waits for, by its name or number."""
    if not job.waited_kind:
        return ""
    return f"{find_kind(job.waited_kind).labels.noun} {(job.waited or {}).get('name', '')}"


def _needs_you(job: Any, firm: Firm) -> str:
    remedy = describe_leading_fault(job.faults)
    return _what_happened(remedy) if remedy else "Somebody has to look at it."


def _what_happened(remedy: Remedy) -> str:
    """The state in a sentence. The remedy is in the link beside the sentence; without a link, in the sentence."""
    if remedy.action and remedy.place not in places.XERO_PATHS:
        return f"{remedy.title}."
    return _end_sentence(remedy.sentence)


def _not_sent(job: Any, firm: Firm) -> str:
    decision = getattr(job, "resolved", None)
    if decision and job.hold in (NotSent.LEFT_OUT, NotSent.HANDLED):
        by = f"by {decision['by']} on {format_day(datetime.fromisoformat(decision['at']), firm=firm)}"
        if job.hold == NotSent.HANDLED:
            return _end_sentence(f"Handled in Xero as {decision['proof'].get('number', '')} {by}")
        what = "Its last change was left out of Xero" if job.xero_id else "Left out of Xero"
        if was_ended(kind=find_kind(job.kind), link=job.xero_record.link):
            what = "Gone or void in Xero, and left as it is"
        return _end_sentence(f"{what} {by}: {decision['reason']}")
    if job.hold == NotSent.VOID and job.xero_record.link.gone:
        return "Void here, and no longer in Xero."
    return SENTENCES.get(job.hold, "It is not to be sent.").format(noun=find_kind(job.kind).labels.noun)


_SENTENCES: Mapping[str, Any] = {
    State.NOT_SENT: _not_sent,
    State.WAITING: _waiting,
    State.SENDING: lambda job, firm: "Being sent now.",
    State.IN_XERO: _in_xero,
    State.TRYING_AGAIN: _trying_again,
    State.CHECKING: lambda job, firm: "Sent, but no answer came back. Asking Xero before sending again.",
    State.ON_HOLD: _on_hold,
    State.NEEDS_YOU: _needs_you,
}


def _link(job: Any, firm: Firm) -> Link | None:
    """The link to the field that fixes the fault, named by what to do."""
    if job.state == State.ON_HOLD and job.hold == Hold.CONTACT:
        return places.build_waited_link(firm=firm, job=job)
    if job.state == State.ON_HOLD and job.hold == Hold.IMPORT and job.import_id:
        return places.build_import_link(firm=firm, import_id=job.import_id)
    if job.state in (State.ON_HOLD, State.NOT_SENT) and job.hold in places.HOLD_PLACES:
        return places.build_hold_link(firm=firm, hold=job.hold)
    if job.state not in (State.NEEDS_YOU, State.ON_HOLD):
        return None
    remedy = describe_leading_fault(job.faults)
    if remedy is None:
        return None
    target = places.Target.of_job(job)
    card = places.find_card_link(remedy=remedy, target=target, firm=firm)
    found = card or places.find_field_link(remedy=remedy, target=target, firm=firm)
    return Link(found.url, remedy.action) if found and remedy.action else found


def _end_sentence(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
