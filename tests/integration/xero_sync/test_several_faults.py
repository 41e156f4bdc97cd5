"""Several faults on one document, words nobody has met before, and a bill that waits for its contact: over the wire."""

import pytest

from firms.models import Firm, User
from tests.factories import ContactFactory, OperatorFactory, expense_line
from tests.messages.page import Page
from tests.messages.world import World
from tests.processes.person import Person
from tests.xero import Xero, job_of
from xero_sync.domain.states import State
from xero_sync.models import SyncAttempt

pytestmark = pytest.mark.django_db(transaction=True)

MOON = "The moon must be full for bill 10417 of “Ada & Sons”."


@pytest.fixture
def world(connected: Firm, xero: Xero, admin: User) -> World:
    return World(firm=connected, xero=xero, admin=admin)


@pytest.mark.parametrize("known_here", [False, True])
def test_all_faults_of_a_bill_are_shown_at_once_whether_xero_or_we_find_them(world: World, known_here: bool) -> None:
    """An account, a locked period and a currency, all in one refusal; fixed one by one, the bill goes."""
    world.off("default_for_dead_accounts")
    travel = world.category("420")
    bill = world.bill(currency="USD", lines=[expense_line(travel)])
    world.act("archive-account", code="420")
    world.act("lock-dates", period="2026-07-31")
    world.act("remove-currency", code="USD")
    if known_here:
        world.reads_chart()
    world.syncs()
    assert job_of(bill).state == State.NEEDS_YOU
    faults_shown = " ".join(block.words for block in Page.of(world.opens(bill), "fault").blocks["fault"])
    for title in (
        "Account 420 was archived or deleted in Xero",
        "The bill is dated in a period locked up to 31-Jul-2026",
        "Bills in USD are not switched on in Xero",
    ):
        assert title in faults_shown
    world.codes(travel, "425")
    world.act("lock-dates", period="")
    world.act("add-currency", code="USD")
    world.presses_in_settings("Test now")
    world.syncs()
    world.all_arrived(bill)


@pytest.mark.promise("P17")
def test_new_words_are_shown_as_they_are_tried_once_and_reach_the_operators(world: World) -> None:
    bill = world.bill()
    world.says(MOON, method="PUT")
    world.syncs()
    for _ in range(3):
        world.later()
    job = job_of(bill)
    assert (job.state, job.faults[0]["code"]) == (State.NEEDS_YOU, "unknown")
    assert SyncAttempt.objects.filter(job=job, batch__frozen_at__isnull=False).count() == 1
    [fault_shown] = Page.of(world.opens(bill), "fault").blocks["fault"]
    assert MOON.rstrip(".") in fault_shown.words
    assert "We do this. You need do nothing." in fault_shown.words
    operator = Person(user=OperatorFactory())
    page = operator.opens("/ops/failures/")
    assert "The moon must be full for bill" in page
    assert "Ada" not in page
    world.operator_retries("unknown")
    world.syncs()
    world.all_arrived(bill)


def test_a_bill_waiting_on_a_refused_contact_says_so_and_follows_it(world: World) -> None:
    world.off("drop_invalid_emails")
    contact = ContactFactory(firm=world.firm, name="Brandt", emails=("accounts(at)brandt",))
    bill = world.bill(contact)
    world.syncs()
    assert (job_of(bill).state, job_of(bill).hold) == (State.ON_HOLD, "contact-refused")
    [card] = Page.of(world.opens(bill), "sync-card").blocks["sync-card"]
    assert "Its contact Brandt has to get into Xero first." in card.words
    assert world.path("billing:contact", contact.pk) in card.links
    world.edits(contact, emails="accounts@brandt.example")
    world.syncs()
    world.all_arrived(contact)
