"""The content of a mail at the moment of sending: which causes still need somebody, and which are over."""

from dataclasses import dataclass
from datetime import datetime

from firms.models import Membership
from notifications.models import Mail, MailChoice, MailLine
from notifications.notification_facts import read_recipients
from xero_sync.domain.errors import ErrorClass
from xero_sync.domain.holds import Hold
from xero_sync.facts import cause_impact
from xero_sync.facts.remedy import Remedy, describe_cause
from xero_sync.models import Cause

NOTHING = cause_impact.CauseImpact()


@dataclass(frozen=True)
class CauseInMail:
    """One cause in a mail, with its remedy and its impact."""

    cause: Cause
    remedy: Remedy
    impact: cause_impact.CauseImpact

    @property
    def is_connection_loss(self) -> bool:
        """Whether the connection to Xero is lost: no bill has met the cause, and all wait for it."""
        return self.cause.watched and self.remedy.klass is ErrorClass.CONNECTION


@dataclass(frozen=True, kw_only=True)
class MailContent:
    """The causes a mail lists; `outdated` are ids of lines that no longer hold or no longer concern the person."""

    opened: tuple[CauseInMail, ...] = ()
    over: tuple[CauseInMail, ...] = ()
    outdated: tuple[int, ...] = ()


def read_mail_content(*, mail: Mail, now: datetime) -> MailContent | None:
    """The mail's content as things are now; None if no cause is left, or the person wants no mail any more."""
    firm = mail.firm
    if not _is_still_wanted(mail):
        return None
    if mail.what == Mail.What.TEST:
        return MailContent()
    lines = list(MailLine.objects.filter(mail=mail).select_related("cause").order_by("pk"))
    waiting, holds = cause_impact.sum_cause_impacts(firm=firm)
    recipients = read_recipients(firm=firm, causes=[line.cause for line in lines], now=now)
    still_open = set(Cause.objects.filter(firm=firm, closed_at=None).values_list("code", "subject"))
    opened, over, outdated = [], [], []
    for line in lines:
        entry = _read_entry(line.cause, waiting, holds)
        concerned = mail.user_id in recipients[line.cause_id]
        if line.what == MailLine.What.OPENED and concerned and _needs_somebody(entry, now):
            opened.append(entry)
        elif line.what == MailLine.What.OVER and (line.cause.code, line.cause.subject) not in still_open:
            over.append(entry)
        else:
            outdated.append(line.pk)
    if not opened and not over:
        return None
    return MailContent(opened=tuple(opened), over=tuple(over), outdated=tuple(outdated))


def _is_still_wanted(mail: Mail) -> bool:
    member = Membership.objects.filter(firm=mail.firm, user=mail.user_id, user__is_active=True)
    if not member.exists():
        return False
    silent = MailChoice.objects.filter(firm=mail.firm, user=mail.user_id, when=MailChoice.When.NEVER)
    return mail.what == Mail.What.TEST or not silent.exists()


def _read_entry(
    cause: Cause, waiting: dict[int, cause_impact.CauseImpact], holds: dict[str, cause_impact.CauseImpact]
) -> CauseInMail:
    entry = CauseInMail(cause, describe_cause(cause), waiting.get(cause.pk, NOTHING))
    if not entry.is_connection_loss:
        return entry
    return CauseInMail(cause, entry.remedy, holds.get(Hold.CONNECTION_LOST.value, NOTHING))


def _needs_somebody(entry: CauseInMail, now: datetime) -> bool:
    cause = entry.cause
    snoozed = cause.snoozed_until is not None and cause.snoozed_until > now
    return cause.closed_at is None and not snoozed and (cause.watched or entry.impact.total > 0)
