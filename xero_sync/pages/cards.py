"""Xero's part of a document's page: faults with their remedies, notes, and the figures of both sides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from firms.models import Firm
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.preferences import BY_KEY, Preference
from xero_sync.domain.states import State
from xero_sync.facts import places
from xero_sync.facts.remedy import Remedy, describe_fault
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import format_moment
from xero_sync.models import SyncJob, XeroRecord

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
class ShownNote:
    """One note, with the label and address of the preference that caused it, if one did."""

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
class Comparison:
    """The table "Here and in Xero" with its verdict."""

    rows: tuple[SideRow, ...]
    verdict: str
    unequal: bool


def list_remedies(*, job: SyncJob, context: RequestContext) -> list[Remedy]:
    """Every fault that holds this document, in the order found, each with its remedy."""
    if job.state == State.IN_XERO:
        return []
    target = places.Target.of_job(job)
    return [places.locate_remedy(remedy=describe_fault(fault), target=target, context=context) for fault in job.faults]


def compare_both_sides(*, document: Any, kind: KindSpec, job: SyncJob) -> Comparison | None:
    """Compare a document's amounts and status with Xero's; None while it has never been in Xero."""
    record = job.xero_record
    if not record.xero_id or record.total is None:
        return None
    rows = _compare_amounts(document, kind, record)
    state = getattr(document, "state", "")
    if state in SAME_STATUS:
        status = XERO_STATUS.get(record.status, record.status.capitalize())
        differs = record.status not in SAME_STATUS[state]
        rows.append(SideRow(label="Status", here=document.get_state_display(), xero=status, differs=differs))
    apart = [row.label.lower() for row in rows if row.differs]
    at = record.seen_at or record.confirmed_at
    read = f"Read in Xero at {format_moment(at, firm=document.firm)}." if at else ""
    if not apart:
        return Comparison(rows=tuple(rows), verdict=f"Equal to the cent. {read}", unequal=False)
    by = _describe_difference(_amounts_here(document, kind)["total"], record.total, document.currency)
    return Comparison(rows=tuple(rows), verdict=f"Not the same: {', '.join(apart)}.{by} {read}", unequal=True)


def _compare_amounts(document: Any, kind: KindSpec, record: XeroRecord) -> list[SideRow]:
    """A row for each amount that the kind has in Xero."""
    found = []
    for name, here in _amounts_here(document, kind).items():
        in_xero = getattr(record, name)
        found.append(
            SideRow(
                label=name.capitalize(),
                here=_format_amount(here),
                xero=_format_amount(in_xero),
                total=name == "total",
                differs=here != in_xero,
            )
        )
    return found


def _amounts_here(document: Any, kind: KindSpec) -> dict[str, Decimal]:
    """The row's amounts, by the columns of a record that the kind has; the total last."""
    total: Decimal = getattr(document, kind.rows.summary["total"])
    found: dict[str, Decimal] = {}
    if "subtotal" in kind.calls.totals:
        # Xero's SubTotal is without tax whether or not the amounts include it.
        found["subtotal"] = total - document.tax_total
    if "tax" in kind.calls.totals:
        found["tax"] = document.tax_total
    return {**found, "total": total}


def list_notes(*, stored: Sequence[Mapping[str, Any]], firm: Firm, but: str = "") -> list[ShownNote]:
    """A document's notes, each with the link to the preference that caused it; `but` names one shown elsewhere."""
    settings = reverse("xero_sync:settings", args=[firm.slug])
    shown = [note for note in stored if not but or note.get("code") != but]
    return [_describe_note(str(note.get("text", "")), BY_KEY.get(str(note.get("code"))), settings) for note in shown]


def _describe_note(text: str, switch: Preference | None, settings: str) -> ShownNote:
    if switch is None:
        return ShownNote(text=text)
    return ShownNote(text=text, label=switch.label, url=f"{settings}#switch-{switch.key}")


def _describe_difference(here: Decimal, in_xero: Decimal, currency: str) -> str:
    if here == in_xero:
        return ""
    more = "more" if in_xero > here else "less"
    return f" Xero has {abs(in_xero - here):,.2f} {currency} {more}."


def _format_amount(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:,.2f}"
