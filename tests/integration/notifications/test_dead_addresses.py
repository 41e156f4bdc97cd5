"""An address that the mail server refuses for good: bounded tries, shown to those who can help, no alarm for ever."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from firms.models import Firm, Role, User
from firms.scope import all_firms
from notifications.dead_addresses import find_dead_addresses
from notifications.models import Mail
from notifications.send_mails import MOST_REFUSALS, WaitingMails, count_waiting_mails, send_due_mails
from tests.factories import OperatorFactory
from tests.integration.notifications.rounds import join, refuse, round_of_mails
from tests.outcomes import ARCHIVED, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

DEAD = "dead@example.com"


class RefusesOne(EmailBackend):
    """A mail server without this mailbox."""

    code = 550

    def send_messages(self, messages: Any) -> int:
        if any(message.to == [DEAD] for message in messages):
            raise SMTPRecipientsRefused({DEAD: (self.code, b"no such user")})
        return super().send_messages(messages)


class RefusesOneForNow(RefusesOne):
    """A mailbox that is full, say."""

    code = 452


@pytest.fixture
def dead(firm: Firm, admin: User, settings: Any) -> User:
    settings.EMAIL_BACKEND = f"{__name__}.RefusesOne"
    return join(firm, Role.ADMIN, email=DEAD, name="Dee Gone")


def send_when_due(times: int) -> None:
    """So many tries of the dead address's mail, each when it is due."""
    for _ in range(times):
        with time_machine.travel(Mail.objects.get(user__email=DEAD).due_at, tick=False):
            send_due_mails(now=timezone.now())


def wait_in_a_month() -> WaitingMails:
    with all_firms():
        return count_waiting_mails(now=timezone.now() + timedelta(days=30))


def words(user: User, address: str) -> str:
    return " ".join(signed_in(user).get(address).content.decode().split())


def test_a_mail_refused_for_good_is_given_up_after_a_bounded_number_of_tries(
    firm: Firm, admin: User, dead: User
) -> None:
    refuse(firm, ARCHIVED)
    assert [message.to for message in round_of_mails()] == [[admin.email]]
    send_when_due(MOST_REFUSALS - 2)
    assert not Mail.objects.get(user=dead).is_given_up
    send_when_due(1)
    mail = Mail.objects.get(user=dead)
    assert (mail.is_given_up, mail.tries, mail.refused_address) == (True, MOST_REFUSALS, DEAD)
    assert timedelta(hours=4) < mail.due_at - mail.written_at < timedelta(hours=7)
    for hours in (12, 24, 240):
        assert round_of_mails(hours * 3600) == []
    assert Mail.objects.get(user=dead).tries == MOST_REFUSALS


def test_a_refused_address_is_no_late_mail_but_is_shown_to_operators(firm: Firm, dead: User) -> None:
    refuse(firm, ARCHIVED)
    round_of_mails()
    assert wait_in_a_month() == WaitingMails(mails=0, seconds=0.0, fault="")
    operator = OperatorFactory()
    html = words(operator, "/ops/")
    assert f"The mail server refuses 1 address.</strong> {DEAD} at {firm}" in html
    assert "to people wait" not in html
    assert "bill_syncing_dead_addresses 1" in words(operator, "/metrics")


def test_a_refused_address_is_shown_to_the_firms_admins_and_to_its_owner(firm: Firm, admin: User, dead: User) -> None:
    page = f"/{firm.slug}/mail/"
    assert "No mail reaches" not in words(admin, page)
    refuse(firm, ARCHIVED)
    round_of_mails()
    assert f"Dee Gone ({DEAD}, last at " in words(admin, page)
    assert "No mail reaches you." in words(dead, page)
    assert "No mail reaches" not in words(join(firm), page)
    send_when_due(MOST_REFUSALS - 1)
    assert f"Not sent: {DEAD} is refused" in words(dead, page)


def test_with_another_address_what_is_still_open_is_sent_and_nobody_is_shown_any_more(firm: Firm, dead: User) -> None:
    refuse(firm, ARCHIVED)
    round_of_mails()
    send_when_due(MOST_REFUSALS - 1)
    User.objects.filter(pk=dead.pk).update(email="well@example.com")
    assert [message.to for message in round_of_mails(40_000)] == [["well@example.com"]]
    assert find_dead_addresses(firm=firm) == []


def test_a_temporary_refusal_goes_on_and_counts_as_late(firm: Firm, dead: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.RefusesOneForNow"
    refuse(firm, ARCHIVED)
    round_of_mails()
    send_when_due(MOST_REFUSALS + 3)
    assert not Mail.objects.get(user=dead).is_given_up
    assert find_dead_addresses(firm=firm) == []
    late = wait_in_a_month()
    assert (late.mails, late.fault, late.is_late) == (1, "SMTPRecipientsRefused", True)
