"""The words of a mail: what happened, why, what waits, who can act, and the one link to the fix. Plain text."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from firms.models import Firm, Membership
from xero_sync.domain.errors import ErrorClass, Owner, Recognised, plain_title
from xero_sync.domain.errors.words import shorten
from xero_sync.domain.holds import Hold
from xero_sync.facts import cause_impact, places
from xero_sync.facts.stored_faults import of_cause
from xero_sync.models import Cause, Mail, MailChoice, MailLine
from xero_sync.pages.cards import WHO

# Their titles name accounts, rates and organisations, never a client.
NAMELESS = (ErrorClass.MAPPING, ErrorClass.ORGANISATION, ErrorClass.CONNECTION, ErrorClass.LIMIT)
LONGEST_FIRM = 60
LISTED = 20
WIDTH = 76
NOTHING = cause_impact.CauseImpact()
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u200b]+")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What to send; `outdated`: ids of the mail's lines that are not so any more, and are not in it."""

    subject: str
    text: str
    outdated: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Item:
    """One cause in a mail, and what waits behind it."""

    cause: Cause
    known: Recognised
    behind: cause_impact.CauseImpact


def letter(*, mail: Mail, now: datetime) -> Letter | None:
    """The mail as it should read now; None if there is nothing left to say, or nobody to say it to."""
    firm = mail.firm
    if not _is_still_wanted(mail):
        return None
    if mail.what == Mail.What.TEST:
        return _test(mail)
    lines = list(MailLine.objects.filter(mail=mail).select_related("cause").order_by("pk"))
    waiting, holds = cause_impact.sums(firm=firm)
    still_open = set(Cause.objects.filter(firm=firm, closed_at=None).values_list("code", "subject"))
    opened, over, outdated = [], [], []
    for line in lines:
        item = _item(line.cause, waiting, holds)
        if line.what == MailLine.What.OPENED and _needs_somebody(item, now):
            opened.append(item)
        elif line.what == MailLine.What.OVER and (line.cause.code, line.cause.subject) not in still_open:
            over.append(item)
        else:
            outdated.append(line.pk)
    if not opened and not over:
        return None
    return Letter(subject=_subject(firm, opened, over), text=_text(mail, opened, over), outdated=tuple(outdated))


def one_line(text: str) -> str:
    """The text without line ends and unseen characters: fit for a header, whatever Xero or a person wrote."""
    return _UNSEEN.sub(" ", text).strip()


def address(path: str) -> str:
    """A page's whole address, for a mail."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def _is_still_wanted(mail: Mail) -> bool:
    member = Membership.objects.filter(firm=mail.firm, user=mail.user_id, user__is_active=True)
    if not member.exists():
        return False
    silent = MailChoice.objects.filter(firm=mail.firm, user=mail.user_id, when=MailChoice.When.NEVER)
    return mail.what == Mail.What.TEST or not silent.exists()


def _item(
    cause: Cause, waiting: dict[int, cause_impact.CauseImpact], holds: dict[str, cause_impact.CauseImpact]
) -> _Item:
    known = of_cause(cause)
    found = waiting.get(cause.pk, NOTHING)
    if cause.watched and known.known.klass is ErrorClass.CONNECTION:
        found = holds.get(Hold.CONNECTION_LOST.value, NOTHING)
    return _Item(cause, known, found)


def _needs_somebody(item: _Item, now: datetime) -> bool:
    cause = item.cause
    snoozed = cause.snoozed_until is not None and cause.snoozed_until > now
    return cause.closed_at is None and not snoozed and (cause.watched or item.behind.total > 0)


def _subject(firm: Firm, opened: Sequence[_Item], over: Sequence[_Item]) -> str:
    if len(opened) == 1 and not over:
        what = f"{_headline(opened[0])}, {_wait_words(opened)}"
    elif len(over) == 1 and not opened:
        what = f"it is over ({_headline(over[0])})"
    elif not over:
        what = f"{len(opened)} things need somebody, {_wait_words(opened)}"
    elif not opened:
        what = f"{len(over)} things are over"
    else:
        need = "1 thing needs" if len(opened) == 1 else f"{len(opened)} things need"
        what = f"{need} somebody, {len(over)} {'is' if len(over) == 1 else 'are'} over"
    return one_line(f"{shorten(one_line(firm.name), LONGEST_FIRM)}: {what}")


def _headline(item: _Item) -> str:
    title = item.known.title if item.known.known.klass in NAMELESS else plain_title(item.known.known)
    # "Account 420 was ..." goes on after the firm's name; a name of somebody's keeps its capital.
    keeps = title.startswith(("Xero", "“"))
    return title if keeps else title[:1].lower() + title[1:]


def _wait_words(items: Sequence[_Item]) -> str:
    bills, contacts = (sum(getattr(item.behind, name) for item in items) for name in ("bills", "contacts"))
    if not bills and not contacts:
        return "no bill waits yet"
    return f"{cause_impact.counted(bills=bills, contacts=contacts)} {'waits' if bills + contacts == 1 else 'wait'}"


def _text(mail: Mail, opened: Sequence[_Item], over: Sequence[_Item]) -> str:
    firm, blocks = mail.firm, [f"Hello {one_line(str(mail.user))},"]
    if len(opened) == 1 and not over:
        blocks += _whole(mail, opened[0])
    elif opened:
        many = "This needs" if len(opened) == 1 else f"These {len(opened)} things need"
        blocks += [f"{many} somebody at {firm.name}:", *_listed(firm, opened), f"All of them:\n{_needs_you(firm)}"]
    if over:
        blocks.append("This is over. Nothing waits for it any more, and you need do nothing:")
        blocks += [f"- {_sentence(item.known.title)} {_since(item.cause, firm)}" for item in over[:LISTED]]
        blocks += _and_more(over)
    return _joined([*blocks, *_foot(firm)])


def _whole(mail: Mail, item: _Item) -> list[str]:
    """One cause with all that a person needs to act."""
    firm, known, cause = mail.firm, item.known, item.cause
    came_back = f" It came back: it was put right {_times(cause.returned)} before." if cause.returned else ""
    # What is watched may hold up nothing even then: with a default account there, bills go on.
    meanwhile = [f"Meanwhile: {known.known.meanwhile}"] if item.behind.total else []
    return [
        f"{_sentence(known.title)}{came_back}",
        f"What waits: {_waits(item, firm)}",
        f"Why: {known.why}",
        f"What to do: {' '.join(words for words in (known.fix_here, known.fix_in_xero) if words)}",
        f"Who can act: {WHO[known.known.owner]} {_because(mail, item)}",
        *meanwhile,
        f"Put it right here:\n{address(_link(firm, item))}",
    ]


def _listed(firm: Firm, items: Sequence[_Item]) -> list[str]:
    shown = [
        f"- {_sentence(item.known.title)} {_waits(item, firm)}\n{address(_link(firm, item))}" for item in items[:LISTED]
    ]
    return shown + _and_more(items)


def _and_more(items: Sequence[_Item]) -> list[str]:
    return [f"And {len(items) - LISTED} more."] if len(items) > LISTED else []


def _waits(item: _Item, firm: Firm) -> str:
    found = item.behind
    if not found.total:
        return "No bill has met it yet. Put right now, it holds up none."
    money = f", {found.money_words}" if found.money else ""
    oldest = f", the oldest saved on {_moment(found.oldest, firm)}" if found.oldest else ""
    return f"{found.count_words}{money}{oldest}."


def _because(mail: Mail, item: _Item) -> str:
    if item.cause.assigned_to_id == mail.user_id:
        return "It is assigned to you."
    if item.known.known.owner is Owner.ADMIN:
        return f"You are an admin of {mail.firm.name}."
    return f"You work on the bills of {mail.firm.name}."


def _link(firm: Firm, item: _Item) -> str:
    if item.cause.watched and item.known.known.klass is ErrorClass.CONNECTION:
        return places.hold_link(firm=firm, hold=Hold.CONNECTION_LOST.value).url
    # Twice: signing in on the way keeps the question, and the page of a long list is found by it.
    return f"{reverse('xero_sync:needs-you', args=[firm.slug])}?cause={item.cause.pk}#cause-{item.cause.pk}"


def _needs_you(firm: Firm) -> str:
    return address(reverse("xero_sync:needs-you", args=[firm.slug]))


def _test(mail: Mail) -> Letter:
    firm = mail.firm
    blocks = [
        f"Hello {one_line(str(mail.user))},",
        f"Mails about the bills of {firm.name} reach you. You asked for this one, so there is nothing to do.",
        f"What needs somebody now:\n{_needs_you(firm)}",
        *_foot(firm),
    ]
    return Letter(subject=one_line(f"{shorten(firm.name, LONGEST_FIRM)}: a mail to try"), text=_joined(blocks))


def _foot(firm: Firm) -> list[str]:
    page = address(reverse("xero_sync:mail", args=[firm.slug]))
    return [f"-- \nBill Syncing for {one_line(firm.name)}\nChoose which mails you get, and when:\n{page}"]


def _since(cause: Cause, firm: Firm) -> str:
    return f"It was open from {_moment(cause.first_seen_at, firm)}."


def _moment(at: datetime, firm: Firm) -> str:
    local = at.astimezone(ZoneInfo(firm.timezone))
    return f"{local.day} {local:%B %Y, %H:%M} ({firm.timezone_name})"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _sentence(text: str) -> str:
    plain = one_line(text)
    return plain if plain.endswith((".", "?", "!")) else f"{plain}."


def _joined(blocks: Iterable[str]) -> str:
    """Blocks with a blank line between, wrapped; an address stands whole on its own line."""
    return "\n\n".join("\n".join(_wrapped(line) for line in block.split("\n")) for block in blocks) + "\n"


def _wrapped(line: str) -> str:
    if line.startswith(("http://", "https://", "-- ")):
        return line
    indent = "  " if line.startswith("- ") else ""
    return textwrap.fill(
        one_line(line), WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent
    )
