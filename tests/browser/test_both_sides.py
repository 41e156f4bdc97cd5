"""A bill that was changed here and in Xero: by the keyboard alone, and without script."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from billing.models import Invoice
from firms.models import Firm, User
from firms.scope import firm_scope
from tests.browser.conftest import MakePerson
from tests.browser.keys import Keys
from tests.factories import InvoiceFactory, time_line
from tests.integration.xero_sync.both_sides import save_bill, works
from tests.xero import Xero, job_of
from xero_sync.domain.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def bill(connected: Firm, xero: Xero) -> Invoice:
    """A bill whose price and due date were changed on both sides."""
    with firm_scope(connected):
        made: Invoice = InvoiceFactory(
            firm=connected,
            approved=True,
            number="10491",
            issue_date=date(2026, 10, 1),
            lines=[time_line(description="Advice")],
        )
        works(connected)
        xero.act("change-invoice", invoice="10491", due="2026-11-30")
        xero.act("change-line", invoice="10491", line=1, price=395)
        save_bill(made, due_date=date(2026, 11, 11), lines={"Advice": {"unit_price": Decimal(410)}})
        works(connected)
        assert job_of(made).state == State.NEEDS_YOU
    return made


def test_each_field_is_decided_by_the_keyboard_alone(
    connected: Firm, admin: User, bill: Invoice, xero: Xero, person: MakePerson
) -> None:
    maya = person()
    maya.signs_in(admin)
    maya.opens(f"/{connected.slug}/invoices/{bill.pk}/")
    keys = Keys(maya.page)
    keys.enters_main()
    keys.opens("Look at both sides")
    button = maya.page.locator("button[type=submit]").filter(has=maya.page.locator("[data-decision-words]"))
    expect(button).to_have_text("Save these decisions")
    expect(maya.page.get_by_label("Why it is left")).to_be_hidden()
    keys.enters_main()
    keys.goes_to("Send ours", role="radio")
    keys.press("ArrowRight")
    assert keys.here["name"] == "Accept Xero’s"
    assert keys.here["checked"]
    keys.goes_to("Send ours", role="radio")
    keys.press("Space")
    expect(button).to_have_text("Send 1 field, accept 1")
    keys.press("ArrowRight", "ArrowRight")
    expect(button).to_have_text("Accept 1 field, leave 1")
    keys.goes_to("Why it is left")
    keys.types("Agreed by telephone")
    keys.goes_to("Accept 1 field, leave 1")
    keys.leaves_by("Enter")
    maya.reads("10491: 2 fields decided, 1 accepted and 1 left. It goes now.")
    with firm_scope(connected):
        works(connected)
        bill.refresh_from_db()
        assert (job_of(bill).state, bill.due_date) == (State.IN_XERO, date(2026, 11, 30))
    maya.opens(f"/{connected.slug}/invoices/{bill.pk}/")
    maya.reads("Agreed by telephone")


def test_the_page_works_without_script(connected: Firm, admin: User, bill: Invoice, person: MakePerson) -> None:
    maya = person(script=False)
    maya.signs_in(admin)
    maya.opens(f"/{connected.slug}/invoices/{bill.pk}/both-sides/")
    maya.page.get_by_role("group", name="What becomes of: Due date").get_by_label("Leave").check()
    maya.page.get_by_label("Why it is left").fill("Agreed by telephone")
    maya.presses("Save these decisions")
    maya.reads("10491: 1 field decided, 1 left. 1 field waits for a decision still, before anything is sent.")
