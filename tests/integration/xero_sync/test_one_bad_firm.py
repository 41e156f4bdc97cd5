"""What is wrong with one firm's rows never keeps a timed round from the others."""

from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from firms.models import Firm, User
from firms.scope import all_firms, firm_scope
from notifications.choose_mails import choose_mails
from notifications.models import Mail, MailChoice
from tests.factories import ContactFactory, FirmFactory, admin_of
from tests.integration.notifications.rounds import refuse, round_of_mails
from tests.outcomes import ARCHIVED, connect
from xero_sync import outbox, tasks
from xero_sync.domain.states import State
from xero_sync.models import SyncJob, SyncLane

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(firm: Firm) -> Firm:
    """A firm whose rows are in order, and which comes after the other in every list."""
    made: Firm = FirmFactory()
    return made


@pytest.mark.parametrize("when", [MailChoice.When.AT_ONCE, MailChoice.When.DAILY])
def test_a_firm_that_mails_cannot_be_decided_for_leaves_the_others_notified(
    firm: Firm, other: Firm, admin: User, when: MailChoice.When
) -> None:
    refuse(firm, ARCHIVED)
    refuse(other, ARCHIVED)
    choose_mails(firm=firm, user=admin, when=when, hour=0, now=timezone.now())
    Firm.objects.filter(pk=firm.pk).update(timezone="Mars/Olympus")
    found = [message.to[0] for message in round_of_mails()]
    assert admin_of(other).email in found


class Choosy(EmailBackend):
    """A mail server in front of a library that raises at one address."""

    def send_messages(self, messages: Any) -> int:
        if messages[0].to[0].startswith("odd"):
            raise ValueError("a fault of ours, not the server's")
        return super().send_messages(messages)


def test_a_mail_that_cannot_be_made_waits_and_the_others_leave(firm: Firm, other: Firm, settings: Any) -> None:
    User.objects.filter(pk=admin_of(firm).pk).update(email="odd@example.com")
    refuse(firm, ARCHIVED)
    refuse(other, ARCHIVED)
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    [message] = round_of_mails()
    assert message.to == [admin_of(other).email]
    with all_firms():
        row = Mail.objects.get(sent_at=None)
    assert (row.firm, row.fault, row.tries) == (firm, "ValueError", 1)
    assert round_of_mails(70) == [], "it is not tried again at once"
    with all_firms():
        assert Mail.objects.get(sent_at=None).tries == 1


@pytest.mark.promise("P22")
def test_an_orphaned_batch_that_cannot_be_given_back_leaves_the_others_recovered(firm: Firm, other: Firm) -> None:
    for each in (firm, other):
        with firm_scope(each):
            connection = connect(each)
            ContactFactory(firm=each)
            lane = outbox.take_lane(firm=each, holder="w", lease_seconds=60)
            assert lane is not None
            assert outbox.claim(lane=lane, xero_connection=connection, now=timezone.now(), limit=50)
            outbox.leave_lane(lane=lane)
    # No move leads back from here.
    with all_firms():
        SyncJob.objects.filter(firm=firm).update(state=State.IN_XERO, xero_id="x")
    tasks.recover_batches()
    with all_firms():
        assert SyncJob.objects.get(firm=other).state == State.WAITING
        assert SyncJob.objects.get(firm=firm).state == State.IN_XERO
        assert SyncLane.objects.count() == 2
