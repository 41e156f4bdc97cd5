"""Failures over all firms, grouped by what causes them. Codes and numbers only: operators see no client's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q

from firms.models import Firm
from xero_sync.domain.errors import UNKNOWN, ErrorClass, Fault, Owner, Recognised
from xero_sync.domain.errors.proposing import without_names
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.states import State
from xero_sync.facts.remedy import Remedy, describe_code
from xero_sync.kinds.registry import KINDS, find_kind
from xero_sync.models import Cause, SyncJob

NEW_FOR = timedelta(hours=24)
DOCUMENTS = 100
OWNERS = {Owner.STAFF: "billing staff", Owner.ADMIN: "firm admin", Owner.US: "us", Owner.NOBODY: "nobody"}
# A subject of these classes is an account, a rate, a currency, a date; of the others it may be a person's name.
NAMELESS = (ErrorClass.MAPPING, ErrorClass.ORGANISATION)
# The documents of each kind, under the kind's name: what waits for others first, as pages list them.
Counts = tuple[tuple[str, int], ...]
_SHOWN = tuple(reversed(KINDS))


@dataclass(frozen=True, kw_only=True)
class Group:
    """One cause code over all firms."""

    code: str
    title: str
    owner: str
    counts: Counts
    firms: int
    first_seen: datetime
    last_seen: datetime
    is_new: bool
    sample: str

    @property
    def documents(self) -> int:
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, kw_only=True)
class AtFirm:
    """One cause code at one firm."""

    firm: Firm
    subjects: str
    counts: Counts
    first_seen: datetime
    last_seen: datetime

    @property
    def documents(self) -> int:
        return sum(count for _, count in self.counts)


@dataclass(frozen=True)
class Document:
    """One document behind a cause, by number."""

    firm: Firm
    label: str
    state: str
    job: int
    waiting_since: datetime


def describe_failure(code: str) -> Remedy:
    """The known error of a code; one that left the table reads as unknown."""
    return describe_code(code) or Remedy(fault=Recognised(UNKNOWN, Fault("")))


def groups(*, now: datetime) -> list[Group]:
    """All open causes by code, the one with the most documents first: two queries."""
    rows = list(
        _held()
        .values("cause__code")
        .annotate(
            **_COUNTED,
            firms=Count("firm", distinct=True),
            first_seen=Min("cause__first_seen_at"),
            last_seen=Max("cause__last_seen_at"),
        )
    )
    samples = dict(
        Cause.objects.filter(closed_at=None, code__in=[row["cause__code"] for row in rows])
        .order_by("code", "-last_seen_at")
        .distinct("code")
        .values_list("code", "message")
    )
    found = [_group(row, samples.get(row["cause__code"], ""), now) for row in rows]
    return sorted(found, key=lambda group: (-group.documents, group.code))


def at_firms(*, code: str) -> list[AtFirm]:
    """One cause code by firm: two queries."""
    rows = list(
        _held()
        .filter(cause__code=code)
        .values("firm")
        .annotate(
            **_COUNTED,
            first_seen=Min("cause__first_seen_at"),
            last_seen=Max("cause__last_seen_at"),
        )
        .order_by(*(f"-{_column_of(kind)}" for kind in _SHOWN))
    )
    firms = Firm.objects.in_bulk([row["firm"] for row in rows])
    subjects = _subjects(code)
    return [
        AtFirm(
            firm=firms[row["firm"]],
            subjects=", ".join(subjects.get(row["firm"], [])[:5]),
            counts=_counts(row),
            first_seen=row["first_seen"],
            last_seen=row["last_seen"],
        )
        for row in rows
    ]


def documents(*, code: str, firm: Firm | None) -> list[Document]:
    """The documents behind a code, oldest first, at most DOCUMENTS: three queries."""
    jobs = _held().filter(cause__code=code)
    if firm is not None:
        jobs = jobs.filter(firm=firm)
    found = list(jobs.select_related("firm").order_by("saved_at", "pk")[:DOCUMENTS])
    labels = numbers(found)
    return [Document(job.firm, labels[job.pk], job.state, job.pk, job.saved_at) for job in found]


def numbers(jobs: Iterable[SyncJob]) -> dict[int, str]:
    """ "Bill 10481" or "Contact C-1042" by job id: a query a kind, and no name."""
    wanted = list(jobs)
    codes = {kind.code: _read_codes(wanted, kind) for kind in KINDS}
    return {job.pk: f"{find_kind(job.kind).labels.title} {codes[job.kind].get(job.object_id, '?')}" for job in wanted}


def _column_of(kind: KindSpec) -> str:
    return f"of_{kind.code}"


_COUNTED = {_column_of(kind): Count("pk", filter=Q(kind=kind.code)) for kind in _SHOWN}


def _counts(row: dict[str, Any]) -> Counts:
    return tuple((kind.labels.plural.capitalize(), row[_column_of(kind)]) for kind in _SHOWN)


def _held() -> Any:
    return SyncJob.objects.filter(
        state__in=[State.NEEDS_YOU, State.ON_HOLD], cause__isnull=False, cause__closed_at=None
    ).order_by()


def _group(row: dict[str, Any], message: str, now: datetime) -> Group:
    remedy = describe_failure(row["cause__code"])
    return Group(
        code=row["cause__code"],
        title=remedy.title,
        owner=OWNERS[remedy.owner],
        counts=_counts(row),
        firms=row["firms"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        is_new=row["first_seen"] >= now - NEW_FOR,
        # The table's own sample, or what is left of new words: Xero's text itself may hold a name.
        sample=without_names(message) if remedy.fault.known is UNKNOWN else remedy.fault.known.sample,
    )


def _subjects(code: str) -> dict[int, list[str]]:
    if describe_failure(code).klass not in NAMELESS:
        return {}
    found: dict[int, list[str]] = {}
    rows = Cause.objects.filter(code=code, closed_at=None).exclude(subject="").order_by("subject")
    for firm_id, subject in rows.values_list("firm_id", "subject"):
        found.setdefault(firm_id, []).append(subject)
    return found


def _read_codes(jobs: list[SyncJob], kind: KindSpec) -> dict[int, str]:
    ids = [job.object_id for job in jobs if job.kind == kind.code]
    rows = kind.rows.model.objects.filter(pk__in=ids)
    return dict(rows.values_list("pk", kind.rows.summary["code"])) if ids else {}
