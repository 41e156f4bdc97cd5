"""One Xero organisation: its settings, chart, contacts and invoices."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from xero_emulator.domain.charts import CHARTS, Chart, percent
from xero_emulator.domain.records import Account, Contact, Currency, Invoice, TaxRate
from xero_emulator.domain.shelf import Shelf
from xero_emulator.domain.switches import Switches

ZONES = {
    "AUSEASTERNSTANDARDTIME": "Australia/Sydney",
    "GMTSTANDARDTIME": "Europe/London",
    "EASTERNSTANDARDTIME": "America/New_York",
}
NAMESPACE = uuid.UUID("6f0c1f0e-8d0b-4c61-9f39-5f1f2b6d7a10")


def stable_id(*parts: str) -> str:
    """An id that is the same in every run, so that links into a demo organisation keep working."""
    return str(uuid.uuid5(NAMESPACE, "/".join(parts)))


def new_id() -> str:
    """An id nobody has seen before."""
    return str(uuid.uuid4())


def _contacts() -> Shelf[Contact]:
    return Shelf(
        id_of=lambda contact: contact.contact_id,
        keys={
            "active name": lambda contact: contact.name if contact.status == "ACTIVE" else None,
            "number": lambda contact: contact.number or None,
            "account number": lambda contact: contact.account_number or None,
        },
    )


def _invoices() -> Shelf[Invoice]:
    # Only sales numbers are unique; a supplier's number is not ours to judge.
    return Shelf(
        id_of=lambda invoice: invoice.invoice_id,
        keys={"number": lambda invoice: invoice.number if invoice.type == "ACCREC" else None},
    )


@dataclass
class Organisation:
    """The books of one firm as Xero holds them."""

    organisation_id: str
    name: str
    short_code: str
    chart: Chart
    created: datetime
    accounts: dict[str, Account] = field(default_factory=dict)
    tax_rates: dict[str, TaxRate] = field(default_factory=dict)
    currencies: dict[str, Currency] = field(default_factory=dict)
    contacts: Shelf[Contact] = field(default_factory=_contacts)
    invoices: Shelf[Invoice] = field(default_factory=_invoices)
    # The records of other endpoints, by the endpoint.
    others: dict[str, Shelf[Any]] = field(default_factory=dict)
    period_lock: date | None = None
    year_end_lock: date | None = None
    approval_limit: int | None = None
    is_subscribed: bool = True
    read_only_users: set[str] = field(default_factory=set)
    tracking: list[dict[str, object]] = field(default_factory=list)
    switches: Switches = field(default_factory=Switches)
    _last_number: int = 0

    def shelf(self, endpoint: str, *, make: Callable[[], Shelf[Any]]) -> Shelf[Any]:
        """The records of another endpoint than contacts and invoices; `make` gives the empty shelf."""
        if endpoint not in self.others:
            self.others[endpoint] = make()
        return self.others[endpoint]

    @property
    def shelves(self) -> list[Shelf[Any]]:
        """All records that a client may write."""
        return [self.contacts, self.invoices, *self.others.values()]

    def settle(self) -> None:
        """Keep the stored records: they can no longer be taken back."""
        for shelf in self.shelves:
            shelf.settle()

    def account(self, code: str) -> Account | None:
        """The account with this code, archived or deleted ones too."""
        return self.accounts.get(code.strip().casefold())

    def account_by_id(self, account_id: str) -> Account | None:
        """The account with this id, archived or deleted ones too."""
        return next((account for account in self.accounts.values() if account.account_id == account_id), None)

    def put_account(self, account: Account) -> None:
        """Store an account under its code."""
        self.accounts[account.code.casefold()] = account

    def usable_rate(self, tax_type: str) -> TaxRate | None:
        """The tax rate behind a code, if it may still be used."""
        rate = self.tax_rates.get(tax_type.upper())
        return rate if rate is not None and rate.status == "ACTIVE" else None

    def today(self, now: datetime) -> date:
        """The date in the organisation's own time zone."""
        return now.astimezone(ZoneInfo(ZONES[self.chart.timezone])).date()

    def next_number(self) -> str:
        """The next free number for an invoice that came without one."""
        while True:
            self._last_number += 1
            number = f"INV-{self._last_number:04d}"
            if self.invoices.find(key="number", value=number) is None:
                return number

    @contextmanager
    def attempt(self) -> Iterator["Attempt"]:
        """A stretch of work that can be taken back as a whole."""
        attempt = Attempt(organisation=self, marks={id(shelf): shelf.mark() for shelf in self.shelves})
        try:
            yield attempt
        except BaseException:
            attempt.take_back()
            raise


@dataclass(frozen=True)
class Attempt:
    """Where an organisation's records stood when some work began."""

    organisation: Organisation
    marks: dict[int, int]

    def take_back(self) -> None:
        """Undo everything since."""
        for shelf in self.organisation.shelves:
            # A shelf that was made meanwhile was empty before.
            shelf.take_back(to=self.marks.get(id(shelf), 0))


def build(*, template: str, name: str, organisation_id: str, now: datetime) -> Organisation:
    """A fresh organisation from the chart called ``template`` (AU, UK or US); raises KeyError for another."""
    chart = CHARTS[template]
    short_code = "!" + organisation_id.replace("-", "")[:5].upper()
    built = Organisation(organisation_id=organisation_id, name=name, short_code=short_code, chart=chart, created=now)
    for code, title, kind, tax_type, system in chart.accounts:
        built.put_account(
            Account(
                account_id=stable_id(organisation_id, "account", code),
                code=code,
                name=title,
                type=kind,
                tax_type=tax_type,
                updated=now,
                system_account=system,
                takes_payments=kind == "BANK",
            )
        )
    for tax_type, title, rate, classes, report, status in chart.rates:
        built.tax_rates[tax_type] = TaxRate(
            tax_type=tax_type, name=title, percent=percent(rate), applies_to=classes, report_type=report, status=status
        )
    built.currencies = {code: Currency(code=code, description=title) for code, title in chart.currencies}
    return built
