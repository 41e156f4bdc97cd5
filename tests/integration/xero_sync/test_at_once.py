"""Saves, turns, retries and holds of one firm at the same time, each on its own connection to the database.

The oracle: what is here and what is in Xero's books agree: lost 0, duplicated 0, stale 0.
"""

import importlib
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice
from firms.models import Firm, User
from firms.refusals import EditConflict
from firms.scope import all_firms, firm_scope
from tests.factories import ContactFactory, InvoiceFactory, time_line
from tests.xero import Xero, sync
from xero_sync import outbox
from xero_sync.actions import change_settings
from xero_sync.domain.states import State
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import Cause, SyncAttempt, SyncBatch, SyncJob, XeroConnection

enqueue = importlib.import_module("xero_sync.outbox.enqueue")

pytestmark = pytest.mark.django_db(transaction=True)

EDITS = 8
SAVERS = 5


def at_once(firm: Firm, *works: Callable[[], None]) -> None:
    """Run each in a thread of its own, all starting together, in the firm's scope; what one raises is raised here."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            with firm_scope(firm):
                start.wait()
                work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(run, work) for work in works]:
            done.result()


@dataclass
class Books:
    """A firm's bills and clients, and people who change them."""

    firm: Firm
    bills: list[Invoice]
    clients: list[Contact]

    def edit(self, bill: Invoice, words: str) -> None:
        """One person's save; another's in between is refused, and the person saves again."""
        while True:
            row = Invoice.objects.get(pk=bill.pk)
            line = row.lines.get()
            client = random.choice(self.clients)
            values = services.InvoiceValues(contact_id=client.pk, issue_date=row.issue_date, number=row.number)
            try:
                services.save_invoice(
                    firm=self.firm,
                    actor=None,
                    invoice=row,
                    expected_version=row.version,
                    values=values,
                    lines=[time_line(pk=line.pk, description=words)],
                )
            except EditConflict:
                continue
            return

    def write_to(self, client: Contact, email: str) -> None:
        while True:
            row = Contact.objects.get(pk=client.pk)
            values = services.ContactValues(name=row.name, client_number=row.client_number, emails=(email,))
            try:
                services.save_contact(
                    firm=self.firm, actor=None, contact=row, expected_version=row.version, values=values
                )
            except EditConflict:
                continue
            return


@pytest.fixture
def books(connected: Firm) -> Books:
    clients = [ContactFactory(firm=connected) for _ in range(3)]
    bills = [InvoiceFactory(firm=connected, contact=clients[n % 3], approved=True) for n in range(6)]
    return Books(connected, bills, clients)


def check(books: Books, xero: Xero) -> None:
    """Compare the database with the emulator's books, document by document."""
    organisation = xero.server.xero.organisation(xero.organisation_id)
    by_number: dict[str, list[Any]] = {}
    for row in organisation.invoices:
        by_number.setdefault(row.number, []).append(row)
    names = {row.contact_id: row for row in organisation.contacts}
    for bill in Invoice.objects.filter(firm=books.firm):
        job = SyncJob.objects.get(kind="INVOICE", object_id=bill.pk)
        assert (job.state, job.xero_record.confirmed_version) == (State.IN_XERO, job.desired_version), (
            bill,
            job.faults,
        )
        [row] = by_number.pop(bill.number)
        assert row.lines[0].description == bill.lines.get().description
        assert row.total == bill.total
        assert names[row.contact_id].name == bill.contact.name
    assert by_number == {}
    for client in books.clients:
        client.refresh_from_db()
        [row] = [row for row in organisation.contacts if row.name == client.name]
        assert (row.email or "") == (client.emails[0] if client.emails else "")
    assert not SyncBatch.objects.filter(closed_at=None).exists()
    assert not SyncAttempt.objects.filter(outcome="").exists()
    assert not Cause.objects.filter(closed_at=None).exists()


def drain(firm: Firm) -> None:
    for _ in range(6):
        SyncJob.objects.filter(state=State.TRYING_AGAIN).update(due_at=timezone.now())
        sync(firm)


class Bustle:
    """Savers and a meddler, and workers who take turns until all of those are done."""

    def __init__(self, books: Books, admin: User) -> None:
        self.books, self.firm, self.admin = books, books.firm, admin
        self.at_work = threading.Barrier(SAVERS + 1, action=self._end)
        self.ended = False

    def _end(self) -> None:
        self.ended = True

    def saver(self, number: int) -> None:
        try:
            for edit in range(EDITS):
                self.books.edit(random.choice(self.books.bills), f"edit {edit} of saver {number}")
                if edit % 3 == 0:
                    self.books.write_to(random.choice(self.books.clients), f"c{edit}.{number}@example.com")
        finally:
            self.at_work.wait()

    def meddler(self) -> None:
        try:
            for number in range(EDITS):
                ids = list(SyncJob.objects.filter(firm=self.firm).values_list("pk", flat=True))
                outbox.retry(firm=self.firm, job_ids=ids, now=timezone.now())
                act = change_settings.resume_syncing if number % 2 else change_settings.pause_syncing
                act(firm=self.firm, actor=self.admin, now=timezone.now())
                outbox.release(firm=self.firm, codes=["account-archived"], now=timezone.now())
        finally:
            self.at_work.wait()

    def worker(self) -> None:
        while not self.ended:
            sync(self.firm)
            with all_firms():
                outbox.recover(now=timezone.now(), deadline_s=0, look_up_after_s=0)


@pytest.mark.promise("P06")
def test_saves_turns_retries_and_holds_of_one_firm_at_once(
    books: Books, xero: Xero, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xero_sync.engine.turn._allowed", lambda turn, person: True)
    xero.control("POST", "limits", minute=0, concurrent=0, day=0, app_minute=0)
    for kind in ("cut", "cut_after"):
        xero.fault(kind=kind, method="PUT", path="Invoices")
        xero.fault(kind=kind, method="POST", path="Invoices", skip=1)
    bustle = Bustle(books, admin)
    savers = [partial(bustle.saver, number) for number in range(SAVERS)]
    at_once(books.firm, *savers, bustle.meddler, bustle.worker, bustle.worker)
    drain(books.firm)
    check(books, xero)


@pytest.mark.promise("P05")
def test_ten_first_bills_of_a_new_client_at_once_make_one_contact(connected: Firm, xero: Xero) -> None:
    client = ContactFactory(firm=connected)

    def first_bill() -> None:
        InvoiceFactory(firm=connected, contact=client, approved=True)

    def turn() -> None:
        for _ in range(4):
            sync(connected)

    at_once(connected, *[first_bill] * 10, turn, turn)
    drain(connected)
    check(Books(connected, [], [client]), xero)
    assert Invoice.objects.count() == 10


@pytest.mark.promise("P01")
def test_of_two_saves_at_once_both_versions_count(connected: Firm) -> None:
    bill = InvoiceFactory(firm=connected, approved=True)
    before = SyncJob.objects.get(kind="INVOICE").desired_version

    def save() -> None:
        for _ in range(5):
            saved = INVOICE.rows.read_saved(firm=connected, object_ids=[bill.pk])
            with transaction.atomic():
                outbox.enqueue(firm=connected, kind=INVOICE, saved=saved, now=timezone.now())

    at_once(connected, *[save] * 6)
    assert SyncJob.objects.get(kind="INVOICE").desired_version == before + 30


@pytest.mark.promise("P08")
def test_a_claim_between_a_saves_look_and_its_move_takes_nothing(
    connected: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the save would put a bill back in line that is being sent."""
    bill = InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    SyncJob.objects.filter(kind="INVOICE").update(state=State.WAITING, due_at=timezone.now())
    lane = outbox.take_lane(firm=connected, holder="one", lease_seconds=60)
    assert lane is not None
    claims: list[outbox.ClaimedBatch | None] = []
    original = enqueue.move

    def move(moves: Any, **given: Any) -> None:
        if moves[0].job.kind == "INVOICE":
            at_once(
                connected,
                lambda: claims.append(
                    outbox.claim(lane=lane, xero_connection=XeroConnection.objects.get(), now=timezone.now(), limit=50)
                ),
            )
        original(moves, **given)

    monkeypatch.setattr(enqueue, "move", move)
    Books(connected, [bill], [bill.contact]).edit(bill, "Saved meanwhile")
    assert claims == [None]


@pytest.mark.promise("P09")
def test_no_job_is_claimed_twice(connected: Firm) -> None:
    for _ in range(20):
        ContactFactory(firm=connected)
    lane = outbox.take_lane(firm=connected, holder="one", lease_seconds=60)
    assert lane is not None
    claims: list[int] = []

    def claim() -> None:
        for _ in range(5):
            taken = outbox.claim(lane=lane, xero_connection=XeroConnection.objects.get(), now=timezone.now(), limit=1)
            claims.extend(job.pk for job in taken.jobs) if taken else None

    at_once(connected, *[claim] * 4)
    assert len(claims) == len(set(claims)) == 20


def test_a_resume_and_a_save_at_once_leave_nothing_on_hold(connected: Firm, admin: User) -> None:
    """A save that still read "paused" must not put its bill on hold without the resume seeing the bill."""
    client = ContactFactory(firm=connected)
    for _ in range(5):
        change_settings.pause_syncing(firm=connected, actor=admin, now=timezone.now())
        at_once(
            connected,
            lambda: change_settings.resume_syncing(firm=connected, actor=admin, now=timezone.now()),
            *[lambda: InvoiceFactory(firm=connected, contact=client, approved=True)] * 4,
        )
        assert not SyncJob.objects.filter(state=State.ON_HOLD).exists()
