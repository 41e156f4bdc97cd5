"""The page of one cause: its fault and remedy, the documents it holds, and what people did about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from billing.lists.paging import Order, page_by_key
from firms.models import AuditEvent, Firm, User
from xero_sync.domain.states import State
from xero_sync.facts import places, status
from xero_sync.facts.remedy import describe_leading_fault
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import DocumentState, format_day, format_moment
from xero_sync.kinds.registry import find_kind
from xero_sync.kinds.rows import summarise_row
from xero_sync.models import Cause
from xero_sync.pages import needs_you
from xero_sync.pages.fix_panels import RefusedInput
from xero_sync.pages.needs_you import CauseEntry
from xero_sync.pages.time_line import TimeLineEvent

SIZE = 50
LONGEST_HISTORY = 50
OLDEST_SAVED = Order(column="saved_at", parse=datetime.fromisoformat, descending=False)
# A person's action and the closing of the cause are one transaction, or two moments of it.
AT_ONCE = timedelta(seconds=5)
ACTIONS: Mapping[str, tuple[str, str]] = {
    "assigned": ("Given to somebody", "user"),
    "snoozed": ("Snoozed", "clock"),
    "retried": ("Retry pressed", "refresh-cw"),
    "released": ("Fixed", "check"),
    "fixed": ("Fixed", "check"),
    "left_out": ("Left out of Xero", "ban"),
    "voided_as_gone": ("Voided here as in Xero", "ban"),
}


@dataclass(frozen=True)
class FirmMember:
    """A person of the firm to whom the cause can be assigned."""

    pk: int
    label: str


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """One document that the cause holds."""

    label: str
    url: str
    client: str
    money: str
    since: str
    shown: DocumentState


@dataclass(frozen=True, kw_only=True)
class CausePage:
    """Everything on the page. `events` are (event, time in the firm's zone, whether to name the day), newest first."""

    entry: CauseEntry
    cause: Cause
    rows: tuple[DocumentRow, ...]
    newer_url: str
    older_url: str
    members: tuple[FirmMember, ...]
    events: tuple[tuple[TimeLineEvent, datetime, bool], ...]
    snoozed_until: str
    closed: str

    @property
    def is_open(self) -> bool:
        return self.cause.closed_at is None


def find_cause(*, firm: Firm, pk: int) -> Any:
    """The cause with the firm's members and its earlier rows, in one query; None where the firm has no such cause."""
    same = Cause.objects.filter(firm=firm, code=OuterRef("code"), subject=OuterRef("subject"))
    ended = same.exclude(pk=OuterRef("pk")).filter(closed_at__lte=OuterRef("first_seen_at"))
    people = User.objects.filter(memberships__firm=firm, is_active=True).order_by("name", "email")
    rows = Cause.objects.filter(firm=firm, pk=pk).select_related("assigned_to")
    return rows.annotate(
        closed_before=Subquery(ended.order_by("-closed_at").values("closed_at")[:1]),
        # The same cause at other times: each time it comes back it is a new row.
        same=ArraySubquery(same.values("pk")),
        members=ArraySubquery(people.values(each=JSONObject(pk="pk", name="name", email="email"))),
    ).first()


def read_cause_page(
    *, context: RequestContext, cause: Any, is_admin: bool, after: str, before: str, typed: RefusedInput | None = None
) -> CausePage:
    """Read the page, its documents 50 at a time, the longest waiting first."""
    firm = context.firm
    jobs = page_by_key(_find_jobs(firm, cause), order=OLDEST_SAVED, size=SIZE, after=after, before=before)
    members = [FirmMember(each["pk"], each["name"] or each["email"]) for each in cause.members]
    late = cause.snoozed_until is not None and cause.snoozed_until > timezone.now()
    return CausePage(
        entry=needs_you.read_cause_entry(context=context, is_admin=is_admin, cause=cause, typed=typed),
        cause=cause,
        rows=tuple(_build_document_row(job, firm) for job in jobs.rows),
        newer_url=f"?{urlencode({'before': jobs.before})}" if jobs.before else "",
        older_url=f"?{urlencode({'after': jobs.after})}" if jobs.after else "",
        members=tuple(members) if cause.closed_at is None else (),
        events=tuple(_localise_events(firm, _list_events(firm, cause))),
        snoozed_until=format_day(cause.snoozed_until, firm=firm) if late and cause.closed_at is None else "",
        closed=format_moment(cause.closed_at, firm=firm) if cause.closed_at else "",
    )


def _find_jobs(firm: Firm, cause: Cause) -> Any:
    jobs = status.select_shown_jobs(firm=firm).filter(cause=cause)
    return jobs.annotate(summary=summarise_row())


def _build_document_row(job: Any, firm: Firm) -> DocumentRow:
    labels, found = find_kind(job.kind).labels, job.summary or {}
    return DocumentRow(
        label=labels.listed.format(found["name"]) if found else "No longer here",
        url=_build_url(job, firm),
        client=found.get("beside", ""),
        money=f"{Decimal(found['total']):,.2f} {found['currency']}" if "total" in found else "",
        since=format_moment(job.saved_at, firm=firm),
        shown=status.describe_job(job=job, firm=firm),
    )


def _build_url(job: Any, firm: Firm) -> str:
    """The page of the decision where the document waits for one, else the document's own."""
    kind = find_kind(job.kind)
    leading = describe_leading_fault(job.faults) if job.state == State.NEEDS_YOU else None
    if leading is not None and leading.code == kind.changed_code:
        return places.build_sides_url(firm=firm, kind=kind, object_id=job.object_id)
    return places.build_document_url(firm=firm, kind=job.kind, object_id=job.object_id, job_id=job.pk)


def _list_events(firm: Firm, cause: Any) -> list[TimeLineEvent]:
    ids = [str(pk) for pk in cause.same]
    events = AuditEvent.objects.filter(firm=firm, target_kind="cause", target_id__in=ids)
    actions = list(events.order_by("-at", "-pk")[:LONGEST_HISTORY])
    found = [_describe_action(event, firm) for event in actions]
    found.append(_describe_opening(firm, cause))
    if cause.closed_at is not None:
        found.append(_describe_closing(cause, actions))
    # Of one moment, the closing stands above the action that caused it.
    return sorted(found, key=lambda each: each.at, reverse=True)


def _describe_opening(firm: Firm, cause: Any) -> TimeLineEvent:
    if cause.returned:
        times = "once" if cause.returned == 1 else f"{cause.returned} times"
        last = f", last on {format_day(cause.closed_before, firm=firm)}" if cause.closed_before else ""
        return _build_event(cause.first_seen_at, "rotate-cw", "Came back", f"It was fixed {times} before{last}.")
    return _build_event(cause.first_seen_at, "triangle-alert", "Met for the first time", "", tone="red")


def _describe_closing(cause: Cause, actions: list[AuditEvent]) -> TimeLineEvent:
    assert cause.closed_at is not None
    ended = cause.closed_at
    by = next(
        (action for action in actions if action.action != "cause.assigned" and abs(ended - action.at) < AT_ONCE), None
    )
    why = f"By {by.actor_label}." if by else "A document was saved, or what stood in the way changed."
    moment = max(ended, by.at) if by else ended
    return _build_event(moment + timedelta(microseconds=1), "check", "It holds nothing any more", why, tone="green")


def _describe_action(event: AuditEvent, firm: Firm) -> TimeLineEvent:
    verb = event.action.rpartition(".")[2]
    title, icon = ACTIONS.get(verb, (verb.replace("_", " ").replace("-", " ").capitalize(), "user"))
    return _build_event(
        event.at, icon, title, f"{_describe_details(verb, event, firm)} By {event.actor_label}.".strip()
    )


def _describe_details(verb: str, event: AuditEvent, firm: Firm) -> str:
    if verb == "assigned":
        return f"To {event.after['assigned_to']}." if event.after.get("assigned_to") else "To nobody in particular."
    if verb == "snoozed":
        until = event.after.get("snoozed_until")
        return f"Until {format_day(datetime.fromisoformat(until), firm=firm)}." if until else "Taken up again."
    documents = event.after.get("documents")
    count = f"{documents} document{'' if documents == 1 else 's'}. " if documents else ""
    return f"{count}{_end_sentence(str(event.after.get('words', '')))}".strip()


def _end_sentence(words: str) -> str:
    return words if not words or words.endswith((".", "?", "!")) else f"{words}."


def _build_event(moment: datetime, icon: str, title: str, detail: str, *, tone: str = "slate") -> TimeLineEvent:
    return TimeLineEvent(at=moment, tone=tone, icon=icon, title=title, detail=detail)


def _localise_events(firm: Firm, found: list[TimeLineEvent]) -> list[tuple[TimeLineEvent, datetime, bool]]:
    zone = ZoneInfo(firm.timezone)
    today = timezone.now().astimezone(zone).date()
    local = [(each, each.at.astimezone(zone)) for each in found]
    return [(each, moment, moment.date() != today) for each, moment in local]
