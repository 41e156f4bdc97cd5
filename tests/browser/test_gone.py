"""A bill that is gone in Xero: what the three decisions do stands on the page, and the keyboard alone decides."""

import pytest
from playwright.sync_api import expect

from firms.models import Firm, User
from firms.scope import firm_scope
from tests.browser.conftest import MakePerson
from tests.factories import InvoiceFactory
from tests.integration.xero_sync.test_gone_in_xero import save, works
from tests.xero import Xero, job_of
from xero_sync.domain.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_two_bills_that_are_gone_are_voided_here_from_the_page_of_one_by_keyboard(
    connected: Firm, admin: User, xero: Xero, person: MakePerson
) -> None:
    with firm_scope(connected):
        bills = [InvoiceFactory(firm=connected, approved=True) for _ in range(2)]
        works(connected)
        for bill in bills:
            bill.refresh_from_db()
            xero.act("forget-invoice", invoice=bill.number)
            save(bill, "Edited once")
    maya = person()
    maya.signs_in(admin)
    maya.opens(f"/{connected.slug}/invoices/{bills[0].pk}/")
    maya.reads("Void here too, for ever. Nothing is sent.")
    maya.page.get_by_role("link", name="Decide about everything that this holds back at once").focus()
    maya.page.keyboard.press("Enter")
    expect(maya.page.get_by_role("heading", name="What becomes of them")).to_be_visible()
    maya.page.get_by_role("link", name="Void all 2 here").focus()
    maya.page.keyboard.press("Enter")
    maya.reads("Void 2 bills, 220.00 AUD, here?")
    maya.page.get_by_role("button", name="Void all 2 here").focus()
    maya.page.keyboard.press("Enter")
    maya.reads("2 bills are void here now. Nothing was sent to Xero.")
    with firm_scope(connected):
        assert {job_of(bill).state for bill in bills} == {State.NOT_SENT}
