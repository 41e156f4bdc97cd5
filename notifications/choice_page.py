"""The page about mails: a person's choice, which mails they would get, and the last mails to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from firms.models import Firm, Membership
from notifications.dead_addresses import find_dead_addresses
from notifications.models import Mail, MailChoice
from xero_sync.facts.status import format_moment

SHOWN = 10
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
WHENS = [
    (MailChoice.When.AT_ONCE, "At once: a mail for each thing that needs me, and one when it is over"),
    (MailChoice.When.DAILY, "Once a day: one mail with what is new and what is over, if there is anything"),
    (MailChoice.When.NEVER, "Never: I look at the pages myself"),
]
KINDS = {
    Mail.What.OPENED: "Needs somebody",
    Mail.What.OVER: "Is over",
    Mail.What.DIGEST: "Once a day",
    Mail.What.TEST: "To try",
}


class ChoiceForm(forms.Form):
    """When to write to this person; the hour counts for once a day."""

    when = forms.ChoiceField(label="Write to me", choices=WHENS, widget=forms.RadioSelect)
    hour = forms.TypedChoiceField(label="Once a day at", choices=HOURS, coerce=int)

    def __init__(self, data: Mapping[str, Any] | None = None, *, firm: Firm, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        self.fields["hour"].help_text = f"By the firm\u2019s clock ({firm.timezone_name})."


@dataclass(frozen=True)
class MailRow:
    """One mail to this person."""

    kind: str
    subject: str
    when: str


@dataclass(frozen=True)
class RefusedPerson:
    """One of the firm's people whom no mail reaches, as its admins see it."""

    name: str
    address: str
    when: str


@dataclass(frozen=True, kw_only=True)
class ChoicePage:
    """The whole page."""

    form: ChoiceForm
    address: str
    gets: str
    rows: tuple[MailRow, ...]
    is_refused: bool
    refused_people: tuple[RefusedPerson, ...]


def read_choice_page(*, membership: Membership, data: Mapping[str, Any] | None = None) -> ChoicePage:
    """Read the page in three queries. With `data`, the form is as it was typed."""
    firm, user = membership.firm, membership.user
    choice = MailChoice.objects.filter(firm=firm, user=user).first() or MailChoice(firm=firm, user=user)
    mails = Mail.objects.filter(firm=firm, user=user).order_by("-written_at", "-pk")[:SHOWN]
    dead = find_dead_addresses(firm=firm)
    return ChoicePage(
        form=ChoiceForm(data, firm=firm, initial={"when": choice.when, "hour": choice.hour}),
        address=user.email,
        gets=_describe_mails(is_admin=membership.is_admin),
        rows=tuple(_build_mail_row(mail, firm) for mail in mails),
        is_refused=any(found.user_id == user.pk for found in dead),
        refused_people=tuple(
            RefusedPerson(found.person, found.address, format_moment(found.refused_at, firm=firm))
            for found in dead
            if membership.is_admin and found.user_id != user.pk
        ),
    )


def _describe_mails(*, is_admin: bool) -> str:
    if is_admin:
        return (
            "You are a firm admin: you get what only an admin can fix, such as an account archived in Xero or a "
            "lost connection, and what is wrong with bills that you saved."
        )
    return "You get what is wrong with bills that you saved, and what somebody assigned to you."


def _build_mail_row(mail: Mail, firm: Firm) -> MailRow:
    moment: datetime | None = mail.sent_at
    waits = f"Not sent: {mail.refused_address} is refused" if mail.is_given_up else "Waits to be sent"
    subject = mail.subject or waits
    return MailRow(KINDS[Mail.What(mail.what)], subject, format_moment(moment, firm=firm) if moment else "")
