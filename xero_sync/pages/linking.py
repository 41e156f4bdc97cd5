"""The pages on which a person links a contact or a bill to the one in Xero, or says that the bill is handled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from billing.models import Contact, Invoice
from firms.models import Firm
from firms.refusals import Refused
from identity import fold_name, fold_number_as_xero
from xero_sync.domain.errors import ErrorClass
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
from xero_sync.organisation.search import ContactChoices, ContactReading
from xero_sync.organisation.upkeep import NotNow
from xero_sync.pages.cards import XERO_STATUS, SideRow

NOTHING = "-"


@dataclass(frozen=True, kw_only=True)
class ContactChoice:
    """One contact in Xero to choose. `taken` names another client here that is linked to the contact already."""

    xero_side: ContactInXero
    evidence: str
    taken: str
    url: str


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field of both sides, and its value in Xero after linking."""

    label: str
    here: str
    xero: str
    after: str

    @property
    def changes(self) -> bool:
        return self.after != self.xero


@dataclass(frozen=True, kw_only=True)
class LinkContactPage:
    """The page of one contact. With `chosen` both sides are compared, else there are `choices`."""

    contact: Contact
    job: SyncJob
    term: str
    choices: tuple[ContactChoice, ...] = ()
    as_of: str = ""
    chosen: ContactInXero | None = None
    evidence: str = ""
    changes: tuple[FieldChange, ...] = ()
    keeps_name: str = ""
    refused: str = ""
    linked_now: bool = False
    waiting_bills: int = 0
    xero_url: str = ""


@dataclass(frozen=True, kw_only=True)
class LinkBillPage:
    """The page of one bill beside a bill in Xero. `ways` are links to what a person may do where the two differ."""

    invoice: Invoice
    job: SyncJob
    number: str
    xero_side: InvoiceInXero | None = None
    rows: tuple[SideRow, ...] = ()
    verdict: str = ""
    agrees: bool = False
    refused: str = ""
    seen: str = ""
    xero_url: str = ""
    ways: tuple[Link, ...] = ()


def find_job_to_link(*, cause: Cause, job: SyncJob) -> SyncJob:
    """The job of the document to link: for a cause about contacts, the contact of the bill."""
    if describe_cause(cause).klass is ErrorClass.CONTACT and job.waits_for:
        return job.waits_for
    return job


def read_link_contact_page(*, firm: Firm, job: SyncJob, chosen: str, term: str, now: datetime) -> LinkContactPage:
    """Contacts in Xero to choose from, or both sides of the chosen contact. `refused` says why linking is refused."""
    row = firm.contacts.get(pk=job.object_id)
    known: dict[str, Any] = {"contact": row, "job": job, "term": term, "linked_now": bool(job.xero_id)}
    try:
        document = search.read_contact_document(firm=firm, job=job)
        if chosen:
            read = search.read_contact(firm=firm, contact=document, xero_id=chosen, now=now)
            return LinkContactPage(**known, **_compare_contacts(firm, job, document, read))
        looked = search.find_contact_choices(firm=firm, job=job, contact=document, term=term, now=now)
    except (Refused, NotNow) as refusal:
        return LinkContactPage(**known, refused=str(refusal))
    as_of = format_moment(looked.read_at, firm=firm)
    return LinkContactPage(**known, choices=tuple(_build_choices(firm, job, looked)), as_of=as_of)


def _build_choices(firm: Firm, job: SyncJob, looked: ContactChoices) -> list[ContactChoice]:
    page = reverse("xero_sync:link-contact", args=[firm.slug, job.object_id])
    return [
        ContactChoice(
            xero_side=each.xero_side,
            evidence=each.words,
            taken=looked.taken.get(each.xero_side.xero_id, ""),
            url=f"{page}?chosen={each.xero_side.xero_id}",
        )
        for each in looked.found
    ]


def _compare_contacts(firm: Firm, job: SyncJob, document: ContactDocument, read: ContactReading) -> dict[str, Any]:
    xero_side = read.xero_side
    if xero_side is None:
        return {"refused": "That contact is not in Xero any more. Choose another."}
    candidate: Candidate = candidates(document, [xero_side], all_of_them=True)[0]
    refused = link_refusals.describe_contact_refusal(firm=firm, job=job, read=read, restore=True)
    context = RequestContext(firm)
    shown = SyncJob(kind=CONTACT.code, xero_id=xero_side.xero_id)
    return {
        "chosen": xero_side,
        "evidence": candidate.words,
        "changes": tuple(
            _list_changes(document, read, xero_side, number_stays=link_refusals.keeps_number(job=job, read=read))
        ),
        "keeps_name": read.has_name.name if read.has_name else "",
        "refused": refused,
        "waiting_bills": SyncJob.objects.filter(firm=firm, waits_for=job).exclude(state=State.IN_XERO).count(),
        "xero_url": places.build_xero_url(job=shown, short_code=context.short_code),
    }


def _list_changes(
    here: ContactDocument, read: ContactReading, xero_side: ContactInXero, *, number_stays: bool
) -> list[FieldChange]:
    """The changes that linking writes to Xero: our name and e-mail address, and our number only where Xero has none."""
    number = here.number_sent or here.client_number
    after = xero_side.number or (NOTHING if number_stays else number)
    email = here.emails[0] if here.emails else ""
    return [
        FieldChange(
            label="Name", here=here.name, xero=xero_side.name, after=xero_side.name if read.has_name else here.name
        ),
        FieldChange(label="Client number", here=number, xero=xero_side.number or NOTHING, after=after),
        FieldChange(
            label="E-mail address", here=email or NOTHING, xero=xero_side.email or NOTHING, after=email or NOTHING
        ),
        FieldChange(label="In use", here="Yes", xero="Archived" if xero_side.is_archived else "Yes", after="Yes"),
    ]


def read_link_bill_page(*, firm: Firm, job: SyncJob, now: datetime) -> LinkBillPage:
    """The bill here beside the bill of the same number in Xero, read from Xero now."""
    invoice = firm.invoices.select_related("contact", "firm").get(pk=job.object_id)
    known: dict[str, Any] = {"invoice": invoice, "job": job, "number": invoice.number}
    try:
        document = search.read_invoice_document(firm=firm, job=job)
        xero_side = search.find_invoice_in_xero(firm=firm, number=invoice.number, now=now)
    except (Refused, NotNow) as refusal:
        return LinkBillPage(**known, refused=str(refusal))
    if xero_side is None:
        return LinkBillPage(
            **known, refused=f"Xero has no bill with the number {invoice.number}, so there is none to link."
        )
    apart = differences(document, xero_side)
    other = search.find_other_bill(firm=firm, job=job, xero_side=xero_side)
    refused = f"That bill in Xero is bill {other} here, so it cannot be this one too." if other else ""
    return LinkBillPage(
        **known,
        **_build_both_sides(firm, invoice, xero_side, apart),
        verdict=_describe_verdict(apart),
        agrees=not apart and not other,
        refused=refused,
        ways=tuple(_list_ways(firm, job, document, apart)) if apart else (),
    )


def read_handled_page(*, firm: Firm, job: SyncJob, number: str, now: datetime) -> LinkBillPage:
    """The bill here beside the bill in Xero that a person names; different figures are shown, not refused."""
    invoice = firm.invoices.select_related("contact", "firm").get(pk=job.object_id)
    known: dict[str, Any] = {"invoice": invoice, "job": job, "number": number or invoice.number}
    if not number:
        return LinkBillPage(**known)
    try:
        xero_side = link_refusals.find_handled_bill(firm=firm, job=job, number=number, now=now)
    except (Refused, NotNow) as refusal:
        return LinkBillPage(**known, refused=str(refusal))
    apart = _find_visible_differences(invoice, xero_side)
    verdict = "Number, contact and total are the same."
    if apart:
        verdict = f"Not the same: {', '.join(each.value for each in apart)}. It is kept so, with both figures."
    return LinkBillPage(
        **known,
        **_build_both_sides(firm, invoice, xero_side, apart),
        verdict=verdict,
        agrees=not apart,
        seen=link_refusals.fingerprint_bill(xero_side),
    )


def _find_visible_differences(invoice: Invoice, xero_side: InvoiceInXero) -> tuple[Difference, ...]:
    apart = {
        Difference.NUMBER: fold_number_as_xero(xero_side.number) != fold_number_as_xero(invoice.number),
        Difference.CONTACT: fold_name(xero_side.contact) != fold_name(invoice.client_name),
        Difference.TOTAL: xero_side.total != invoice.total,
        Difference.CURRENCY: xero_side.currency != invoice.currency,
    }
    return tuple(each for each, differs in apart.items() if differs)


def _build_both_sides(
    firm: Firm, invoice: Invoice, xero_side: InvoiceInXero, apart: Sequence[Difference]
) -> dict[str, Any]:
    status = XERO_STATUS.get(xero_side.status, xero_side.status.capitalize())
    rows = (
        SideRow(label="Number", here=invoice.number, xero=xero_side.number, differs=Difference.NUMBER in apart),
        SideRow(label="Client", here=invoice.client_name, xero=xero_side.contact, differs=Difference.CONTACT in apart),
        SideRow(
            label="Total",
            here=f"{invoice.total:,.2f} {invoice.currency}",
            xero=f"{xero_side.total:,.2f} {xero_side.currency}",
            total=True,
            differs=Difference.TOTAL in apart or Difference.CURRENCY in apart,
        ),
        SideRow(label="Issued", here=_format_day(invoice.issue_date), xero=_format_day(xero_side.day)),
        SideRow(label="Status", here=invoice.get_state_display(), xero=status, differs=Difference.CLOSED in apart),
    )
    shown = SyncJob(kind=INVOICE.code, xero_id=xero_side.xero_id)
    url = places.build_xero_url(job=shown, short_code=RequestContext(firm).short_code)
    return {"xero_side": xero_side, "rows": rows, "xero_url": url}


def _format_day(day: date | None) -> str:
    return f"{day:%-d %b %Y}" if day else NOTHING


def _describe_verdict(apart: Sequence[Difference]) -> str:
    if not apart:
        return "Number, contact, total and currency are the same."
    return f"Not the same: {', '.join(each.value for each in apart)}. So the two cannot be linked."


def _list_ways(firm: Firm, job: SyncJob, document: InvoiceDocument, apart: Sequence[Difference]) -> list[Link]:
    """The ways on for a bill whose number belongs to another bill in Xero."""
    slug = firm.slug
    edit = reverse("billing:invoice-edit", args=[slug, job.object_id])
    ways = []
    if Difference.CONTACT in apart and job.waits_for is not None and not document.contact_xero_id:
        contact = reverse("xero_sync:link-contact", args=[slug, job.waits_for.object_id])
        ways.append(Link(contact, "Link its contact first"))
    ways.append(Link(f"{edit}#id_number", "Give this bill another number"))
    if Difference.CLOSED not in apart:
        handled = reverse("xero_sync:handled", args=[slug, job.object_id])
        ways.append(Link(f"{handled}?number={document.number}", "It is handled in Xero"))
    ways.append(Link(edit, "Edit this bill"))
    return ways
