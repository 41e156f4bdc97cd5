"""Decisions on a cause or a document, each on the audit trail: assign, snooze, leave out, handled."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.db import transaction

from firms import audit
from firms.clock import firm_date
from firms.models import Firm, User
from firms.refusals import Refused
from xero_sync import outbox
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain import text
from xero_sync.domain.gone import was_ended
from xero_sync.domain.holds import NotSent
from xero_sync.domain.states import State
from xero_sync.facts.cause_impact import count_documents
from xero_sync.facts.chosen_documents import DocumentChoice
from xero_sync.facts.link_refusals import find_handled_bill, fingerprint_bill
from xero_sync.facts.status import format_day
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.kinds.registry import KINDS, find_kind
from xero_sync.kinds.rows import find_row, find_rows
from xero_sync.models import Cause, SyncJob

LONGEST_REASON = 200
A_DAY = timedelta(days=1)
LONGEST_SNOOZE = timedelta(days=30)
NEVER = date.min
CHANGED = "Something changed since you opened this page, so nothing was done. Look at it again."
NOT_LEFT_OUT = "It was not left out any more, so there was nothing to do."
FIXED_MEANWHILE = "This was fixed meanwhile, so nothing was changed."


def assign_cause(*, firm: Firm, actor: User, cause: Cause, user_id: int | None) -> ActionOutcome:
    """Give a cause to a member of the firm, or to nobody. Raises Refused for anybody else."""
    to = User.objects.filter(pk=user_id, memberships__firm=firm).first() if user_id else None
    if user_id and to is None:
        _refuse("Choose somebody of your firm.", "to")
    before = {"assigned_to": str(cause.assigned_to) if cause.assigned_to else ""}
    with transaction.atomic():
        _decide_open_cause(lambda: outbox.assign(cause=cause, to=to))
        after = {"assigned_to": str(to) if to else ""}
        audit.record(firm=firm, actor=actor, action="cause.assigned", target=cause, before=before, after=after)
    words = f"{to} looks after this now." if to else "Nobody in particular looks after this now."
    return ActionOutcome(words=words)


def snooze_cause(*, firm: Firm, actor: User, cause: Cause, until: date | None, now: datetime) -> ActionOutcome:
    """Snooze a cause until midnight of a day by the firm's clock, or end its snooze. Raises Refused."""
    today = firm_date(firm=firm, now=now)
    if until is not None and not today < until <= today + LONGEST_SNOOZE:
        _refuse("Choose a day from tomorrow to 30 days from now.", "until")
    moment = datetime.combine(until, time(), ZoneInfo(firm.timezone)) if until else None
    before, after = {"snoozed_until": cause.snoozed_until}, {"snoozed_until": moment}
    with transaction.atomic():
        _decide_open_cause(lambda: outbox.snooze(cause=cause, until=moment))
        audit.record(firm=firm, actor=actor, action="cause.snoozed", target=cause, before=before, after=after)
    if moment is None:
        return ActionOutcome(words="It counts among what needs you again.")
    return ActionOutcome(words=f"Snoozed until {format_day(moment, firm=firm)}. It comes back by itself then.")


def leave_out_documents(
    *, firm: Firm, actor: User, choice: DocumentChoice, seen: str, reason: str, now: datetime
) -> ActionOutcome:
    """Leave the chosen documents out of Xero. `seen` names the documents that were counted. Raises Refused."""
    reason = " ".join(text.clean(reason).split())
    if not reason:
        _refuse("Say why, so that others understand it later.", "reason")
    if len(reason) > LONGEST_REASON:
        _refuse(f"Use at most {LONGEST_REASON} characters.", "reason")
    decision = outbox.Decision(hold=NotSent.LEFT_OUT, reason=reason, by=actor)
    jobs = _settle(firm, actor, choice, seen, decision, now, "left_out", f"Reason: {reason}")
    what = count_documents(Counter(job.kind for job in jobs))
    words = f"{what} left out of Xero. Saving one again, or \u201cSend it after all\u201d, sends it."
    return ActionOutcome(words=words)


def build_proof(*, bill: Any, xero_side: InvoiceInXero, now: datetime) -> dict[str, Any]:
    """Both sides of a bill as the resolution stores them: amounts as text with two decimals, the time in ISO 8601."""
    return {
        "xero_id": xero_side.xero_id,
        "number": xero_side.number,
        "contact": xero_side.contact,
        "total": f"{xero_side.total:.2f}",
        "currency": xero_side.currency,
        "status": xero_side.status,
        "number_here": bill.number,
        "contact_here": str(bill.contact),
        "total_here": f"{bill.total:.2f}",
        "read_at": now.isoformat(),
    }


def keep_as_handled(*, firm: Firm, actor: User, job: SyncJob, number: str, seen: str, now: datetime) -> ActionOutcome:
    """Keep a bill that somebody entered in Xero by hand as handled, with proof. Raises Refused and upkeep.NotNow."""
    bill = firm.invoices.select_related("contact").filter(pk=job.object_id).first()
    if bill is None or not find_kind(job.kind).labels.handled_page:
        _refuse(CHANGED)
    xero_side = find_handled_bill(firm=firm, job=job, number=number, now=now)
    if seen != fingerprint_bill(xero_side):
        _refuse("The bill in Xero changed since you looked at it. Look at it again.")
    proof = build_proof(bill=bill, xero_side=xero_side, now=now)
    decision = outbox.Decision(hold=NotSent.HANDLED, reason=f"As {xero_side.number}", by=actor, proof=proof)
    in_xero, here = f"{xero_side.total:,.2f} {xero_side.currency}", f"{bill.total:,.2f} {bill.currency}"
    words = f"As {xero_side.number}, {in_xero} in Xero; {here} here."
    only = outbox.name_of([job.pk])
    _settle(firm, actor, DocumentChoice(job=job), only, decision, now, "handled_in_xero", words)
    return ActionOutcome(words=f"Bill {bill.number} is kept as handled in Xero as {xero_side.number}. It is not sent.")


def send_after_all(*, firm: Firm, actor: User, job: SyncJob, now: datetime) -> ActionOutcome:
    """Undo a decision to leave out or keep as handled: the document goes, under the preferences of its save."""
    target = find_row(firm=firm, job=job)
    if target is None or job.state != State.NOT_SENT:
        return ActionOutcome(words=NOT_LEFT_OUT, changed=False)
    asked_again = was_ended(kind=find_kind(job.kind), link=job.xero_record.link)
    with transaction.atomic():
        moved = outbox.retry(firm=firm, job_ids=[job.pk], now=now, after_all=True)
        if moved:
            action = f"{find_kind(job.kind).rows.audit}.sent_after_all"
            audit.record(firm=firm, actor=actor, action=action, target=target)
    if not moved:
        return ActionOutcome(words=NOT_LEFT_OUT, changed=False)
    words = f"{target} is no longer left out. It goes as it was saved; edit and save it to use today\u2019s settings."
    if asked_again:
        words = f"{target} is no longer left as it is: decide again what becomes of it."
    return ActionOutcome(words=words)


def _settle(
    firm: Firm,
    actor: User,
    choice: DocumentChoice,
    seen: str,
    decision: outbox.Decision,
    now: datetime,
    action: str,
    words: str,
) -> list[SyncJob]:
    with transaction.atomic():
        try:
            jobs = outbox.settle_by_hand(firm=firm, chosen=choice.condition, seen=seen, decision=decision, now=now)
        except outbox.Changed:
            _refuse(CHANGED)
        targets = find_rows(firm=firm, jobs=jobs)
        for kind in KINDS:
            of_kind = [targets[job.pk] for job in jobs if job.kind == kind.code and job.pk in targets]
            changes: list[audit.Change] = [(target, {}, {"words": words}) for target in of_kind]
            audit.record_all(firm=firm, actor=actor, action=f"{kind.rows.audit}.{action}", changes=changes)
        if choice.cause is not None:
            after = {"documents": len(jobs), "words": words}
            audit.record(firm=firm, actor=actor, action=f"cause.{action}", target=choice.cause, after=after)
    return jobs


def _decide_open_cause(action: Any) -> None:
    try:
        action()
    except outbox.Changed:
        _refuse(FIXED_MEANWHILE)


def _refuse(sentence: str, field: str = "") -> NoReturn:
    raise Refused({field: sentence})
