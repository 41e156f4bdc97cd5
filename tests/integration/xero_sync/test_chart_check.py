"""What is wrong in Xero before a bill meets it: a cause and a mail, which end when the account is fixed."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from billing.domain.money import TaxMode
from expense_categories import services as categories
from expense_categories.models import CategoryKind, ExpenseCategory
from firms.models import Firm, User
from notifications.queue_mails import write_due_mails
from notifications.send_mails import send_due_mails
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, admin_of, expense_line
from tests.outcomes import signed_in
from tests.statements import counted_statements
from tests.xero import Xero, connect_firm, job_of, read_chart_of, sync
from xero_sync.actions import change_settings, connect_organisation
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, Cause, FirmPreference, TaxMapping, XeroChart, XeroConnection
from xero_sync.organisation import (
    chart,
    chart_check,
    upkeep,
)
from xero_sync.organisation.connection_loss import lose_connection
from xero_sync.outbox import firm_conditions

pytestmark = pytest.mark.django_db(transaction=True)


def open_causes() -> list[tuple[str, str, bool]]:
    return list(Cause.objects.filter(closed_at=None).order_by("pk").values_list("code", "subject", "watched"))


def mails(seconds: float = 61) -> list[Any]:
    """The mails that leave so many seconds from now."""
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=True):
        write_due_mails(now=timezone.now())
        send_due_mails(now=timezone.now())
    sent = list(mail.outbox)
    mail.outbox.clear()
    return sent


def notified(seconds: float = 61) -> list[str]:
    return [message.subject for message in mails(seconds)]


def choose(firm: Firm, admin: User, **choices: Any) -> None:
    """Save the settings form."""
    usual: dict[str, Any] = {"services_account": "200", "expenses_account": "405", "tax_types": {}}
    change_settings.save_settings(
        firm=firm,
        actor=admin,
        expected_version=BillSyncSettings.objects.get().version,
        typed=change_settings.SettingsInput(enabled=True, start_date=None, **{**usual, **choices}),
        now=timezone.now(),
    )


@pytest.fixture
def travel(connected: Firm) -> ExpenseCategory:
    """A category that posts to account 420."""
    FirmPreference.objects.filter(key="default_for_dead_accounts").update(on=False)
    made: ExpenseCategory = CategoryFactory(firm=connected, name="Trains", account_code="420")
    return made


def test_an_archived_account_is_a_cause_and_a_mail_before_any_bill_and_over_when_it_is_restored(
    connected: Firm, travel: ExpenseCategory, xero: Xero, admin: User
) -> None:
    xero.act("archive-account", code="420")
    read_chart_of(connected)
    assert open_causes() == [("account-archived", "420", True)]
    assert notified() == [f"{connected}: account 420 was archived or deleted in Xero, no bill waits yet"]
    assert notified(600) == []
    xero.act("restore-account", code="420")
    read_chart_of(connected)
    assert open_causes() == []
    assert notified() == [f"{connected}: it is over (account 420 was archived or deleted in Xero)"]
    assert notified(600) == []


def test_a_bill_that_is_refused_for_it_joins_the_cause_and_one_fix_serves_both(
    connected: Firm, travel: ExpenseCategory, xero: Xero
) -> None:
    xero.act("archive-account", code="420")
    read_chart_of(connected)
    [watched] = Cause.objects.all()
    bill = InvoiceFactory(firm=connected, approved=True, lines=[expense_line(travel)])
    sync(connected)
    job = job_of(bill)
    assert (job.state, job.cause_id) == (State.NEEDS_YOU, watched.pk)
    assert (job.faults[0]["code"], job.faults[0]["parts"]) == (watched.code, watched.parts)
    categories.save_category(
        firm=connected,
        actor=None,
        name=travel.name,
        kind=CategoryKind(travel.kind),
        account_code="405",
        category=travel,
        expected_version=travel.version,
    )
    assert open_causes() == []
    sync(connected)
    assert job_of(bill).state == State.IN_XERO
    assert Cause.objects.count() == 1


def test_xeros_own_refusal_is_the_same_cause(connected: Firm, travel: ExpenseCategory, xero: Xero) -> None:
    """The chart was read before the account was archived: Xero says it first, the next reading agrees."""
    xero.act("archive-account", code="420")
    bill = InvoiceFactory(firm=connected, approved=True, lines=[expense_line(travel)])
    sync(connected)
    assert "ARCHIVED" in str(XeroChart.objects.get().accounts)
    sync(connected)
    assert job_of(bill).state == State.NEEDS_YOU
    assert open_causes() == [("account-archived", "420", True)]
    xero.act("restore-account", code="420")
    read_chart_of(connected)
    sync(connected)
    assert job_of(bill).state == State.IN_XERO
    assert open_causes() == []


def test_a_default_account_that_is_dead_is_watched_and_closes_when_another_is_chosen(
    connected: Firm, admin: User, xero: Xero
) -> None:
    xero.act("archive-account", code="405")
    read_chart_of(connected)
    assert open_causes() == [("account-archived", "405", True)]
    choose(connected, admin, expenses_account="200")
    assert open_causes() == []


def test_a_code_saved_on_a_category_is_compared_at_once(connected: Firm) -> None:
    CategoryFactory(firm=connected, account_code="999")
    assert open_causes() == [("account-not-allowed", "999", True)]


def test_a_tax_type_that_xero_does_not_have_is_watched(connected: Firm, xero: Xero) -> None:
    TaxMapping.objects.create(firm=connected, tax_name="GST", tax_percent=10, tax_type="OUTPUT9")
    read_chart_of(connected)
    assert open_causes() == [("tax-type-unknown", "OUTPUT9", True)]
    [cause] = Cause.objects.all()
    bill = InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    assert job_of(bill).cause_id == cause.pk
    choose(connected, admin_of(connected), tax_types={("GST", Decimal(10)): "OUTPUT"})
    assert open_causes() == []
    sync(connected)
    assert job_of(bill).state == State.IN_XERO
    assert open_causes() == []


def test_a_rate_changed_in_xero_is_a_cause_for_the_admin_and_stops_bills_before_they_are_sent(
    connected: Firm, admin: User, xero: Xero
) -> None:
    choose(connected, admin, tax_types={("GST", Decimal(10)): "OUTPUT"})
    xero.act("tax-rate-percent", tax_type="OUTPUT", percent="15")
    read_chart_of(connected)
    assert open_causes() == [("tax-rate-changed", "GST (10%)", True)]
    assert notified() == [f"{connected}: “GST (10%)” has another percentage in Xero, no bill waits yet"]
    [cause] = Cause.objects.all()
    bill = InvoiceFactory(firm=connected, approved=True, tax_mode=TaxMode.INCLUSIVE)
    sync(connected)
    assert (job_of(bill).state, job_of(bill).cause_id) == (State.NEEDS_YOU, cause.pk)
    assert xero.numbered(bill.number) == []
    xero.act("tax-rate-percent", tax_type="OUTPUT", percent="10")
    read_chart_of(connected)
    sync(connected)
    assert job_of(bill).state == State.IN_XERO
    assert open_causes() == []


def test_a_changed_rate_ends_when_another_tax_type_of_our_percentage_is_chosen(
    connected: Firm, admin: User, xero: Xero
) -> None:
    choose(connected, admin, tax_types={("GST", Decimal(10)): "OUTPUT"})
    xero.act("tax-rate-percent", tax_type="OUTPUT", percent="15")
    xero.act("tax-rate-percent", tax_type="INPUTTAXED", percent="10")
    read_chart_of(connected)
    bill = InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    [cause] = Cause.objects.filter(closed_at=None)
    page = signed_in(admin).get(f"/{connected.slug}/needs-you/").content.decode()
    assert "Xero’s tax rate for GST (10%)" in page
    version = BillSyncSettings.objects.get().version
    where = f"/{connected.slug}/needs-you/{cause.pk}/fix/"
    signed_in(admin).post(where, {"fix": "tax", "tax 10 GST": "INPUTTAXED", "version": version})
    sync(connected)
    assert job_of(bill).state == State.IN_XERO
    assert open_causes() == []


def test_documents_keep_a_cause_open_when_nothing_maps_to_it_any_more(
    connected: Firm, travel: ExpenseCategory, xero: Xero
) -> None:
    xero.act("archive-account", code="420")
    read_chart_of(connected)
    InvoiceFactory(firm=connected, approved=True, lines=[expense_line(travel)])
    sync(connected)
    ExpenseCategory.objects.filter(pk=travel.pk).update(account_code="")
    chart_check.compare_with_stored(firm=connected, now=timezone.now())
    assert open_causes() == [("account-archived", "420", False)]


def test_comparing_costs_a_few_statements_and_none_more_where_nothing_changed(
    connected: Firm, travel: ExpenseCategory, xero: Xero
) -> None:
    known = upkeep.refresh_chart(
        firm=connected, connection=XeroConnection.objects.get(), now=timezone.now(), person=False
    )
    with counted_statements() as sent:
        chart_check.compare(firm=connected, known=known, now=timezone.now())
    assert len(sent) == 4
    for code in ("991", "992", "993"):
        CategoryFactory(firm=connected, account_code=code)
    with counted_statements() as sent:
        chart_check.compare(firm=connected, known=known, now=timezone.now())
    assert len(sent) == 4
    assert len(open_causes()) == 3


@pytest.mark.promise("P21")
def test_a_lost_connection_is_notified_within_two_minutes_and_over_when_it_is_back(
    connected: Firm, admin: User, xero: Xero
) -> None:
    ContactFactory(firm=connected)
    xero.act("disconnect")
    assert not upkeep.refresh_connection(firm=connected, now=timezone.now() + timedelta(minutes=20))
    assert open_causes() == [("connection-lost", "", True)]
    assert notified(30) == []
    [message] = mails(75)
    assert "the connection to Xero was lost" in message.subject
    assert "1 contact waits" in message.subject
    assert f"/{connected.slug}/settings/bill-syncing/#connect" in message.body
    XeroConnection.objects.all().delete()
    connect_firm(firm=connected, admin=admin, xero=xero)
    chart_check.look_at_access(firm=connected, now=timezone.now())
    assert open_causes() == []
    assert notified() == [f"{connected}: it is over (the connection to Xero was lost)"]


def test_a_lost_connection_is_one_card_and_not_two(connected: Firm, admin: User, xero: Xero) -> None:
    InvoiceFactory(firm=connected, approved=True)
    xero.act("disconnect")
    sync(connected)
    html = signed_in(admin).get(f"/{connected.slug}/needs-you/").content.decode()
    assert len(re.findall(r"<h2>(?:<a [^>]*>)?The connection to Xero was lost<", html)) == 1


def test_a_connection_lost_while_sending_is_the_same_cause(connected: Firm, xero: Xero) -> None:
    InvoiceFactory(firm=connected, approved=True)
    xero.act("disconnect")
    sync(connected)
    assert firm_conditions(firm=connected).lost
    assert [watched for _, _, watched in open_causes()] == [True]


def test_a_firm_that_disconnects_has_nothing_watched(
    connected: Firm, admin: User, travel: ExpenseCategory, xero: Xero
) -> None:
    xero.act("archive-account", code="420")
    read_chart_of(connected)
    connect_organisation.disconnect_organisation(firm=connected, actor=admin, now=timezone.now())
    assert open_causes() == []


def test_what_was_asked_before_a_reconnection_does_not_end_the_new_connection(
    connected: Firm, admin: User, xero: Xero
) -> None:
    """A worker heard that it was disconnected; an admin has connected again before it says so."""
    before = XeroConnection.objects.get()
    XeroConnection.objects.filter(pk=before.pk).update(state="ACTIVE", connected_at=timezone.now())
    lose_connection(firm=connected, connection=before, code="connection-lost")
    assert XeroConnection.objects.get().state == "ACTIVE"
    assert open_causes() == []
    lose_connection(firm=connected, connection=XeroConnection.objects.get(), code="connection-lost")
    assert XeroConnection.objects.get().state == "LOST"
    assert [code for code, _, _ in open_causes()] == ["connection-lost"]


def test_a_chart_that_was_read_while_the_firm_disconnected_leaves_nothing_watched(
    connected: Firm, travel: ExpenseCategory, admin: User, xero: Xero
) -> None:
    xero.act("archive-account", code="420")
    read_chart_of(connected)
    known = chart.stored(firm=connected, xero_tenant_id=xero.organisation_id)
    assert known is not None
    connect_organisation.disconnect_organisation(firm=connected, actor=admin, now=timezone.now())
    assert open_causes() == []
    chart_check.compare(firm=connected, known=known, now=timezone.now())
    assert open_causes() == []
