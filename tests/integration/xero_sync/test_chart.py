"""The chart, read from the emulated Xero and kept."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from firms.models import Firm
from tests.factories import CategoryFactory
from tests.xero import Xero
from xero_sync.domain.chart import Chart
from xero_sync.kinds.registry import KINDS
from xero_sync.models import ConnectionState, XeroConnection
from xero_sync.organisation import chart, upkeep
from xero_sync.organisation.connections import find_connection

pytestmark = pytest.mark.django_db


def read_again(firm: Firm) -> Chart:
    connection = find_connection(firm=firm)
    assert connection is not None
    return upkeep.refresh_chart(firm=firm, connection=connection, now=timezone.now(), person=True)


def test_the_chart_knows_organisation_accounts_rates_and_currencies(connected: Firm, xero: Xero) -> None:
    known = read_again(connected)
    assert (known.base_currency, known.country) == ("AUD", "AU")
    assert known.is_usable("200")
    assert "AUD" in known.currencies
    assert known.tax_rates
    # The organisation, accounts, tax rates, currencies; then what changed of each kind.
    assert len(xero.calls) == 4 + len(KINDS)


def test_an_account_archived_in_xero_is_dead_after_the_next_reading(connected: Firm, xero: Xero) -> None:
    CategoryFactory(firm=connected, account_code="420")
    assert chart.stored(firm=connected, xero_tenant_id=xero.organisation_id).is_usable("420")  # type: ignore[union-attr]
    xero.act("archive-account", code="420")
    assert read_again(connected).dead_codes(["200", "420"]) == ["420"]


def test_a_lock_date_set_in_xero_is_known_after_the_next_reading(connected: Firm, xero: Xero) -> None:
    xero.act("lock-dates", period="2026-06-30")
    assert read_again(connected).lock_date == date(2026, 6, 30)


def test_a_chart_is_read_hourly_while_work_is_due_and_daily_otherwise(connected: Firm, xero: Xero) -> None:
    now = timezone.now()
    known = chart.stored(firm=connected, xero_tenant_id=xero.organisation_id)
    assert chart.is_stale(chart=None, now=now, busy=False)
    assert not chart.is_stale(chart=known, now=now + timedelta(minutes=59), busy=True)
    assert chart.is_stale(chart=known, now=now + timedelta(minutes=61), busy=True)
    assert not chart.is_stale(chart=known, now=now + timedelta(hours=23), busy=False)
    assert chart.is_stale(chart=known, now=now + timedelta(hours=25), busy=False)


def test_the_round_notices_a_disconnection_made_in_xero(connected: Firm, xero: Xero) -> None:
    xero.act("disconnect")
    assert not upkeep.refresh_connection(firm=connected, now=timezone.now() + timedelta(minutes=20))
    connection = XeroConnection.objects.get(firm=connected)
    assert (connection.state, connection.lost_code) == (ConnectionState.LOST, "connection-lost")


def test_the_round_asks_no_more_than_it_must(connected: Firm, xero: Xero) -> None:
    assert upkeep.refresh_connection(firm=connected, now=timezone.now())
    xero.forget_calls()
    for minutes in (1, 20, 21):
        now = timezone.now() + timedelta(minutes=minutes)
        for _ in upkeep.firms_to_refresh(now=now):
            assert upkeep.refresh_connection(firm=connected, now=now)
    entries = xero.control("GET", "ledger")["entries"]
    assert [entry["path"].lower() for entry in entries] == ["/connections"]


def test_an_expired_token_is_refreshed_once_and_the_question_asked_again(connected: Firm, xero: Xero) -> None:
    xero.server.xero.authority.expire_access()
    assert read_again(connected).is_usable("200")


def test_trouble_in_xero_keeps_the_old_chart_and_says_so(connected: Firm, xero: Xero) -> None:
    before = chart.stored(firm=connected, xero_tenant_id=xero.organisation_id)
    xero.fault(kind="status", status=503, path="/TaxRates")
    with pytest.raises(upkeep.NotNow) as refusal:
        read_again(connected)
    assert "did not answer" in refusal.value.words
    assert chart.stored(firm=connected, xero_tenant_id=xero.organisation_id) == before
    assert find_connection(firm=connected).state == ConnectionState.ACTIVE  # type: ignore[union-attr]


def test_a_used_up_day_is_said_with_the_time_it_lasts(connected: Firm, xero: Xero) -> None:
    xero.fault(kind="status", status=429, limit="day", retry_after=7200, path="/Accounts")
    with pytest.raises(upkeep.NotNow) as refusal:
        read_again(connected)
    assert "2 hours" in refusal.value.words
