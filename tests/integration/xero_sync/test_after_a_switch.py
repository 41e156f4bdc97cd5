"""Settings > Bill Syncing after a switch: what it holds for, which bills still go as they were saved, and how to bring
them along.
"""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from billing import services
from billing.models import Invoice
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory, admin_of
from tests.processes.person import Person
from tests.statements import counted_statements
from tests.xero import Xero, connect_firm, job_of, sync
from xero_sync.actions import change_settings
from xero_sync.domain.preferences import BY_KEY, PREFERENCES
from xero_sync.domain.states import State

pytestmark = pytest.mark.django_db(transaction=True)

SWITCH = "matter_as_reference"
MOST_QUERIES = 30


@pytest.fixture
def older(xero: Xero) -> Iterator[Firm]:
    """A connected firm of May 2017."""
    firm = FirmFactory(created_on=date(2017, 5, 2))
    with firm_scope(firm):
        connect_firm(firm=firm, admin=admin_of(firm), xero=xero)
        yield firm


@pytest.fixture
def maya(older: Firm) -> Person:
    return Person(user=admin_of(older))


def settings_of(firm: Firm) -> str:
    return reverse("xero_sync:settings", args=[firm.slug])


def section(page: str) -> str:
    """The part with the switches, to which the page is opened again."""
    return page.split('id="preferences"')[1].split("</form>")[0]


def switched_on(maya: Person, firm: Firm, *keys: str) -> str:
    maya.opens(settings_of(firm))
    return maya.presses("Save switches", on=list(keys))


def paused_bills(firm: Firm, many: int) -> list[Invoice]:
    """So many bills in line that do not move."""
    client = ContactFactory(firm=firm)
    sync(firm)
    change_settings.pause_syncing(firm=firm, actor=admin_of(firm), now=timezone.now())
    return [InvoiceFactory(firm=firm, contact=client, approved=True) for _ in range(many)]


def test_the_sentence_for_a_firm_of_2017_stands_until_all_are_on(older: Firm, maya: Person) -> None:
    sentence = "Your firm joined in May 2017, so the improvements of July 2019 are off until you switch them on."
    assert sentence in maya.opens(settings_of(older))
    assert sentence in switched_on(maya, older, SWITCH)
    assert sentence not in maya.presses("Switch all on")


def test_each_switch_says_its_effect_what_it_prevents_how_much_it_would_have_helped_and_where_to_read_on(
    older: Firm, maya: Person
) -> None:
    rows = re.findall(r'<li><div class="switch-row">.*?</li>', maya.opens(settings_of(older)))
    assert len(rows) == len(PREFERENCES)
    for each, row in zip(PREFERENCES, rows, strict=True):
        for words in (each.label, each.help, each.off_help, each.prevents):
            assert escape(words) in row
        assert f"/help/xero-sync/improvements/?firm={older.slug}#{each.key}" in row
        assert ("in the last 90 days" in row) is (each.key != SWITCH)
        assert "off since the start" in row


def test_after_a_switch_the_section_says_for_what_it_holds_and_which_bills_still_go_as_they_were_saved(
    older: Firm, maya: Person
) -> None:
    bills = paused_bills(older, 3)
    switches = section(switched_on(maya, older, SWITCH))
    assert f"“{escape(BY_KEY[SWITCH].label)}” is on. This holds for bills saved from now on." in switches
    assert "3 bills saved earlier still go under the old settings." in switches
    assert "To bring one along, edit and save the bill or its contact." in switches
    [address] = re.findall(r'href="([^"]*settings=earlier)"', switches)
    page = maya.opens(address)
    assert len(bills) == 3
    assert all(f">{bill.number}</a>" in page for bill in bills)
    assert "earlier settings" in page


def test_a_bill_that_was_edited_has_come_along(older: Firm, maya: Person) -> None:
    edited, other = paused_bills(older, 2)
    switched_on(maya, older, SWITCH)
    maya.opens(reverse("billing:invoice-edit", args=[older.slug, edited.pk]))
    maya.presses("Save")
    switches = section(maya.opens(settings_of(older)))
    assert "1 bill saved earlier still goes under the old settings." in switches
    page = maya.opens(f"{reverse('billing:invoice-list', args=[older.slug])}?settings=earlier")
    assert f">{other.number}</a>" in page
    assert f">{edited.number}</a>" not in page


def test_bills_in_xero_and_bills_that_never_go_are_not_counted(older: Firm, maya: Person) -> None:
    arrived = InvoiceFactory(firm=older, approved=True)
    sync(older)
    assert job_of(arrived).state == State.IN_XERO
    change_settings.pause_syncing(firm=older, actor=admin_of(older), now=timezone.now())
    never = InvoiceFactory(firm=older, contact=arrived.contact, approved=True)
    services.void(firm=older, actor=None, invoice=never, expected_version=never.version)
    switches = section(switched_on(maya, older, SWITCH))
    assert "is on. This holds for bills saved from now on." in switches
    assert "saved earlier" not in switches


def test_the_page_asks_as_much_for_a_hundred_bills_as_for_one(older: Firm, maya: Person) -> None:
    counts = []
    for many in (1, 5):
        paused_bills(older, many)
        change_settings.resume_syncing(firm=older, actor=admin_of(older), now=timezone.now())
        maya.opens(settings_of(older))
        with counted_statements() as sent:
            maya.opens(settings_of(older))
        counts.append(len(sent))
    assert counts[0] == counts[1] <= MOST_QUERIES, counts
