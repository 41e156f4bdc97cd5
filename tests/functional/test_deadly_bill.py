"""A bill that ends its process while it is mapped, with real Celery processes and the settings of production."""

import pytest

from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory
from tests.processes import deadly
from tests.processes.eventually import eventually
from tests.processes.fixtures import HireWorkers
from tests.xero import Xero, job_of, sync
from xero_sync.domain.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]

START_SECONDS = 30
WITHIN_SECONDS = 60


@pytest.mark.promise("P22")
def test_a_bill_that_kills_its_process_needs_us_and_its_neighbours_are_in_xero_within_a_minute(
    connected: Firm, xero: Xero, hire_workers: HireWorkers
) -> None:
    client = ContactFactory(firm=connected)
    sync(connected)
    numbers = [f"B-{place}" for place in range(21)]
    numbers.insert(8, deadly.DEADLY_NUMBER)
    bills = {number: InvoiceFactory(firm=connected, contact=client, number=number, approved=True) for number in numbers}
    killing = bills.pop(deadly.DEADLY_NUMBER)
    hire_workers({}, include=[deadly.__name__])
    eventually(lambda: job_of(killing).state == State.SENDING, within=START_SECONDS, what="the workers have started")
    eventually(
        lambda: all(job_of(bill).state == State.IN_XERO for bill in bills.values()),
        within=WITHIN_SECONDS,
        what="every other bill is in Xero",
    )
    eventually(
        lambda: job_of(killing).state == State.NEEDS_YOU, within=WITHIN_SECONDS, what="the killing bill needs somebody"
    )
    assert job_of(killing).faults[0]["code"] == "our-fault"
    assert sorted(row["number"] for row in xero.invoices) == sorted(bills)
