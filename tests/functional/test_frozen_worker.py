"""A real worker stopped by SIGSTOP in the middle of its settle transaction, with the firm's lock in hand."""

import os
import signal
import time
from pathlib import Path

import pytest
from django.db import connection

from firms.models import Firm, User
from tests.factories import ContactFactory, InvoiceFactory
from tests.processes import freezing
from tests.processes.eventually import eventually
from tests.processes.fixtures import HireWorkers
from tests.processes.pages import BillWriter
from tests.processes.workforce import QUICK
from tests.xero import Xero, job_of, sync
from xero_sync.domain.states import State
from xero_sync.models import SyncBatch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]

START_SECONDS = 30
IDLE_SECONDS = 2
# As the web process has it, and longer than a frozen transaction lasts.
PATIENCE = "8s"


@pytest.mark.promise("P03", "P10")
def test_a_worker_frozen_while_it_settles_blocks_no_save_and_loses_and_doubles_nothing_when_it_wakes(
    connected: Firm, admin: User, xero: Xero, hire_workers: HireWorkers, tmp_path: Path
) -> None:
    client = ContactFactory(firm=connected)
    sync(connected)
    person, mark = BillWriter(firm=connected, user=admin), tmp_path / "mark"
    bills = [InvoiceFactory(firm=connected, contact=client, approved=True)]
    mark.touch()
    limits = {"DATABASE_IDLE_SECONDS": str(IDLE_SECONDS), freezing.MARK: str(mark)}
    hire_workers({**QUICK, **limits}, include=[freezing.__name__])
    eventually(lambda: freezing.frozen_pid(mark), within=START_SECONDS, what="a worker has stopped")
    assert len(xero.numbered(bills[0].number)) == 1

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = %s", [PATIENCE])
    start = time.monotonic()
    try:
        bills.append(person.write(contact=client))
        took = time.monotonic() - start
        eventually(
            lambda: all(job_of(bill).state == State.IN_XERO for bill in bills), within=30, what="both bills are in Xero"
        )
    finally:
        os.kill(freezing.frozen_pid(mark), signal.SIGCONT)
        connection.close()
    assert took < IDLE_SECONDS + 3

    eventually(lambda: freezing.has_gone_on(mark), within=10, what="the frozen worker has gone on")
    bills.append(person.write(contact=client))
    eventually(lambda: job_of(bills[-1]).state == State.IN_XERO, within=10, what="a third bill is in Xero")
    eventually(lambda: not SyncBatch.objects.filter(closed_at=None).exists(), within=10, what="no batch is open")
    assert {job_of(bill).state for bill in bills} == {State.IN_XERO}
    assert sorted(row["number"] for row in xero.invoices) == sorted(bill.number for bill in bills)
