"""People are told by mail: the right ones, once, in words that help, and nobody of another firm."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone

from firms.models import Firm, Role, User
from firms.scope import all_firms
from tests.factories import FirmFactory, admin_of
from tests.integration.xero_sync.telling import after, archived, join, refuse, round_of_mails, subjects
from tests.outcomes import ARCHIVED, NAME_TAKEN
from xero_sync import outbox, telling
from xero_sync.domain.errors import Fault
from xero_sync.models import Cause, Mail, MailChoice, MailLine

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER_TAKEN = Fault("Invoice # must be unique.")


def let_go(firm: Firm) -> None:
    """The cause was put right: everything leaves it."""
    outbox.release(firm=firm, codes=set(Cause.objects.values_list("code", flat=True)), now=timezone.now())


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
        telling.write_due(now=timezone.now())
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
    let_go(firm)
    assert round_of_mails() == []
    assert round_of_mails(4000) == []


def test_it_is_over_goes_once_to_those_who_were_notified(firm: Firm, admin: User) -> None:
    refuse(firm, ARCHIVED)
    newcomer = join(firm, Role.ADMIN)
    MailChoice.objects.create(firm=firm, user=newcomer, when="NEVER")
    assert to(round_of_mails()) == [admin.email]
    MailChoice.objects.all().delete()
    let_go(firm)
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
    let_go(firm)
    refuse(firm, ARCHIVED)
    for seconds in (62, 600, 4000):
        assert round_of_mails(seconds) == []


@pytest.mark.parametrize("back_after", [300, 1200])
def test_what_comes_back_is_notified_again_but_at_most_once_an_hour(firm: Firm, back_after: int) -> None:
    """Soon, it is the same cause that goes on; later, another of the same name."""
    refuse(firm, ARCHIVED)
    assert len(round_of_mails()) == 1
    let_go(firm)
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
        telling.write_due(now=timezone.now())
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


@pytest.mark.promise("P27")
def test_a_digest_comes_at_the_firms_own_hour_through_a_change_of_clocks(firm: Firm, admin: User) -> None:
    with time_machine.travel(datetime(2026, 10, 2, 0, 0, tzinfo=UTC), tick=False):
        telling.choose(firm=firm, user=admin, when=MailChoice.When.DAILY, hour=8, now=timezone.now())
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
    telling.choose(firm=firm, user=admin, when=MailChoice.When.DAILY, hour=0, now=timezone.now())
    assert round_of_mails(86_400) == []
    let_go(firm)
    # The bill that was let go meets the other account with the two new ones.
    refuse(firm, archived("412"), bills=2)
    assert round_of_mails(600) == []
    [message] = round_of_mails(2 * 86_400)
    assert message.subject == f"{firm}: 1 thing needs somebody, 1 is over"
    assert "Account 412 was archived or deleted in Xero. 3 bills, 330.00 AUD" in " ".join(message.body.split())
    assert "- Account 411 was archived or deleted in Xero. It was open from" in " ".join(message.body.split())
    assert round_of_mails(3 * 86_400) == []


def test_never_is_never(firm: Firm, admin: User) -> None:
    telling.choose(firm=firm, user=admin, when=MailChoice.When.NEVER, hour=8, now=timezone.now())
    refuse(firm, ARCHIVED)
    assert round_of_mails(90_000) == []


class Gone(EmailBackend):
    """A mail server that is down."""

    def open(self) -> bool:
        raise ConnectionRefusedError

    def send_messages(self, messages: Any) -> int:
        raise AssertionError("nothing is sent to a server that is down")


def test_while_the_mail_server_is_down_mails_are_kept_and_tried_at_growing_waits(firm: Firm, settings: Any) -> None:
    refuse(firm, archived("411"))
    refuse(firm, archived("412"))
    good, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Gone"
    assert round_of_mails() == []
    waits = []
    for _ in range(6):
        due = Mail.objects.order_by("pk")[0].due_at
        with time_machine.travel(due, tick=False):
            assert telling.send_due(now=timezone.now()) == 0
        waits.append((Mail.objects.order_by("pk")[0].due_at - due).total_seconds())
    assert waits == [60, 120, 240, 480, 960, 1920]
    with all_firms():
        kept = telling.waiting(now=timezone.now() + timedelta(minutes=5))
    assert (kept.mails, kept.fault, kept.is_late) == (2, "ConnectionRefusedError", True)
    settings.EMAIL_BACKEND = good
    assert len(round_of_mails(7200)) == 2


def test_what_is_put_right_while_the_server_is_down_is_never_notified(firm: Firm, settings: Any) -> None:
    refuse(firm, ARCHIVED)
    good, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Gone"
    assert round_of_mails() == []
    let_go(firm)
    settings.EMAIL_BACKEND = good
    assert round_of_mails(7200) == []
    assert not Mail.objects.exists()


class Dies(EmailBackend):
    """The process ends between the sending and the mark."""

    def send_messages(self, messages: Any) -> int:
        super().send_messages(messages)
        raise KeyboardInterrupt


@pytest.mark.promise("P33")
def test_a_crash_between_sending_and_marking_is_sent_again_under_the_same_id(firm: Firm, settings: Any) -> None:
    refuse(firm, ARCHIVED)
    good, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Dies"
    with pytest.raises(KeyboardInterrupt):
        round_of_mails()
    [first] = mail.outbox
    mail.outbox.clear()
    settings.EMAIL_BACKEND = good
    assert round_of_mails(300) == []
    [again] = round_of_mails(370)
    assert again.extra_headers["Message-ID"] == first.extra_headers["Message-ID"]
    assert again.subject == first.subject
    assert round_of_mails(4000) == []


def test_those_who_may_have_been_notified_hear_that_it_is_over(firm: Firm, settings: Any) -> None:
    refuse(firm, ARCHIVED)
    good, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Dies"
    with pytest.raises(KeyboardInterrupt):
        round_of_mails()
    mail.outbox.clear()
    settings.EMAIL_BACKEND = good
    let_go(firm)
    assert round_of_mails(370) == []
    assert subjects(371) == [f"{firm}: it is over (account 420 was archived or deleted in Xero)"]


def at_once(*workers: Any) -> None:
    """Run these in threads of their own, at the same time."""
    gate = threading.Barrier(len(workers))

    def run(work: Any) -> None:
        try:
            gate.wait(timeout=10)
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)


@pytest.mark.promise("P33")
def test_two_workers_at_once_send_each_mail_once(firm: Firm) -> None:
    for user in range(6):
        join(firm, Role.ADMIN, name=f"Admin {user}")
    for code in ("411", "412", "413"):
        refuse(firm, archived(code))
    with after(61):
        at_once(*[lambda: telling.write_due(now=timezone.now())] * 3)
        assert (Mail.objects.count(), MailLine.objects.count()) == (21, 21)
        at_once(*[lambda: telling.send_due(now=timezone.now())] * 3)
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(ids) == len(set(ids)) == 21


def test_deciding_for_a_firm_takes_the_same_statements_for_any_number_of_bills_causes_and_people(
    firm: Firm, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        join(firm)
    refuse(firm, NUMBER_TAKEN, bills=12)
    refuse(firm, archived("411"), bills=5)
    with after(61), django_assert_max_num_queries(20):
        assert telling.write_due(now=timezone.now()) == 6


def test_a_round_with_nothing_to_tell_asks_four_questions(firm: Firm, django_assert_max_num_queries: Any) -> None:
    refuse(firm, ARCHIVED)
    round_of_mails()
    with after(3600), django_assert_max_num_queries(5):
        assert telling.write_due(now=timezone.now()) == 0


def test_nothing_is_sent_where_it_is_written(firm: Firm) -> None:
    refuse(firm, ARCHIVED)
    with after(61):
        telling.write_due(now=timezone.now())
    assert mail.outbox == []
    assert Mail.objects.get().sent_at is None
