"""What telling one firm's people is decided from, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from firms.models import AuditEvent, Firm, Membership
from xero_sync.domain.errors import BY_CODE, Owner
from xero_sync.domain.kinds import Kind
from xero_sync.domain.telling import STALE, Line, Matter, Member, Notice, When, digest_day
from xero_sync.models import Cause, MailChoice, MailLine, SyncJob

# Acts that save a document, as the audit trail names them.
SAVES = tuple(
    f"invoice.{act}"
    for act in ("created", "edited", "imported", "submitted", "approved", "returned_to_draft", "voided")
) + tuple(f"contact.{act}" for act in ("created", "edited", "imported"))
# Whoever saved one of the newest of a thousand documents is enough to tell.
NEWEST = 500


@dataclass(frozen=True, kw_only=True)
class NotificationFacts:
    """Everything `domain.telling.letters` asks for, and the digests that are decided with it: choice -> day."""

    matters: tuple[Matter, ...]
    members: tuple[Member, ...]
    lines: tuple[Line, ...]
    digests: dict[int, date]


def read_notification_facts(*, firm: Firm, now: datetime) -> NotificationFacts:
    """Seven queries at most, whatever the number of causes, documents and people."""
    members, digests = _members(firm, now)
    causes = _causes(firm, now)
    return NotificationFacts(
        matters=tuple(_matters(firm, causes)), members=members, lines=tuple(_lines(firm, causes)), digests=digests
    )


def choice_is_due(*, zone: str, choice: MailChoice, now: datetime) -> date | None:
    """The day of the digest that this person has coming, or nothing."""
    if choice.when != MailChoice.When.DAILY:
        return None
    day = digest_day(zone=zone, hour=choice.hour, now=now)
    return day if choice.digested_on is None or choice.digested_on < day else None


def _members(firm: Firm, now: datetime) -> tuple[tuple[Member, ...], dict[int, date]]:
    choices = {choice.user_id: choice for choice in MailChoice.objects.filter(firm=firm)}
    found, digests = [], {}
    for membership in Membership.objects.filter(firm=firm, user__is_active=True).order_by("pk"):
        choice = choices.get(membership.user_id)
        day = choice_is_due(zone=firm.timezone, choice=choice, now=now) if choice else None
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


def _causes(firm: Firm, now: datetime) -> list[Any]:
    current = Q(closed_at=None) | Q(closed_at__gte=now - STALE)
    holding = Exists(SyncJob.objects.filter(cause=OuterRef("pk")))
    return list(Cause.objects.filter(current, firm=firm).annotate(holds=holding).order_by("first_seen_at", "pk"))


def _matters(firm: Firm, causes: Sequence[Any]) -> list[Matter]:
    savers = _savers(firm, [cause.pk for cause in causes if _is_for_staff(cause)])
    return [
        Matter(
            cause_id=cause.pk,
            code=cause.code,
            subject=cause.subject,
            opened_at=cause.first_seen_at,
            closed_at=cause.closed_at,
            holds=cause.holds,
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


def _savers(firm: Firm, cause_ids: Sequence[int]) -> dict[int, set[int]]:
    """Who saved the documents behind each of these causes last, by the audit trail: two queries, none for none."""
    found: dict[int, set[int]] = defaultdict(set)
    if not cause_ids:
        return found
    jobs = SyncJob.objects.filter(firm=firm, cause__in=cause_ids).order_by("-saved_at", "-pk")[:NEWEST]
    behind = {(_target(kind), str(pk)): cause for cause, kind, pk in jobs.values_list("cause", "kind", "object_id")}
    saved = Q()
    for target in {target for target, _ in behind}:
        saved |= Q(target_kind=target, target_id__in=[pk for kind, pk in behind if kind == target])
    if not saved:
        return found
    acts = AuditEvent.objects.filter(saved, firm=firm, action__in=SAVES)
    last = acts.order_by("target_kind", "target_id", "-at", "-pk").distinct("target_kind", "target_id")
    for target, pk, actor in last.values_list("target_kind", "target_id", "actor"):
        if actor is not None:
            found[behind[target, pk]].add(actor)
    return found


def _target(kind: str) -> str:
    return "invoice" if kind == Kind.INVOICE else "contact"


def _lines(firm: Firm, causes: Sequence[Cause]) -> list[Line]:
    """What was said of these causes before, and of those of the same name that closed and came back."""
    if not causes:
        return []
    named = Q(cause__code__in={cause.code for cause in causes}, cause__subject__in={cause.subject for cause in causes})
    return [
        Line(
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
