"""Send the mails that are written: claimed, sent, marked. What a crash left open is sent again as the same mail."""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from firms.scope import all_firms, firm_scope
from notifications.mail_content import read_mail_content
from notifications.models import Mail, MailLine
from notifications.timing import find_next_try
from notifications.write_letter import Letter, write_letter

logger = logging.getLogger(__name__)

# A mail whose sender never came back is tried again, under the same Message-ID.
CRASHED_AFTER = timedelta(minutes=5)
# One run ends before the next begins: mails never fill the workers that the bills need.
RUN_SECONDS = 10
LATE_SECONDS = 120
# With the waits between the tries about five hours: a mail server that was set up wrongly can be corrected.
MOST_REFUSALS = 12
# Exceptions of broken rows, or of an address that cannot be written.
OF_ITS_ROWS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
# Sent by a machine: no reply by another machine, please.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True, kw_only=True)
class WaitingMails:
    """Mails that were written and have not left: how many, the oldest for how long, and what a try met that failed.

    Without those whose address is refused for good: the mail server is well, and `dead_addresses` has them.
    """

    mails: int
    seconds: float
    fault: str

    @property
    def is_late(self) -> bool:
        """Whether the oldest has waited longer than a healthy mail server makes it."""
        return self.seconds > LATE_SECONDS


def count_waiting_mails(*, now: datetime) -> WaitingMails:
    """How many mails wait, over all firms, and the oldest how long; one query, inside `all_firms`."""
    unsent = Mail.objects.filter(sent_at=None, refusals=0)
    found = unsent.aggregate(mails=Count("pk"), since=Min("written_at"), fault=Max("fault", default=""))
    since = found["since"]
    seconds = max((now - since).total_seconds(), 0.0) if since else 0.0
    return WaitingMails(mails=found["mails"], seconds=seconds, fault=found["fault"])


def send_due_mails(*, now: datetime) -> int:
    """Send what is due, for at most ten seconds; returns how many left. Called outside any firm's scope."""
    until, sent = time.monotonic() + RUN_SECONDS, 0
    server = get_connection()
    try:
        while time.monotonic() < until:
            mail = _claim_mail(now)
            if mail is None:
                break
            if not _deliver_mail(mail, server):
                break
            sent += 1
    finally:
        with suppress(OSError, SMTPException):
            server.close()
    return sent


def _claim_mail(now: datetime) -> Mail | None:
    """Take the next mail; as it was before, so that `tried_at` says whether an earlier try had no known end."""
    with all_firms(), transaction.atomic():
        wanted = Q(is_given_up=False) | ~Q(refused_address=F("user__email"))
        due = Mail.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            wanted, sent_at=None, due_at__lte=now
        )
        mail = due.select_related("firm", "user").order_by("due_at", "pk").first()
        if mail is not None:
            Mail.objects.filter(pk=mail.pk).update(tried_at=now, due_at=now + CRASHED_AFTER, tries=F("tries") + 1)
        return mail


def _deliver_mail(mail: Mail, server: BaseEmailBackend) -> bool:
    """Send one claimed mail; False if the mail server is out of reach and the run should end."""
    with firm_scope(mail.firm):
        try:
            content = read_mail_content(mail=mail, now=timezone.now())
            letter = write_letter(mail=mail, content=content) if content else None
        except OF_ITS_ROWS as fault:
            # The mails after this one are not to blame.
            _postpone_mail(mail, fault, known_unsent=True)
            return True
        if content is None or letter is None:
            _drop_mail(mail)
            return True
        if mail.tried_at is None:
            # Otherwise an earlier try may have arrived with them: they count as read, and their end is news.
            MailLine.objects.filter(mail=mail, pk__in=content.outdated).delete()
        try:
            server.open()
        except (OSError, SMTPException) as fault:
            _postpone_all_mails(mail, fault)
            return False
        return _send_mail(mail, letter, server)


def _send_mail(mail: Mail, letter: Letter, server: BaseEmailBackend) -> bool:
    message = EmailMessage(
        subject=letter.subject,
        body=letter.text,
        to=[mail.user.email],
        connection=server,
        headers={**HEADERS, "Message-ID": mail.message_id},
    )
    try:
        message.send()
    except SMTPServerDisconnected as fault:
        return _postpone_unknown_mail(mail, fault)
    except SMTPRecipientsRefused as fault:
        _postpone_mail(mail, fault, known_unsent=True, refused_address=mail.user.email if _is_for_good(fault) else "")
        return True
    except SMTPResponseException as fault:
        _postpone_mail(mail, fault, known_unsent=True)
        return True
    except (OSError, SMTPException) as fault:
        return _postpone_unknown_mail(mail, fault)
    except OF_ITS_ROWS as fault:
        # An address that cannot be written, say: the mails after this one are not to blame.
        _postpone_mail(mail, fault, known_unsent=False)
        return True
    Mail.objects.filter(pk=mail.pk).update(
        sent_at=timezone.now(),
        subject=letter.subject[:255],
        fault="",
        tried_at=None,
        refusals=0,
        is_given_up=False,
    )
    return True


def _drop_mail(mail: Mail) -> None:
    """Delete a mail that has nothing left to say; keep it as sent if an earlier try may have arrived."""
    if mail.tried_at is not None:
        Mail.objects.filter(pk=mail.pk).update(sent_at=mail.tried_at, tried_at=None, fault="")
    else:
        mail.delete()


def _postpone_unknown_mail(mail: Mail, fault: Exception) -> bool:
    """The line broke: it may have arrived. It is sent again, under its own Message-ID, not before a while."""
    _postpone_mail(mail, fault, known_unsent=False)
    return False


def _is_for_good(fault: SMTPRecipientsRefused) -> bool:
    """Whether the answer is of the class 5yz, permanent (RFC 5321, 4.2.1)."""
    return all(500 <= code < 600 for code, _ in fault.recipients.values())


def _postpone_mail(mail: Mail, fault: Exception, *, known_unsent: bool, refused_address: str = "") -> None:
    now = timezone.now()
    before = mail.refusals if mail.refused_address == refused_address else 0
    refusals = before + 1 if refused_address else 0
    due = find_next_try(tries=mail.tries + 1, now=now)
    Mail.objects.filter(pk=mail.pk).update(
        due_at=due if known_unsent else max(due, now + CRASHED_AFTER),
        # The end of this try is known; that of an earlier try may not be.
        tried_at=mail.tried_at if known_unsent else now,
        fault=type(fault).__name__,
        refusals=refusals,
        refused_address=refused_address,
        refused_at=now if refused_address else None,
        is_given_up=refusals >= MOST_REFUSALS,
    )
    logger.warning("A mail was not sent", extra={"mail": mail.pk, "fault": type(fault).__name__})


def _postpone_all_mails(mail: Mail, fault: Exception) -> None:
    """The mail server does not answer: nobody asks it again for a while, and the wait grows."""
    now = timezone.now()
    due = find_next_try(tries=mail.tries + 1, now=now)
    Mail.objects.filter(pk=mail.pk).update(due_at=due, fault=type(fault).__name__, tried_at=mail.tried_at)
    with all_firms():
        Mail.objects.filter(sent_at=None, due_at__lt=due).update(due_at=due, fault=type(fault).__name__)
    logger.warning("The mail server was not reached", extra={"fault": type(fault).__name__})
