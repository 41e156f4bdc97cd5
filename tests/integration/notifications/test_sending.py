"""Mails are sent once each, whatever the mail server and the workers do, and at a bounded cost."""

import threading
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone

from firms.models import Firm, Role
from firms.scope import all_firms
from notifications.models import Mail, MailLine
from notifications.queue_mails import SLOT_SECONDS, SLOTS, write_due_mails
from notifications.send_mails import count_waiting_mails, send_due_mails
from tests.integration.notifications.rounds import after, archived, join, refuse, release_all, round_of_mails, subjects
from tests.outcomes import ARCHIVED
from xero_sync import outbox
from xero_sync.domain.errors import Fault

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER_TAKEN = Fault("Invoice # must be unique.")


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
            assert send_due_mails(now=timezone.now()) == 0
        waits.append((Mail.objects.order_by("pk")[0].due_at - due).total_seconds())
    assert waits == [60, 120, 240, 480, 960, 1920]
    with all_firms():
        kept = count_waiting_mails(now=timezone.now() + timedelta(minutes=5))
    assert (kept.mails, kept.fault, kept.is_late) == (2, "ConnectionRefusedError", True)
    settings.EMAIL_BACKEND = good
    assert len(round_of_mails(7200)) == 2


def test_what_is_put_right_while_the_server_is_down_is_never_notified(firm: Firm, settings: Any) -> None:
    refuse(firm, ARCHIVED)
    good, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Gone"
    assert round_of_mails() == []
    release_all(firm)
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
    release_all(firm)
    assert round_of_mails(370) == []
    assert subjects(371) == [f"{firm}: it is over (account 420 was archived or deleted in Xero)"]


class Breaks(EmailBackend):
    """The line breaks after the mail was handed over."""

    def send_messages(self, messages: Any) -> int:
        super().send_messages(messages)
        raise SMTPServerDisconnected


def test_a_cause_that_ends_between_two_tries_of_a_joint_mail_is_over_for_its_reader(firm: Firm, settings: Any) -> None:
    causes = [refuse(firm, archived(f"41{number}")) for number in range(6)]
    good, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Breaks"
    assert [subject.split(": ")[1] for subject in subjects()] == ["6 things need somebody, 6 bills wait"]
    settings.EMAIL_BACKEND = good
    outbox.release(firm=firm, codes={causes[3].code}, subjects={causes[3].subject}, now=timezone.now())
    again = subjects(500)
    assert f"{firm}: 5 things need somebody, 5 bills wait" in again
    over = [f"{firm}: it is over (account 413 was archived or deleted in Xero)"]
    assert [subject for subject in again + subjects(700) if "over" in subject] == over


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
        at_once(*[lambda: write_due_mails(now=timezone.now())] * 3)
        assert (Mail.objects.count(), MailLine.objects.count()) == (21, 21)
        at_once(*[lambda: send_due_mails(now=timezone.now())] * 3)
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
        assert write_due_mails(now=timezone.now()) == 6


def test_a_round_with_nothing_to_tell_asks_four_questions(firm: Firm, django_assert_max_num_queries: Any) -> None:
    refuse(firm, ARCHIVED)
    round_of_mails()
    turn = int((timezone.now().timestamp() + 3600) // SLOT_SECONDS) % SLOTS == firm.pk % SLOTS
    with after(3660 if turn else 3600), django_assert_max_num_queries(5):
        assert write_due_mails(now=timezone.now()) == 0


def test_nothing_is_sent_where_it_is_written(firm: Firm) -> None:
    refuse(firm, ARCHIVED)
    with after(61):
        write_due_mails(now=timezone.now())
    assert mail.outbox == []
    assert Mail.objects.get().sent_at is None
