"""What stands beside a document: its faults and their remedies, both sides' figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from billing.models import Invoice
from firms.models import Firm
from xero_sync.domain.preferences import BY_KEY, Preference
from xero_sync.domain.states import State
from xero_sync.facts import places
from xero_sync.facts.remedy import Remedy, describe_fault
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import format_moment
from xero_sync.models import SyncJob

XERO_STATUS = {
    "DRAFT": "Draft",
    "SUBMITTED": "Awaiting approval",
    "AUTHORISED": "Awaiting payment",
    "PAID": "Paid",
    "VOIDED": "Voided",
    "DELETED": "Deleted",
}
# Billing's state -> Xero's statuses that say the same.
SAME_STATUS = {
    "DRAFT": {"DRAFT"},
    "AWAITING_APPROVAL": {"SUBMITTED"},
    "APPROVED": {"AUTHORISED", "PAID"},
    "VOID": {"VOIDED", "DELETED"},
}


@dataclass(frozen=True, kw_only=True)
class NoteShown:
    """One note, and the switch behind it if there is one."""

    text: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class SideRow:
    """One figure on both sides."""

    label: str
    here: str
    xero: str
    total: bool = False
    differs: bool = False


@dataclass(frozen=True, kw_only=True)
class Versus:
    """The table "Here and in Xero" with its verdict."""

    rows: tuple[SideRow, ...]
    verdict: str
    unequal: bool


def list_remedies(*, job: SyncJob, sight: RequestContext) -> list[Remedy]:
    """Every fault that holds this document, in the order they were found, each with what ends it."""
    if job.state == State.IN_XERO:
        return []
    target = places.Target.of_job(job)
    return [places.locate_remedy(remedy=describe_fault(fault), target=target, sight=sight) for fault in job.faults]


def versus(*, invoice: Invoice, job: SyncJob) -> Versus | None:
    """Both sides of a bill, equal to the cent or different by name; None while it has never been in Xero."""
    record = job.xero_record
    if not record.xero_id or record.total is None:
        return None
    money = (
        ("Subtotal", _subtotal(invoice), record.subtotal),
        ("Tax", invoice.tax_total, record.tax),
        ("Total", invoice.total, record.total),
    )
    rows = [
        SideRow(label=label, here=_money(here), xero=_money(there), total=label == "Total", differs=here != there)
        for label, here, there in money
    ]
    same = record.status in SAME_STATUS.get(invoice.state, set())
    status = XERO_STATUS.get(record.status, record.status.capitalize())
    rows.append(SideRow(label="Status", here=invoice.get_state_display(), xero=status, differs=not same))
    apart = [row.label.lower() for row in rows if row.differs]
    read = (
        f"Read from Xero\u2019s answer at {format_moment(record.confirmed_at, firm=invoice.firm)}."
        if record.confirmed_at
        else ""
    )
    if not apart:
        return Versus(rows=tuple(rows), verdict=f"Equal to the cent. {read}", unequal=False)
    by = _difference(invoice.total, record.total, invoice.currency)
    return Versus(rows=tuple(rows), verdict=f"Not the same: {', '.join(apart)}.{by} {read}", unequal=True)


def notes_of(*, stored: Sequence[Mapping[str, Any]], firm: Firm) -> list[NoteShown]:
    """Notes of a document, each with the way to the switch that it comes of."""
    settings = reverse("xero_sync:settings", args=[firm.slug])
    return [_note(str(note.get("text", "")), BY_KEY.get(str(note.get("code"))), settings) for note in stored]


def _note(text: str, switch: Preference | None, settings: str) -> NoteShown:
    if switch is None:
        return NoteShown(text=text)
    return NoteShown(text=text, label=switch.label, url=f"{settings}#switch-{switch.key}")


def _subtotal(invoice: Invoice) -> Decimal:
    # Xero's SubTotal is without tax whether or not the amounts include it.
    return invoice.total - invoice.tax_total


def _difference(here: Decimal, there: Decimal, currency: str) -> str:
    if here == there:
        return ""
    more = "more" if there > here else "less"
    return f" Xero has {abs(there - here):,.2f} {currency} {more}."


def _money(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:,.2f}"
