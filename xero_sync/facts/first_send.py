"""What the first send of a firm would let go."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from billing.models import Invoice, InvoiceState
from firms.models import Firm
from xero_sync.domain.holds import FIRM_HOLDS, NotSent
from xero_sync.domain.states import State
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import SyncJob


@dataclass(frozen=True)
class FirstSend:
    """What would go if the first send were confirmed now."""

    bills: int
    contacts: int


def count_first_send(*, firm: Firm, start_date: date | None) -> FirstSend:
    """How many bills and contacts a confirmation would let go, with this start date."""
    jobs = SyncJob.objects.filter(firm=firm)
    held = jobs.filter(state=State.ON_HOLD, hold__in=[hold.value for hold in FIRM_HOLDS])
    early = jobs.filter(kind=INVOICE.code, state=State.NOT_SENT, hold=NotSent.BEFORE_START.value)
    bills = Invoice.objects.filter(firm=firm).filter(
        Q(pk__in=held.filter(kind=INVOICE.code).values("object_id"))
        | Q(pk__in=early.values("object_id"), state=InvoiceState.APPROVED)
    )
    if start_date is not None:
        bills = bills.filter(issue_date__gte=start_date)
    return FirstSend(bills=bills.count(), contacts=held.filter(kind=CONTACT.code).count())
