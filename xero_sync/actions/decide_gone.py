"""Decisions on documents that are gone from Xero, or were ended there: void here, or send again as new.

The third decision, to leave them, is `decide_cause.leave_out_documents`.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from django.db import transaction

from billing import services
from billing.models import Invoice
from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused
from xero_sync import outbox
from xero_sync.actions.decide_cause import CHANGED
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.actions.releases import describe_moment, record_release
from xero_sync.facts.cause_impact import count_documents
from xero_sync.facts.chosen_documents import DocumentChoice
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.kinds.registry import KINDS
from xero_sync.kinds.rows import find_rows, lock_rows
from xero_sync.models import SyncJob

VOIDED = "It is gone or void in Xero, so it is void here too. Nothing was sent."
SENT = "The link to the one that is gone or void in Xero was dropped. It goes as a new one."


def void_here(*, firm: Firm, actor: User, choice: DocumentChoice, seen: str, now: datetime) -> ActionOutcome:
    """Void the chosen bills here by billing's service; nothing is sent. Raises Refused; then nothing has changed."""
    with transaction.atomic():
        lock_rows(firm=firm, jobs=outbox.select_gone(firm=firm, chosen=choice.condition).jobs)
        jobs = _take(firm, choice, seen)
        targets = find_rows(firm=firm, jobs=jobs)
        outbox.agree_on_end(jobs=jobs)
        for job in jobs:
            if job.kind not in VOIDS or job.pk not in targets:
                _refuse(CHANGED)
            VOIDS[job.kind](firm, actor, targets[job.pk])
        _record(firm, actor, jobs, "voided_as_gone", VOIDED)
        if choice.cause is not None:
            after = {"documents": len(jobs), "words": VOIDED}
            audit.record(firm=firm, actor=actor, action="cause.voided_as_gone", target=choice.cause, after=after)
    verb = "is" if len(jobs) == 1 else "are"
    return ActionOutcome(words=f"{_count(jobs)} {verb} void here now. Nothing was sent to Xero.")


def send_as_new(*, firm: Firm, actor: User, choice: DocumentChoice, seen: str, now: datetime) -> ActionOutcome:
    """Send the chosen documents to Xero as new ones, without their links. Raises Refused; then nothing has changed."""
    release = None
    with transaction.atomic():
        jobs = _take(firm, choice, seen)
        _record(firm, actor, jobs, "sent_as_new", SENT)
        outbox.send_as_new(firm=firm, jobs=jobs, now=now)
        if choice.cause is not None:
            ids = [job.pk for job in jobs]
            release = record_release(
                firm=firm, actor=actor, cause=choice.cause, job_ids=ids, fix="Sent again as new", now=now
            )
    verb = "goes" if len(jobs) == 1 else "go"
    return ActionOutcome(words=f"{_count(jobs)} {verb} {describe_moment(firm=firm)} as new.", release=release)


def _void_bill(firm: Firm, actor: User, bill: Invoice) -> None:
    services.void(firm=firm, actor=actor, invoice=bill, expected_version=bill.version)


# How a row of each kind that can be void becomes so.
VOIDS: Mapping[str, Callable[[Firm, User, Any], None]] = {INVOICE.code: _void_bill}


def _take(firm: Firm, choice: DocumentChoice, seen: str) -> list[SyncJob]:
    try:
        return outbox.take_gone(firm=firm, chosen=choice.condition, seen=seen)
    except outbox.Changed:
        _refuse(CHANGED)


def _record(firm: Firm, actor: User, jobs: Sequence[SyncJob], action: str, words: str) -> None:
    """Each document on the audit trail, with the link that ends: its id in Xero, the evidence for it and its note."""
    targets = find_rows(firm=firm, jobs=jobs)
    for kind in KINDS:
        changes: list[audit.Change] = []
        for job in jobs:
            if job.kind == kind.code and job.pk in targets:
                link = job.xero_record.link
                before = {"xero_id": outbox.last_id(job), "evidence": link.evidence, "note": link.note}
                changes.append((targets[job.pk], before, {"words": words}))
        audit.record_all(firm=firm, actor=actor, action=f"{kind.rows.audit}.{action}", changes=changes)


def _count(jobs: Sequence[SyncJob]) -> str:
    return count_documents(Counter(job.kind for job in jobs))


def _refuse(sentence: str) -> NoReturn:
    raise Refused({"": sentence})
