"""What stands in the way of linking a document to one in Xero, or of keeping a bill as handled there."""

from datetime import datetime
from typing import NoReturn

from firms.models import Firm
from firms.refusals import Refused
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.kinds.invoice.linking import CLOSED
from xero_sync.models import SyncJob
from xero_sync.organisation import search
from xero_sync.organisation.connections import find_connection
from xero_sync.organisation.search import Contacts

GONE = "That contact is not in {organisation} any more. Nothing was linked."


def refuse_contact(*, firm: Firm, job: SyncJob, read: Contacts, restore: bool) -> str:
    """Why this contact in Xero cannot be that client, in words; empty where it can."""
    there = read.there
    if there is None:
        connection = find_connection(firm=firm)
        return GONE.format(organisation=connection.organisation_name if connection else "Xero")
    owner = search.taken(firm=firm, job=job, xero_ids=[there.xero_id]).get(there.xero_id)
    if owner:
        return f"{there.name} in Xero is already linked to {owner} here. Nothing was linked."
    if job.xero_id == there.xero_id and not there.is_archived:
        return f"This client is linked to {there.name} already."
    if there.is_archived and not restore:
        return f"{there.name} is archived in Xero. Tick \u201cRestore it in Xero\u201d to link it."
    if there.status not in {"ACTIVE", "ARCHIVED"}:
        return f"Xero does not let {there.name} be billed. Choose another contact."
    if read.has_number is not None and not keeps_number(job=job, read=read):
        holder = read.has_number
        return (
            f"{holder.name} in Xero has this client\u2019s number {holder.number}, and Xero takes each number once. "
            f"Take it off there first, or link to {holder.name}."
        )
    return ""


def keeps_number(*, job: SyncJob, read: Contacts) -> bool:
    """Whether the contact this client was linked to before has its number in Xero, so that this one goes without."""
    return read.has_number is not None and read.has_number.xero_id == job.xero_id


def find_handled_bill(*, firm: Firm, job: SyncJob, number: str, now: datetime) -> InvoiceInXero:
    """The bill in Xero that a person names as handled there. Raises Refused with words, and upkeep.NotNow."""
    number = number.strip()
    if not number or len(number) > 255 or not number.isprintable():
        _refuse("Enter the number that the bill has in Xero.")
    there = search.find_invoice_in_xero(firm=firm, number=number, now=now)
    if there is None:
        _refuse(f"Xero has no bill with the number {number}.")
    if there.status in CLOSED:
        _refuse(f"Bill {there.number} was {there.status.lower()} in Xero, so nobody can pay it there.")
    other = search.other_bill(firm=firm, job=job, there=there)
    if other:
        _refuse(f"That bill in Xero is bill {other} here.")
    return there


def mark_of_bill(there: InvoiceInXero) -> str:
    """A short name of what a person was shown of a bill in Xero."""
    return f"{there.xero_id} {there.total:.2f} {there.status}"


def _refuse(sentence: str) -> NoReturn:
    raise Refused({"number": sentence})
