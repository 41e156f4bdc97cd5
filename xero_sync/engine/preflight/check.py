"""The outcome for saved or typed bills if they were sent now: rows and the index of Xero -> engine.preflight.

A fixed number of queries for any number of bills. Nothing is written, and Xero is not asked.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from billing.models import Contact, Invoice, InvoiceLine, InvoiceState
from firms.models import Firm
from xero_sync.domain.books import Books
from xero_sync.domain.errors import Fault
from xero_sync.domain.holds import BY_A_PERSON, NotSent
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.standing_refusals import standing_refusals
from xero_sync.domain.states import IN_LINE, State
from xero_sync.engine.preflight import (
    DocumentGiven,
    Entry,
    Judged,
    KnownInXero,
    World,
    judge,
)
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.snapshot import contact_document
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.snapshot import LineRow, invoice_document, lines_of
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import SyncJob
from xero_sync.organisation import index

# More than this is not judged in one go.
MOST_BILLS = 5000
# The first contacts in line are judged too, whether asked about or not: four batches.
MOST_IN_LINE = 200
# The order in which the outbox claims jobs of one kind.
LINE = ("priority", "due_at", "pk")
FindRefusals = Callable[[SyncJob], tuple[Fault, ...]]
Jobs = Mapping[tuple[str, int], SyncJob]
Lines = Mapping[int, Sequence[InvoiceLine]] | Mapping[int, Sequence[LineRow]]
# The columns of a job and its record that a verdict rests on; there are thousands of rows.
READ = (
    "firm",
    "kind",
    "object_id",
    "state",
    "hold",
    "priority",
    "due_at",
    "preferences",
    "xero_id",
    "faults",
    "changed_at",
    "record__confirmed_hash",
    "record__confirmed_at",
    "record__xero_id",
    "record__xero_tenant_id",
    "record__status",
    "record__number",
    "record__line_ids",
    "record__link",
    "record__reference_is_ours",
)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The facts about the firm that every verdict starts from.

    `books` is None before the first chart was read; `xero_tenant_id` is empty while the firm is not connected.
    """

    xero_tenant_id: str
    books: Books | None
    start_date: Any
    preferences: Mapping[str, bool]


@dataclass(frozen=True, kw_only=True)
class PreflightQuestion:
    """The bills to judge, each with its matter and contact, and the contacts that are judged besides.

    `lines` are those of bills that were typed and not saved. `stored`: the documents as they are in line, under
    the preferences of their last save; else as if each were saved now, under today's. `approved`: as if a draft were
    approved first. `reopened`: as after a Retry, so that Xero's earlier refusals are judged again.
    """

    bills: Sequence[Invoice] = ()
    contacts: Sequence[Contact] = ()
    lines: Mapping[int, Sequence[InvoiceLine]] | None = None
    stored: bool = False
    approved: bool = False
    reopened: bool = False


@dataclass(frozen=True, kw_only=True)
class PreflightAnswer:
    """The verdicts by document, and the times of the chart and index they rest on; None where neither was read."""

    bills: Mapping[int, Judged]
    contacts: Mapping[int, Judged]
    chart_at: datetime | None
    index_at: datetime | None
    # Something was sent since: the firm is busy, and an index is old after an hour.
    busy: bool
    # The expense categories of the lines: id, name and account.
    categories: Mapping[int, tuple[str, str]]

    def find(self, *, kind: str, object_id: int) -> Judged | None:
        """The verdict on the document of this kind's code, if it was judged."""
        found = (verdicts.get(object_id) for verdicts in (self.bills, self.contacts))
        return next((judged for judged in found if judged is not None and judged.kind == kind), None)


def check(*, firm: Firm, ground: Ground, asked: PreflightQuestion) -> PreflightAnswer:
    """Judge all documents: four queries, and one more where a contact in Xero may be another client here.

    And one more where contacts are in line that nobody asked about: names are given in the order of the line.
    """
    people = {bill.contact.pk: bill.contact for bill in asked.bills if bill.contact}
    people |= {each.pk: each for each in asked.contacts}
    typed = asked.lines
    lines: Lines = lines_of(invoices=[bill.pk for bill in asked.bills]) if typed is None else typed
    seen = index.freshness(firm=firm, xero_tenant_id=ground.xero_tenant_id).known_to((CONTACT, INVOICE))
    jobs = _jobs(firm, ground.xero_tenant_id, [bill.pk for bill in asked.bills], list(people), seen)
    people |= _read_other_contacts(jobs, asked.bills, people)
    find_refusals = partial(_standing_refusals, asked=asked, index_at=seen)
    contacts = [_contact(people[pk], jobs, ground, asked, find_refusals) for pk in _in_line(people, jobs)]
    bills = [_bill(bill, lines.get(bill.pk or 0, ()), jobs, ground, asked, find_refusals) for bill in asked.bills]
    brought = [job for job in jobs.values() if _is_newer(job, ground.xero_tenant_id, seen)]
    world = _world(firm, ground, contacts, bills, brought)
    judged = judge(contacts=contacts, bills=bills, world=world)
    return PreflightAnswer(
        bills={each.object_id: each for each in judged.bills},
        contacts={each.object_id: each for each in judged.contacts},
        chart_at=ground.books.chart.refreshed_at if ground.books else None,
        index_at=seen,
        busy=bool(brought),
        categories={
            line.category.pk: (line.category.name, line.category.account_code)
            for each in lines.values()
            for line in each
            if line.category
        },
    )


def _jobs(
    firm: Firm, xero_tenant_id: str, bills: Sequence[int], contacts: Sequence[int], since: datetime | None
) -> Jobs:
    """The jobs of these documents, of the first contacts in line, and of the contacts sent since the index was read."""
    newer = Q(kind=CONTACT.code, record__xero_tenant_id=xero_tenant_id) & ~Q(xero_id="")
    if since is not None:
        newer &= Q(record__confirmed_at__gte=since)
    asked = Q(kind=INVOICE.code, object_id__in=[pk for pk in bills if pk]) | Q(
        kind=CONTACT.code, object_id__in=contacts
    )
    in_line = SyncJob.objects.filter(firm=firm, kind=CONTACT.code, state__in=IN_LINE).order_by(*LINE)[:MOST_IN_LINE]
    jobs = SyncJob.objects.filter(asked | newer | Q(pk__in=in_line.values("pk")), firm=firm)
    agreed = {name: KeyTextTransform(name, "record__agreed") for name in ("name", "email")}
    return {(job.kind, job.object_id): job for job in jobs.select_related("record").only(*READ).annotate(**agreed)}


def _read_other_contacts(jobs: Jobs, bills: Sequence[Invoice], people: Collection[int]) -> dict[int, Contact]:
    """The contacts in line that nobody asked about, by id; no query where there are none."""
    others = jobs.keys() - {(INVOICE.code, bill.pk) for bill in bills} - {(CONTACT.code, pk) for pk in people}
    in_line = [pk for code, pk in others if jobs[code, pk].state in IN_LINE]
    return Contact.objects.in_bulk(in_line) if in_line else {}


def _in_line(people: Mapping[int, Contact], jobs: Jobs) -> list[int]:
    """The contacts in the order they would be sent: of two with one name the first gets it.

    Those that are not in line come after those that are: a release or a save puts them at its end.
    """

    def place(pk: int) -> tuple[bool, int, float, int]:
        job = jobs.get((CONTACT.code, pk))
        return (job.state not in IN_LINE, job.priority, job.due_at.timestamp(), job.pk) if job else (True, 2, 0.0, pk)

    return sorted(people, key=place)


def _contact(
    contact: Contact, jobs: Jobs, ground: Ground, asked: PreflightQuestion, find_refusals: FindRefusals
) -> DocumentGiven[ContactDocument]:
    job = jobs.get((CONTACT.code, contact.pk)) or SyncJob()
    return DocumentGiven(
        document=contact_document(contact=contact, record=job.xero_record, xero_tenant_id=ground.xero_tenant_id),
        preferences=_preferences(job, ground, asked),
        confirmed_hash=job.xero_record.confirmed_hash,
        link=job.xero_record.link,
        # A save of the contact itself puts it back in line.
        left_out=_left_out(job) if asked.stored or contact not in asked.contacts else None,
        # A bill's save sends its contact only where this is not in Xero.
        at_rest=job.state == State.IN_XERO and (asked.stored or contact not in asked.contacts),
        standing_refusals=find_refusals(job),
    )


def _left_out(job: SyncJob) -> NotSent | None:
    """The decision of a person that keeps the job's document out of Xero."""
    return NotSent(job.hold) if job.state == State.NOT_SENT and job.hold in BY_A_PERSON else None


def _bill(
    bill: Invoice,
    lines: Sequence[InvoiceLine] | Sequence[LineRow],
    jobs: Jobs,
    ground: Ground,
    asked: PreflightQuestion,
    find_refusals: FindRefusals,
) -> DocumentGiven[InvoiceDocument]:
    job = jobs.get((INVOICE.code, bill.pk or 0)) or SyncJob()
    waits_for = jobs.get((CONTACT.code, bill.contact_id or 0))
    document = invoice_document(
        invoice=bill,
        lines=lines,
        record=job.xero_record,
        contact_record=waits_for.xero_record if waits_for else None,
        xero_tenant_id=ground.xero_tenant_id,
    )
    if asked.approved and bill.state != InvoiceState.VOID:
        document = replace(document, state=InvoiceState.APPROVED.value)
    link = job.xero_record.link
    return DocumentGiven(
        document=document,
        preferences=_preferences(job, ground, asked),
        confirmed_hash=job.xero_record.confirmed_hash,
        link=link.reopen() if asked.reopened else link,
        # A save or an approval puts the document back in line.
        left_out=None if asked.approved else _left_out(job),
        at_rest=asked.stored and job.state == State.IN_XERO,
        contact_id=bill.contact_id or 0,
        standing_refusals=find_refusals(job),
    )


def _standing_refusals(job: SyncJob, *, asked: PreflightQuestion, index_at: datetime | None) -> tuple[Fault, ...]:
    """Xero's refusals of the job's document, if it would be sent unchanged."""
    if job.state != State.NEEDS_YOU or not asked.stored or asked.reopened:
        return ()
    return standing_refusals(job.faults, refused_at=job.changed_at, index_at=index_at)


def _preferences(job: SyncJob, ground: Ground, asked: PreflightQuestion) -> Preferences:
    chosen = job.preferences if asked.stored and job.preferences else ground.preferences
    return _read_preferences(frozenset(key for key, on in chosen.items() if on is True))


@lru_cache(maxsize=256)
def _read_preferences(on: frozenset[str]) -> Preferences:
    """One object for all documents that were saved under the same preferences."""
    return Preferences(dict.fromkeys(on, True))


def _world(
    firm: Firm,
    ground: Ground,
    contacts: Sequence[DocumentGiven[ContactDocument]],
    bills: Sequence[DocumentGiven[InvoiceDocument]],
    brought: Sequence[SyncJob],
) -> World:
    """The documents in Xero: the index, and over it those that we ourselves sent since."""
    found = index.alike(
        firm=firm,
        xero_tenant_id=ground.xero_tenant_id,
        ids={
            CONTACT.code: [each.document.xero_id for each in contacts],
            INVOICE.code: [each.document.xero_id for each in bills],
        },
        numbers={
            CONTACT.code: [each.document.number_sent or each.document.client_number for each in contacts],
            INVOICE.code: [each.document.number for each in bills],
        },
        names=[each.document.name for each in contacts],
    )
    in_xero = {kind: KnownInXero(entries) for kind, entries in found.items()}
    known = {each.document.xero_id for each in contacts}
    others = [entry.xero_id for entry in found[CONTACT.code] if entry.xero_id not in known]
    linked = index.read_owners(firm=firm, kind=CONTACT, xero_tenant_id=ground.xero_tenant_id, xero_ids=others)
    for xero_id, client in linked.items():
        in_xero[CONTACT.code].belongs(xero_id=xero_id, client=client)
    for job in brought:
        _put(in_xero[job.kind], job)
    return World(
        books=ground.books, start_date=ground.start_date, contacts=in_xero[CONTACT.code], bills=in_xero[INVOICE.code]
    )


def _is_newer(job: SyncJob, xero_tenant_id: str, since: datetime | None) -> bool:
    if not job.xero_record.id_in(xero_tenant_id):
        return False
    confirmed_at = job.xero_record.confirmed_at
    return since is None or (confirmed_at is not None and confirmed_at >= since)


def _put(known: KnownInXero, job: Any) -> None:
    """A contact is known by its name and address in Xero too, and stands for its client alone; a bill has neither."""
    entry = known.get(job.xero_id) or Entry(xero_id=job.xero_id)
    known.belongs(xero_id=job.xero_id, client=job.object_id)
    record = job.xero_record
    number, status = record.number or entry.number, record.status or entry.status
    name, email = (job.name, job.email or "") if job.name else (entry.name, entry.email)
    known.put(replace(entry, number=number, status=status, name=name, email=email))
