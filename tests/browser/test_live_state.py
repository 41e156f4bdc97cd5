"""A state that changes while its page is open."""

import pytest

from firms.models import Firm, User
from tests.browser.conftest import MakePerson
from tests.factories import InvoiceFactory
from tests.processes.eventually import eventually
from tests.processes.workforce import Workforce
from tests.xero import job_of
from xero_sync.domain.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.workers]


def test_a_states_change_is_on_the_open_pages_within_two_seconds_without_a_reload(
    connected: Firm, admin: User, person: MakePerson, workers: Workforce
) -> None:
    bill = InvoiceFactory(firm=connected)
    maya, listed = person(), person()
    for each in (maya, listed):
        each.signs_in(admin)
    maya.opens(f"/{connected.slug}/invoices/{bill.pk}/")
    maya.head.get_by_text("Not sent").wait_for()
    listed.opens(f"/{connected.slug}/invoices/")
    maya.presses("Approve")

    with listed.without_reload():
        maya.page.wait_for_load_state()
        with maya.without_reload():
            eventually(lambda: job_of(bill).state == State.IN_XERO, within=30, what="the bill is in Xero")
            maya.head.get_by_text("In Xero", exact=True).wait_for(timeout=2000)
            listed.page.locator("tbody").get_by_text("In Xero", exact=True).wait_for(timeout=2000)
            maya.reads("Equal to the cent")
