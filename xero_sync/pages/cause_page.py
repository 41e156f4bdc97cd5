"""The page of one cause: everything known of it, everything behind it, and what people did about it."""

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
from xero_sync.facts import places, status
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import DocumentState, format_day, format_moment
from xero_sync.kinds.registry import find_kind
from xero_sync.kinds.rows import summarise_row
from xero_sync.models import Cause
from xero_sync.pages import needs
from xero_sync.pages.fixes import Typed
from xero_sync.pages.needs import Entry
from xero_sync.pages.story import Happening

SIZE = 50
LONGEST_HISTORY = 50
OLDEST_SAVED = Order(column="saved_at", parse=datetime.fromisoformat, descending=False)
# A person's act and the end it brought about are one transaction, or two moments of it.
AT_ONCE = timedelta(seconds=5)
ACTS: Mapping[str, tuple[str, str]] = {
    "assigned": ("Given to somebody", "user"),
    "snoozed": ("Put off", "clock"),
    "retried": ("Retry pressed", "refresh-cw"),
    "released": ("Put right", "check"),
    "fixed": ("Put right", "check"),
    "left_out": ("Left out of Xero", "ban"),
}


@dataclass(frozen=True)
class Member:
    """Somebody who may look after it."""

    pk: int
    label: str


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """One document behind the cause."""

    label: str
    url: str
    client: str
    money: str
    since: str
    shown: DocumentState


@dataclass(frozen=True, kw_only=True)
class CausePage:
    """Everything on the page. `events` are (happening, local time, whether to name the day), newest first."""

    entry: Entry
    cause: Cause
    rows: tuple[DocumentRow, ...]
    newer_url: str
    older_url: str
    members: tuple[Member, ...]
    events: tuple[tuple[Happening, datetime, bool], ...]
    put_off: str
    closed: str

    @property
    def is_open(self) -> bool:
        return self.cause.closed_at is None


def find(*, firm: Firm, pk: int) -> Any:
    """The cause with what its page needs besides: one query; none where the firm has no such cause."""
    same = Cause.objects.filter(firm=firm, code=OuterRef("code"), subject=OuterRef("subject"))
    ended = same.exclude(pk=OuterRef("pk")).filter(closed_at__lte=OuterRef("first_seen_at"))
    people = User.objects.filter(memberships__firm=firm, is_active=True).order_by("name", "email")
    rows = Cause.objects.filter(firm=firm, pk=pk).select_related("assigned_to")
    return rows.annotate(
        closed_before=Subquery(ended.order_by("-closed_at").values("closed_at")[:1]),
        # The same thing at other times: closed and met again, it is another row.
        same=ArraySubquery(same.values("pk")),
        members=ArraySubquery(people.values(each=JSONObject(pk="pk", name="name", email="email"))),
    ).first()


def read_cause_page(
    *, sight: RequestContext, cause: Any, is_admin: bool, after: str, before: str, typed: Typed | None = None
) -> CausePage:
    """The page, its documents 50 at a time, the longest waiting first."""
    firm = sight.firm
    jobs = page_by_key(_jobs(firm, cause), order=OLDEST_SAVED, size=SIZE, after=after, before=before)
    members = [Member(each["pk"], each["name"] or each["email"]) for each in cause.members]
    late = cause.snoozed_until is not None and cause.snoozed_until > timezone.now()
    return CausePage(
        entry=needs.one(sight=sight, is_admin=is_admin, cause=cause, typed=typed),
        cause=cause,
        rows=tuple(_document_row(job, firm) for job in jobs.rows),
        newer_url=f"?{urlencode({'before': jobs.before})}" if jobs.before else "",
        older_url=f"?{urlencode({'after': jobs.after})}" if jobs.after else "",
        members=tuple(members) if cause.closed_at is None else (),
        events=tuple(_local(firm, _history(firm, cause))),
        put_off=format_day(cause.snoozed_until, firm=firm) if late and cause.closed_at is None else "",
        closed=format_moment(cause.closed_at, firm=firm) if cause.closed_at else "",
    )


def _jobs(firm: Firm, cause: Cause) -> Any:
    jobs = status.shown_jobs(firm=firm).filter(cause=cause)
    return jobs.annotate(summary=summarise_row())


def _document_row(job: Any, firm: Firm) -> DocumentRow:
    labels, found = find_kind(job.kind).labels, job.summary or {}
    return DocumentRow(
        label=labels.listed.format(found["name"]) if found else "No longer here",
        url=places.document_url(firm=firm, kind=job.kind, object_id=job.object_id, job_id=job.pk),
        client=found.get("beside", ""),
        money=f"{Decimal(found['total']):,.2f} {found['currency']}" if "total" in found else "",
        since=format_moment(job.saved_at, firm=firm),
        shown=status.describe_job(job=job, firm=firm),
    )


def _history(firm: Firm, cause: Any) -> list[Happening]:
    ids = [str(pk) for pk in cause.same]
    events = AuditEvent.objects.filter(firm=firm, target_kind="cause", target_id__in=ids)
    acts = list(events.order_by("-at", "-pk")[:LONGEST_HISTORY])
    found = [_act(event, firm) for event in acts]
    found.append(_opened(firm, cause))
    if cause.closed_at is not None:
        found.append(_closed(cause, acts))
    # Of one moment, the end stands above the act that brought it.
    return sorted(found, key=lambda each: each.at, reverse=True)


def _opened(firm: Firm, cause: Any) -> Happening:
    if cause.returned:
        times = "once" if cause.returned == 1 else f"{cause.returned} times"
        last = f", last on {format_day(cause.closed_before, firm=firm)}" if cause.closed_before else ""
        return _happened(cause.first_seen_at, "rotate-cw", "Came back", f"It was put right {times} before{last}.")
    return _happened(cause.first_seen_at, "triangle-alert", "Met for the first time", "", tone="red")


def _closed(cause: Cause, acts: list[AuditEvent]) -> Happening:
    assert cause.closed_at is not None
    ended = cause.closed_at
    by = next((act for act in acts if act.action != "cause.assigned" and abs(ended - act.at) < AT_ONCE), None)
    why = f"By {by.actor_label}." if by else "A document was saved, or what stood in the way changed."
    moment = max(ended, by.at) if by else ended
    return _happened(moment + timedelta(microseconds=1), "check", "Nothing waits behind it any more", why, tone="green")


def _act(event: AuditEvent, firm: Firm) -> Happening:
    verb = event.action.rpartition(".")[2]
    title, icon = ACTS.get(verb, (verb.replace("_", " ").replace("-", " ").capitalize(), "user"))
    return _happened(event.at, icon, title, f"{_said(verb, event, firm)} By {event.actor_label}.".strip())


def _said(verb: str, event: AuditEvent, firm: Firm) -> str:
    if verb == "assigned":
        return f"To {event.after['assigned_to']}." if event.after.get("assigned_to") else "To nobody in particular."
    if verb == "snoozed":
        until = event.after.get("snoozed_until")
        return f"Until {format_day(datetime.fromisoformat(until), firm=firm)}." if until else "Taken up again."
    documents = event.after.get("documents")
    count = f"{documents} document{'' if documents == 1 else 's'}. " if documents else ""
    return f"{count}{_ended(str(event.after.get('words', '')))}".strip()


def _ended(words: str) -> str:
    return words if not words or words.endswith((".", "?", "!")) else f"{words}."


def _happened(moment: datetime, icon: str, title: str, detail: str, *, tone: str = "slate") -> Happening:
    return Happening(at=moment, tone=tone, icon=icon, title=title, detail=detail)


def _local(firm: Firm, found: list[Happening]) -> list[tuple[Happening, datetime, bool]]:
    zone = ZoneInfo(firm.timezone)
    today = timezone.now().astimezone(zone).date()
    local = [(each, each.at.astimezone(zone)) for each in found]
    return [(each, moment, moment.date() != today) for each, moment in local]
