"""From the red badge to the field, and everything behind the cause goes."""

import re
from decimal import Decimal

import pytest

from expense_categories.models import ExpenseCategory
from firms.models import Firm, User
from tests.browser.conftest import MakePerson
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, expense_line
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


def test_choosing_an_account_releases_every_bill_behind_the_cause(
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
    maya.opens(f"/{connected.slug}/needs-you/")
    maya.reads("1 cause holds back 2 bills, 1,320.00 AUD. Fix a cause and everything behind it goes.")

    maya.presses("Choose an account for Travel by air")
    box = maya.page.get_by_role("combobox", name=re.compile("account", re.IGNORECASE))
    assert box.evaluate("element => element === document.activeElement"), "one press must lead to the field"
    maya.chooses(re.compile("account", re.IGNORECASE), "260")
    maya.presses("Save")

    eventually(lambda: all(job_of(bill).state == State.IN_XERO for bill in bills), within=10, what="both are in Xero")
    assert xero.summary["accounts"] == {"260": "1200.00"}
    maya.opens(f"/{connected.slug}/needs-you/")
    maya.reads("Everything is in order")
