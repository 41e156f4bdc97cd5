"""What is known of Xero stays fresh by itself, and a connection ended in Xero is noticed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from firms.models import Firm
from tests.factories import InvoiceFactory
from tests.xero import Xero, job_of, sync
from xero_sync.domain.states import State
from xero_sync.kinds.registry import KINDS
from xero_sync.models import ConnectionState, XeroChart, XeroConnection
from xero_sync.organisation.upkeep import firms_to_refresh, refresh_connection

pytestmark = pytest.mark.django_db(transaction=True)


def checked(ago: timedelta) -> None:
    XeroConnection.objects.update(checked_at=timezone.now() - ago)


def chart_read(ago: timedelta) -> None:
    XeroChart.objects.update(refreshed_at=timezone.now() - ago)


def chart_calls(firm: Firm, xero: Xero) -> int:
    xero.forget_calls()
    assert refresh_connection(firm=firm, now=timezone.now())
    # The index of Xero is read by its own clock; see test_index.
    of_the_index = tuple(f"/{kind.calls.collection}" for kind in KINDS)
    return len([call for call in xero.calls if not call["path"].endswith(of_the_index)])


def test_a_chart_is_read_hourly_if_work_was_due_else_daily(connected: Firm, xero: Xero) -> None:
    checked(timedelta(hours=2))
    chart_read(timedelta(hours=2))
    assert firms_to_refresh(now=timezone.now()) == [connected.pk]
    assert chart_calls(connected, xero) == 0
    InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    chart_read(timedelta(hours=2))
    assert chart_calls(connected, xero) == 4
    chart_read(timedelta(hours=25))
    assert chart_calls(connected, xero) == 4
    assert firms_to_refresh(now=timezone.now()) == []


def test_an_account_archived_in_xero_is_known_after_the_next_reading(connected: Firm, xero: Xero) -> None:
    xero.act("archive-account", code="420")
    chart_read(timedelta(hours=25))
    assert refresh_connection(firm=connected, now=timezone.now())
    stored = XeroChart.objects.get()
    assert {row["Status"] for row in stored.accounts if row.get("Code") == "420"} == {"ARCHIVED"}


@pytest.mark.promise("P21")
def test_a_disconnection_in_xero_holds_everything_and_uses_no_attempt(connected: Firm, xero: Xero) -> None:
    invoice = InvoiceFactory(firm=connected, approved=True)
    xero.act("disconnect")
    sync(connected)
    assert XeroConnection.objects.get().state == ConnectionState.LOST
    job = job_of(invoice)
    assert (job.state, job.hold, job.attempts) == (State.ON_HOLD, "connection-lost", 0)
