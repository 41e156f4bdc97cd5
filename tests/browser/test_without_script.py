"""Every journey a person needs, in a browser that runs no script."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Invoice
from firms.models import Firm, User
from tests.browser.conftest import MakePerson
from tests.browser.person import Person
from tests.factories import ContactFactory, InvoiceFactory, MembershipFactory
from tests.xero import Xero, job_of, sync
from xero_sync.domain.states import State
from xero_sync.models import XeroChart

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def ines(firm: Firm, person: MakePerson) -> Person:
    """Billing staff with script switched off."""
    someone = person(script=False)
    someone.signs_in(MembershipFactory(firm=firm).user)
    return someone


def test_a_list_is_filtered(firm: Firm, ines: Person) -> None:
    for day in (1, 20):
        InvoiceFactory(firm=firm, issue_date=date(2026, 7, day))
    ines.opens(f"/{firm.slug}/invoices/")
    assert ines.page.locator("tbody tr").count() == 2
    ines.page.locator("summary", has_text="Filter").click()
    ines.page.get_by_label("Issued from").fill("2026-07-10")
    ines.presses("Show")
    assert ines.page.locator("tbody tr").count() == 1
    ines.page.get_by_role("link", name=re.compile("^In Xero 0$")).click()
    ines.reads("No bill passes these filters")
    ines.presses("Show all bills")
    assert ines.page.locator("tbody tr").count() == 2


def test_a_bill_with_a_second_line_is_saved(firm: Firm, ines: Person) -> None:
    ContactFactory(firm=firm, name="Meridian Shipping Ltd", client_number="C-1042")
    ines.opens(f"/{firm.slug}/invoices/new/")
    ines.page.get_by_label("Client", exact=True).select_option(label="Meridian Shipping Ltd (C-1042)")
    for number, price in ((1, "100"), (2, "50")):
        if number > 1:
            ines.presses("Add a line")
        ines.page.get_by_label(f"What, line {number}", exact=True).fill("Advice")
        ines.page.get_by_label(f"Price, line {number}", exact=True).fill(price)
    ines.presses("Save")
    ines.reads("Draft. Issued")
    assert Invoice.objects.get(firm=firm).total == Decimal("165.00")


def test_a_bill_is_sent_again(connected: Firm, xero: Xero, ines: Person) -> None:
    client = ContactFactory(firm=connected)
    sync(connected)
    xero.act("lock-dates", period="2026-07-31")
    bill = InvoiceFactory(firm=connected, contact=client, approved=True, issue_date=date(2026, 7, 3))
    # Xero's refusal has the lock dates read again; then the bill waits for them.
    sync(connected)
    sync(connected)
    XeroChart.objects.update(refreshed_at=timezone.now() - timedelta(minutes=1))
    ines.opens(f"/{connected.slug}/invoices/{bill.pk}/")
    assert ines.head.inner_text().strip() == "On hold"
    xero.act("lock-dates", period="")
    ines.presses("Retry")
    sync(connected)
    assert job_of(bill).state == State.IN_XERO
    ines.opens(f"/{connected.slug}/invoices/{bill.pk}/")
    assert ines.head.inner_text().strip() == "In Xero"


def test_an_account_is_chosen_for_a_category(connected: Firm, admin: User, person: MakePerson) -> None:
    maya = person(script=False)
    maya.signs_in(admin)
    maya.opens(f"/{connected.slug}/expense-categories/new/")
    maya.page.get_by_label("Name").fill("Air travel")
    maya.page.locator("select[name=account_code]").select_option("412")
    maya.presses("Save")
    maya.page.get_by_role("row", name="Air travel").get_by_text("412").wait_for()
