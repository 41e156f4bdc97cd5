"""Outages at full size and with the settings of production; `make faults` prints what was measured."""

import time
from collections.abc import Callable

import pytest

from billing.models import Contact, Invoice
from firms.models import Firm, User
from tests.factories import ContactFactory, InvoiceFactory
from tests.processes.broker import Broker
from tests.processes.eventually import eventually
from tests.processes.fixtures import HireWorkers
from tests.processes.pages import BillWriter
from tests.xero import Xero
from xero_sync.domain.states import State
from xero_sync.models import SyncJob

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers, pytest.mark.long]

SAVES, KILLED_AFTER, BACK_AFTER = 100, 20, 80
RESCUED_WITHIN = 75
Measured = Callable[[str], None]


def in_xero(firm: Firm) -> int:
    return SyncJob.objects.filter(firm=firm, kind="INVOICE", state=State.IN_XERO).count()


def each_once(xero: Xero, bills: list[Invoice]) -> bool:
    numbers = [row["number"] for row in xero.invoices]
    return sorted(numbers) == sorted(bill.number for bill in bills)


@pytest.fixture
def client(connected: Firm) -> Contact:
    return ContactFactory(firm=connected)


@pytest.mark.promise("P02")
def test_a_broker_killed_during_a_hundred_saves_costs_no_save_and_loses_nothing(
    connected: Firm,
    admin: User,
    client: Contact,
    xero: Xero,
    broker: Broker,
    hire_workers: HireWorkers,
    measured: Measured,
) -> None:
    person = BillWriter(firm=connected, user=admin)
    bills, seconds = [person.write(contact=client)], []
    hire_workers({})
    eventually(lambda: in_xero(connected) == 1, within=30, what="the workers have started")
    for number in range(1, SAVES):
        if number == KILLED_AFTER:
            broker.kill()
        if number == BACK_AFTER:
            broker.start()
        start = time.monotonic()
        bills.append(person.write(contact=client))
        seconds.append(time.monotonic() - start)
    waited = eventually(lambda: in_xero(connected) == SAVES, within=120, what="every bill is in Xero")
    assert each_once(xero, bills)
    while_dead = seconds[KILLED_AFTER - 1 : BACK_AFTER - 1]
    measured(f"Broker dead during {len(while_dead)} of {SAVES} saves: 0 error pages, 0 lost, 0 doubled.")
    measured(f"  slowest save (two pages): {max(while_dead):.2f} s without the broker, {max(seconds[:19]):.2f} s with")
    measured(f"  all in Xero {waited:.1f} s after the last save")


@pytest.mark.promise("P03", "P04", "P23")
def test_a_worker_killed_between_xero_and_our_record_is_made_up_for_within_75_seconds(
    connected: Firm, client: Contact, xero: Xero, hire_workers: HireWorkers, measured: Measured
) -> None:
    bills = [InvoiceFactory(firm=connected, contact=client, approved=True) for _ in range(50)]
    xero.fault(kind="drip", method="PUT", path="/Invoices", seconds=60)
    workforce = hire_workers({})
    eventually(lambda: len(xero.invoices) == len(bills), within=30, what="Xero has stored the bills")
    workforce.kill_worker()
    killed = time.monotonic()
    assert in_xero(connected) == 0
    workforce.start_worker()
    eventually(
        lambda: in_xero(connected) == len(bills), within=RESCUED_WITHIN, what="all bills are known to be in Xero"
    )
    took = time.monotonic() - killed
    assert each_once(xero, bills)
    measured(f"Worker killed after Xero stored {len(bills)} bills: each there once, states right {took:.1f} s later.")


@pytest.mark.promise("P03", "P05", "P23")
def test_a_worker_killed_in_the_middle_of_contacts_bills_nobody_twice(
    connected: Firm, xero: Xero, hire_workers: HireWorkers, measured: Measured
) -> None:
    bills = [InvoiceFactory(firm=connected, approved=True) for _ in range(20)]
    xero.fault(kind="drip", method="PUT", path="/Contacts", seconds=60)
    workforce = hire_workers({})
    eventually(lambda: len(xero.contacts) == len(bills), within=30, what="Xero has stored the contacts")
    workforce.kill_worker()
    killed = time.monotonic()
    workforce.start_worker()
    eventually(lambda: in_xero(connected) == len(bills), within=RESCUED_WITHIN, what="all bills are in Xero")
    took = time.monotonic() - killed
    assert each_once(xero, bills)
    assert len({row["name"] for row in xero.contacts}) == len(xero.contacts) == len(bills)
    measured(
        f"Worker killed after Xero stored {len(bills)} contacts: each there once, bills in Xero {took:.1f} s later."
    )
