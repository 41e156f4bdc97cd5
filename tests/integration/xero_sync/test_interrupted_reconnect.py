"""A process that dies while a connection comes back leaves no bill on hold for a loss that is over."""

from typing import Any, NoReturn

import pytest
from django.test import Client
from django.utils import timezone

from firms.models import Firm, User
from tests.factories import InvoiceFactory
from tests.integration.xero_sync.browsing import connected_by_page, signed_in
from tests.xero import Xero, job_of, sync
from xero_sync import outbox
from xero_sync.actions import connect_organisation
from xero_sync.domain.states import State
from xero_sync.models import Cause, ConnectionState, XeroConnection
from xero_sync.organisation import upkeep
from xero_sync.organisation.connection_loss import lose_connection

pytestmark = pytest.mark.django_db(transaction=True)


class WorkerKilled(BaseException):
    """As a deployment or a lack of memory ends a process."""


def die(*args: Any, **options: Any) -> NoReturn:
    raise WorkerKilled


@pytest.fixture
def browser(admin: User, xero: Xero) -> Client:
    return signed_in(admin)


@pytest.fixture
def held_job(connected: Firm, xero: Xero) -> Any:
    """The job of a bill that waits for a connection that was lost."""
    xero.act("disconnect")
    bill = InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    job = job_of(bill)
    assert job.hold == "connection-lost"
    assert Cause.objects.filter(code="connection-lost", closed_at=None).exists()
    return job


def assert_goes_on(firm: Firm, job: Any) -> None:
    assert not Cause.objects.filter(closed_at=None).exists()
    sync(firm)
    job.refresh_from_db()
    assert job.state == State.IN_XERO


def test_a_web_process_that_dies_while_it_reads_the_first_chart_leaves_nothing_on_hold(
    browser: Client, connected: Firm, xero: Xero, held_job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect_organisation, "_read_first_chart", die)
    with pytest.raises(WorkerKilled):
        connected_by_page(browser, connected, xero)
    assert XeroConnection.objects.get().state == ConnectionState.ACTIVE
    assert_goes_on(connected, held_job)


def test_a_connection_is_back_together_with_what_waited_for_it_or_not_at_all(
    connected: Firm, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = InvoiceFactory(firm=connected, approved=True)
    lose_connection(firm=connected, connection=XeroConnection.objects.get(), code="connection-lost")
    held_job = job_of(bill)
    assert held_job.hold == "connection-lost"
    with monkeypatch.context() as planted:
        planted.setattr(outbox, "rejudge", die)
        with pytest.raises(WorkerKilled):
            upkeep.refresh_connection(firm=connected, now=timezone.now())
    assert XeroConnection.objects.get().state == ConnectionState.LOST
    assert upkeep.refresh_connection(firm=connected, now=timezone.now())
    assert_goes_on(connected, held_job)


def test_the_timed_look_releases_what_an_earlier_crash_left_on_hold(
    browser: Client, connected: Firm, xero: Xero, held_job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as planted:
        planted.setattr(outbox, "rejudge", lambda **_: 0)
        planted.setattr("xero_sync.organisation.chart_check.look_at_access", lambda **_: None)
        connected_by_page(browser, connected, xero)
    held_job.refresh_from_db()
    assert (held_job.state, held_job.hold) == (State.ON_HOLD, "connection-lost")
    upkeep.refresh_connection(firm=connected, now=timezone.now())
    assert_goes_on(connected, held_job)
