"""One mail a day, or none, for those who chose so."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from firms.models import Firm, User
from notifications.choose_mails import choose_mails
from notifications.models import MailChoice
from tests.integration.notifications.rounds import archived, refuse, release_all, round_of_mails
from tests.outcomes import ARCHIVED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.promise("P27")
def test_a_digest_comes_at_the_firms_own_hour_through_a_change_of_clocks(firm: Firm, admin: User) -> None:
    with time_machine.travel(datetime(2026, 10, 2, 0, 0, tzinfo=UTC), tick=False):
        choose_mails(firm=firm, user=admin, when=MailChoice.When.DAILY, hour=8, now=timezone.now())
    # 8:00 in Sydney is 22:00 UTC before 4 October 2026, and 21:00 from then on.
    for code, due in (("411", "2026-10-02T22:00"), ("412", "2026-10-03T21:00")):
        at = datetime.fromisoformat(due).replace(tzinfo=UTC)
        with time_machine.travel(at - timedelta(hours=2), tick=False):
            refuse(firm, archived(code))
        for minutes, mails in ((-1, 0), (0, 1), (1, 0), (600, 0)):
            with time_machine.travel(at + timedelta(minutes=minutes), tick=False):
                assert len(round_of_mails(0)) == mails, (code, minutes)


def test_a_digest_names_what_is_new_and_what_is_over_and_nothing_else_is_a_mail(firm: Firm, admin: User) -> None:
    refuse(firm, archived("411"))
    assert len(round_of_mails()) == 1
    choose_mails(firm=firm, user=admin, when=MailChoice.When.DAILY, hour=0, now=timezone.now())
    assert round_of_mails(86_400) == []
    release_all(firm)
    # The bill that was let go meets the other account with the two new ones.
    refuse(firm, archived("412"), bills=2)
    assert round_of_mails(600) == []
    [message] = round_of_mails(2 * 86_400)
    assert message.subject == f"{firm}: 1 thing needs somebody, 1 is over"
    assert "Account 412 was archived or deleted in Xero. 3 bills, 330.00 AUD" in " ".join(message.body.split())
    assert "- Account 411 was archived or deleted in Xero. It was open from" in " ".join(message.body.split())
    assert round_of_mails(3 * 86_400) == []


def test_never_is_never(firm: Firm, admin: User) -> None:
    choose_mails(firm=firm, user=admin, when=MailChoice.When.NEVER, hour=8, now=timezone.now())
    refuse(firm, ARCHIVED)
    assert round_of_mails(90_000) == []
