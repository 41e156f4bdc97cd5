"""What the pages show on which a person links a contact or a bill to the one in Xero, or has handled it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from billing.models import Contact, Invoice
from firms.models import Firm
from firms.refusals import Refused
from xero_sync.domain.errors import ErrorClass
from xero_sync.domain.identity import fold_name, fold_number_as_xero
from xero_sync.domain.states import State
from xero_sync.facts import link_refusals, places
from xero_sync.facts.remedy import Link, describe_cause
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import format_moment
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.in_xero import ContactInXero
from xero_sync.kinds.contact.linking import Candidate, candidates
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.kinds.invoice.linking import Difference, differences
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import Cause, SyncJob
from xero_sync.organisation import search
from xero_sync.organisation.search import Contacts, Looked
from xero_sync.organisation.upkeep import NotNow
from xero_sync.pages.cards import XERO_STATUS, SideRow

NOTHING = "-"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One contact in Xero to choose. `taken`: another client here is linked to it already."""

    there: ContactInXero
    evidence: str
    taken: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field of both sides, and what stands in Xero after linking."""

    label: str
    here: str
    xero: str
    after: str

    @property
    def changes(self) -> bool:
        return self.after != self.xero


@dataclass(frozen=True, kw_only=True)
class ContactPage:
    """The page of one contact. With `chosen` both sides are compared, else there are `choices`."""

    contact: Contact
    job: SyncJob
    term: str
    choices: tuple[Choice, ...] = ()
    as_of: str = ""
    chosen: ContactInXero | None = None
    evidence: str = ""
    changes: tuple[Change, ...] = ()
    keeps_name: str = ""
    refused: str = ""
    linked_now: bool = False
    behind: int = 0
    xero_url: str = ""


@dataclass(frozen=True, kw_only=True)
class BillPage:
    """The page of one bill beside a bill in Xero. `ways` are what may be done where they differ."""

    invoice: Invoice
    job: SyncJob
    number: str
    there: InvoiceInXero | None = None
    rows: tuple[SideRow, ...] = ()
    verdict: str = ""
    agrees: bool = False
    refused: str = ""
    seen: str = ""
    xero_url: str = ""
    ways: tuple[Link, ...] = ()


def about(*, cause: Cause, job: SyncJob) -> SyncJob:
    """Which document a cause asks to link: the contact of the bill where it is about one."""
    if describe_cause(cause).klass is ErrorClass.CONTACT and job.contact_job:
        return job.contact_job
    return job


def contact_page(*, firm: Firm, job: SyncJob, chosen: str, term: str, now: datetime) -> ContactPage:
    """Whom to choose from, or both sides of the chosen one. What stands in the way is said in `refused`."""
    row = firm.contacts.get(pk=job.object_id)
    told: dict[str, Any] = {"contact": row, "job": job, "term": term, "linked_now": bool(job.xero_id)}
    try:
        document = search.read_contact_document(firm=firm, job=job)
        if chosen:
            read = search.read_contact(firm=firm, contact=document, xero_id=chosen, now=now)
            return ContactPage(**told, **_compared(firm, job, document, read))
        looked = search.look(firm=firm, job=job, contact=document, term=term, now=now)
    except (Refused, NotNow) as refusal:
        return ContactPage(**told, refused=str(refusal))
    as_of = format_moment(looked.read_at, firm=firm)
    return ContactPage(**told, choices=tuple(_choices(firm, job, looked)), as_of=as_of)


def _choices(firm: Firm, job: SyncJob, looked: Looked) -> list[Choice]:
    page = reverse("xero_sync:link-contact", args=[firm.slug, job.object_id])
    return [
        Choice(
            there=each.there,
            evidence=each.words,
            taken=looked.taken.get(each.there.xero_id, ""),
            url=f"{page}?chosen={each.there.xero_id}",
        )
        for each in looked.found
    ]


def _compared(firm: Firm, job: SyncJob, document: ContactDocument, read: Contacts) -> dict[str, Any]:
    there = read.there
    if there is None:
        return {"refused": "That contact is not in Xero any more. Choose another."}
    candidate: Candidate = candidates(document, [there], all_of_them=True)[0]
    refused = link_refusals.refuse_contact(firm=firm, job=job, read=read, restore=True)
    sight = RequestContext(firm)
    shown = SyncJob(kind=CONTACT.code, xero_id=there.xero_id)
    return {
        "chosen": there,
        "evidence": candidate.words,
        "changes": tuple(_changes(document, read, there, number_stays=link_refusals.keeps_number(job=job, read=read))),
        "keeps_name": read.has_name.name if read.has_name else "",
        "refused": refused,
        "behind": SyncJob.objects.filter(firm=firm, contact_job=job).exclude(state=State.IN_XERO).count(),
        "xero_url": places.in_xero(job=shown, short_code=sight.short_code),
    }


def _changes(here: ContactDocument, read: Contacts, there: ContactInXero, *, number_stays: bool) -> list[Change]:
    """What our save writes: our name and e-mail address, our number only where Xero has none."""
    number = here.number_sent or here.client_number
    after = there.number or (NOTHING if number_stays else number)
    email = here.emails[0] if here.emails else ""
    return [
        Change(label="Name", here=here.name, xero=there.name, after=there.name if read.has_name else here.name),
        Change(label="Client number", here=number, xero=there.number or NOTHING, after=after),
        Change(label="E-mail address", here=email or NOTHING, xero=there.email or NOTHING, after=email or NOTHING),
        Change(label="In use", here="Yes", xero="Archived" if there.is_archived else "Yes", after="Yes"),
    ]


def bill_page(*, firm: Firm, job: SyncJob, now: datetime) -> BillPage:
    """The bill here beside the one that has its number in Xero, read now."""
    invoice = firm.invoices.select_related("contact", "firm").get(pk=job.object_id)
    told: dict[str, Any] = {"invoice": invoice, "job": job, "number": invoice.number}
    try:
        document = search.read_invoice_document(firm=firm, job=job)
        there = search.find_invoice_in_xero(firm=firm, number=invoice.number, now=now)
    except (Refused, NotNow) as refusal:
        return BillPage(**told, refused=str(refusal))
    if there is None:
        return BillPage(**told, refused=f"Xero has no bill with the number {invoice.number}, so there is none to link.")
    apart = differences(document, there)
    other = search.other_bill(firm=firm, job=job, there=there)
    refused = f"That bill in Xero is bill {other} here, so it cannot be this one too." if other else ""
    return BillPage(
        **told,
        **_both_sides(firm, invoice, there, apart),
        verdict=_verdict(apart),
        agrees=not apart and not other,
        refused=refused,
        ways=tuple(_ways(firm, job, document, apart)) if apart else (),
    )


def handled_page(*, firm: Firm, job: SyncJob, number: str, now: datetime) -> BillPage:
    """The bill here beside the one in Xero that a person names; different figures are said, not refused."""
    invoice = firm.invoices.select_related("contact", "firm").get(pk=job.object_id)
    told: dict[str, Any] = {"invoice": invoice, "job": job, "number": number or invoice.number}
    if not number:
        return BillPage(**told)
    try:
        there = link_refusals.find_handled_bill(firm=firm, job=job, number=number, now=now)
    except (Refused, NotNow) as refusal:
        return BillPage(**told, refused=str(refusal))
    apart = _apart_by_eye(invoice, there)
    verdict = "Number, contact and total are the same."
    if apart:
        verdict = f"Not the same: {', '.join(each.value for each in apart)}. It is kept so, with both figures."
    return BillPage(
        **told,
        **_both_sides(firm, invoice, there, apart),
        verdict=verdict,
        agrees=not apart,
        seen=link_refusals.mark_of_bill(there),
    )


def _apart_by_eye(invoice: Invoice, there: InvoiceInXero) -> tuple[Difference, ...]:
    apart = {
        Difference.NUMBER: fold_number_as_xero(there.number) != fold_number_as_xero(invoice.number),
        Difference.CONTACT: fold_name(there.contact) != fold_name(invoice.contact.name),
        Difference.TOTAL: there.total != invoice.total,
        Difference.CURRENCY: there.currency != invoice.currency,
    }
    return tuple(each for each, differs in apart.items() if differs)


def _both_sides(firm: Firm, invoice: Invoice, there: InvoiceInXero, apart: Sequence[Difference]) -> dict[str, Any]:
    status = XERO_STATUS.get(there.status, there.status.capitalize())
    rows = (
        SideRow(label="Number", here=invoice.number, xero=there.number, differs=Difference.NUMBER in apart),
        SideRow(label="Client", here=invoice.contact.name, xero=there.contact, differs=Difference.CONTACT in apart),
        SideRow(
            label="Total",
            here=f"{invoice.total:,.2f} {invoice.currency}",
            xero=f"{there.total:,.2f} {there.currency}",
            total=True,
            differs=Difference.TOTAL in apart or Difference.CURRENCY in apart,
        ),
        SideRow(label="Issued", here=_day(invoice.issue_date), xero=_day(there.day)),
        SideRow(label="Status", here=invoice.get_state_display(), xero=status, differs=Difference.CLOSED in apart),
    )
    shown = SyncJob(kind=INVOICE.code, xero_id=there.xero_id)
    url = places.in_xero(job=shown, short_code=RequestContext(firm).short_code)
    return {"there": there, "rows": rows, "xero_url": url}


def _day(day: date | None) -> str:
    return f"{day:%-d %b %Y}" if day else NOTHING


def _verdict(apart: Sequence[Difference]) -> str:
    if not apart:
        return "Number, contact, total and currency are the same."
    return f"Not the same: {', '.join(each.value for each in apart)}. So the two cannot be linked."


def _ways(firm: Firm, job: SyncJob, document: InvoiceDocument, apart: Sequence[Difference]) -> list[Link]:
    """What may be done about a bill that has its number in Xero, but is another."""
    slug = firm.slug
    edit = reverse("billing:invoice-edit", args=[slug, job.object_id])
    ways = []
    if Difference.CONTACT in apart and job.contact_job is not None and not document.contact_xero_id:
        contact = reverse("xero_sync:link-contact", args=[slug, job.contact_job.object_id])
        ways.append(Link(contact, "Link its contact first"))
    ways.append(Link(f"{edit}#id_number", "Give this bill another number"))
    if Difference.CLOSED not in apart:
        handled = reverse("xero_sync:handled", args=[slug, job.object_id])
        ways.append(Link(f"{handled}?number={document.number}", "It is handled in Xero"))
    ways.append(Link(edit, "Correct this bill"))
    return ways
