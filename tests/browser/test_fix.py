"""From the red badge to the field, and each bill that the cause held back goes."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from expense_categories.models import ExpenseCategory
from firms.models import Firm, User
from tests.browser.conftest import MakePerson
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, expense_line
from tests.outcomes import ARCHIVED, bills_end, connect, settle
from tests.processes.eventually import eventually
from tests.processes.workforce import Workforce
from tests.xero import Xero, job_of
from xero_sync.domain.states import State
from xero_sync.models import FirmPreference

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.workers]


@pytest.fixture
def travel(connected: Firm, xero: Xero) -> ExpenseCategory:
    """A category on an account that a bookkeeper archives after we read the chart."""
    FirmPreference.objects.filter(firm=connected, key="default_for_dead_accounts").update(on=False)
    category = CategoryFactory(firm=connected, name="Travel by air", account_code="420")
    xero.act("archive-account", code="420")
    return category


def test_choosing_an_account_releases_every_bill_waiting_on_the_cause(
    connected: Firm, admin: User, xero: Xero, travel: ExpenseCategory, person: MakePerson, workers: Workforce
) -> None:
    client = ContactFactory(firm=connected)
    bills = [
        InvoiceFactory(
            firm=connected, contact=client, approved=True, lines=[expense_line(travel, unit_price=Decimal(price))]
        )
        for price in (500, 700)
    ]
    eventually(
        lambda: all(job_of(bill).state == State.NEEDS_YOU for bill in bills), within=30, what="Xero has refused both"
    )
    maya = person()
    maya.signs_in(admin)
    maya.opens(f"/{connected.slug}/invoices/")
    # One press, from the state in the list, leads to the field.
    maya.presses("Choose another account")
    maya.reads("1 cause holds back 2 bills, 1,320.00 AUD. Fix a cause and everything it holds goes.")
    box = maya.page.get_by_role("combobox", name="Choose an account for Travel by air")
    expect(box).to_be_focused()
    maya.chooses("Choose an account for Travel by air", "260")
    maya.presses("Use 260 and send 2 bills")

    # The page that follows them moves by itself.
    with maya.without_reload():
        maya.reads("All 2 are in Xero.")
    assert {job_of(bill).state for bill in bills} == {State.IN_XERO}
    assert xero.summary["accounts"] == {"260": "1200.00"}
    maya.opens(f"/{connected.slug}/needs-you/")
    maya.reads("Everything is in order")
    maya.presses("Fixed lately")
    maya.reads(f"Account 260 for Travel by air, by {admin.name}.")


def test_the_badge_leads_to_the_cards_and_a_wrong_choice_comes_back_with_the_focus_on_it(
    firm: Firm, admin: User, person: MakePerson
) -> None:
    CategoryFactory(firm=firm, name="Travel by air", account_code="420")
    InvoiceFactory(firm=firm, approved=True)
    settle(firm, connect(firm), bills_end(ARCHIVED))
    maya = person()
    maya.signs_in(admin)
    maya.opens(f"/{firm.slug}/invoices/")
    maya.page.get_by_role("link", name="Needs you").first.click()
    box = maya.page.get_by_role("combobox", name="Choose an account for Travel by air")
    expect(box).to_have_value("405 Expenses recovered")
    box.fill("")
    box.press("Tab")
    maya.presses("Use it and send 1 bill")
    maya.reads("No account is chosen. Choose one of the list.")
    expect(box).to_be_focused()
