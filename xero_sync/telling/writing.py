"""Write down which mails are to be sent, firm by firm. Sending them is another's business."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q

from firms.models import Firm
from firms.scope import all_firms, firm_scope
from xero_sync.domain.telling import STALE, TOLD_CODES, Letter, Line, letters
from xero_sync.models import Cause, Mail, MailChoice, MailLine
from xero_sync.telling.reading import choice_is_due, read_notification_facts

logger = logging.getLogger(__name__)

# How long after the last document joined a cause it is looked at once more: somebody else may have saved that one.
LATELY = timedelta(minutes=10)


def write_due(*, now: datetime) -> int:
    """Write what is to be said now, over all firms; returns how many mails. Called outside any firm's scope."""
    with all_firms():
        firms = list(Firm.objects.filter(pk__in=_firms_with_news(now)).order_by("pk"))
    return sum(_write_apart(firm, now) for firm in firms)


def new_mail(*, firm: Firm, user_id: int, what: str, now: datetime, key: str = "") -> Mail:
    """A mail that is due now, not saved yet; of one key there is one for each person."""
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


def _write_apart(firm: Firm, now: datetime) -> int:
    """One firm's mails; what is wrong with its rows keeps no other firm's people from hearing of theirs."""
    try:
        return _write(firm, now)
    except Exception:
        logger.exception("The mails of a firm were not written", extra={"firm": firm.slug})
        return 0


def _write(firm: Firm, now: datetime) -> int:
    with firm_scope(firm), transaction.atomic():
        if not _try_lock(firm):
            # Another worker decides for this firm now.
            return 0
        desk = read_notification_facts(firm=firm, now=now)
        found = letters(matters=desk.matters, members=desk.members, lines=desk.lines, now=now, grace=grace())
        _save(firm, found, desk.lines, now)
        for choice, day in desk.digests.items():
            MailChoice.objects.filter(pk=choice).update(digested_on=day)
    return len(found)


def grace() -> timedelta:
    """How long a cause stays open before anybody is told."""
    return timedelta(seconds=settings.MAIL_GRACE_SECONDS)


def _try_lock(firm: Firm) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"mails of firm {firm.pk}"])
        return bool(cursor.fetchone()[0])


def _save(firm: Firm, found: Sequence[Letter], told: Sequence[Line], now: datetime) -> None:
    if not found:
        return
    turns = Counter((line.cause_id, line.user_id, line.what.value) for line in told)
    mails = Mail.objects.bulk_create(
        [new_mail(firm=firm, user_id=letter.user_id, what=_what(letter), now=now) for letter in found]
    )
    MailLine.objects.bulk_create(
        MailLine(
            firm=firm,
            mail=mail,
            cause_id=cause,
            user_id=letter.user_id,
            what=what,
            turn=turns[cause, letter.user_id, what.value],
        )
        for mail, letter in zip(mails, found, strict=True)
        for what, causes in ((MailLine.What.OPENED, letter.opened), (MailLine.What.OVER, letter.over))
        for cause in causes
    )


def _what(letter: Letter) -> str:
    if letter.digest:
        return Mail.What.DIGEST
    return Mail.What.OPENED if letter.opened else Mail.What.OVER


def _firms_with_news(now: datetime) -> set[int]:
    """Ids of firms where somebody may have to be told something: four queries over all firms."""
    return {*_with_open_causes(now), *_with_closed_causes(now), *_with_digests(now)}


def _with_open_causes(now: datetime) -> set[int]:
    told = MailLine.objects.filter(cause=OuterRef("pk"), what=MailLine.What.OPENED)
    untold = Q(~Exists(told)) | Q(last_seen_at__gte=now - LATELY)
    untold |= Q(~Exists(told.filter(user=OuterRef("assigned_to"))), assigned_to__isnull=False)
    # Told to be over, and open again: not told of that yet.
    again = MailLine.objects.filter(
        cause=OuterRef("cause"), user=OuterRef("user"), what=MailLine.What.OPENED, turn__gt=OuterRef("turn")
    )
    was_over = MailLine.objects.filter(~Exists(again), cause=OuterRef("pk"), what=MailLine.What.OVER)
    untold |= Q(Exists(was_over))
    causes = Cause.objects.filter(
        untold,
        Q(code__in=TOLD_CODES) | Q(assigned_to__isnull=False),
        Q(snoozed_until=None) | Q(snoozed_until__lte=now),
        closed_at=None,
        first_seen_at__lte=now - grace(),
    )
    return set(causes.values_list("firm", flat=True))


def _with_closed_causes(now: datetime) -> set[int]:
    over = MailLine.objects.filter(
        cause=OuterRef("cause"), user=OuterRef("user"), what=MailLine.What.OVER, turn=OuterRef("turn")
    )
    lines = MailLine.objects.filter(
        ~Exists(over), what=MailLine.What.OPENED, cause__closed_at__range=(now - STALE, now - grace())
    )
    # The one that closed may be the return of the one that they were told of.
    named = MailLine.objects.filter(
        cause__firm=OuterRef("firm"), cause__code=OuterRef("code"), cause__subject=OuterRef("subject")
    )
    closed = Cause.objects.filter(Exists(named), closed_at__range=(now - LATELY, now - grace()))
    return set(lines.values_list("firm", flat=True)) | set(closed.values_list("firm", flat=True))


def _with_digests(now: datetime) -> set[int]:
    daily = MailChoice.objects.filter(when=MailChoice.When.DAILY).annotate(zone=F("firm__timezone"))
    return {choice.firm_id for choice in daily if _may_be_due(choice.zone, choice, now)}


def _may_be_due(zone: str, choice: MailChoice, now: datetime) -> bool:
    try:
        return choice_is_due(zone=zone, choice=choice, now=now) is not None
    except (KeyError, ValueError):
        # No such clock: the firm is decided for apart, and that says what is wrong with it.
        return True
