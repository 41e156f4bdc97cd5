"""Write down which mails are to be sent, firm by firm; `send_mails` sends them."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Mod

from firms.models import Firm, Membership, Role
from firms.scope import all_firms, firm_scope
from notifications.models import Mail, MailChoice, MailLine
from notifications.notification_facts import find_due_digest, read_notification_facts
from notifications.plan_mails import PastNotice, PlannedMail, plan_mails
from notifications.recipients import CODES_BY_OWNER, NOTIFIED_CODES
from notifications.timing import STALE
from xero_sync.domain.errors import Owner
from xero_sync.models import Cause

logger = logging.getLogger(__name__)

# For so long after the last document joined a cause, its recipients are read again: somebody new may have saved it.
LATELY = timedelta(minutes=10)
# The mails of each firm with an open cause are decided in one half minute of so many, even where the cheaper questions
# below find no reason.
SLOTS, SLOT_SECONDS = 30, 30


def write_due_mails(*, now: datetime) -> int:
    """Write the mails that are due now, over all firms; returns how many mails. Called outside any firm's scope."""
    with all_firms():
        firms = list(Firm.objects.filter(pk__in=_find_firms_with_news(now)).order_by("pk"))
    return sum(_queue_mails_apart(firm, now) for firm in firms)


def build_mail(*, firm: Firm, user_id: int, what: str, now: datetime, key: str = "") -> Mail:
    """Build a mail that is due now, without saving it; each person has at most one mail of a key."""
    host, own = urlsplit(settings.BASE_URL).hostname or "localhost", uuid4().hex
    return Mail(
        firm=firm,
        user_id=user_id,
        what=what,
        key=key or own,
        message_id=f"<{own}@{host}>",
        written_at=now,
        due_at=now,
    )


def _queue_mails_apart(firm: Firm, now: datetime) -> int:
    """Write one firm's mails; an exception over the firm's rows must not stop the mails of other firms."""
    try:
        return _queue_mails(firm, now)
    except Exception:
        logger.exception("The mails of a firm were not written", extra={"firm": firm.slug})
        return 0


def _queue_mails(firm: Firm, now: datetime) -> int:
    with firm_scope(firm), transaction.atomic():
        if not _try_lock(firm):
            # Another worker decides for this firm now.
            return 0
        facts = read_notification_facts(firm=firm, now=now)
        planned = plan_mails(causes=facts.causes, members=facts.members, past=facts.past, now=now, grace=read_grace())
        _save_mails(firm, planned, facts.past, now)
        for choice, day in facts.digests.items():
            MailChoice.objects.filter(pk=choice).update(digested_on=day)
    return len(planned)


def read_grace() -> timedelta:
    """How long a cause stays open before anybody is notified."""
    return timedelta(seconds=settings.MAIL_GRACE_SECONDS)


def _try_lock(firm: Firm) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"mails of firm {firm.pk}"])
        return bool(cursor.fetchone()[0])


def _save_mails(firm: Firm, planned: Sequence[PlannedMail], past: Sequence[PastNotice], now: datetime) -> None:
    if not planned:
        return
    turns = Counter((notice.cause_id, notice.user_id, notice.what.value) for notice in past)
    mails = Mail.objects.bulk_create(
        [build_mail(firm=firm, user_id=plan.user_id, what=_find_mail_kind(plan), now=now) for plan in planned]
    )
    MailLine.objects.bulk_create(
        MailLine(
            firm=firm,
            mail=mail,
            cause_id=cause,
            user_id=plan.user_id,
            what=what,
            turn=turns[cause, plan.user_id, what.value],
        )
        for mail, plan in zip(mails, planned, strict=True)
        for what, causes in ((MailLine.What.OPENED, plan.opened), (MailLine.What.OVER, plan.over))
        for cause in causes
    )


def _find_mail_kind(plan: PlannedMail) -> str:
    if plan.digest:
        return Mail.What.DIGEST
    return Mail.What.OPENED if plan.opened else Mail.What.OVER


def _find_firms_with_news(now: datetime) -> set[int]:
    """Ids of firms where somebody may have to be notified: four queries over all firms."""
    return {*_find_with_open_causes(now), *_find_with_closed_causes(now), *_find_with_digests(now)}


def _find_with_open_causes(now: datetime) -> set[int]:
    # People were notified that the cause is over, and not yet that it is open again.
    again = MailLine.objects.filter(
        cause=OuterRef("cause"), user=OuterRef("user"), what=MailLine.What.OPENED, turn__gt=OuterRef("turn")
    )
    was_over = MailLine.objects.filter(~Exists(again), cause=OuterRef("pk"), what=MailLine.What.OVER)
    turn_of_the_firm = Q(slot=int(now.timestamp() // SLOT_SECONDS) % SLOTS)
    causes = Cause.objects.annotate(slot=Mod("firm", SLOTS)).filter(
        Q(last_seen_at__gte=now - LATELY) | turn_of_the_firm | _has_unnotified_people() | Q(Exists(was_over)),
        Q(code__in=NOTIFIED_CODES) | Q(assigned_to__isnull=False),
        Q(snoozed_until=None) | Q(snoozed_until__lte=now),
        closed_at=None,
        first_seen_at__lte=now - read_grace(),
    )
    return set(causes.values_list("firm", flat=True).distinct())


def _has_unnotified_people() -> Q:
    """Causes that somebody who wants mails at once may have to hear of, and has not.

    Who saved the documents of a cause is not asked: for such a cause it is enough that one of the firm was notified.
    """
    notified = MailLine.objects.filter(cause=OuterRef(OuterRef("pk")), user=OuterRef("user"), what=MailLine.What.OPENED)
    otherwise = MailChoice.objects.filter(firm=OuterRef("firm"), user=OuterRef("user")).exclude(
        when=MailChoice.When.AT_ONCE
    )
    people = Membership.objects.filter(firm=OuterRef("firm"), user__is_active=True)
    waiting = people.filter(~Exists(notified), ~Exists(otherwise))
    by_owner = Q(Exists(waiting.filter(role=Role.ADMIN)), code__in=CODES_BY_OWNER[Owner.ADMIN])
    by_owner |= Q(~Exists(people.filter(Exists(notified))), Exists(waiting), code__in=CODES_BY_OWNER[Owner.STAFF])
    assignee = OuterRef("assigned_to")
    return Q(Exists(waiting.filter(user=assignee))) | by_owner & ~Q(Exists(people.filter(user=assignee)))


def _find_with_closed_causes(now: datetime) -> set[int]:
    over = MailLine.objects.filter(
        cause=OuterRef("cause"), user=OuterRef("user"), what=MailLine.What.OVER, turn=OuterRef("turn")
    )
    lines = MailLine.objects.filter(
        ~Exists(over), what=MailLine.What.OPENED, cause__closed_at__range=(now - STALE, now - read_grace())
    )
    # The closed cause may be the return of one that people were notified of.
    named = MailLine.objects.filter(
        cause__firm=OuterRef("firm"), cause__code=OuterRef("code"), cause__subject=OuterRef("subject")
    )
    closed = Cause.objects.filter(Exists(named), closed_at__range=(now - LATELY, now - read_grace()))
    return set(lines.values_list("firm", flat=True)) | set(closed.values_list("firm", flat=True))


def _find_with_digests(now: datetime) -> set[int]:
    daily = MailChoice.objects.filter(when=MailChoice.When.DAILY).annotate(zone=F("firm__timezone"))
    return {choice.firm_id for choice in daily if _may_be_due(choice.zone, choice, now)}


def _may_be_due(zone: str, choice: MailChoice, now: datetime) -> bool:
    try:
        return find_due_digest(zone=zone, choice=choice, now=now) is not None
    except (KeyError, ValueError):
        # An unknown time zone: the firm's own run logs what is wrong.
        return True
