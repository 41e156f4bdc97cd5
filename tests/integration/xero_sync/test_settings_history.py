"""What Settings > Bill Syncing says of the past: what a switch would have helped, who changed what, what died in Xero."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from expense_categories.models import CategoryKind
from firms.models import Firm, Role
from firms.scope import firm_scope
from tests.factories import CategoryFactory, ContactFactory, FirmFactory, InvoiceFactory, admin_of
from tests.integration.xero_sync.browsing import join
from tests.outcomes import ARCHIVED, NAME_TAKEN, bills_end, connect, contacts_end, settle, signed_in
from tests.statements import counted_statements
from xero_sync.actions.switch_preferences import switch_preferences
from xero_sync.models import BillSyncSettings, FirmPreference, SyncAttempt
from xero_sync.pages import helped_bills

pytestmark = pytest.mark.django_db


@pytest.fixture
def older(db: None) -> Iterator[Firm]:
    made = FirmFactory(created_on=date(2017, 5, 2))
    with firm_scope(made):
        connect(made)
        yield made


@pytest.fixture
def browser(older: Firm) -> Client:
    return signed_in(admin_of(older))


def page(browser: Client, firm: Firm) -> str:
    answer = browser.get(f"/{firm.slug}/settings/bill-syncing/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def row(text: str, key: str) -> str:
    """What stands in the row of one switch."""
    return text.split(f'id="switch-{key}"')[1].split("</li>")[0]


def helped(firm: Firm) -> dict[str, int]:
    return {
        key: count for key, count in helped_bills.count_helped_bills(firm=firm, now=timezone.now()).items() if count
    }


def refused_bills(firm: Firm, count: int) -> None:
    for _ in range(count):
        InvoiceFactory(firm=firm, approved=True)
    [connection] = firm.xero_connections.all()
    settle(firm, connection, bills_end(ARCHIVED))


def test_a_switch_that_is_off_says_how_many_bills_it_would_have_helped(older: Firm, browser: Client) -> None:
    refused_bills(older, 2)
    text = page(browser, older)
    assert "would have helped 2 bills</strong> in the last 90 days" in row(text, "default_for_dead_accounts")
    assert "would have helped no bill in the last 90 days" in row(text, "drop_invalid_emails")
    # It is against no error, so there is nothing to count.
    assert "would have helped" not in row(text, "matter_as_reference")


def test_a_bill_that_was_tried_often_counts_once(older: Firm) -> None:
    refused_bills(older, 1)
    first = SyncAttempt.objects.filter(outcome="REFUSED")[0]
    SyncAttempt.objects.create(
        firm=older, batch=first.batch, job=first.job, position=1, version=1, outcome="HELD", faults=first.faults
    )
    assert helped(older) == {"default_for_dead_accounts": 1}


def test_a_refused_contact_counts_the_bills_waiting_on_it(older: Firm) -> None:
    client = ContactFactory(firm=older, name="John Smith")
    for _ in range(3):
        InvoiceFactory(firm=older, contact=client, approved=True)
    [connection] = older.xero_connections.all()
    settle(older, connection, contacts_end(NAME_TAKEN))
    assert list(helped(older).values()) == [3]


def test_what_is_older_than_90_days_does_not_count(older: Firm) -> None:
    refused_bills(older, 1)
    SyncAttempt.objects.update(opened_at=timezone.now() - timedelta(days=91))
    assert helped(older) == {}


def test_a_bill_saved_while_the_switch_was_on_does_not_count(older: Firm) -> None:
    FirmPreference.objects.filter(firm=older, key="default_for_dead_accounts").update(on=True)
    refused_bills(older, 1)
    assert helped(older) == {}


def test_another_firms_bills_do_not_count(older: Firm) -> None:
    refused_bills(older, 1)
    assert set(helped_bills.count_helped_bills(firm=FirmFactory(), now=timezone.now()).values()) == {0}


def test_one_query_counts_for_all_switches(older: Firm) -> None:
    refused_bills(older, 2)
    with counted_statements() as sent:
        helped(older)
    assert len(sent) == 1


def test_a_switch_that_is_on_says_since_when_and_by_whom(older: Firm, browser: Client) -> None:
    now = timezone.now()
    switch_preferences(firm=older, actor=admin_of(older), on={"only_approved": True}, now=now)
    history = row(page(browser, older), "only_approved")
    assert "on since" in history
    assert "by Maya Kerr" in history
    assert "would have helped" not in history


def cells(text: str) -> list[str]:
    """The rows of the history, without their times."""
    history = text.split('id="history"')[1]
    rows = history.split("<tr>")[2:]
    return [" | ".join(part.split(">", 1)[1].split("</td>")[0] for part in each.split("<td")[2:]) for each in rows]


def test_the_history_says_who_changed_what_from_what_to_what(older: Firm, browser: Client) -> None:
    assert "Nothing was changed yet." in page(browser, older)
    address = f"/{older.slug}/settings/bill-syncing/"
    browser.post(f"{address}preferences/", {"shown": "only_approved", "on": "only_approved"})
    stand = BillSyncSettings.objects.get(firm=older)
    form: dict[str, Any] = {"version": stand.version, "enabled": "on", "start_date": "2026-07-01"}
    browser.post(address, form | {"services_account": "405", "expenses_account": "405"})
    browser.post(f"{address}pause/")
    assert cells(page(browser, older)) == [
        "Maya Kerr | Pause | off | on",
        "Maya Kerr | Start date | none | 1 Jul 2026",
        "Maya Kerr | Default account for services | 200 | 405",
        "Maya Kerr | Send approved bills only | off | on",
    ]


def test_the_history_keeps_to_the_last_twenty_acts(older: Firm, browser: Client) -> None:
    for turn in range(22):
        switch_preferences(firm=older, actor=admin_of(older), on={"only_approved": turn % 2 == 0}, now=timezone.now())
    assert len(cells(page(browser, older))) == 20


def test_each_choice_of_an_archived_account_is_listed_with_its_field(older: Firm, browser: Client) -> None:
    travel = CategoryFactory(firm=older, name="Trains", kind=CategoryKind.DISBURSEMENT, account_code="420")
    CategoryFactory(firm=older, name="Couriers", kind=CategoryKind.DISBURSEMENT, account_code="412")
    BillSyncSettings.objects.filter(firm=older).update(expenses_account="420")
    text = page(browser, older)
    warned = text.split('id="dead-accounts"')[1].split("</ul>")[0]
    field = f"/{older.slug}/expense-categories/{travel.pk}/edit/#id_account_code"
    assert f'<a href="{field}">Trains</a>: 420, Archived in Xero' in warned
    assert f'<a href="/{older.slug}/settings/bill-syncing/#id_expenses_account">Default for expenses</a>' in warned
    assert "Couriers" not in warned
    assert 'id="id_expenses_account"' in text


def test_staff_read_of_an_archived_account_without_a_field_they_may_not_change(older: Firm) -> None:
    CategoryFactory(firm=older, name="Trains", kind=CategoryKind.DISBURSEMENT, account_code="420")
    warned = page(signed_in(join(older, Role.STAFF)), older).split('id="dead-accounts"')[1].split("</ul>")[0]
    assert "Trains: 420" in warned
    assert "<a href" not in warned
