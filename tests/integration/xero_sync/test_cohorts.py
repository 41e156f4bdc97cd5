"""Which firms start with the improvements off: those created before 1 July 2019 by their own calendar, for ever."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from billing.models import InvoiceState
from firms import services
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import PASSWORD, InvoiceFactory, admin_of
from tests.xero import job_of, sync
from xero_sync import outbox
from xero_sync.actions import change_settings
from xero_sync.actions.switch_preferences import switch_preferences
from xero_sync.domain.preferences import BY_KEY
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, FirmPreference

pytestmark = pytest.mark.django_db

ZONES = ["America/Los_Angeles", "Europe/London", "Pacific/Auckland"]
LAST_OF_JUNE, FIRST_OF_JULY = (2019, 6, 30, 23, 30), (2019, 7, 1, 0, 0)


def created(*, zone: str, local: tuple[int, int, int, int, int], slug: str = "hale") -> Firm:
    """A firm created at this moment of its own wall clock."""
    with time_machine.travel(datetime(*local, tzinfo=ZoneInfo(zone)), tick=False):
        return services.create_firm(
            name="Hale",
            slug=slug,
            timezone=zone,
            currency="USD",
            admin_email=f"{slug}@example.com",
            password=PASSWORD,
        )


def switches(firm: Firm) -> dict[str, bool]:
    with firm_scope(firm):
        return outbox.read_preferences(firm=firm)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("local", "on"), [(LAST_OF_JUNE, False), (FIRST_OF_JULY, True)])
def test_the_firms_own_midnight_divides_the_cohorts(zone: str, local: tuple[int, int, int, int, int], on: bool) -> None:
    firm = created(zone=zone, local=local)
    assert firm.created_on == datetime(*local).date()  # noqa: DTZ001  (the firm's own wall clock)
    assert switches(firm) == dict.fromkeys(BY_KEY, on)


def test_at_one_moment_auckland_is_new_while_london_and_los_angeles_are_not() -> None:
    stands = {}
    with time_machine.travel(datetime(*FIRST_OF_JULY, tzinfo=ZoneInfo("Pacific/Auckland")), tick=False):
        moment = datetime.now(ZoneInfo("UTC"))
    for number, zone in enumerate(ZONES):
        wall_clock = moment.astimezone(ZoneInfo(zone))
        local = (wall_clock.year, wall_clock.month, wall_clock.day, wall_clock.hour, wall_clock.minute)
        stands[zone] = set(switches(created(zone=zone, local=local, slug=f"hale-{number}")).values())
    assert stands == {ZONES[0]: {False}, ZONES[1]: {False}, ZONES[2]: {True}}


@pytest.mark.parametrize(("local", "on"), [(LAST_OF_JUNE, False), (FIRST_OF_JULY, True)])
@pytest.mark.parametrize(
    "change",
    [
        {"timezone": "Pacific/Auckland"},
        {"timezone": "America/Los_Angeles"},
        {"name": "Hale and Partners", "slug": "hale-and-partners"},
        {"currency": "NZD", "payment_terms_days": 30},
    ],
)
def test_a_later_change_of_the_firm_moves_nobody(
    local: tuple[int, int, int, int, int], on: bool, change: dict[str, Any]
) -> None:
    firm = created(zone="Europe/London", local=local)
    before = firm.created_on
    for name, value in change.items():
        setattr(firm, name, value)
    firm.save()
    firm.refresh_from_db()
    assert firm.created_on == before
    assert switches(firm) == dict.fromkeys(BY_KEY, on)


@pytest.mark.parametrize(("local", "on"), [(LAST_OF_JUNE, False), (FIRST_OF_JULY, True)])
def test_a_pause_and_the_years_that_pass_move_nobody(local: tuple[int, int, int, int, int], on: bool) -> None:
    firm = created(zone="Europe/London", local=local)
    with time_machine.travel(datetime(2026, 8, 3, 9, 0, tzinfo=ZoneInfo("UTC")), tick=False), firm_scope(firm):
        now = datetime.now(ZoneInfo("UTC"))
        change_settings.pause_syncing(firm=firm, actor=admin_of(firm), now=now)
        change_settings.resume_syncing(firm=firm, actor=admin_of(firm), now=now)
        assert BillSyncSettings.objects.get(firm=firm).paused_at is None
    assert switches(firm) == dict.fromkeys(BY_KEY, on)


def test_what_an_older_firm_switched_on_stays_on_and_the_rest_stays_off() -> None:
    firm = created(zone="Europe/London", local=LAST_OF_JUNE)
    with firm_scope(firm):
        now = datetime(2026, 8, 3, tzinfo=ZoneInfo("UTC"))
        switch_preferences(firm=firm, actor=admin_of(firm), on={"only_approved": True}, now=now)
    firm.timezone = "Pacific/Auckland"
    firm.save()
    assert switches(firm) == dict.fromkeys(BY_KEY, False) | {"only_approved": True}


def test_a_missing_preference_is_off_at_the_save_too(connected: Firm) -> None:
    FirmPreference.objects.filter(firm=connected, key="only_approved").delete()

    draft = InvoiceFactory(firm=connected)
    sync(connected)

    assert draft.state == InvoiceState.DRAFT
    assert job_of(draft).state == State.IN_XERO
    assert job_of(draft).xero_record.status == "DRAFT"
