"""The documents a person is asked about before they are left out of Xero, or before what is gone is decided."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import Q, Sum

from firms.models import Firm
from xero_sync import outbox
from xero_sync.domain.holds import Hold
from xero_sync.domain.states import State
from xero_sync.facts.cause_impact import count_documents, describe_money
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import Cause, SyncJob


@dataclass(frozen=True, kw_only=True)
class DocumentChoice:
    """Everything that one cause holds, or one document with the documents that wait for it."""

    cause: Cause | None = None
    job: SyncJob | None = None

    @property
    def condition(self) -> Q:
        """The condition that selects their sync jobs."""
        return Q(cause=self.cause) if self.cause is not None else Q(pk=self.job.pk if self.job else None)


@dataclass(frozen=True, kw_only=True)
class ChosenDocuments:
    """The documents a person is asked about. `name` is posted with the answer: a change meanwhile is noticed.

    `waiting` counts the documents that wait for these and are not among them; `ended` says that some of them are gone
    from Xero, or were ended there.
    """

    name: str
    counts: Counter[str]
    money: Mapping[str, Decimal]
    waiting: Counter[str] = field(default_factory=Counter)
    ended: bool = False

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def words(self) -> str:
        """ "3 bills, 4,120.00 AUD"."""
        money = f", {describe_money(dict(self.money))}" if self.money else ""
        return f"{count_documents(self.counts)}{money}"


def count_chosen_documents(*, firm: Firm, choice: DocumentChoice) -> ChosenDocuments:
    """Count the documents that would be left out: four queries."""
    ids = outbox.waiting_ids(firm=firm, chosen=choice.condition)
    ended = bool(outbox.select_gone(firm=firm, chosen=Q(pk__in=ids)).jobs)
    return replace(_count(firm, ids, name=outbox.name_of(ids)), ended=ended)


def count_gone_documents(*, firm: Firm, choice: DocumentChoice) -> ChosenDocuments:
    """Count the documents that are gone from Xero and would be voided or sent again: four queries."""
    found = outbox.select_gone(firm=firm, chosen=choice.condition)
    waiting = SyncJob.objects.filter(
        firm=firm, state=State.ON_HOLD, hold=Hold.CONTACT.value, waits_for__in=found.ids
    ).values_list("kind", flat=True)
    return replace(_count(firm, found.ids, name=found.name), waiting=Counter(waiting))


def _count(firm: Firm, ids: Sequence[int], *, name: str) -> ChosenDocuments:
    jobs = SyncJob.objects.filter(pk__in=ids)
    bills = jobs.filter(kind=INVOICE.code).values("object_id")
    sums = firm.invoices.filter(pk__in=bills).order_by().values_list("currency").annotate(Sum("total"))
    return ChosenDocuments(
        name=name,
        counts=Counter(jobs.values_list("kind", flat=True)),
        money=dict(sums.order_by("currency")),
    )
