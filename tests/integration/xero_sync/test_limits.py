"""The calls of an organisation, counted across processes by the database's clock."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from firms.models import Firm
from tests.integration.xero_sync.access import access
from tests.xero import Xero
from xero_sync import gateway
from xero_sync.models import OrganisationCalls
from xero_sync.organisation import limits

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Left:
    day_remaining: int | None = None
    app_minute_remaining: int | None = None


def take(firm: Firm, tenant: str = "t", *, person: bool = True) -> limits.Granted | limits.Wait:
    return limits.take_call(firm=firm, xero_tenant_id=tenant, person=person)


def row(tenant: str = "t") -> OrganisationCalls:
    return OrganisationCalls.objects.get(xero_tenant_id=tenant)


def test_a_call_costs_two_statements(firm: Firm) -> None:
    take(firm)
    with CaptureQueriesContext(database) as queries:
        assert isinstance(take(firm), limits.Granted)
    assert len(queries) == 2
    assert row().day_used == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("P11")
def test_sixteen_workers_never_get_a_sixty_first_call(firm: Firm) -> None:
    def ask(_: int) -> bool:
        try:
            return isinstance(take(firm), limits.Granted)
        finally:
            database.close()

    with ThreadPoolExecutor(16) as pool:
        granted = sum(pool.map(ask, range(100)))
    assert granted == 60
    assert len(row().recent) == 60
    assert row().day_used == 60


@pytest.mark.promise("P12")
def test_a_machine_keeps_the_last_tenth_of_the_day_for_people(firm: Firm, settings: Any) -> None:
    settings.XERO_DAILY_CALLS = 10
    for _ in range(9):
        assert isinstance(take(firm, person=False), limits.Granted)
    refused = take(firm, person=False)
    assert isinstance(refused, limits.Wait)
    assert refused.reason == "reserve"
    assert isinstance(take(firm), limits.Granted)
    assert limits.remaining_today(xero_tenant_id="t") == limits.Day(left=0, allowance=10)


def test_what_xeros_headers_say_is_taken_over_and_news_only_is_written(firm: Firm) -> None:
    take(firm)
    limits.note_remaining_calls(xero_tenant_id="t", headers=Left(day_remaining=4999))
    assert row().day_remaining == 4999
    take(firm)
    with CaptureQueriesContext(database) as queries:
        limits.note_remaining_calls(xero_tenant_id="t", headers=Left(day_remaining=4998))
        limits.note_remaining_calls(xero_tenant_id="t", headers=Left())
    assert len(queries) == 0
    assert row().day_remaining == 4998


@pytest.mark.parametrize(("kind", "retry_after", "expected"), [("minute", 17.0, 17), ("day", None, 60), ("", None, 2)])
@pytest.mark.promise("P13")
def test_a_refusal_holds_everybody_for_as_long_as_said(
    firm: Firm, kind: str, retry_after: float | None, expected: int
) -> None:
    take(firm)
    assert limits.note_refusal(xero_tenant_id="t", kind=kind, retry_after=retry_after) == expected
    held = take(firm)
    assert isinstance(held, limits.Wait)
    assert expected - 1 < held.seconds <= expected


def test_refusals_without_a_kind_are_waited_out_twice_as_long_each_time(firm: Firm) -> None:
    take(firm)
    waits = [limits.note_refusal(xero_tenant_id="t", kind="", retry_after=None) for _ in range(7)]
    assert waits == [2, 4, 8, 16, 32, 60, 60]


def test_a_shorter_refusal_never_shortens_a_longer_one(firm: Firm) -> None:
    take(firm)
    limits.note_refusal(xero_tenant_id="t", kind="day", retry_after=3600)
    limits.note_refusal(xero_tenant_id="t", kind="concurrent", retry_after=None)
    held = take(firm)
    assert isinstance(held, limits.Wait)
    assert held.seconds > 3500


@pytest.mark.parametrize("source", ["refused", "seen"])
@pytest.mark.promise("P11")
def test_the_apps_own_minute_holds_every_organisation(firm: Firm, source: str) -> None:
    take(firm, "one")
    take(firm, "two")
    if source == "refused":
        limits.note_refusal(xero_tenant_id="one", kind="appminute", retry_after=None)
    else:
        limits.note_remaining_calls(xero_tenant_id="one", headers=Left(app_minute_remaining=5))
    for tenant in ("one", "two"):
        assert isinstance(take(firm, tenant), limits.Wait)


def test_yesterdays_calls_are_forgotten(firm: Firm) -> None:
    take(firm)
    yesterday = timezone.now() - timedelta(days=1)
    OrganisationCalls.objects.update(day=yesterday.date(), day_used=5000, day_remaining=0, recent=[yesterday])
    assert isinstance(take(firm), limits.Granted)
    assert (row().day_used, row().day_remaining, len(row().recent)) == (1, None, 1)


@pytest.mark.promise("P12")
def test_our_count_of_the_day_equals_xeros(connected: Firm, xero: Xero) -> None:
    key = access(xero)
    for _ in range(3):
        take(connected, xero.organisation_id)
        reply = gateway.read_organisation(access=key)
        limits.note_remaining_calls(xero_tenant_id=xero.organisation_id, headers=reply.headers)
    assert limits.remaining_today(xero_tenant_id=xero.organisation_id).left == reply.headers.day_remaining
