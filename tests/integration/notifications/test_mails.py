"""People are notified by mail: the right ones, once, in words that help, and nobody of another firm."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from firms.models import Firm, Role, User
from firms.scope import all_firms
from notifications.models import Mail, MailChoice, MailLine
from notifications.queue_mails import write_due_mails
from tests.factories import FirmFactory, admin_of
from tests.integration.notifications.rounds import after, archived, join, refuse, release_all, round_of_mails, subjects
from tests.outcomes import ARCHIVED, NAME_TAKEN
from xero_sync import outbox
from xero_sync.domain.errors import Fault
from xero_sync.models import Cause

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER_TAKEN = Fault("Invoice # must be unique.")


def to(messages: list[Any]) -> list[str]:
    return sorted(message.to[0] for message in messages)


@pytest.fixture
def staff(firm: Firm, admin: User) -> User:
    return join(firm, name="Bob Staff")


def test_one_mail_for_a_cause_however_many_bills_with_all_that_is_needed_to_act(
    firm: Firm, admin: User, staff: User, settings: Any
) -> None:
    settings.BASE_URL = "https://bills.example.com"
    cause = refuse(firm, ARCHIVED, bills=37, actor=staff)
    assert round_of_mails(30) == []
    [message] = round_of_mails()
    assert message.to == [admin.email]
    assert message.subject == f"{firm}: account 420 was archived or deleted in Xero, 37 bills wait"
    body = " ".join(message.body.split())
    assert "37 bills, 4,070.00 AUD, the oldest saved on" in body
    assert "(Sydney)" in body
    assert "Someone archived or deleted the account in Xero after it was chosen here." in body
    assert "A firm admin can do this. You are an admin of" in body
    assert f"https://bills.example.com/{firm.slug}/needs-you/?cause={cause.pk}#cause-{cause.pk}\n" in message.body
    assert f"https://bills.example.com/{firm.slug}/mail/\n" in message.body
    assert message.message().get_content_type() == "text/plain"
    assert subjects(3600) == []


def test_those_who_saved_the_bills_are_notified_of_what_staff_can_put_right(
    firm: Firm, admin: User, staff: User
) -> None:
    other = join(firm)
    refuse(firm, NUMBER_TAKEN, actor=staff)
    assert to(round_of_mails()) == [staff.email]
    refuse(firm, NAME_TAKEN, actor=None)
    assert to(round_of_mails()) == sorted([admin.email, staff.email, other.email])


def test_a_person_who_left_gets_nothing_and_those_who_stay_are_notified_instead(firm: Firm, staff: User) -> None:
    refuse(firm, NUMBER_TAKEN, actor=staff)
    with after(61):
        write_due_mails(now=timezone.now())
    staff.memberships.all().delete()
    assert to(round_of_mails(62)) == [admin_of(firm).email]
    assert not Mail.objects.filter(user=staff).exists()


def test_somebody_who_may_not_sign_in_gets_nothing(firm: Firm, admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(is_active=False)
    refuse(firm, ARCHIVED)
    assert round_of_mails() == []


def test_what_is_ours_is_no_mail(firm: Firm) -> None:
    refuse(firm, Fault("The moon must be full."))
    assert round_of_mails(600) == []


def test_what_cures_itself_within_the_grace_is_notified_to_nobody(firm: Firm) -> None:
    refuse(firm, ARCHIVED)
    release_all(firm)
    assert round_of_mails() == []
    assert round_of_mails(4000) == []


def test_it_is_over_goes_once_to_those_who_were_notified(firm: Firm, admin: User) -> None:
    refuse(firm, ARCHIVED)
    newcomer = join(firm, Role.ADMIN)
    MailChoice.objects.create(firm=firm, user=newcomer, when="NEVER")
    assert to(round_of_mails()) == [admin.email]
    MailChoice.objects.all().delete()
    release_all(firm)
    assert round_of_mails(30) == []
    [message] = round_of_mails(62)
    assert (message.to, message.subject) == (
        [admin.email],
        f"{firm}: it is over (account 420 was archived or deleted in Xero)",
    )
    assert round_of_mails(600) == []


def test_a_retry_that_is_refused_again_is_no_news(firm: Firm) -> None:
    refuse(firm, ARCHIVED)
    assert len(round_of_mails()) == 1
    release_all(firm)
    refuse(firm, ARCHIVED)
    for seconds in (62, 600, 4000):
        assert round_of_mails(seconds) == []


@pytest.mark.parametrize("back_after", [300, 1200])
def test_what_comes_back_is_notified_again_but_at_most_once_an_hour(firm: Firm, back_after: int) -> None:
    """Soon, it is the same cause that goes on; later, another of the same name."""
    refuse(firm, ARCHIVED)
    assert len(round_of_mails()) == 1
    release_all(firm)
    assert [subject for subject in subjects(130) if "it is over" in subject]
    with after(back_after):
        refuse(firm, ARCHIVED)
    assert Cause.objects.count() == (1 if back_after == 300 else 2)
    assert round_of_mails(back_after + 100) == []
    assert round_of_mails(3600) == []
    assert subjects(3700) == [f"{firm}: account 420 was archived or deleted in Xero, 2 bills wait"]
    with after(4000):
        outbox.release(firm=firm, codes={"account-archived"}, now=timezone.now())
    assert subjects(4100) == [f"{firm}: it is over (account 420 was archived or deleted in Xero)"]
    assert round_of_mails(9000) == []


def test_what_is_put_off_is_notified_when_it_is_due_again(firm: Firm) -> None:
    cause = refuse(firm, ARCHIVED)
    Cause.objects.filter(pk=cause.pk).update(snoozed_until=timezone.now() + timedelta(hours=2))
    assert round_of_mails(3600) == []
    assert len(round_of_mails(7201)) == 1


def test_what_is_put_off_while_its_mail_waits_is_not_sent(firm: Firm) -> None:
    cause = refuse(firm, ARCHIVED)
    with after(61):
        write_due_mails(now=timezone.now())
    Cause.objects.filter(pk=cause.pk).update(snoozed_until=timezone.now() + timedelta(hours=2))
    assert round_of_mails(62) == []
    assert (Mail.objects.count(), MailLine.objects.count()) == (0, 0)
    assert len(round_of_mails(7201)) == 1


def test_the_one_it_is_assigned_to_is_notified(firm: Firm, staff: User) -> None:
    cause = refuse(firm, ARCHIVED)
    Cause.objects.filter(pk=cause.pk).update(assigned_to=staff)
    [message] = round_of_mails()
    assert message.to == [staff.email]
    assert "It is assigned to you." in " ".join(message.body.split())


def test_two_hundred_causes_at_once_are_one_mail_that_lists_them(firm: Firm) -> None:
    for code in range(200):
        Cause.objects.create(
            firm=firm, code="account-archived", subject=str(code), parts={"account": str(code)}, watched=True
        )
    [message] = round_of_mails()
    assert message.subject == f"{firm}: 200 things need somebody, no bill waits yet"
    assert "And 180 more." in message.body
    Cause.objects.update(closed_at=timezone.now())
    assert subjects(62) == [f"{firm}: 200 things are over"]
    assert round_of_mails(600) == []


def test_each_firm_is_notified_of_its_own_only(firm: Firm, admin: User) -> None:
    other = FirmFactory()
    boss = admin_of(other)
    other.memberships.create(user=admin, role=Role.STAFF)
    refuse(firm, ARCHIVED)
    refuse(other, archived("430"))
    found = {message.to[0]: message for message in round_of_mails()}
    assert set(found) == {admin.email, boss.email}
    assert str(other) not in found[admin.email].body
    assert "430" not in found[admin.email].body
    assert str(firm) not in found[boss.email].body
    with all_firms():
        lines = list(MailLine.objects.all())
        assert len(lines) == 2
        assert all(line.firm_id == line.cause.firm_id == line.mail.firm_id for line in lines)


def test_a_name_that_breaks_lines_cannot_write_headers_and_no_client_stands_in_a_subject(firm: Firm) -> None:
    Firm.objects.filter(pk=firm.pk).update(name="Harrow\r\nBcc: thief@example.com")
    firm.refresh_from_db()
    refuse(firm, archived("420\r\nBcc: thief@example.com"))
    refuse(firm, NAME_TAKEN)
    messages = round_of_mails()
    assert len(messages) == 2
    for message in messages:
        assert "\n" not in message.subject
        assert "John Smith" not in message.subject
        assert message.message().get_all("Bcc") is None
        assert len(message.recipients()) == 1
