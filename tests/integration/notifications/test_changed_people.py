"""Mails follow the firm's people: who is promoted, demoted, leaves, is assigned a cause or chooses otherwise."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from firms.models import AuditEvent, Firm, Membership, Role, User
from firms.scope import firm_scope
from notifications import notification_facts
from notifications.choose_mails import choose_mails
from notifications.models import Mail, MailChoice, MailLine
from notifications.queue_mails import SLOT_SECONDS, SLOTS, write_due_mails
from tests.integration.notifications.rounds import after, join, refuse, round_of_mails
from tests.outcomes import ARCHIVED
from xero_sync.domain.errors import Fault
from xero_sync.models import Cause

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER_TAKEN = Fault("Invoice # must be unique.")


def addresses(seconds: float) -> list[str]:
    """Who got a mail in this round."""
    return sorted(message.to[0] for message in round_of_mails(seconds))


def test_an_admin_demoted_before_the_sending_gets_no_mail_for_admins(firm: Firm, admin: User) -> None:
    boss = join(firm, Role.ADMIN)
    refuse(firm, ARCHIVED)
    with after(61):
        assert write_due_mails(now=timezone.now()) == 2
    Membership.objects.filter(user=admin).update(role=Role.STAFF)
    assert addresses(62) == [boss.email]
    assert not MailLine.objects.filter(user=admin).exists()
    Membership.objects.filter(user=admin).update(role=Role.ADMIN)
    assert addresses(4000) == [admin.email]


def test_a_cause_assigned_to_somebody_else_before_the_sending_is_mailed_to_them_alone(firm: Firm) -> None:
    first, second = join(firm), join(firm)
    cause = refuse(firm, ARCHIVED)
    Cause.objects.filter(pk=cause.pk).update(assigned_to=first)
    with after(61):
        assert write_due_mails(now=timezone.now()) == 1
    Cause.objects.filter(pk=cause.pk).update(assigned_to=second)
    assert addresses(62) == [second.email]


def test_each_cause_has_its_own_newest_documents(firm: Firm, admin: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(notification_facts, "NEWEST", 2)
    monkeypatch.setattr(notification_facts, "SLICE", 2)
    ann, bob, _ = join(firm, name="Ann"), join(firm, name="Bob"), join(firm, name="Carl")
    refuse(firm, NUMBER_TAKEN, actor=ann)
    refuse(firm, NUMBER_TAKEN, bills=3, actor=bob)
    assert set(addresses(61)) == {ann.email, bob.email}


def test_an_admin_who_comes_after_the_mail_is_notified_of_what_is_still_open(firm: Firm, admin: User) -> None:
    refuse(firm, ARCHIVED)
    assert addresses(61) == [admin.email]
    boss = join(firm, Role.ADMIN)
    admin.memberships.all().delete()
    assert addresses(700) == [boss.email]
    assert addresses(4300) == []


def test_who_changes_never_to_at_once_is_notified_of_what_is_still_open(firm: Firm, admin: User) -> None:
    boss = join(firm, Role.ADMIN)
    MailChoice.objects.create(firm=firm, user=boss, when="NEVER")
    refuse(firm, ARCHIVED)
    assert addresses(61) == [admin.email]
    with after(3600):
        choose_mails(firm=firm, user=boss, when=MailChoice.When.AT_ONCE, hour=8, now=timezone.now())
    assert addresses(3700) == [boss.email]
    assert addresses(9000) == []


def test_where_the_one_who_saved_the_bill_leaves_the_others_are_notified(firm: Firm, admin: User) -> None:
    ann = join(firm)
    refuse(firm, NUMBER_TAKEN, actor=ann)
    assert addresses(61) == [ann.email]
    ann.memberships.all().delete()
    assert addresses(4000) == [admin.email]


def test_who_saved_a_bill_of_a_cause_is_notified_within_a_quarter_of_an_hour_of_wanting_mails(firm: Firm) -> None:
    ann, bob = join(firm, name="Ann"), join(firm, name="Bob")
    MailChoice.objects.create(firm=firm, user=bob, when="NEVER")
    refuse(firm, NUMBER_TAKEN, actor=ann)
    assert addresses(61) == [ann.email]
    AuditEvent.objects.filter(firm=firm, actor=ann).update(actor=bob)
    MailChoice.objects.filter(user=bob).update(when="AT_ONCE")
    rounds = [addresses(4000 + SLOT_SECONDS * slot) for slot in range(SLOTS + 1)]
    assert [found for found in rounds if found] == [[bob.email]]


def test_looking_for_firms_with_news_is_quick_beside_ten_thousand_open_causes(firm: Firm, admin: User) -> None:
    boss = join(firm, Role.ADMIN)
    long_ago = timezone.now() - timedelta(days=1)
    with firm_scope(firm):
        causes = Cause.objects.bulk_create(
            Cause(firm=firm, code=code, subject=str(number), first_seen_at=long_ago, last_seen_at=long_ago)
            for code in ("account-archived", "invoice-number-taken")
            for number in range(5_000)
        )
        mail = Mail.objects.create(firm=firm, user=admin, what="OPENED", key="1", message_id="1", sent_at=long_ago)
        MailLine.objects.bulk_create(
            MailLine(firm=firm, mail=mail, cause=cause, user=user, what="OPENED")
            for cause in causes
            for user in (admin, boss)
        )
    now = timezone.now()
    if int(now.timestamp() // SLOT_SECONDS) % SLOTS == firm.pk % SLOTS:
        # Not in this firm's own half minute.
        now += timedelta(minutes=1)
    began = time.perf_counter()
    assert write_due_mails(now=now) == 0
    assert time.perf_counter() - began < 2
