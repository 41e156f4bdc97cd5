"""From a saved bill to Xero through real Celery processes, with the broker and the workers dying on the way."""

import pytest

from billing.models import Contact, Invoice
from firms.models import Firm, User
from tests.factories import ContactFactory, InvoiceFactory
from tests.processes.broker import Broker
from tests.processes.eventually import eventually
from tests.processes.fixtures import HireWorkers
from tests.processes.pages import BillWriter
from tests.processes.workforce import QUICK
from tests.xero import Xero, job_of
from xero_sync.domain.states import State
from xero_sync.outbox import nudge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]

START_SECONDS = 30


def arrived(*bills: Invoice) -> bool:
    return all(job_of(bill).state == State.IN_XERO for bill in bills)


@pytest.fixture
def client(connected: Firm) -> Contact:
    return ContactFactory(firm=connected)


@pytest.mark.promise("P02")
def test_a_saved_bill_is_in_xero_within_seconds_and_a_lost_nudge_costs_only_seconds(
    connected: Firm, client: Contact, xero: Xero, hire_workers: HireWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = InvoiceFactory(firm=connected, contact=client, approved=True)
    hire_workers(QUICK)
    eventually(lambda: arrived(first), within=START_SECONDS, what="the workers have started")

    second = InvoiceFactory(firm=connected, contact=client, approved=True)
    eventually(lambda: arrived(second), within=5, what="a saved bill is in Xero")

    monkeypatch.setattr(nudge, "nudge", lambda *, firm_id: False)
    third = InvoiceFactory(firm=connected, contact=client, approved=True)
    eventually(lambda: arrived(third), within=10, what="the sweep has found the bill whose nudge was lost")
    assert [len(xero.numbered(bill.number)) for bill in (first, second, third)] == [1, 1, 1]


@pytest.mark.promise("P02")
def test_while_the_broker_is_dead_every_save_works_and_all_arrives_once_it_is_back(
    connected: Firm, admin: User, client: Contact, xero: Xero, broker: Broker, hire_workers: HireWorkers
) -> None:
    person = BillWriter(firm=connected, user=admin)
    bills = [person.write(contact=client)]
    hire_workers(QUICK)
    eventually(lambda: arrived(*bills), within=START_SECONDS, what="the workers have started")

    # A worker that holds a message when its broker dies must outlive it.
    xero.fault(kind="delay", method="PUT", path="/Invoices", seconds=5)
    bills.append(person.write(contact=client))
    eventually(lambda: job_of(bills[-1]).state == State.SENDING, within=10, what="a bill is being sent")
    broker.kill()
    bills += [person.write(contact=client) for _ in range(5)]
    assert not arrived(*bills)
    broker.start()
    eventually(lambda: arrived(*bills), within=30, what="everything saved meanwhile is in Xero")
    assert all(len(xero.numbered(bill.number)) == 1 for bill in bills)


@pytest.mark.promise("P03", "P04")
def test_a_worker_killed_after_xero_stored_the_bills_leaves_each_in_xero_once(
    connected: Firm, client: Contact, xero: Xero, hire_workers: HireWorkers
) -> None:
    xero.fault(kind="drip", method="PUT", path="/Invoices", seconds=60)
    bills = [InvoiceFactory(firm=connected, contact=client, approved=True) for _ in range(3)]
    workforce = hire_workers({**QUICK, "SYNC_CALL_DEADLINE_SECONDS": "6"})
    eventually(lambda: xero.invoices, within=START_SECONDS, what="Xero has stored the bills")

    workforce.kill_worker()
    assert not any(arrived(bill) for bill in bills)
    workforce.start_worker()
    eventually(lambda: arrived(*bills), within=START_SECONDS, what="a new worker has found them in Xero")
    assert [len(xero.numbered(bill.number)) for bill in bills] == [1, 1, 1]
    assert {job_of(bill).xero_record.total for bill in bills} == {bill.total for bill in bills}
