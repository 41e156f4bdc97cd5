"""A state that changes while its page is open."""

from statistics import median

import pytest

from billing import services
from billing.models import Invoice
from firms.models import Firm, User
from tests.browser.conftest import MakePerson
from tests.browser.person import Person
from tests.factories import InvoiceFactory
from tests.processes.eventually import eventually
from tests.processes.workforce import Workforce
from tests.xero import job_of
from xero_sync.domain.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.workers]


def approve(bill: Invoice) -> None:
    services.approve(firm=bill.firm, actor=None, invoice=bill, expected_version=bill.version)


def seconds_until_shown(bill: Invoice, person: Person) -> float:
    """From the state's change to its badge in the open list."""
    row = person.page.get_by_role("row", name=bill.number)
    eventually(lambda: job_of(bill).state == State.IN_XERO, within=30, what="the bill is in Xero")
    badge = row.get_by_text("In Xero", exact=True)
    return eventually(badge.is_visible, within=10, what="the open page shows it")


def test_an_open_list_shows_a_states_change_within_two_seconds_without_a_reload(
    connected: Firm, admin: User, person: MakePerson, workers: Workforce
) -> None:
    bills = [InvoiceFactory(firm=connected) for _ in range(3)]
    maya = person()
    maya.signs_in(admin)
    maya.opens(f"/{connected.slug}/invoices/")
    taken = []
    with maya.without_reload():
        for bill in bills:
            approve(bill)
            taken.append(seconds_until_shown(bill, maya))
    # The middle one, so that one hiccup of a busy machine is not taken for the page's own pace.
    assert median(taken) <= 2, taken


def test_an_open_bill_becomes_in_xero_with_its_figures_beside_ours(
    connected: Firm, admin: User, person: MakePerson, workers: Workforce
) -> None:
    bill = InvoiceFactory(firm=connected)
    maya = person()
    maya.signs_in(admin)
    maya.opens(f"/{connected.slug}/invoices/{bill.pk}/")
    maya.head.get_by_text("Not sent").wait_for()
    with maya.without_reload():
        approve(bill)
        eventually(lambda: job_of(bill).state == State.IN_XERO, within=30, what="the bill is in Xero")
        maya.head.get_by_text("In Xero", exact=True).wait_for()
        maya.page.get_by_text("Equal to the cent").wait_for()
