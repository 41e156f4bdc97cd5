"""Workers lost in the middle of a batch: its documents are parted, and the one that ends its workers needs us."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from celery.exceptions import WorkerLostError
from celery.signals import task_failure
from django.db import OperationalError, connection
from django.utils import timezone

from billing.models import Contact
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory
from tests.integration.xero_sync.clocks import Worker, approved, claim, edit, in_xero, sent_before
from tests.xero import Xero, job_of, sync
from xero_sync import outbox
from xero_sync.domain.states import Outcome, State
from xero_sync.kinds.invoice import spec
from xero_sync.models import Cause, SyncAttempt, SyncBatch, SyncJob, SyncLane
from xero_sync.tasks import sync_firm_task

pytestmark = pytest.mark.django_db(transaction=True)
NOW = {"deadline_s": 0, "look_up_after_s": 0}


@pytest.fixture
def client(connected: Firm) -> Contact:
    """A client who is in Xero."""
    contact: Contact = ContactFactory(firm=connected)
    sync(connected)
    return contact


def lose(worker: Worker) -> None:
    """The worker is gone, its lease runs out, and its batch is found; the ladder's waits are over too."""
    SyncLane.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox.recover(now=timezone.now(), **NOW) == len(worker.claimed.jobs)
    SyncJob.objects.filter(state=State.TRYING_AGAIN).update(due_at=timezone.now())


def lose_alone(firm: Firm, times: int) -> None:
    for _ in range(times):
        lose(Worker.at(firm))


class ProcessDied(BaseException):
    """Ends a turn as a dying process would: no handler of the engine sees it."""


@pytest.mark.promise("P22")
def test_a_bill_that_ends_its_workers_is_parted_from_its_neighbours_which_go_over(
    client: Contact, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    bills = [approved(client) for _ in range(22)]
    deadly = bills[13]
    sizes = []
    original = spec.map_invoice

    def map_or_die(document: Any, **given: Any) -> Any:
        if document.number == deadly.number:
            sizes.append(SyncJob.objects.filter(batch=job_of(deadly).batch).count())
            raise ProcessDied
        return original(document, **given)

    monkeypatch.setattr(spec, "map_invoice", map_or_die)
    while job_of(deadly).state != State.NEEDS_YOU:
        with pytest.raises(ProcessDied):
            sync(client.firm)
        outbox.recover(now=timezone.now(), **NOW)
        SyncJob.objects.filter(state=State.TRYING_AGAIN).update(due_at=timezone.now())
    assert sizes == [22, 11, 5, 2, 1, 1, 1]
    assert {job_of(bill).state for bill in bills if bill != deadly} == {State.IN_XERO}
    assert sorted(row["number"] for row in xero.invoices) == sorted(bill.number for bill in bills if bill != deadly)


def test_what_is_new_never_joins_what_lost_a_worker(client: Contact) -> None:
    lost = [approved(client) for _ in range(4)]
    lose(Worker.at(client.firm))
    fresh = [approved(client) for _ in range(3)]
    lane = outbox.take_lane(firm=client.firm, holder="worker", lease_seconds=60)
    assert lane is not None
    batches = []
    while (claimed := claim(lane, now=timezone.now())) is not None:
        batches.append({job.pk for job in claimed.jobs})
    ids = [job_of(bill).pk for bill in lost]
    assert batches == [set(ids[:2]), set(ids[2:]), {job_of(bill).pk for bill in fresh}]


def test_a_bill_that_ends_its_workers_before_it_is_sent_needs_us_and_is_not_tried_again(
    client: Contact, xero: Xero
) -> None:
    invoice = approved(client)
    lose_alone(client.firm, 3)
    job = job_of(invoice)
    assert (job.state, [fault["code"] for fault in job.faults]) == (State.NEEDS_YOU, ["our-fault"])
    assert Cause.objects.get(closed_at=None).code == "our-fault"
    assert SyncAttempt.objects.get(job=job).outcome == Outcome.REFUSED
    assert not SyncBatch.objects.filter(closed_at=None).exists()
    sync(client.firm)
    assert xero.numbered(invoice.number) == []

    outbox.retry(firm=client.firm, job_ids=[job.pk], now=timezone.now())
    approved(client)
    assert Worker.at(client.firm).job_ids == [job.pk]


def test_a_retry_after_our_fix_sends_the_bill_and_the_next_save_goes_with_others_again(
    client: Contact, xero: Xero
) -> None:
    invoice = approved(client)
    lose_alone(client.firm, 3)
    outbox.retry(firm=client.firm, job_ids=[job_of(invoice).pk], now=timezone.now())
    sync(client.firm)
    job = job_of(invoice)
    assert (job.state, job.batch_limit, job.attempts, job.cause) == (State.IN_XERO, None, 0, None)


def test_a_bill_that_ends_its_workers_while_it_is_sent_needs_us(client: Contact) -> None:
    invoice = in_xero(client)
    sent_before(invoice, 3)
    edit(invoice, "Deadly")
    for _ in range(3):
        worker = Worker.at(client.firm)
        worker.freeze()
        lose(worker)
    job = job_of(invoice)
    assert (job.state, [fault["code"] for fault in job.faults]) == (State.NEEDS_YOU, ["our-fault-while-sending"])
    last = SyncAttempt.objects.filter(job=job).latest("pk")
    assert (last.outcome, last.exception) == (Outcome.UNKNOWN, "WorkerLost")


def test_a_look_that_ends_its_workers_needs_us_and_says_that_the_bill_may_be_in_xero(client: Contact) -> None:
    invoice = approved(client)
    worker = Worker.at(client.firm)
    worker.freeze()
    lose(worker)
    assert job_of(invoice).state == State.CHECKING
    for _ in range(2):
        SyncJob.objects.update(due_at=timezone.now())
        lose(Worker.at(client.firm))
    job = job_of(invoice)
    assert (job.state, job.faults[0]["code"]) == (State.NEEDS_YOU, "our-fault-while-sending")


def test_a_client_that_ends_its_workers_holds_its_own_bills_and_no_others(client: Contact, connected: Firm) -> None:
    deadly = ContactFactory(firm=connected)
    bill = InvoiceFactory(firm=connected, contact=deadly, approved=True)
    lose_alone(connected, 3)
    assert (job_of(deadly).state, job_of(bill).state) == (State.NEEDS_YOU, State.ON_HOLD)
    assert job_of(bill).cause == job_of(deadly).cause


def test_a_bill_saved_again_meanwhile_is_tried_again(client: Contact) -> None:
    invoice = approved(client)
    lose_alone(client.firm, 2)
    worker = Worker.at(client.firm)
    edit(invoice, "Corrected")
    lose(worker)
    assert (job_of(invoice).state, job_of(invoice).attempts) == (State.WAITING, 0)


@pytest.mark.parametrize(("fault", "limit"), [(OperationalError(), None), (ArithmeticError(), 2)])
def test_a_fault_of_ours_parts_the_documents_and_one_of_the_database_does_not(
    client: Contact, monkeypatch: pytest.MonkeyPatch, fault: Exception, limit: int | None
) -> None:
    bills = [approved(client) for _ in range(4)]

    def fail(*_: Any, **__: Any) -> None:
        raise fault

    monkeypatch.setattr(outbox, "freeze", fail)
    with pytest.raises(type(fault)):
        sync(client.firm)
    assert {(job_of(bill).state, job_of(bill).batch_limit) for bill in bills} == {(State.WAITING, limit)}


def test_a_fault_of_ours_that_comes_each_time_needs_us(client: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = approved(client)

    def fail(*_: Any, **__: Any) -> None:
        raise ArithmeticError

    monkeypatch.setattr(outbox, "freeze", fail)
    for _ in range(3):
        SyncJob.objects.update(due_at=timezone.now())
        with pytest.raises(ArithmeticError):
            sync(client.firm)
    assert (job_of(invoice).state, job_of(invoice).faults[0]["code"]) == (State.NEEDS_YOU, "our-fault")


class Request:
    hostname = "worker1@test"


@pytest.mark.parametrize(
    ("exception", "task_id", "ends"),
    [
        (WorkerLostError("signal 9"), "task-1", True),
        (WorkerLostError("signal 9"), "task-2", False),
        (ArithmeticError(), "task-1", False),
    ],
)
def test_the_lease_of_a_process_that_died_ends_at_once_and_nobody_elses(
    client: Contact, exception: Exception, task_id: str, ends: bool
) -> None:
    holder = outbox.name_holder(worker=Request.hostname, task_id="task-1")
    assert outbox.take_lane(firm=client.firm, holder=holder, lease_seconds=60) is not None
    sync_firm_task.request_stack.push(Request())
    try:
        task_failure.send(
            sender=sync_firm_task, task_id=task_id, exception=exception, kwargs={"firm_id": client.firm.pk}
        )
    finally:
        sync_firm_task.request_stack.pop()
    again = outbox.take_lane(firm=client.firm, holder="another", lease_seconds=60)
    assert (again is not None) is ends


def test_a_worker_whose_transaction_was_ended_while_it_settled_recovers_like_a_killed_one(
    client: Contact, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = approved(client)
    module = import_module("xero_sync.outbox.settle")
    lock = module.lock_firm

    def lock_and_be_ended(*, firm_id: int) -> None:
        lock(firm_id=firm_id)
        monkeypatch.setattr(module, "lock_firm", lock)
        end_session(connection)

    monkeypatch.setattr(module, "lock_firm", lock_and_be_ended)
    with pytest.raises(OperationalError):
        sync(client.firm)
    job = job_of(invoice)
    assert (job.state, job.batch_limit) == (State.CHECKING, None)
    assert not SyncBatch.objects.filter(closed_at=None).exists()
    SyncJob.objects.update(due_at=timezone.now())
    sync(client.firm)
    assert (job_of(invoice).state, len(xero.numbered(invoice.number))) == (State.IN_XERO, 1)


def end_session(ended: Any) -> None:
    """End a session as the server does when a transaction rested too long."""
    other = ended.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended.connection.info.backend_pid])
        assert cursor.fetchone() == (True,)
    other.close()
