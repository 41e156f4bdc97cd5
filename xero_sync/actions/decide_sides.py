"""Decisions on documents that were changed in Xero: send ours, accept Xero's, or leave, field by field.

What is accepted is written here too where billing keeps it, by billing's services; never an amount of a bill.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from django.db import transaction
from django.db.models import Q

from billing import services
from billing.models import Contact, Invoice, PhoneType
from firms import audit
from firms.models import Firm, User
from firms.refusals import EditConflict, Refused
from xero_sync import outbox
from xero_sync.actions.decide_cause import CHANGED, LONGEST_REASON
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.actions.releases import describe_moment, record_release
from xero_sync.domain import text
from xero_sync.domain.documents import Document
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.side_decisions import Accepted, ShownDifference, SideDecision, move_bases
from xero_sync.domain.text import join_words
from xero_sync.facts.cause_impact import count_documents
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.kinds.registry import find_kind
from xero_sync.kinds.rows import find_rows, lock_rows
from xero_sync.models import Cause, SyncJob

FOR_ADMINS = "A firm admin decides about money, lines and the date of a bill. Nothing was changed."
NOTHING_CHOSEN = "Choose what becomes of at least one field."
NO_REASON = "Say why you leave it, so that others understand it later."
WORDS = {
    SideDecision.SEND_OURS: "Send ours",
    SideDecision.ACCEPT_XEROS: "Accept Xero\u2019s",
    SideDecision.LEAVE: "Leave",
}
DONE = {SideDecision.SEND_OURS: "sent", SideDecision.ACCEPT_XEROS: "accepted", SideDecision.LEAVE: "left"}


@dataclass(frozen=True, kw_only=True)
class SideChoice:
    """The chosen decisions: by field, or one for a group of fields; `reason` says why something is left."""

    by_field: Mapping[str, SideDecision]
    group: str = ""
    reason: str = ""

    def decision_on(self, kind: KindSpec, difference: ShownDifference) -> SideDecision | None:
        """The decision on this difference, if one was made."""
        if self.group and kind.sides:
            return self.by_field.get(kind.sides.group(difference.field))
        return self.by_field.get(difference.field)


@dataclass(frozen=True, kw_only=True)
class _Decided:
    """One document with what was decided about its fields, and what accepting writes here."""

    job: SyncJob
    decisions: tuple[tuple[ShownDifference, SideDecision], ...]
    accepted: Accepted
    left_open: int

    @property
    def words(self) -> str:
        """ "Send ours: Due date. Leave: Price of line 2." """
        said = []
        for decision, words in WORDS.items():
            labels = [each.label for each, taken in self.decisions if taken is decision]
            said += [f"{words}: {join_words(labels)}."] if labels else []
        return " ".join(said)


def decide_document(
    *, firm: Firm, actor: User, is_admin: bool, job: SyncJob, choice: SideChoice, seen: str, now: datetime
) -> ActionOutcome:
    """Decide about fields of one document, which goes again. `seen` names what was shown.

    Raises Refused, with the field "reason" or none; then nothing has changed.
    """
    with transaction.atomic():
        [decided] = _decide(firm, actor, is_admin, Q(pk=job.pk), choice, seen, now)
    target = find_rows(firm=firm, jobs=[decided.job])[decided.job.pk]
    counts = Counter(taken for _, taken in decided.decisions)
    done = join_words([f"{counts[each]} {words}" for each, words in DONE.items() if counts[each]])
    rest = decided.left_open
    stays = f" {rest} {'field waits' if rest == 1 else 'fields wait'} for a decision still, before anything is sent."
    goes = f" It goes {describe_moment(firm=firm)}."
    fields = "1 field" if counts.total() == 1 else f"{counts.total()} fields"
    return ActionOutcome(words=f"{target}: {fields} decided, {done}.{stays if rest else goes}")


def decide_for_all(
    *, firm: Firm, actor: User, is_admin: bool, cause: Cause, choice: SideChoice, seen: str, now: datetime
) -> ActionOutcome:
    """Decide about one group of fields of every document that the cause holds. Raises Refused; then nothing changed."""
    with transaction.atomic():
        decided = _decide(firm, actor, is_admin, Q(cause=cause), choice, seen, now)
        [decision] = choice.by_field.values()
        ids = [each.job.pk for each in decided]
        fix = f"{WORDS[decision]}: {choice.group}"
        release = record_release(firm=firm, actor=actor, cause=cause, job_ids=ids, fix=fix, now=now)
    count = count_documents(Counter(each.job.kind for each in decided))
    verb = "goes" if len(decided) == 1 else "go"
    words = f"{fix} for {count}. What else differs is asked again; the rest {verb} {describe_moment(firm=firm)}."
    return ActionOutcome(words=words, release=release)


def _decide(
    firm: Firm, actor: User, is_admin: bool, chosen: Q, choice: SideChoice, seen: str, now: datetime
) -> list[_Decided]:
    reason = _check_reason(choice)
    lock_rows(firm=firm, jobs=outbox.select_changed(firm=firm, chosen=chosen, group=choice.group).jobs)
    try:
        jobs = outbox.take_changed(firm=firm, chosen=chosen, group=choice.group, seen=seen)
    except outbox.Changed:
        _refuse(CHANGED)
    documents = _read_documents(jobs) if SideDecision.ACCEPT_XEROS in choice.by_field.values() else {}
    decided = [_decide_job(job, documents.get(job.pk), choice, is_admin) for job in jobs]
    targets = find_rows(firm=firm, jobs=jobs)
    outbox.decide_sides(firm=firm, changes={each.job: _change(each, reason, actor) for each in decided}, now=now)
    for each in decided:
        kind, target = find_kind(each.job.kind), targets[each.job.pk]
        _write_here(firm, actor, kind, target, each.accepted.values)
        after = {"words": f"{each.words} Reason: {reason.rstrip('.')}." if reason else each.words}
        audit.record(firm=firm, actor=actor, action=f"{kind.rows.audit}.sides_decided", target=target, after=after)
    return decided


def _check_reason(choice: SideChoice) -> str:
    reason = " ".join(text.clean(choice.reason).split())
    if SideDecision.LEAVE not in choice.by_field.values():
        return ""
    if not reason:
        _refuse(NO_REASON, "reason")
    if len(reason) > LONGEST_REASON:
        _refuse(f"Use at most {LONGEST_REASON} characters.", "reason")
    return reason


def _read_documents(jobs: Sequence[SyncJob]) -> dict[int, Document]:
    """The documents of these jobs by job id, as they would be sent: a few queries for those of one kind."""
    alike: dict[tuple[str, str], list[SyncJob]] = defaultdict(list)
    for job in jobs:
        alike[job.kind, job.xero_record.xero_tenant_id].append(job)
    found: dict[int, Document] = {}
    for (kind, organisation), of_kind in alike.items():
        found |= find_kind(kind).rows.read_documents(jobs=of_kind, xero_tenant_id=organisation)
    return found


def _decide_job(job: SyncJob, document: Document | None, choice: SideChoice, is_admin: bool) -> _Decided:
    kind, differences = find_kind(job.kind), outbox.list_open(job)
    taken = [(each, made) for each in differences if (made := choice.decision_on(kind, each))]
    if not taken:
        _refuse(NOTHING_CHOSEN)
    if not is_admin and kind.sides and any(kind.sides.needs_admin(each.field) for each, _ in taken):
        _refuse(FOR_ADMINS)
    fields = [name for each, made in taken if made is SideDecision.ACCEPT_XEROS for name in each.bases]
    others = [name for each in differences for name in each.bases if name not in fields]
    return _Decided(
        job=job,
        decisions=tuple(taken),
        accepted=_accept(kind, job, document, fields, others) if fields else Accepted(),
        left_open=len(differences) - len(taken),
    )


def _accept(
    kind: KindSpec, job: SyncJob, document: Document | None, fields: Sequence[str], others: Sequence[str]
) -> Accepted:
    if document is None or kind.sides is None:
        _refuse(CHANGED)
    seen = kind.sides.from_stored(job.xero_record.seen)
    return kind.accept(document, Preferences.from_stored(job.preferences), seen, fields, others)


def _change(decided: _Decided, reason: str, actor: User) -> RecordChanges:
    known: dict[str, Any] = dict(decided.job.xero_record.known_differences)
    for each, made in decided.decisions:
        known |= move_bases(difference=each, decision=made, reason=reason, by=str(actor))
    return {**decided.accepted.record, "known_differences": {**known, **decided.accepted.bases}}


def _write_here(firm: Firm, actor: User, kind: KindSpec, target: Any, values: Mapping[str, Any]) -> None:
    if not values:
        return
    try:
        CORRECTIONS[kind.code](firm, actor, target, values)
    except EditConflict as conflict:
        raise Refused({"": CHANGED}) from conflict
    except Refused as refusal:
        said = " ".join(refusal.faults.values())
        raise Refused({"": f"Xero\u2019s value cannot be taken over here. {said}"}) from refusal


def _correct_bill(firm: Firm, actor: User, bill: Invoice, values: Mapping[str, Any]) -> None:
    services.correct_invoice(firm=firm, actor=actor, invoice=bill, expected_version=bill.version, **values)


def _correct_client(firm: Firm, actor: User, client: Contact, values: Mapping[str, Any]) -> None:
    changes = dict(values)
    if "phones" in changes:
        changes["phones"] = tuple(services.Phone(PhoneType(kind), number) for kind, number in changes["phones"])
    services.correct_contact(firm=firm, actor=actor, contact=client, expected_version=client.version, changes=changes)


# How accepted values are written to a row of each kind.
CORRECTIONS: Mapping[str, Callable[[Firm, User, Any, Mapping[str, Any]], None]] = {
    INVOICE.code: _correct_bill,
    CONTACT.code: _correct_client,
}


def _refuse(sentence: str, field: str = "") -> NoReturn:
    raise Refused({field: sentence})
