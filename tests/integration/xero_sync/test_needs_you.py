"""The needs-you page: one card a cause, the way to the field, and a retry that says how many."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from firms.models import AuditEvent, Firm, User
from firms.scope import firm_scope
from tests.factories import (
    CategoryFactory,
    ContactFactory,
    FirmFactory,
    InvoiceFactory,
    MembershipFactory,
    admin_of,
    time_line,
)
from tests.outcomes import ARCHIVED, LOCKED, NAME_TAKEN, bills_end, connect, contacts_end, settle, signed_in
from tests.xero import job_of
from xero_sync.domain.errors import Fault, preflight
from xero_sync.domain.states import Event, State
from xero_sync.models import BillSyncSettings, Cause, FirmPreference, XeroConnection

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(firm: Firm) -> XeroConnection:
    return connect(firm)


@pytest.fixture
def page(admin: User) -> Client:
    return signed_in(admin)


def words(page: Client, path: str) -> str:
    """The page as one reads it."""
    answer = page.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_firm_without_causes_is_in_order(firm: Firm, page: Client) -> None:
    assert "Everything is in order" in words(page, f"/{firm.slug}/needs-you/")


def test_one_cause_is_one_card_with_its_bills_and_money(firm: Firm, connection: XeroConnection, page: Client) -> None:
    for _ in range(3):
        InvoiceFactory(firm=firm, approved=True, lines=[time_line(unit_price=Decimal(1000))])
    settle(firm, connection, bills_end(ARCHIVED))
    html = words(page, f"/{firm.slug}/needs-you/")
    assert "1 cause holds back 3 bills, 3,300.00 AUD. Fix a cause and everything it holds goes." in html
    assert "Account 420 was archived or deleted in Xero" in html
    assert "A firm admin can do this." in html
    assert "Retry all 3" in html
    assert '<span class="nav-count nav-count-needs-you">1</span>' in html


def test_a_refused_contact_counts_the_bills_waiting_on_it(firm: Firm, connection: XeroConnection, page: Client) -> None:
    client = ContactFactory(firm=firm, name="John Smith")
    for _ in range(2):
        InvoiceFactory(firm=firm, contact=client, approved=True)
    settle(firm, connection, contacts_end(NAME_TAKEN))
    html = words(page, f"/{firm.slug}/needs-you/")
    assert "1 contact and 2 bills" in html
    assert f'href="/{firm.slug}/contacts/{client.pk}/edit/#id_name"' in html


def test_what_waits_for_a_date_stands_below_and_needs_nobody(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(LOCKED, event=Event.HELD, hold="cause"))
    html = words(page, f"/{firm.slug}/needs-you/")
    assert "Nothing needs you." in html
    assert html.index("On hold") < html.index("locked up to 15-Nov-2026")


def test_a_pause_is_a_card_with_its_person(firm: Firm, connection: XeroConnection, page: Client) -> None:
    BillSyncSettings.objects.filter(firm=firm).update(paused_at=connection.connected_at, paused_by="Ann")
    InvoiceFactory(firm=firm, approved=True)
    html = words(page, f"/{firm.slug}/needs-you/")
    assert "Bill syncing was paused by Ann" in html
    assert f'href="/{firm.slug}/settings/bill-syncing/#syncing"' in html


def test_the_fix_of_an_archived_account_is_the_category_that_names_it(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    travel = CategoryFactory(firm=firm, name="Trains", account_code="420")
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    answer = page.get(f"/{firm.slug}/needs-you/{job_of(bill).cause_id}/fix/")
    assert answer["Location"] == f"/{firm.slug}/expense-categories/{travel.pk}/edit/#id_account_code"


def test_the_fix_of_an_archived_default_is_the_setting(firm: Firm, connection: XeroConnection, page: Client) -> None:
    BillSyncSettings.objects.filter(firm=firm).update(expenses_account="420")
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    answer = page.get(f"/{firm.slug}/needs-you/{job_of(bill).cause_id}/fix/")
    assert answer["Location"] == f"/{firm.slug}/settings/bill-syncing/#default-accounts"


def test_staff_retry_everything_waiting_on_a_cause_and_it_is_on_record(firm: Firm, connection: XeroConnection) -> None:
    bills = [InvoiceFactory(firm=firm, approved=True) for _ in range(2)]
    settle(firm, connection, bills_end(ARCHIVED))
    cause = Cause.objects.get(closed_at=None)
    staff = MembershipFactory(firm=firm).user
    answer = signed_in(staff).post(f"/{firm.slug}/needs-you/{cause.pk}/retry/", follow=True)
    assert "2 documents go now, each under the settings of its save." in answer.content.decode()
    assert {job_of(bill).state for bill in bills} == {State.WAITING.value}
    event = AuditEvent.objects.get(action="cause.retried")
    assert (event.actor, event.after["documents"], event.after["code"]) == (staff, 2, "account-archived")


def test_a_retry_keeps_the_settings_of_the_save_and_says_so(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    stored = job_of(bill).preferences
    FirmPreference.objects.filter(firm=firm, key="matter_as_reference").update(on=False)
    assert "Saved under the settings of" in words(page, f"/{firm.slug}/invoices/{bill.pk}/")
    answer = page.post(f"/{firm.slug}/activity/{job_of(bill).pk}/retry/", follow=True)
    assert "Saved under the settings of today" in answer.content.decode()
    assert job_of(bill).state == State.WAITING
    assert job_of(bill).preferences == stored
    assert "Retry pressed" in answer.content.decode()


def test_a_retry_of_what_has_gone_meanwhile_says_so(firm: Firm, connection: XeroConnection, page: Client) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection)
    answer = page.post(f"/{firm.slug}/activity/{job_of(bill).pk}/retry/", follow=True)
    assert "there was nothing to retry" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="invoice.retried").exists()


@pytest.mark.parametrize("path", ["needs-you/{cause}/retry/", "activity/{job}/retry/", "needs-you/{cause}/fix/"])
def test_another_firms_cause_and_job_are_a_404(firm: Firm, connection: XeroConnection, path: str) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    job = job_of(bill)
    own = FirmFactory()
    stranger = signed_in(admin_of(own))
    where = path.format(cause=job.cause_id, job=job.pk)
    act: Any = stranger.get if where.endswith("fix/") else stranger.post
    assert act(f"/{own.slug}/{where}").status_code == 404
    assert act(f"/{firm.slug}/{where}").status_code == 404
    with firm_scope(firm):
        assert job_of(bill).state == State.NEEDS_YOU


def many_causes(firm: Firm, connection: XeroConnection) -> None:
    """A cause of every kind that has a field of its own, and some without."""
    CategoryFactory(firm=firm, name="Trains", account_code="420")
    for fault, count in ((ARCHIVED, 14), (preflight("no-tax-type", rate="GST (10%)"), 2), (LOCKED, 1)):
        for _ in range(count):
            InvoiceFactory(firm=firm, approved=True)
        settle(firm, connection, bills_end(fault))
    for _ in range(6):
        InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(Fault("Invoice # must be unique.")))
    for _ in range(3):
        InvoiceFactory(firm=firm, contact=ContactFactory(firm=firm, name="John Smith"), approved=True)
    settle(firm, connection, contacts_end(NAME_TAKEN))
    Cause.objects.create(firm=firm, code="account-archived", subject="412", parts={"account": "412"}, watched=True)


def test_the_page_takes_at_most_twelve_queries_whatever_stands_on_it(
    firm: Firm, connection: XeroConnection, page: Client, django_assert_max_num_queries: Any
) -> None:
    many_causes(firm, connection)
    with django_assert_max_num_queries(12):
        html = words(page, f"/{firm.slug}/needs-you/")
    assert "all 14" in html
    assert html.count('class="card" id="cause-') == 13


def test_more_than_fifty_causes_go_on_pages_and_each_is_found_by_its_address(
    firm: Firm, connection: XeroConnection, page: Client, django_assert_max_num_queries: Any
) -> None:
    Cause.objects.bulk_create(
        Cause(firm=firm, code="account-archived", subject=f"{place}", parts={"account": f"{place}"}, watched=True)
        for place in range(120)
    )
    last = Cause.objects.latest("pk")
    with django_assert_max_num_queries(12):
        first = words(page, f"/{firm.slug}/needs-you/")
    assert first.count('id="cause-') == 50
    assert "Page 1 of 3" in first
    assert 'href="?page=2"' in first
    assert f'id="cause-{last.pk}"' not in first
    found = words(page, f"/{firm.slug}/needs-you/?cause={last.pk}")
    assert f'id="cause-{last.pk}"' in found
    assert "Page 3 of 3" in found


def test_an_account_that_no_bill_has_met_yet_says_what_uses_it(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    for name in ("Trains", "Taxis"):
        CategoryFactory(firm=firm, name=name, account_code="420")
    BillSyncSettings.objects.filter(firm=firm).update(expenses_account="420")
    html = words(page, f"/{firm.slug}/needs-you/")
    assert "Before it hurts" in html
    assert "No bill waits for it yet; the default for expenses and 2 categories use it." in html
    assert "Retry" not in html
    answer = page.post(
        f"/{firm.slug}/needs-you/{Cause.objects.get().pk}/fix/",
        {
            "fix": "account",
            "account": "405",
            "place": [
                "expenses",
                *(f"category-{each.pk}" for each in firm.expense_categories.filter(account_code="420")),
            ],
            "version expenses": BillSyncSettings.objects.get(firm=firm).version,
            **{f"version category-{each.pk}": each.version for each in firm.expense_categories.all()},
        },
        follow=True,
    )
    assert "It is fixed. No bill waited for it." in answer.content.decode()
    assert not firm.expense_categories.filter(account_code="420").exists()
    assert BillSyncSettings.objects.get(firm=firm).expenses_account == "405"
    assert "Everything is in order" in words(page, f"/{firm.slug}/needs-you/")


def test_a_cause_that_is_back_says_when_it_was_put_right_before(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    closed = datetime(timezone.now().year, 5, 3, 12, tzinfo=UTC)
    Cause.objects.create(firm=firm, code="account-archived", subject="420", parts={"account": "420"}, closed_at=closed)
    InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    assert "Back again: it was fixed before, last on 3 May." in words(page, f"/{firm.slug}/needs-you/")


def test_a_cause_tells_whose_it_is_and_one_put_off_stands_folded_at_the_end(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    ann = MembershipFactory(firm=firm).user
    InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    Cause.objects.update(assigned_to=ann)
    assert f"Assigned to {ann}." in words(page, f"/{firm.slug}/needs-you/")
    Cause.objects.update(snoozed_until=timezone.now() + timedelta(days=3))
    html = words(page, f"/{firm.slug}/needs-you/")
    assert "Nothing needs you." in html
    assert html.index("Snoozed: 1 cause") < html.index("Snoozed until") < html.index("Retry")


def test_a_name_or_number_that_is_taken_can_be_compared_and_linked(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, contacts_end(NAME_TAKEN))
    cause = Cause.objects.get(closed_at=None)
    assert f'href="/{firm.slug}/needs-you/{cause.pk}/link/"' in words(page, f"/{firm.slug}/needs-you/")


def test_what_is_refused_again_at_once_is_the_same_cause_and_keeps_whose_it_is(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    cause = Cause.objects.get()
    ann = MembershipFactory(firm=firm).user
    Cause.objects.update(assigned_to=ann)
    page.post(f"/{firm.slug}/needs-you/{cause.pk}/retry/")
    assert Cause.objects.get().closed_at is not None
    settle(firm, connection, bills_end(ARCHIVED))
    again = Cause.objects.get()
    assert (again.pk, again.closed_at, again.returned, again.assigned_to) == (cause.pk, None, 0, ann)
    assert "Back again" not in words(page, f"/{firm.slug}/needs-you/")
