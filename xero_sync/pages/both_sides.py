"""The page of one document that was changed here and in Xero: both sides field by field, and the decisions on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from firms.models import AuditEvent
from xero_sync import outbox
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.side_decisions import ShownDifference, SideDecision
from xero_sync.facts.cause_impact import describe_money
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import format_moment
from xero_sync.kinds.rows import find_rows, rows_of
from xero_sync.models import SyncJob
from xero_sync.outbox import ChangedJobs
from xero_sync.pages.side_values import KeptValue, list_kept, name_client, name_values

NAMED = 5
# The name of a document's total, for those that have one.
TOTAL = "total"
UNSENT = "Its client is not sent anything by this."


@dataclass(frozen=True, kw_only=True)
class FieldRow:
    """One field to decide about. `chosen` is what was chosen on the page that was refused."""

    shown: ShownDifference
    may_decide: bool
    chosen: str


@dataclass(frozen=True, kw_only=True)
class SharedDecision:
    """One group of fields that other documents of the cause have open too; `seen` names these documents."""

    group: str
    count: int
    others: str
    named: str
    seen: str
    may_decide: bool


@dataclass(frozen=True, kw_only=True)
class BothSidesPage:
    """Everything on the page. `seen` names what is shown, so that a decision about something else does nothing."""

    title: str
    kind: KindSpec
    target: Any
    rows: tuple[FieldRow, ...]
    kept: tuple[KeptValue, ...]
    shared: tuple[SharedDecision, ...]
    agreed_at: str
    changed_here: str
    in_xero: str
    totals: str
    seen: str

    @property
    def has_choice(self) -> bool:
        """Whether this person may decide about any of the fields."""
        return any(row.may_decide for row in self.rows)

    @property
    def heading(self) -> str:
        """The event that brought the document here, in one sentence."""
        where = "here and in Xero" if any(row.shown.both for row in self.rows) else "in Xero"
        return f"{self.title} was changed {where}"


def read_both_sides(
    *, context: RequestContext, kind: KindSpec, job: SyncJob, is_admin: bool, chosen: Mapping[str, str]
) -> BothSidesPage | None:
    """The page of this document; None where nothing about it waits for a decision."""
    firm = context.firm
    found = outbox.select_changed(firm=firm, chosen=Q(pk=job.pk))
    target = rows_of(firm=firm, kind=kind).filter(pk=job.object_id).first()
    if not found.jobs or target is None:
        return None
    [job] = found.jobs
    rows = tuple(_build_row(each, kind, job, context, is_admin, chosen) for each in outbox.list_open(job))
    record = job.xero_record
    return BothSidesPage(
        title=str(target),
        kind=kind,
        target=target,
        rows=rows,
        kept=list_kept(job=job, context=context),
        shared=tuple(_list_shared(context, kind, job, is_admin)),
        agreed_at=format_moment(record.confirmed_at, firm=firm) if record.confirmed_at else "",
        changed_here=_describe_last_save(context, target),
        in_xero=_describe_reading(context, job),
        totals=_describe_totals(kind, job, target),
        seen=found.name,
    )


def _build_row(
    difference: ShownDifference,
    kind: KindSpec,
    job: SyncJob,
    context: RequestContext,
    is_admin: bool,
    chosen: Mapping[str, str],
) -> FieldRow:
    sides = kind.sides
    if sides is not None and difference.field == sides.waited_field:
        difference = name_client(difference=difference, job=job)
    return FieldRow(
        shown=name_values(difference=difference, chart=context.chart),
        may_decide=is_admin or sides is None or not sides.needs_admin(difference.field),
        chosen=chosen.get(difference.field, ""),
    )


def _describe_last_save(context: RequestContext, target: Any) -> str:
    events = AuditEvent.objects.filter(
        firm=context.firm, target_kind=target._meta.model_name, target_id=str(target.pk), action__endswith=".edited"
    )
    last = events.order_by("-at", "-pk").first()
    return f"{last.actor_label}, {format_moment(last.at, firm=context.firm)}" if last else ""


def _describe_reading(context: RequestContext, job: SyncJob) -> str:
    record, words = job.xero_record, []
    if record.seen_stamp:
        words.append(f"changed {format_moment(record.seen_stamp, firm=context.firm)}")
    if record.seen_at:
        words.append(f"read {format_moment(record.seen_at, firm=context.firm)}")
    return ", ".join(words)


def _describe_totals(kind: KindSpec, job: SyncJob, target: Any) -> str:
    if TOTAL not in kind.rows.summary or kind.sides is None:
        return ""
    in_xero = kind.sides.from_stored(job.xero_record.seen)
    here = getattr(target, kind.rows.summary[TOTAL])
    if here == in_xero.total:
        return f"{here:,.2f} {target.currency} on both sides. {UNSENT}"
    return f"{here:,.2f} {target.currency} here, {in_xero.total:,.2f} {in_xero.currency} in Xero. {UNSENT}"


def _list_shared(context: RequestContext, kind: KindSpec, job: SyncJob, is_admin: bool) -> list[SharedDecision]:
    """The groups of fields that other documents of the same cause have open too."""
    if kind.sides is None or job.cause_id is None:
        return []
    fields = {kind.sides.group(each.field): each.field for each in outbox.list_open(job)}
    groups = outbox.select_groups(firm=context.firm, chosen=Q(cause=job.cause_id))
    shared = []
    for group, field in fields.items():
        alike = groups.get(group)
        if alike is not None and len(alike.jobs) > 1:
            may_decide = is_admin or not kind.sides.needs_admin(field)
            shared.append(_describe_shared(context, kind, job, group, alike, may_decide))
    return shared


def _describe_shared(
    context: RequestContext, kind: KindSpec, job: SyncJob, group: str, alike: ChangedJobs, may_decide: bool
) -> SharedDecision:
    others = [each for each in alike.jobs if each.pk != job.pk]
    rows = find_rows(firm=context.firm, jobs=others[:NAMED])
    names = [str(rows[each.pk]) for each in others[:NAMED] if each.pk in rows]
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    verb = "waits" if len(others) == 1 else "wait"
    noun = kind.labels.noun if len(others) == 1 else kind.labels.plural
    count = f"{len(others)} more {noun} {verb} for the same decision"
    named = f"{group.capitalize()}: {', '.join(names)}{more}.{_describe_money(context, kind, others)}"
    return SharedDecision(
        group=group, count=len(alike.jobs), others=count, named=named, seen=alike.name, may_decide=may_decide
    )


def _describe_money(context: RequestContext, kind: KindSpec, jobs: list[SyncJob]) -> str:
    if TOTAL not in kind.rows.summary:
        return ""
    rows = rows_of(firm=context.firm, kind=kind).filter(pk__in=[job.object_id for job in jobs]).order_by()
    total, currency = kind.rows.summary[TOTAL], kind.rows.summary["currency"]
    sums = dict(rows.values_list(currency).annotate(sum=Sum(total)))
    return f" {describe_money(sums)}."


DECISIONS = (
    (SideDecision.SEND_OURS.value, "Send ours"),
    (SideDecision.ACCEPT_XEROS.value, "Accept Xero\u2019s"),
    (SideDecision.LEAVE.value, "Leave"),
)
