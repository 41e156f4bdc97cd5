"""The page where each person chooses their mails."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from firms.models import AuditEvent, Firm, User
from firms.scope import firm_scope
from notifications.choose_mails import write_test_mail
from notifications.models import Mail, MailChoice
from tests.factories import FirmFactory
from tests.integration.notifications.rounds import join, refuse, round_of_mails
from tests.outcomes import ARCHIVED, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(admin: User) -> Client:
    return signed_in(admin)


def words(page: Client, firm: Firm) -> str:
    answer = page.get(f"/{firm.slug}/mail/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_without_a_choice_mails_come_at_once(firm: Firm, admin: User, page: Client) -> None:
    html = words(page, firm)
    assert admin.email in html
    assert 'value="AT_ONCE"' in html.split("checked")[0].rsplit("<input", 1)[1]
    assert "By the firm’s clock (Sydney)." in html
    assert "You are a firm admin" in html
    assert "No mail yet" in html
    assert not MailChoice.objects.exists()


def test_a_choice_is_kept_and_on_record_and_is_ones_own(firm: Firm, admin: User, page: Client) -> None:
    colleague = join(firm)
    answer = page.post(f"/{firm.slug}/mail/", {"when": "DAILY", "hour": "17"}, follow=True)
    assert "Saved. It holds from now on." in answer.content.decode()
    assert '<option value="17" selected>17:00</option>' in words(page, firm)
    choice = MailChoice.objects.get()
    assert (choice.user, choice.when, choice.hour) == (admin, "DAILY", 17)
    event = AuditEvent.objects.get(action="mail.chosen")
    assert (event.actor, event.after) == (admin, {"when": "DAILY", "hour": 17})
    assert 'value="AT_ONCE"' in words(signed_in(colleague), firm).split("checked")[0].rsplit("<input", 1)[1]


@pytest.mark.parametrize("typed", [{}, {"when": "SOMETIMES", "hour": "8"}, {"when": "DAILY", "hour": "24"}])
def test_what_cannot_be_chosen_is_refused_in_words(firm: Firm, page: Client, typed: dict[str, str]) -> None:
    html = page.post(f"/{firm.slug}/mail/", typed).content.decode()
    assert "<title>Error: Mails to you" in html
    assert not MailChoice.objects.exists()


def test_a_test_mail_is_put_in_line_once_a_minute_and_leaves_with_the_others(
    firm: Firm, admin: User, page: Client
) -> None:
    MailChoice.objects.create(firm=firm, user=admin, when="NEVER")
    with_words = page.post(f"/{firm.slug}/mail/test/", follow=True).content.decode()
    assert f"A mail to {admin.email} is on its way." in with_words
    assert "Waits to be sent" in with_words
    assert mail.outbox == []
    [message] = round_of_mails(0)
    assert message.subject == f"{firm}: a mail to try"
    later = timezone.now() + timedelta(hours=1)
    assert [write_test_mail(firm=firm, user=admin, now=later) for _ in range(2)] == [True, False]
    assert "a mail to try" in words(page, firm)


def test_the_last_mails_to_oneself_are_listed_and_no_others(firm: Firm, page: Client) -> None:
    refuse(firm, ARCHIVED)
    round_of_mails()
    other = FirmFactory()
    refuse(other, ARCHIVED)
    round_of_mails()
    html = words(page, firm)
    assert f"{firm}: account 420 was archived or deleted in Xero, 1 bill waits" in html
    assert str(other) not in html
    assert "Nothing has needed you so far." in words(signed_in(join(firm)), firm)


def test_the_page_is_in_the_menu_and_costs_few_queries(
    firm: Firm, page: Client, django_assert_max_num_queries: Any
) -> None:
    with firm_scope(firm):
        Mail.objects.bulk_create(
            Mail(firm=firm, user=User.objects.get(memberships__firm=firm), what="TEST", key=str(n), message_id=str(n))
            for n in range(30)
        )
    with django_assert_max_num_queries(12):
        html = words(page, firm)
    assert f'href="/{firm.slug}/mail/"' in html
    assert html.count("Waits to be sent") == 10
