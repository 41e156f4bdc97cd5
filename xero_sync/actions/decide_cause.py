"""What a person does about a cause besides putting it right, each on record: whose it is, put off, left out."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, Sum

from firms import audit
from firms.clock import firm_date
from firms.models import Firm, User
from firms.refusals import Refused
from xero_sync import outbox
from xero_sync.domain import text
from xero_sync.domain.holds import NotSent
from xero_sync.domain.kinds import Kind
from xero_sync.domain.linking import CLOSED, InvoiceInXero
from xero_sync.domain.states import State
from xero_sync.facts.cause_impact import counted, money_words
from xero_sync.facts.status import format_day
from xero_sync.models import Cause, SyncJob
from xero_sync.organisation import search

LONGEST_REASON = 200
A_DAY = timedelta(days=1)
LONGEST_SNOOZE = timedelta(days=30)
NEVER = date.min
CHANGED = "Something changed since you opened this page, so nothing was done. Look at it again."
PUT_RIGHT = "This was put right meanwhile, so nothing was changed."


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The documents a person is asked about. `name` is what comes back with the answer."""

    name: str
    bills: int
    contacts: int
    money: Mapping[str, Decimal]

    @property
    def total(self) -> int:
        return self.bills + self.contacts

    @property
    def words(self) -> str:
        """ "3 bills, 4,120.00 AUD"."""
        money = f", {money_words(dict(self.money))}" if self.money else ""
        return f"{counted(bills=self.bills, contacts=self.contacts)}{money}"


def assign(*, firm: Firm, actor: User, cause: Cause, user_id: int | None) -> str:
    """Give a cause to a member of the firm, or to nobody. Raises Refused for anybody else."""
    to = User.objects.filter(pk=user_id, memberships__firm=firm).first() if user_id else None
    if user_id and to is None:
        _refuse("Choose somebody of your firm.", "to")
    before = {"assigned_to": str(cause.assigned_to) if cause.assigned_to else ""}
    with transaction.atomic():
        _mark(lambda: outbox.assign(cause=cause, to=to))
        after = {"assigned_to": str(to) if to else ""}
        audit.record(firm=firm, actor=actor, action="cause.assigned", target=cause, before=before, after=after)
    return f"{to} looks after this now." if to else "Nobody in particular looks after this now."


def snooze(*, firm: Firm, actor: User, cause: Cause, until: date | None, now: datetime) -> str:
    """Put a cause off until the morning of a day, by the firm's clock, or take it up again. Raises Refused."""
    today = firm_date(firm=firm, now=now)
    if until is not None and not today < until <= today + LONGEST_SNOOZE:
        _refuse("Choose a day from tomorrow to 30 days from now.", "until")
    moment = datetime.combine(until, time(), ZoneInfo(firm.timezone)) if until else None
    before, after = {"snoozed_until": cause.snoozed_until}, {"snoozed_until": moment}
    with transaction.atomic():
        _mark(lambda: outbox.snooze(cause=cause, until=moment))
        audit.record(firm=firm, actor=actor, action="cause.snoozed", target=cause, before=before, after=after)
    if moment is None:
        return "It counts among what needs you again."
    return f"Put off until {format_day(moment, firm=firm)}. It comes back by itself then."


def chosen(*, firm: Firm, which: Q) -> Chosen:
    """What would be left out, counted: three queries."""
    ids = outbox.waiting_ids(firm=firm, chosen=which)
    rows = list(SyncJob.objects.filter(pk__in=ids).values_list("kind", "object_id"))
    bills = [pk for kind, pk in rows if kind == Kind.INVOICE]
    sums = firm.invoices.filter(pk__in=bills).order_by().values_list("currency").annotate(Sum("total"))
    return Chosen(
        name=outbox.name_of(ids),
        bills=len(bills),
        contacts=len(rows) - len(bills),
        money=dict(sums.order_by("currency")),
    )


def leave_out(*, firm: Firm, actor: User, which: Q, seen: str, reason: str, cause: Cause | None, now: datetime) -> str:
    """Leave these documents out of Xero, as counted, with the reason. Returns what to tell; raises Refused."""
    reason = " ".join(text.clean(reason).split())
    if not reason:
        _refuse("Say why, so that others understand it later.", "reason")
    if len(reason) > LONGEST_REASON:
        _refuse(f"Use at most {LONGEST_REASON} characters.", "reason")
    decision = outbox.Decision(hold=NotSent.LEFT_OUT, reason=reason, by=actor)
    jobs = _settled(firm, actor, which, seen, decision, now, "left_out", f"Reason: {reason}", cause)
    kinds = [job.kind for job in jobs]
    what = counted(bills=kinds.count(Kind.INVOICE), contacts=kinds.count(Kind.CONTACT))
    return f"{what} left out of Xero. Saving one again, or \u201cSend it after all\u201d, sends it."


def proof_of(*, bill: Any, there: InvoiceInXero, now: datetime) -> dict[str, Any]:
    """What Xero was read to hold, and what stands here, as it is kept."""
    return {
        "xero_id": there.xero_id,
        "number": there.number,
        "contact": there.contact,
        "total": f"{there.total:.2f}",
        "currency": there.currency,
        "status": there.status,
        "number_here": bill.number,
        "contact_here": str(bill.contact),
        "total_here": f"{bill.total:.2f}",
        "read_at": now.isoformat(),
    }


def may_be_handled(*, firm: Firm, job: SyncJob, number: str, now: datetime) -> InvoiceInXero:
    """The bill in Xero that a person names as handled there. Raises Refused with words, and upkeep.NotNow."""
    number = number.strip()
    if not number or len(number) > 255 or not number.isprintable():
        _refuse("Enter the number that the bill has in Xero.", "number")
    there = search.find_invoice_in_xero(firm=firm, number=number, now=now)
    if there is None:
        _refuse(f"Xero has no bill with the number {number}.", "number")
    if there.status in CLOSED:
        _refuse(f"Bill {there.number} was {there.status.lower()} in Xero, so nobody can pay it there.", "number")
    other = search.other_bill(firm=firm, job=job, there=there)
    if other:
        _refuse(f"That bill in Xero is bill {other} here.", "number")
    return there


def handle(*, firm: Firm, actor: User, job: SyncJob, number: str, seen: str, now: datetime) -> str:
    """This bill stands in Xero by hand, as shown: kept with the proof, and not sent. Raises Refused and NotNow."""
    bill = firm.invoices.select_related("contact").filter(pk=job.object_id).first()
    if bill is None or job.kind != Kind.INVOICE:
        _refuse(CHANGED)
    there = may_be_handled(firm=firm, job=job, number=number, now=now)
    if seen != mark_of_bill(there):
        _refuse("The bill in Xero changed since you looked at it. Look at it again.")
    proof = proof_of(bill=bill, there=there, now=now)
    decision = outbox.Decision(hold=NotSent.HANDLED, reason=f"As {there.number}", by=actor, proof=proof)
    told = f"As {there.number}, {there.total:,.2f} {there.currency} there; {bill.total:,.2f} {bill.currency} here."
    only = outbox.name_of([job.pk])
    _settled(firm, actor, Q(pk=job.pk), only, decision, now, "handled_in_xero", told, None)
    return f"Bill {bill.number} is kept as handled in Xero as {there.number}. It is not sent."


def mark_of_bill(there: InvoiceInXero) -> str:
    """A short name of what a person was shown of a bill in Xero."""
    return f"{there.xero_id} {there.total:.2f} {there.status}"


def send_after_all(*, firm: Firm, actor: User, job: SyncJob, now: datetime) -> str:
    """Undo what a person decided: the document goes, under the settings of its save."""
    target = _targets(firm, [job]).get(job.pk)
    if target is None or job.state != State.NOT_SENT:
        return "It was not left out any more, so there was nothing to do."
    with transaction.atomic():
        moved = outbox.retry(firm=firm, job_ids=[job.pk], now=now, after_all=True)
        if moved:
            noun = "invoice" if job.kind == Kind.INVOICE else "contact"
            audit.record(firm=firm, actor=actor, action=f"{noun}.sent_after_all", target=target)
    if not moved:
        return "It was not left out any more, so there was nothing to do."
    return f"{target} is no longer left out. It goes as it was saved; edit and save it to use today\u2019s settings."


def _settled(
    firm: Firm,
    actor: User,
    which: Q,
    seen: str,
    decision: outbox.Decision,
    now: datetime,
    act: str,
    words: str,
    cause: Cause | None,
) -> list[SyncJob]:
    with transaction.atomic():
        try:
            jobs = outbox.settle_by_hand(firm=firm, chosen=which, seen=seen, decision=decision, now=now)
        except outbox.Changed:
            _refuse(CHANGED)
        targets = _targets(firm, jobs)
        for kind, noun in ((Kind.INVOICE, "invoice"), (Kind.CONTACT, "contact")):
            of_kind = [targets[job.pk] for job in jobs if job.kind == kind and job.pk in targets]
            changes: list[audit.Change] = [(target, {}, {"words": words}) for target in of_kind]
            audit.record_all(firm=firm, actor=actor, action=f"{noun}.{act}", changes=changes)
        if cause is not None:
            after = {"documents": len(jobs), "words": words}
            audit.record(firm=firm, actor=actor, action=f"cause.{act}", target=cause, after=after)
    return jobs


def _targets(firm: Firm, jobs: list[SyncJob]) -> dict[int, Any]:
    """The rows of these jobs, by job id."""
    ids: dict[str, list[int]] = defaultdict(list)
    for job in jobs:
        ids[job.kind].append(job.object_id)
    bills = firm.invoices.in_bulk(ids[Kind.INVOICE]) if ids[Kind.INVOICE] else {}
    contacts = firm.contacts.in_bulk(ids[Kind.CONTACT]) if ids[Kind.CONTACT] else {}
    found = {job.pk: (bills if job.kind == Kind.INVOICE else contacts).get(job.object_id) for job in jobs}
    return {pk: row for pk, row in found.items() if row is not None}


def _mark(act: Any) -> None:
    try:
        act()
    except outbox.Changed:
        _refuse(PUT_RIGHT)


def _refuse(sentence: str, field: str = "") -> NoReturn:
    raise Refused({field: sentence})
