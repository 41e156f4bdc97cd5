"""From a mail to the fix: the link leads there through the sign-in, and the page for choosing mails works by keyboard."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from firms.models import Firm, User
from firms.scope import firm_scope
from notifications.models import MailChoice
from notifications.queue_mails import write_due_mails
from notifications.send_mails import send_due_mails
from tests.browser.conftest import MakePerson
from tests.factories import CategoryFactory, FirmFactory, InvoiceFactory, admin_of
from tests.outcomes import ARCHIVED, bills_end, connect, settle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def firm(db: None) -> Firm:
    return FirmFactory(name="Harrow & Lane LLP", slug="harrow-lane")


@pytest.fixture
def boss(firm: Firm) -> User:
    return admin_of(firm)


def test_the_link_in_a_mail_leads_to_the_card_after_signing_in(
    firm: Firm, boss: User, person: MakePerson, address: str, settings: Any
) -> None:
    settings.BASE_URL = address
    with firm_scope(firm):
        CategoryFactory(firm=firm, name="Trains", account_code="420")
        InvoiceFactory(firm=firm, approved=True)
        settle(firm, connect(firm), bills_end(ARCHIVED))
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        write_due_mails(now=timezone.now())
        send_due_mails(now=timezone.now())
    [message] = mail.outbox
    [link] = re.findall(r"^http.*needs-you.*$", message.body, re.MULTILINE)
    one = person()
    one.page.goto(link)
    one.page.get_by_label("E-mail").fill(boss.email)
    one.page.get_by_label("Password").fill("a long enough password")
    one.presses("Sign in")
    card = one.page.locator(f"#{link.partition('#')[2]}")
    card.get_by_text("Account 420 was archived or deleted in Xero").first.wait_for()


def test_mails_are_chosen_by_keyboard_alone(firm: Firm, boss: User, person: MakePerson) -> None:
    one = person()
    one.signs_in(boss)
    one.opens("/harrow-lane/invoices/")
    one.page.locator("summary.avatar-button").focus()
    one.page.keyboard.press("Enter")
    one.page.get_by_role("link", name="Mails to you").focus()
    one.page.keyboard.press("Enter")
    one.reads("What you get")
    one.page.get_by_role("radio", name=re.compile("At once")).focus()
    one.page.keyboard.press("ArrowDown")
    one.page.get_by_label("Once a day at").focus()
    one.page.keyboard.type("17")
    one.page.keyboard.press("Enter")
    one.presses("Save")
    one.reads("Saved. It holds from now on.")
    with firm_scope(firm):
        choice = MailChoice.objects.get()
    assert (choice.when, choice.hour) == ("DAILY", 17)
