"""What proves the sentences of the FAQ: one workforce for all of them, and a firm of its own for each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.test import override_settings
from django.urls import reverse

from billing.models import Contact, Invoice
from config.celery import app
from config.xero_urls import XeroUrls
from expense_categories.models import ExpenseCategory
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import ContactFactory, FirmFactory, admin_of
from tests.processes.broker import Broker, using_broker
from tests.processes.eventually import eventually
from tests.processes.person import Person
from tests.processes.workforce import QUICK, Workforce
from tests.xero import Xero, connect_firm, job_of
from xero_emulator import EmulatorServer
from xero_sync.domain.states import State
from xero_sync.models import SyncLane
from xero_sync.outbox import nudge

START_SECONDS = 30
AT_WORK = (State.WAITING, State.SENDING, State.CHECKING)


@contextmanager
def workers_at_work(*, folder: Path, emulator: EmulatorServer) -> Iterator[None]:
    """Real workers on a broker of their own."""
    broker = Broker(folder=folder)
    broker.start()
    places = XeroUrls(login=emulator.url, identity=emulator.url, api=emulator.url)
    credentials = {"XERO_CLIENT_ID": "id", "XERO_CLIENT_SECRET": "secret"}
    earlier, nudge._broker = nudge._broker, nudge._Broker()
    with override_settings(XERO=places, REDIS_URL=broker.url, **credentials), using_broker(app=app, url=broker.url):
        workforce = Workforce(folder=folder, broker_url=broker.url, timing=QUICK)
        workforce.start()
        try:
            yield
        finally:
            workforce.stop()
            broker.kill()
            nudge._broker = earlier


@dataclass
class Office:
    """A connected firm, its admin at the pages, and its organisation in Xero."""

    firm: Firm
    xero: Xero
    admin: Person

    def path(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.firm.slug, *args])

    def opens(self, document: Invoice | Contact, edit: bool = False) -> str:
        """The document's page, or its form."""
        kind = document._meta.model_name
        return self.admin.opens(self.path(f"billing:{kind}-edit" if edit else f"billing:{kind}", document.pk))

    def opens_settings(self) -> str:
        return self.admin.opens(self.path("xero_sync:settings"))

    def saves_settings(self, **typed: str) -> str:
        self.opens_settings()
        return self.admin.presses("Save settings", **typed)

    def switches_on(self, *keys: str) -> str:
        """Tick these beside those that are on, and save."""
        self.opens_settings()
        on = [key for key, stands in self.switches.items() if stands]
        return self.admin.presses("Save switches", on=[*on, *keys])

    @property
    def switches(self) -> dict[str, bool]:
        return dict(self.firm.preferences.values_list("key", "on"))

    def gives_account(self, category: ExpenseCategory, code: str) -> None:
        self.admin.opens(self.path("expense_categories:edit", category.pk))
        self.admin.presses("Save", account_code=code)

    def writes_bill(self, *, contact: Contact, **typed: str) -> Invoice:
        """A new bill of one line, by the form, and approved; `typed` are fields of the line."""
        line = {"kind": "TIME", "description": "Advice", "quantity": "1", "unit_price": "100.00"} | typed
        self.admin.opens(self.path("billing:invoice-new"))
        self.admin.presses(
            "Save",
            contact_id=str(contact.pk),
            issue_date="2026-08-03",
            **{f"lines-0-{name}": value for name, value in line.items()},
        )
        bill = Invoice.objects.latest("pk")
        self.opens(bill)
        self.admin.presses("Approve")
        return bill

    def writes_expense(self, *, contact: Contact, category: ExpenseCategory) -> Invoice:
        return self.writes_bill(contact=contact, kind="EXPENSE", category_id=str(category.pk))

    def edits(self, bill: Invoice, words: str) -> None:
        """Change the description of the bill's first line, by the form."""
        self.opens(bill, edit=True)
        self.admin.presses("Save", **{"lines-0-description": words})

    def waits_for(self, document: Any, state: State, *, within: float = 10) -> Any:
        """The document's job, once the workers have brought it into this state."""
        eventually(lambda: job_of(document).state == state, within=within, what=f"{document} is {state}")
        return job_of(document)

    def arrives(self, *bills: Invoice) -> None:
        """Every one of them stands in Xero as it was last saved."""
        for bill in bills:
            eventually(lambda bill=bill: _as_saved(bill), within=10, what=f"{bill} is in Xero")  # type: ignore[misc]

    def accounts(self, bill: Invoice) -> list[str]:
        """The account of each of the bill's lines in Xero."""
        rows = self.xero.server.xero.organisation(self.xero.organisation_id).invoices
        [found] = [row for row in rows if row.number == bill.number]
        return [line.account_code for line in found.lines]

    def tries_of(self, bill: Invoice) -> int:
        """How many attempts are on record."""
        attempts: int = job_of(bill).sync_attempts.count()
        return attempts

    @property
    def is_quiet(self) -> bool:
        busy = self.firm.sync_jobs.filter(state__in=AT_WORK).exists()
        held = SyncLane.objects.filter(firm=self.firm).exclude(lease_until=None).exists()
        return not busy and not held


@contextmanager
def office_of(*, created_on: date, emulator: EmulatorServer, settings: Any) -> Iterator[Office]:
    """A firm of this day, connected to an organisation that is empty; it is left once its work has come to rest."""
    xero = Xero.started(emulator, settings)
    firm = FirmFactory(created_on=created_on)
    with firm_scope(firm):
        connect_firm(firm=firm, admin=admin_of(firm), xero=xero)
        office = Office(firm=firm, xero=xero, admin=Person(user=admin_of(firm)))
        yield office
        eventually(lambda: office.is_quiet, within=10, what="the workers have come to rest")


def client_of(office: Office, **values: Any) -> Contact:
    """A client of the firm."""
    contact: Contact = ContactFactory(firm=office.firm, **values)
    return contact


def _as_saved(bill: Invoice) -> bool:
    job = job_of(bill)
    return bool(job.state == State.IN_XERO and job.xero_record.confirmed_version == job.desired_version)
