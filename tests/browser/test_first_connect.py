"""An admin's first quarter of an hour: from "not connected" to a bill that arrives while they look on."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from firms.models import Firm, User
from tests.browser.conftest import MakePerson
from tests.factories import ContactFactory, InvoiceFactory
from tests.processes.eventually import eventually
from tests.processes.workforce import Workforce
from tests.xero import Xero, job_of
from xero_emulator import EmulatorServer
from xero_sync.domain.states import State
from xero_sync.models import XeroConnection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.workers]


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    """With the consent page, as Xero has it."""
    with EmulatorServer(clock=lambda: datetime.now(UTC), auto_consent=False) as server:
        yield server


def test_an_admin_connects_xero_confirms_the_first_send_and_sees_a_bill_arrive(
    firm: Firm, admin: User, xero: Xero, person: MakePerson, workers: Workforce
) -> None:
    bills = [
        InvoiceFactory(firm=firm, contact=ContactFactory(firm=firm), approved=True, issue_date=date(2026, 6, day))
        for day in (30, 2)
    ]
    bills.append(InvoiceFactory(firm=firm, contact=ContactFactory(firm=firm), approved=True))
    maya = person()
    maya.signs_in(admin)
    maya.opens(f"/{firm.slug}/settings/bill-syncing/")
    maya.presses("Connect to Xero")

    maya.page.get_by_role("heading", name="Allow an app to use your books?").wait_for()
    for box in maya.page.get_by_role("checkbox").all():
        box.check()
    maya.presses("Allow access")
    maya.page.get_by_role("radio").first.check()
    maya.presses("Connect")
    maya.reads(re.compile("^Connected to "))
    assert XeroConnection.objects.get(firm=firm).state == "ACTIVE"

    maya.reads("3 bills will go, whatever the date")
    maya.page.locator("#first-send").get_by_label("Send bills issued on or after").fill("2026-07-01")
    maya.presses("Count again")
    maya.reads("1 bill will go, from 1 July 2026")
    maya.chooses("Services", "200")
    maya.chooses("Expenses", "260")
    maya.presses("Save settings")
    assert xero.invoices == []

    maya.page.locator("#first-send").get_by_label("Send bills issued on or after").fill("2026-07-01")
    maya.presses("Count again")
    maya.presses("Send 1 bill")
    eventually(lambda: job_of(bills[2]).state == State.IN_XERO, within=30, what="the bill of July is in Xero")
    assert [job_of(bill).state for bill in bills[:2]] == [State.NOT_SENT, State.NOT_SENT]
    assert [row["number"] for row in xero.invoices] == [bills[2].number]
