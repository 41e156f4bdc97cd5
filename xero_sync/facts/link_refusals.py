"""Why a document cannot be linked to one in Xero, or a bill not be kept as handled in Xero."""

from datetime import datetime
from typing import NoReturn

from firms.models import Firm
from firms.refusals import Refused
from xero_sync.kinds.invoice.in_xero import ENDED, InvoiceInXero
from xero_sync.models import SyncJob
from xero_sync.organisation import search
from xero_sync.organisation.connections import find_connection
from xero_sync.organisation.search import ContactReading

GONE = "That contact is not in {organisation} any more. Nothing was linked."


def describe_contact_refusal(*, firm: Firm, job: SyncJob, read: ContactReading, restore: bool) -> str:
    """Why the contact in Xero cannot be linked to the client, as a sentence; empty where it can."""
    xero_side = read.xero_side
    if xero_side is None:
        connection = find_connection(firm=firm)
        return GONE.format(organisation=connection.organisation_name if connection else "Xero")
    owner = search.find_owners(firm=firm, job=job, xero_ids=[xero_side.xero_id]).get(xero_side.xero_id)
    if owner:
        return f"{xero_side.name} in Xero is already linked to {owner} here. Nothing was linked."
    if job.xero_id == xero_side.xero_id and not xero_side.is_archived:
        return f"This client is linked to {xero_side.name} already."
    if xero_side.is_archived and not restore:
        return f"{xero_side.name} is archived in Xero. Tick \u201cRestore it in Xero\u201d to link it."
    if xero_side.status not in {"ACTIVE", "ARCHIVED"}:
        return f"Xero does not let {xero_side.name} be billed. Choose another contact."
    if read.has_number is not None and not keeps_number(job=job, read=read):
        holder = read.has_number
        return (
            f"{holder.name} in Xero has this client\u2019s number {holder.number}, and Xero takes each number once. "
            f"Take it off there first, or link to {holder.name}."
        )
    return ""


def keeps_number(*, job: SyncJob, read: ContactReading) -> bool:
    """Whether the client's former contact in Xero keeps the client number, so that the new one goes without it."""
    return read.has_number is not None and read.has_number.xero_id == job.xero_id


def find_handled_bill(*, firm: Firm, job: SyncJob, number: str, now: datetime) -> InvoiceInXero:
    """The bill in Xero that a person names as handled there. Raises Refused with words, and upkeep.NotNow."""
    number = number.strip()
    if not number or len(number) > 255 or not number.isprintable():
        _refuse("Enter the number that the bill has in Xero.")
    xero_side = search.find_invoice_in_xero(firm=firm, number=number, now=now)
    if xero_side is None:
        _refuse(f"Xero has no bill with the number {number}.")
    if xero_side.status in ENDED:
        _refuse(f"Bill {xero_side.number} was {xero_side.status.lower()} in Xero, so nobody can pay it there.")
    other = search.find_other_bill(firm=firm, job=job, xero_side=xero_side)
    if other:
        _refuse(f"That bill in Xero is bill {other} here.")
    return xero_side


def fingerprint_bill(xero_side: InvoiceInXero) -> str:
    """A short text that differs when the bill in Xero is no longer what a person was shown."""
    return f"{xero_side.xero_id} {xero_side.total:.2f} {xero_side.status}"


def _refuse(sentence: str) -> NoReturn:
    raise Refused({"number": sentence})
