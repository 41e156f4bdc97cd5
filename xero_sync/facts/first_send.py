"""How much the first send of a firm would release."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from firms.models import Firm
from xero_sync.domain.holds import FIRM_HOLDS, NotSent
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.states import State
from xero_sync.facts.cause_impact import count_documents
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.kinds.registry import kinds_for_clients
from xero_sync.kinds.rows import rows_of
from xero_sync.models import SyncJob


@dataclass(frozen=True)
class FirstSend:
    """How many documents would go, besides clients, if the first send were confirmed now; by the codes of kinds."""

    counts: Counter[str]

    @property
    def bills(self) -> int:
        return self.counts[INVOICE.code]

    @property
    def documents(self) -> int:
        return self.counts.total()

    @property
    def words(self) -> str:
        return count_documents(self.counts)


def count_first_send(*, firm: Firm, start_date: date | None) -> FirstSend:
    """How many bills, and documents of other kinds than clients, a confirmation would release with this start date."""
    counts = {kind.code: _count(firm, kind, start_date) for kind in kinds_for_clients()}
    return FirstSend(Counter(counts))


def _count(firm: Firm, kind: KindSpec, start_date: date | None) -> int:
    jobs = SyncJob.objects.filter(firm=firm, kind=kind.code)
    held = jobs.filter(state=State.ON_HOLD, hold__in=[hold.value for hold in FIRM_HOLDS])
    goes, standing = Q(pk__in=held.values("object_id")), kind.rows.standing
    if standing:
        early = jobs.filter(state=State.NOT_SENT, hold=NotSent.BEFORE_START.value)
        goes |= Q(pk__in=early.values("object_id"), **{standing["state"]: "APPROVED"})
    if "held" in standing:
        goes &= Q(**{standing["held"]: False})
    if standing and start_date is not None:
        goes &= Q(**{f"{standing['issue_date']}__gte": start_date})
    count: int = rows_of(firm=firm, kind=kind).filter(goes).count()
    return count
