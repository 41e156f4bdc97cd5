"""The facts that decide who of a firm is notified, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from firms.models import AuditEvent, Firm, Membership
from notifications.models import MailChoice, MailLine
from notifications.plan_mails import Notice, PastNotice
from notifications.recipients import CauseFacts, Member, When, find_recipients
from notifications.timing import STALE, find_digest_day
from xero_sync.domain.errors import BY_CODE, Owner
from xero_sync.kinds.registry import KINDS, find_kind
from xero_sync.models import Cause, SyncJob

# Actions that save a document, as the audit trail names them.
SAVES = tuple(
    f"{kind.rows.audit}.{action}"
    for kind in KINDS
    for action in ("created", "edited", "imported", "submitted", "approved", "returned_to_draft", "voided")
)
# Of each cause: the people who saved the newest of a thousand documents are enough to notify.
NEWEST = 500
# So many documents in one query of the audit trail.
SLICE = 10_000


@dataclass(frozen=True, kw_only=True)
class NotificationFacts:
    """Everything `plan_mails` asks for, and the digests that are decided with it: choice -> day."""

    causes: tuple[CauseFacts, ...]
    members: tuple[Member, ...]
    past: tuple[PastNotice, ...]
    digests: dict[int, date]


def read_notification_facts(*, firm: Firm, now: datetime) -> NotificationFacts:
    """Read a firm's facts: seven queries at most for any number of causes, and one more for each 10,000 documents."""
    members, digests = _read_members(firm, now)
    causes = _read_causes(firm, now)
    return NotificationFacts(
        causes=tuple(_read_cause_facts(firm, causes, holding={cause.pk for cause in causes if cause.holds})),
        members=members,
        past=tuple(_read_past(firm, causes)),
        digests=digests,
    )


def read_recipients(*, firm: Firm, causes: Sequence[Cause], now: datetime) -> dict[int, frozenset[int]]:
    """For each of these causes, the ids of the people who can act on it now: four queries at most."""
    members, _ = _read_members(firm, now)
    return {
        facts.cause_id: find_recipients(cause=facts, members=members)
        for facts in _read_cause_facts(firm, causes, holding=frozenset())
    }


def find_due_digest(*, zone: str, choice: MailChoice, now: datetime) -> date | None:
    """The day in the firm's time zone whose digest is due to this person; None if none is due."""
    if choice.when != MailChoice.When.DAILY:
        return None
    day = find_digest_day(zone=zone, hour=choice.hour, now=now)
    return day if choice.digested_on is None or choice.digested_on < day else None


def _read_members(firm: Firm, now: datetime) -> tuple[tuple[Member, ...], dict[int, date]]:
    choices = {choice.user_id: choice for choice in MailChoice.objects.filter(firm=firm)}
    found, digests = [], {}
    for membership in Membership.objects.filter(firm=firm, user__is_active=True).order_by("pk"):
        choice = choices.get(membership.user_id)
        day = find_due_digest(zone=firm.timezone, choice=choice, now=now) if choice else None
        if choice is not None and day is not None:
            digests[choice.pk] = day
        found.append(
            Member(
                user_id=membership.user_id,
                is_admin=membership.is_admin,
                when=When(choice.when) if choice else When.AT_ONCE,
                digest_due=day is not None,
            )
        )
    return tuple(found), digests


def _read_causes(firm: Firm, now: datetime) -> list[Any]:
    current = Q(closed_at=None) | Q(closed_at__gte=now - STALE)
    holding = Exists(SyncJob.objects.filter(cause=OuterRef("pk")))
    return list(Cause.objects.filter(current, firm=firm).annotate(holds=holding).order_by("first_seen_at", "pk"))


def _read_cause_facts(firm: Firm, causes: Sequence[Cause], *, holding: Collection[int]) -> list[CauseFacts]:
    savers = _find_savers(firm, [cause.pk for cause in causes if _is_for_staff(cause)])
    return [
        CauseFacts(
            cause_id=cause.pk,
            code=cause.code,
            subject=cause.subject,
            opened_at=cause.first_seen_at,
            closed_at=cause.closed_at,
            holds=cause.pk in holding,
            watched=cause.watched,
            snoozed_until=cause.snoozed_until,
            assigned_to=cause.assigned_to_id,
            savers=frozenset(savers[cause.pk]),
        )
        for cause in causes
    ]


def _is_for_staff(cause: Cause) -> bool:
    known = BY_CODE.get(cause.code)
    return cause.closed_at is None and known is not None and known.owner is Owner.STAFF


def _find_savers(firm: Firm, cause_ids: Sequence[int]) -> dict[int, set[int]]:
    """By cause, who last saved the newest documents that the cause holds, by the audit trail."""
    found: dict[int, set[int]] = defaultdict(set)
    if not cause_ids:
        return found
    place = Window(RowNumber(), partition_by=F("cause"), order_by=[F("saved_at").desc(), F("pk").desc()])
    jobs = SyncJob.objects.filter(firm=firm, cause__in=cause_ids).annotate(place=place).filter(place__lte=NEWEST)
    held = {
        (_name_audit_target(kind), str(pk)): cause for cause, kind, pk in jobs.values_list("cause", "kind", "object_id")
    }
    documents = list(held)
    for start in range(0, len(documents), SLICE):
        for document, actor in _find_last_actors(firm, documents[start : start + SLICE]):
            found[held[document]].add(actor)
    return found


def _find_last_actors(firm: Firm, documents: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], int]]:
    saved = Q()
    for target in {target for target, _ in documents}:
        saved |= Q(target_kind=target, target_id__in=[pk for kind, pk in documents if kind == target])
    actions = AuditEvent.objects.filter(saved, firm=firm, action__in=SAVES)
    last = actions.order_by("target_kind", "target_id", "-at", "-pk").distinct("target_kind", "target_id")
    for target, pk, actor in last.values_list("target_kind", "target_id", "actor"):
        if actor is not None:
            yield (target, pk), actor


def _name_audit_target(kind: str) -> str:
    return find_kind(kind).rows.audit


def _read_past(firm: Firm, causes: Sequence[Cause]) -> list[PastNotice]:
    """The causes that people were notified of: these, and those of the same name that closed and came back."""
    if not causes:
        return []
    named = Q(cause__code__in={cause.code for cause in causes}, cause__subject__in={cause.subject for cause in causes})
    return [
        PastNotice(
            identity=(line.cause.code, line.cause.subject),
            cause_id=line.cause_id,
            user_id=line.user_id,
            what=Notice(line.what),
            at=line.mail.written_at,
            sent=line.mail.sent_at is not None,
            closed_at=line.cause.closed_at,
        )
        for line in MailLine.objects.filter(named, firm=firm).select_related("cause", "mail")
    ]
