"""A connection is lost by Xero's own words, or when Xero no longer lists it; and it is looked at again by itself."""

import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from firms.models import Firm, User
from tests.factories import InvoiceFactory
from tests.xero import Xero, job_of, sync
from xero_sync.actions import connect_organisation
from xero_sync.domain.states import State
from xero_sync.models import Cause, ConnectionState, SyncJob, SyncLane, XeroChart, XeroConnection, XeroCredential
from xero_sync.organisation.upkeep import firms_to_refresh, refresh_connection

pytestmark = pytest.mark.django_db(transaction=True)

OWN_WORDS = json.dumps({"Type": None, "Title": "Forbidden", "Status": 403, "Detail": "AuthenticationUnsuccessful"})
NOT_XEROS_OWN = [
    pytest.param('{"message":"Forbidden"}', id="of a proxy"),
    pytest.param("", id="empty"),
    pytest.param("<html><body>Forbidden</body></html>", id="a page"),
    pytest.param('["Forbidden"]', id="a list"),
    pytest.param('{"Type":null,"Title":"Forbidden","Status":403,"Detail":"Try later"}', id="words nobody knows"),
]


def connection_state() -> str:
    return XeroConnection.objects.get().state


def lost(code: str = "connection-lost") -> None:
    """Lost just now, for this reason."""
    XeroConnection.objects.update(state=ConnectionState.LOST, lost_code=code, checked_at=timezone.now())


def at(**later: float) -> datetime:
    return timezone.now() + timedelta(**later)


def due_at_once() -> None:
    SyncJob.objects.update(due_at=timezone.now())
    SyncLane.objects.update(not_before=None)


@pytest.mark.parametrize("body", NOT_XEROS_OWN)
def test_one_403_that_is_not_xeros_own_is_tried_again(connected: Firm, xero: Xero, body: str) -> None:
    invoice = InvoiceFactory(firm=connected, approved=True)
    xero.fault(kind="status", status=403, body=body, method="PUT", path="Invoices")
    sync(connected)
    assert (job_of(invoice).state, connection_state()) == (State.TRYING_AGAIN, ConnectionState.ACTIVE)
    assert not Cause.objects.filter(closed_at=None, watched=True).exists()
    due_at_once()
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO
    assert len(xero.numbered(invoice.number)) == 1


@pytest.mark.parametrize("body", NOT_XEROS_OWN)
def test_a_403_that_is_not_xeros_own_loses_no_connection_when_it_is_looked_at(
    connected: Firm, xero: Xero, body: str
) -> None:
    xero.fault(kind="status", status=403, body=body, path="/connections")
    assert not refresh_connection(firm=connected, now=at(minutes=20))
    assert connection_state() == ConnectionState.ACTIVE


def test_an_organisation_no_longer_listed_is_lost_though_nothing_else_answers(connected: Firm, xero: Xero) -> None:
    XeroChart.objects.update(refreshed_at=at(days=-2))
    xero.fault(kind="status", status=403, body='{"message":"Forbidden"}', path="/api.xro", times=99)
    assert not refresh_connection(firm=connected, now=at(minutes=20))
    assert connection_state() == ConnectionState.ACTIVE
    xero.act("disconnect")
    assert not refresh_connection(firm=connected, now=at(minutes=20))
    assert connection_state() == ConnectionState.LOST


def test_a_token_refused_again_and_again_without_xeros_words_is_waited_out(connected: Firm, xero: Xero) -> None:
    invoice = InvoiceFactory(firm=connected, approved=True)
    xero.fault(kind="status", status=401, body="", method="PUT", path="Invoices", times=2)
    sync(connected)
    assert (job_of(invoice).state, connection_state()) == (State.WAITING, ConnectionState.ACTIVE)
    lane = SyncLane.objects.get()
    assert lane.not_before is not None
    assert lane.not_before > timezone.now() + timedelta(seconds=30)
    due_at_once()
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO


def test_a_connection_lost_by_words_comes_back_when_xero_lets_us_in_again(connected: Firm, xero: Xero) -> None:
    invoice = InvoiceFactory(firm=connected, approved=True)
    xero.fault(kind="status", status=403, body=OWN_WORDS, method="PUT", path="Invoices")
    sync(connected)
    assert (job_of(invoice).state, connection_state()) == (State.ON_HOLD, ConnectionState.LOST)
    assert firms_to_refresh(now=at(minutes=14)) == []
    assert firms_to_refresh(now=at(minutes=16)) == [connected.pk]
    assert refresh_connection(firm=connected, now=at(minutes=16))
    assert connection_state() == ConnectionState.ACTIVE
    assert not Cause.objects.filter(closed_at=None).exists()
    due_at_once()
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO


def test_a_connection_that_is_not_listed_stays_lost_and_is_looked_at_every_quarter_of_an_hour(
    connected: Firm, xero: Xero
) -> None:
    xero.act("disconnect")
    lost()
    xero.forget_calls()
    assert not refresh_connection(firm=connected, now=at(minutes=16))
    assert (connection_state(), xero.calls) == (ConnectionState.LOST, [])
    assert firms_to_refresh(now=at(minutes=30)) == []
    assert firms_to_refresh(now=at(minutes=32)) == [connected.pk]


@pytest.mark.parametrize("code", ["role-too-low", "not-permitted"])
def test_what_only_a_write_can_prove_is_tried_once_a_day(connected: Firm, xero: Xero, code: str) -> None:
    lost(code)
    assert firms_to_refresh(now=at(hours=23)) == []
    assert firms_to_refresh(now=at(hours=25)) == [connected.pk]
    assert refresh_connection(firm=connected, now=at(hours=25))
    assert connection_state() == ConnectionState.ACTIVE


def test_a_connection_whose_tokens_ended_costs_no_call_until_somebody_consents_anew(
    connected: Firm, xero: Xero
) -> None:
    lost("access-ended")
    XeroCredential.objects.update(dead_at=timezone.now())
    xero.forget_calls()
    assert not refresh_connection(firm=connected, now=at(minutes=16))
    assert xero.control("GET", "ledger")["entries"] == []
    XeroCredential.objects.update(dead_at=None)
    assert refresh_connection(firm=connected, now=at(minutes=32))
    assert connection_state() == ConnectionState.ACTIVE


def test_what_a_person_disconnected_meanwhile_stays_disconnected(connected: Firm, admin: User, xero: Xero) -> None:
    lost()
    connect_organisation.disconnect_organisation(firm=connected, actor=admin, now=timezone.now())
    assert firms_to_refresh(now=at(minutes=16)) == []
    assert not refresh_connection(firm=connected, now=at(minutes=16))
    assert connection_state() == ConnectionState.DISCONNECTED


def test_an_organisation_listed_again_is_known_by_its_new_connection(connected: Firm, xero: Xero) -> None:
    lost()
    assert XeroConnection.objects.get().xero_connection_id == "connection"
    assert refresh_connection(firm=connected, now=at(minutes=16))
    assert len(XeroConnection.objects.get().xero_connection_id) == 36
