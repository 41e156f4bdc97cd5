"""The documents that causes hold: how many, how much money, the first by name. Two queries for any number of causes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, Func, Min, OuterRef, Q, Subquery, Sum, When, Window
from django.db.models.functions import Cast, Coalesce, JSONObject, RowNumber

from billing.models import Contact, Invoice
from firms.models import Firm
from xero_sync.domain.holds import FIRM_HOLDS
from xero_sync.domain.states import State
from xero_sync.domain.text import join_words
from xero_sync.facts import places
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.kinds.registry import KINDS, find_kind
from xero_sync.kinds.rows import client_of_job, currency_of_row, summarise_row, total_of_row
from xero_sync.models import FirmPreference, SyncJob

SHOWN = 10
OF_THE_FIRM = [hold.value for hold in FIRM_HOLDS]


@dataclass(frozen=True)
class AffectedDocument:
    """One document that a cause holds."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class FixSubject:
    """The first document that a cause holds, with the values that the fields of a fix start from.

    `bill` and `contact` hold "pk", "version" and the fields that can be fixed; a contact's cause has an empty `bill`.
    """

    bill: dict[str, Any]
    contact: dict[str, Any]
    in_xero: bool


@dataclass(kw_only=True)
class CauseImpact:
    """The documents of one cause. `money` is by currency; `saved_otherwise` counts those saved under other settings."""

    counts: Counter[str] = field(default_factory=Counter)
    needs_person: int = 0
    saved_otherwise: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)
    oldest: datetime | None = None
    affected: list[AffectedDocument] = field(default_factory=list)
    target: places.Target | None = None
    subject: FixSubject | None = None

    @property
    def bills(self) -> int:
        return self.counts[INVOICE.code]

    @property
    def contacts(self) -> int:
        return self.counts[CONTACT.code]

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def count_words(self) -> str:
        return count_documents(self.counts)

    @property
    def money_words(self) -> str:
        return describe_money(self.money)


def count_documents(counts: Mapping[str, int]) -> str:
    """ "37 bills", "1 contact and 8 bills", by the codes of kinds; "0 bills" for none at all."""
    words = [kind.labels.count(counts[kind.code]) for kind in KINDS if counts.get(kind.code)]
    return join_words(words) or INVOICE.labels.count(0)


def describe_money(money: dict[str, Decimal]) -> str:
    """The sum of each currency with two decimals, such as "4,120.00 AUD and 90.00 NZD"."""
    return " and ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(money.items()))


def sum_cause_impacts(*, firm: Firm) -> tuple[dict[int, CauseImpact], dict[str, CauseImpact]]:
    """The documents that each open cause holds, by its id, and those of each hold of the whole firm, by its name."""
    causes: dict[int, CauseImpact] = {}
    holds: dict[str, CauseImpact] = {}
    for row in _summed(firm):
        if row["of_firm"]:
            _add(holds.setdefault(row["hold"], CauseImpact()), row)
        else:
            _add(causes.setdefault(row["cause"], CauseImpact()), row)
    return causes, holds


def name_first_documents(*, firm: Firm, impact: dict[int, CauseImpact]) -> None:
    """Add the first documents of each cause, by its id, and the values that its fix starts from."""
    for job in _first_jobs(firm, list(impact)):
        found = impact[job.cause_id]
        kind = find_kind(job.kind)
        # A document that others wait for is named before them.
        if found.target is None or not kind.waits_for:
            found.target = places.Target.of_job(job)
            found.subject = FixSubject(bill=job.bill or {}, contact=job.client or {}, in_xero=bool(job.xero_id))
        if job.summary:
            label = kind.labels.named.format(job.summary["name"])
            url = places.build_document_url(firm=firm, kind=kind.code, object_id=job.object_id, job_id=job.pk)
            found.affected.append(AffectedDocument(label, url))


def is_saved_under_other_preferences() -> Exists:
    """Whether a job was saved while one of the firm's switches stood otherwise than today; a missing key is off."""
    key = Func(OuterRef("preferences"), F("key"), arg_joiner=" ->> ", template="(%(expressions)s)")
    then = Coalesce(Cast(key, BooleanField()), False)
    return Exists(FirmPreference.objects.filter(firm=OuterRef("firm")).exclude(on=then))


def _summed(firm: Firm) -> Iterable[dict[str, Any]]:
    """By cause or hold, kind, state and currency."""
    of_firm = Q(state=State.ON_HOLD, hold__in=OF_THE_FIRM)
    waiting = SyncJob.objects.filter(Q(cause__closed_at=None, cause__isnull=False) | of_firm, firm=firm)
    groups = ("cause", "of_firm", "hold", "kind", "state", "currency")
    return list(
        waiting.annotate(
            of_firm=Case(When(of_firm, then=True), default=False, output_field=BooleanField()),
            total=total_of_row(),
            currency=currency_of_row(),
            other=is_saved_under_other_preferences(),
        )
        .values(*groups)
        .annotate(
            count=Count("pk"),
            money=Sum("total"),
            oldest=Min("saved_at"),
            saved_otherwise=Count("pk", filter=Q(other=True)),
        )
        .order_by("cause", "hold", "currency")
    )


def _add(impact: CauseImpact, row: dict[str, Any]) -> None:
    impact.counts[row["kind"]] += row["count"]
    if row["currency"]:
        before = impact.money.get(row["currency"], Decimal(0))
        impact.money[row["currency"]] = before + (row["money"] or Decimal(0))
    impact.saved_otherwise += row["saved_otherwise"]
    if row["state"] == State.NEEDS_YOU:
        impact.needs_person += row["count"]
    impact.oldest = min(impact.oldest or row["oldest"], row["oldest"])


def _first_jobs(firm: Firm, cause_ids: list[int]) -> list[Any]:
    if not cause_ids:
        return []
    ranked = SyncJob.objects.filter(firm=firm, cause__in=cause_ids).annotate(
        place=Window(RowNumber(), partition_by=[F("cause_id"), F("kind")], order_by=F("pk").asc()),
        contact_id=client_of_job(itself=True),
    )
    bill = Invoice.objects.filter(pk=OuterRef("object_id")).values(
        found=JSONObject(pk="pk", version="version", number="number", issue_date="issue_date", state="state")
    )
    client = Contact.objects.filter(pk=OuterRef("contact_id")).values(
        found=JSONObject(
            pk="pk", version="version", name="name", emails="emails", client_number="client_number", country="country"
        )
    )
    named = ranked.filter(place__lte=SHOWN).annotate(
        summary=summarise_row(),
        bill=Case(When(kind=INVOICE.code, then=Subquery(bill[:1]))),
        client=Subquery(client[:1]),
    )
    return list(named.order_by("pk"))
