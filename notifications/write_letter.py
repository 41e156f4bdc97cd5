"""The words of a mail: what happened, why, what waits, who can act, and the one link to the fix. Plain text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from firms.models import Firm
from notifications.mail_content import CauseInMail, MailContent
from notifications.models import Mail
from notifications.plain_text import end_sentence, join_blocks, put_on_one_line
from xero_sync.domain.errors import ErrorClass, Owner, plain_title
from xero_sync.domain.errors.words import shorten
from xero_sync.domain.holds import Hold
from xero_sync.facts import cause_impact, places
from xero_sync.models import Cause

# Their titles name accounts, rates and organisations, never a client.
NAMELESS = (ErrorClass.MAPPING, ErrorClass.ORGANISATION, ErrorClass.CONNECTION, ErrorClass.LIMIT)
LONGEST_FIRM = 60
LISTED = 20


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The subject and the plain text of a mail."""

    subject: str
    text: str


def write_letter(*, mail: Mail, content: MailContent) -> Letter:
    """Write the letter for a mail's content."""
    if mail.what == Mail.What.TEST:
        return _write_test_letter(mail)
    return Letter(
        subject=_write_subject(mail.firm, content.opened, content.over),
        text=_write_text(mail, content.opened, content.over),
    )


def build_full_url(path: str) -> str:
    """A page's address with scheme and host, for a mail."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def _write_subject(firm: Firm, opened: Sequence[CauseInMail], over: Sequence[CauseInMail]) -> str:
    if len(opened) == 1 and not over:
        what = f"{_write_headline(opened[0])}, {_describe_waiting(opened)}"
    elif len(over) == 1 and not opened:
        what = f"it is over ({_write_headline(over[0])})"
    elif not over:
        what = f"{len(opened)} things need somebody, {_describe_waiting(opened)}"
    elif not opened:
        what = f"{len(over)} things are over"
    else:
        need = "1 thing needs" if len(opened) == 1 else f"{len(opened)} things need"
        what = f"{need} somebody, {len(over)} {'is' if len(over) == 1 else 'are'} over"
    return put_on_one_line(f"{shorten(put_on_one_line(firm.name), LONGEST_FIRM)}: {what}")


def _write_headline(entry: CauseInMail) -> str:
    remedy = entry.remedy
    title = remedy.title if remedy.klass in NAMELESS else plain_title(remedy.fault.known)
    # "Account 420 was ..." goes on after the firm's name; a name of somebody's keeps its capital.
    keeps = title.startswith(("Xero", "“"))
    return title if keeps else title[:1].lower() + title[1:]


def _describe_waiting(entries: Sequence[CauseInMail]) -> str:
    counts = sum((entry.impact.counts for entry in entries), Counter[str]())
    if not counts.total():
        return "no bill waits yet"
    return f"{cause_impact.count_documents(counts)} {'waits' if counts.total() == 1 else 'wait'}"


def _write_text(mail: Mail, opened: Sequence[CauseInMail], over: Sequence[CauseInMail]) -> str:
    firm, blocks = mail.firm, [f"Hello {put_on_one_line(str(mail.user))},"]
    if len(opened) == 1 and not over:
        blocks += _write_cause(mail, opened[0])
    elif opened:
        many = "This needs" if len(opened) == 1 else f"These {len(opened)} things need"
        blocks += [
            f"{many} somebody at {firm.name}:",
            *_list_opened(firm, opened),
            f"All of them:\n{_build_needs_you_url(firm)}",
        ]
    if over:
        blocks.append("This is over. Nothing waits for it any more, and you need do nothing:")
        blocks += [
            f"- {end_sentence(entry.remedy.title)} {_describe_opening(entry.cause, firm)}" for entry in over[:LISTED]
        ]
        blocks += _count_others(over)
    return join_blocks([*blocks, *_write_foot(firm)])


def _write_cause(mail: Mail, entry: CauseInMail) -> list[str]:
    """One cause with all that a person needs to act."""
    firm, remedy, cause = mail.firm, entry.remedy, entry.cause
    came_back = f" It came back: it was fixed {_format_times(cause.returned)} before." if cause.returned else ""
    # A watched cause may hold nothing: with a default account, bills go on.
    meanwhile = [f"Meanwhile: {remedy.meanwhile}"] if entry.impact.total else []
    return [
        f"{end_sentence(remedy.title)}{came_back}",
        f"What waits: {_describe_impact(entry, firm)}",
        f"Why: {remedy.why}",
        f"What to do: {' '.join(words for words in (remedy.fix_here, remedy.fix_in_xero) if words)}",
        f"Who can act: {remedy.who} {_explain_recipient(mail, entry)}",
        *meanwhile,
        f"Fix it here:\n{_build_fix_url(firm, entry)}",
    ]


def _list_opened(firm: Firm, entries: Sequence[CauseInMail]) -> list[str]:
    shown = [
        f"- {end_sentence(entry.remedy.title)} {_describe_impact(entry, firm)}\n{_build_fix_url(firm, entry)}"
        for entry in entries[:LISTED]
    ]
    return shown + _count_others(entries)


def _count_others(entries: Sequence[CauseInMail]) -> list[str]:
    return [f"And {len(entries) - LISTED} more."] if len(entries) > LISTED else []


def _describe_impact(entry: CauseInMail, firm: Firm) -> str:
    impact = entry.impact
    if not impact.total:
        return "No bill has met it yet. Fixed now, it holds up none."
    money = f", {impact.money_words}" if impact.money else ""
    oldest = f", the oldest saved on {_format_moment(impact.oldest, firm)}" if impact.oldest else ""
    return f"{impact.count_words}{money}{oldest}."


def _explain_recipient(mail: Mail, entry: CauseInMail) -> str:
    if entry.cause.assigned_to_id == mail.user_id:
        return "It is assigned to you."
    if entry.remedy.owner is Owner.ADMIN:
        return f"You are an admin of {mail.firm.name}."
    return f"You work on the bills of {mail.firm.name}."


def _build_fix_url(firm: Firm, entry: CauseInMail) -> str:
    if entry.is_connection_loss:
        return build_full_url(places.build_hold_link(firm=firm, hold=Hold.CONNECTION_LOST.value).url)
    # The cause is named twice: signing in on the way keeps the query, and a long list finds the card's page by it.
    return build_full_url(places.build_card_url(firm=firm, cause_id=entry.cause.pk))


def _build_needs_you_url(firm: Firm) -> str:
    return build_full_url(reverse("xero_sync:needs-you", args=[firm.slug]))


def _write_test_letter(mail: Mail) -> Letter:
    firm = mail.firm
    blocks = [
        f"Hello {put_on_one_line(str(mail.user))},",
        f"Mails about the bills of {firm.name} reach you. You asked for this one, so there is nothing to do.",
        f"What needs somebody now:\n{_build_needs_you_url(firm)}",
        *_write_foot(firm),
    ]
    subject = put_on_one_line(f"{shorten(firm.name, LONGEST_FIRM)}: a mail to try")
    return Letter(subject=subject, text=join_blocks(blocks))


def _write_foot(firm: Firm) -> list[str]:
    page = build_full_url(reverse("notifications:choice", args=[firm.slug]))
    return [f"-- \nBill Syncing for {put_on_one_line(firm.name)}\nChoose which mails you get, and when:\n{page}"]


def _describe_opening(cause: Cause, firm: Firm) -> str:
    return f"It was open from {_format_moment(cause.first_seen_at, firm)}."


def _format_moment(at: datetime, firm: Firm) -> str:
    local = at.astimezone(ZoneInfo(firm.timezone))
    return f"{local.day} {local:%B %Y, %H:%M} ({firm.timezone_name})"


def _format_times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
