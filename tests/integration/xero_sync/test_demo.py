"""The demo's data against the emulator in this process: what is expected of it, and that it may be run again."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.xero_urls import XeroUrls
from firms.models import Firm, Membership
from firms.scope import all_firms, firm_scope
from tests.xero import Xero, sync
from xero_sync.demo import cast
from xero_sync.engine import Turned
from xero_sync.models import SyncJob

pytestmark = pytest.mark.django_db(transaction=True)

MOST_TURNS = 20


def run(command: str, **options: Any) -> str:
    out = StringIO()
    call_command(command, stdout=out, stderr=out, **options)
    return out.getvalue()


def work() -> None:
    """All turns of both firms, as workers would take them."""
    for firm in Firm.objects.filter(slug__in=[demo.slug for demo in cast.FIRMS]):
        with firm_scope(firm):
            turns = [sync(firm)]
            while turns[-1] is not Turned.IDLE and len(turns) < MOST_TURNS:
                turns.append(sync(firm))
            assert turns[-1] is Turned.IDLE, turns


@pytest.fixture
def seeded(db: None, xero: Xero) -> str:
    """Both firms, seeded and worked until nothing is due."""
    said = run("seed_demo")
    work()
    return said


def test_the_demo_ends_as_expected_and_a_second_seeding_changes_nothing(seeded: str) -> None:
    assert seeded.count("150 bills go to Xero") == 2
    table = run("demo_table", wait=0)
    assert "Every bill is settled as expected." in table
    assert max(len(line) for line in table.splitlines()) <= 100
    with all_firms():
        before = list(SyncJob.objects.order_by("pk").values_list("pk", "state", "desired_version"))
        assert run("seed_demo").count("nothing was changed") == 2
        assert list(SyncJob.objects.order_by("pk").values_list("pk", "state", "desired_version")) == before


def test_an_emulator_that_forgot_everything_lets_the_demo_start_over(seeded: str, xero: Xero) -> None:
    xero.control("POST", "reset")
    assert run("seed_demo").count("starts over") == 2
    work()
    assert "Every bill is settled as expected." in run("demo_table", wait=0)
    assert Membership.objects.filter(user__email=cast.ADMIN.email).count() == 2


def test_sample_bills_go_to_no_xero_but_the_emulator(db: None, xero: Xero, settings: Any) -> None:
    settings.XERO = XeroUrls(login="http://localhost:9", identity="http://localhost:9", api="http://localhost:9")
    with pytest.raises(CommandError, match="There is no emulated Xero at http://localhost:9"):
        run("seed_demo")
    assert not Firm.objects.exists()
