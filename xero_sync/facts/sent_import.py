"""The bills of an import that went on: which of them may be voided together, and why the others may not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q

from billing.models import Import, Invoice, InvoiceState
from firms.models import AuditEvent, Firm
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import SyncJob, XeroDocument
from xero_sync.organisation import chart
from xero_sync.organisation.connections import find_connection

# Voided with one press; what is more is offered again.
MOST_BILLS = 2000


class Kept(StrEnum):
    """Why a bill is not voided with its import. In the order in which they are told."""

    PAID = "paid or credited in Xero"
    LOCKED = "dated in a period that is locked in Xero"
    CHANGED_IN_XERO = "changed in Xero since"
    CHANGED_HERE = "edited here since"
    NOT_APPROVED = "not approved yet"


@dataclass(frozen=True, kw_only=True)
class SentImport:
    """The live bills of an import, by what may become of them. `bills` may be voided; `kept` may not, by reason."""

    bills: Sequence[Invoice]
    kept: Mapping[Kept, Sequence[Invoice]]
    in_xero: int

    @property
    def money(self) -> dict[str, Decimal]:
        """What the bills that may be voided come to, by currency."""
        sums: dict[str, Decimal] = {}
        for bill in self.bills:
            sums[bill.currency] = sums.get(bill.currency, Decimal(0)) + bill.total
        return sums


def read_sent_import(*, firm: Firm, source: Import) -> SentImport:
    """Sort the import's bills that are neither held nor void, MOST_BILLS of them. Six queries."""
    live = firm.invoices.filter(source_import=source, held=False).exclude(state=InvoiceState.VOID)
    bills = list(live.select_related("contact").order_by("pk")[:MOST_BILLS])
    ids = [bill.pk for bill in bills]
    jobs = {
        job.object_id: job
        for job in SyncJob.objects.filter(firm=firm, kind=INVOICE.code, object_id__in=ids).select_related("record")
    }
    connection = find_connection(firm=firm)
    tenant = connection.xero_tenant_id if connection else ""
    known = chart.stored(firm=firm, xero_tenant_id=tenant)
    settled = _settled(firm, tenant, [job.xero_id for job in jobs.values() if job.xero_id])
    edited = _edited(firm, source, ids)
    kept: dict[Kept, list[Invoice]] = {}
    voidable = []
    for bill in bills:
        reason = _reason(bill, jobs.get(bill.pk), settled, known.lock_date if known else None, edited)
        if reason is None:
            voidable.append(bill)
        else:
            kept.setdefault(reason, []).append(bill)
    ordered = {reason: kept[reason] for reason in Kept if reason in kept}
    in_xero = sum(1 for bill in voidable if bill.pk in jobs and jobs[bill.pk].xero_id)
    return SentImport(bills=voidable, kept=ordered, in_xero=in_xero)


def _settled(firm: Firm, tenant: str, xero_ids: Collection[str]) -> set[str]:
    """Those of these bills in Xero that are paid or credited, in part or whole."""
    rows = XeroDocument.objects.filter(
        Q(settled__gt=0) | Q(status="PAID"), firm=firm, xero_tenant_id=tenant, kind=INVOICE.code, xero_id__in=xero_ids
    )
    return set(rows.values_list("xero_id", flat=True))


def _edited(firm: Firm, source: Import, ids: Collection[int]) -> set[int]:
    """Those of these bills that a person saved after they came in."""
    events = AuditEvent.objects.filter(
        firm=firm,
        target_kind="invoice",
        target_id__in=[str(pk) for pk in ids],
        action="invoice.edited",
        at__gte=source.created_at,
    )
    return {int(pk) for pk in events.values_list("target_id", flat=True)}


def _reason(
    bill: Invoice, job: SyncJob | None, settled: Collection[str], locked_to: date | None, edited: Collection[int]
) -> Kept | None:
    if bill.state != InvoiceState.APPROVED:
        return Kept.NOT_APPROVED
    if job is not None and job.xero_id:
        if job.xero_id in settled or job.xero_record.status == "PAID":
            return Kept.PAID
        if locked_to is not None and bill.issue_date <= locked_to:
            return Kept.LOCKED
        if job.xero_record.open_differences or job.xero_record.known_differences:
            return Kept.CHANGED_IN_XERO
    return Kept.CHANGED_HERE if bill.pk in edited else None
