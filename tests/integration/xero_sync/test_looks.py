"""Documents that a late write may still overwrite are looked at again, and nothing else about them changes."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from billing.models import Invoice
from firms.models import Firm, User
from tests.integration.xero_sync.both_sides import (
    POST,
    bill_in_xero,
    client_in_xero,
    fate,
    line_in_xero,
    looks_again,
    price,
    save_bill,
    works,
)
from tests.xero import Xero, job_of, read_chart_of, sync_batches
from xero_sync.actions import change_settings
from xero_sync.domain.states import State
from xero_sync.domain.watch import WATCHED
from xero_sync.models import XeroConnection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P10")]


@pytest.fixture
def watched(connected: Firm, xero: Xero) -> Invoice:
    """A bill of 300.00 in Xero of whose earlier 200.00 nobody knows whether it arrives yet."""
    made = bill_in_xero(client_in_xero(connected), "A")
    price(made, "200.00")
    xero.fault(kind="late", silence=0, seconds=3600, **POST)
    sync_batches(connected, 1)
    price(made, "300.00")
    works(connected)
    assert job_of(made).state == State.IN_XERO
    assert job_of(made).again_at is not None
    xero.forget_calls()
    return made


def price_in_xero(xero: Xero) -> float:
    return float(line_in_xero(xero, "A")["UnitAmount"])


@pytest.mark.parametrize("how", ["pause", "lose"])
def test_a_held_firm_s_documents_stay_in_xero_and_are_looked_at_once_it_goes_on(
    watched: Invoice, admin: User, xero: Xero, how: str
) -> None:
    now = timezone.now()
    if how == "pause":
        change_settings.pause_syncing(firm=watched.firm, actor=admin, now=now)
    else:
        XeroConnection.objects.update(state="LOST")
    xero.work_late()
    looks_again(watched.firm, seconds=61)
    assert (job_of(watched).state, xero.calls) == (State.IN_XERO, [])
    if how == "pause":
        change_settings.resume_syncing(firm=watched.firm, actor=admin, now=now)
    else:
        XeroConnection.objects.update(state="ACTIVE")
    looks_again(watched.firm, seconds=61)
    assert (job_of(watched).state, price_in_xero(xero)) == (State.IN_XERO, 300)


def test_the_last_look_is_made_though_the_firm_was_held_and_a_save_changed_nothing(
    watched: Invoice, admin: User, xero: Xero
) -> None:
    change_settings.pause_syncing(firm=watched.firm, actor=admin, now=timezone.now())
    xero.work_late()
    with time_machine.travel(timezone.now() + WATCHED + timedelta(seconds=1)):
        save_bill(watched)
        change_settings.resume_syncing(firm=watched.firm, actor=admin, now=timezone.now())
        works(watched.firm)
    assert (job_of(watched).state, price_in_xero(xero)) == (State.IN_XERO, 300)


def test_a_period_that_was_locked_since_does_not_matter_to_a_bill_that_is_as_it_was_sent(
    watched: Invoice, xero: Xero
) -> None:
    xero.act("lock-dates", period=watched.issue_date.isoformat())
    read_chart_of(watched.firm)
    xero.forget_calls()
    looks_again(watched.firm, seconds=61)
    assert [call["method"] for call in xero.calls] == ["GET"]
    assert fate(watched) == (State.IN_XERO, [])


def test_old_words_that_arrived_in_a_period_locked_since_are_said(watched: Invoice, xero: Xero) -> None:
    xero.work_late()
    xero.act("lock-dates", period=watched.issue_date.isoformat())
    read_chart_of(watched.firm)
    looks_again(watched.firm, seconds=61)
    assert fate(watched) == (State.ON_HOLD, ["edit-in-locked-period"])
    xero.act("lock-dates", period="")
    read_chart_of(watched.firm)
    works(watched.firm)
    assert (job_of(watched).state, price_in_xero(xero)) == (State.IN_XERO, 300)
