"""Whether the bills of a file may be imported into a firm, a slice at a time, with a fault by line for each that may
not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from billing.domain.import_states import ImportState
from billing.imports.files import FaultLog, LineFault, quoted
from billing.imports.ledes import BillRead, LedesInvoice
from billing.imports.ledes_tax import TaxTreatment, is_tax
from billing.models import Contact, Invoice, InvoiceState, Matter, UsedInvoiceNumber
from billing.services.client_names import ClientNames, is_name
from billing.services.ledes_taxed import Rate, Rates, TaxedBill, TaxRefused, tax_bill
from billing.services.limits import EARLIEST, LARGEST_AMOUNT, LATEST, decimals_fault
from expense_categories.models import ExpenseCategory
from firms.currencies import currency_fault
from firms.models import Firm


@dataclass(frozen=True)
class Surroundings:
    """What the firm has of what some bills name: contacts by client number, matters by number, categories by UTBMS
    code, its tax rates and currency, and the fingerprint of each number that is used already. `taken_back` are the
    bills of earlier imports that never left and became void with them, by number: they are taken up again.
    A file may have clients' names for their numbers; `namesakes` are names that several contacts have.
    """

    contacts: Mapping[str, Contact]
    matters: Mapping[str, Matter]
    categories: Mapping[str, ExpenseCategory]
    rates: Rates
    currency: str
    used: Mapping[str, str]
    taken_back: Mapping[str, Invoice] = field(default_factory=dict)
    namesakes: frozenset[str] = frozenset()

    def with_created(self, *, contacts: Sequence[Contact], matters: Mapping[str, Matter]) -> "Surroundings":
        """The same with what the import has created."""
        created = {contact.client_number: contact for contact in contacts}
        return replace(self, contacts={**self.contacts, **created}, matters={**self.matters, **matters})


class FirmBooks(NamedTuple):
    """What of a firm's does not depend on the bills of a file: its categories by UTBMS code, and its tax rates."""

    categories: Mapping[str, ExpenseCategory]
    rates: Rates


def read_books(*, firm: Firm) -> FirmBooks:
    """Read them in two statements."""
    categories = {row.utbms_code: row for row in firm.expense_categories.exclude(utbms_code="")}
    return FirmBooks(categories, firm_rates(firm=firm))


def surroundings(*, firm: Firm, books: FirmBooks, bills: Iterable[LedesInvoice]) -> Surroundings:
    """Read what is missing in four statements, and one more if the file names clients by their names."""
    listed = list(bills)
    contacts, namesakes = _find_contacts(firm, {bill.client_id for bill in listed})
    matter_ids = {number for bill in listed for number in bill.matter_ids}
    numbers = {bill.number for bill in listed}
    undone = firm.invoices.filter(
        number__in=numbers, state=InvoiceState.VOID, held=True, source_import__state=ImportState.UNDONE
    )
    taken_back = {invoice.number: invoice for invoice in undone}
    used = UsedInvoiceNumber.objects.filter(firm=firm, number__in=numbers - set(taken_back))
    return Surroundings(
        contacts=contacts,
        namesakes=namesakes,
        matters={
            matter.number: matter for matter in firm.matters.select_related("contact").filter(number__in=matter_ids)
        },
        categories=books.categories,
        rates=books.rates,
        currency=firm.currency,
        used=dict(used.values_list("number", "invoice__import_fingerprint")),
        taken_back=taken_back,
    )


def _find_contacts(firm: Firm, client_ids: set[str]) -> tuple[dict[str, Contact], frozenset[str]]:
    """The contacts that the file means, and the names that several contacts have."""
    found = {contact.client_number: contact for contact in firm.contacts.filter(client_number__in=client_ids)}
    names = {client_id for client_id in client_ids if client_id not in found and is_name(client_id)}
    if not names:
        return found, frozenset()
    by_name: dict[str, list[Contact]] = {}
    for contact in firm.contacts.filter(name__in=names):
        by_name.setdefault(contact.name, []).append(contact)
    found |= {name: contacts[0] for name, contacts in by_name.items() if len(contacts) == 1}
    return found, frozenset(name for name, contacts in by_name.items() if len(contacts) > 1)


def firm_rates(*, firm: Firm) -> Rates:
    """The firm's tax rates, its usual one first."""
    return Rates(tuple(Rate(rate.name, rate.percent) for rate in firm.tax_rates.order_by("-is_default", "name")))


class Verdict(StrEnum):
    NEW = "new"
    UNCHANGED = "unchanged"  # here already, with the same content
    CREDIT = "credit"  # below zero: left out until there are credit notes
    REFUSED = "refused"


@dataclass(frozen=True)
class CheckedBill:
    """One bill of a file and what comes of it. `taxed` is there for a new bill, `faults` for a refused one."""

    read: BillRead
    verdict: Verdict
    taxed: TaxedBill | None = None
    faults: tuple[LineFault, ...] = ()
    fault_count: int = 0
    notes: tuple[LineFault, ...] = ()
    note_count: int = 0


@dataclass
class BillsCheck:
    """Checks the bills of one file in their order, and remembers whose a matter is.

    A client who is not here is created with the name that `names` has, or refused.
    """

    treatment: TaxTreatment
    create_contacts: bool
    names: ClientNames
    _owners: dict[str, str] = field(default_factory=dict)
    _refused_clients: set[str] = field(default_factory=set)

    def check_bills(self, *, reads: Sequence[BillRead], around: Surroundings) -> list[CheckedBill]:
        """What comes of each; `around` is what the firm has of what these bills name."""
        for number, matter in around.matters.items():
            self._owners.setdefault(number, matter.contact.client_number)
        bills = [read.bill for read in reads if read.bill]
        self.names.find_missing(bills=[bill for bill in bills if bill.client_id not in around.contacts])
        return [self._check(read, around) for read in reads]

    def _check(self, read: BillRead, around: Surroundings) -> CheckedBill:
        bill, faults = read.bill, FaultLog(file=read.file)
        faults.extend(faults=read.faults, count=read.fault_count)
        notes = FaultLog(file=read.file)
        notes.extend(faults=read.notes, count=read.note_count)
        verdict, taxed = Verdict.REFUSED, None
        if bill is not None and bill.total < 0:
            verdict = Verdict.CREDIT
            notes.add(line_number=bill.line_number, field="INVOICE_TOTAL", message=_is_credit(bill))
        elif bill is not None and bill.number in around.used:
            if around.used[bill.number] == bill.fingerprint:
                verdict = Verdict.UNCHANGED
            else:
                faults.add(line_number=bill.line_number, field="INVOICE_NUMBER", message=_differs(bill))
        elif bill is not None:
            taxed = self._check_new(bill, around, faults)
            verdict = Verdict.REFUSED if faults.count else Verdict.NEW
        kept = taxed if verdict is Verdict.NEW else None
        return CheckedBill(read, verdict, kept, faults.shown, faults.count, notes.shown, notes.count)

    def _check_new(self, bill: LedesInvoice, around: Surroundings, faults: FaultLog) -> TaxedBill | None:
        if bill.client_id in around.namesakes:
            faults.add(line_number=bill.line_number, field="CLIENT_ID", message=_several(bill.client_id))
            return None
        self._check_client(bill, around, faults)
        known = around.contacts.get(bill.client_id)
        _check_matters(bill, known.client_number if known else bill.client_id, self._owners, faults)
        _check_figures(bill, faults)
        _check_codes(bill, around, faults)
        if fault := currency_fault(currency_of(bill, around)):
            faults.add(line_number=bill.line_number, field="INVOICE_CURRENCY", message=fault)
            return None
        taxed = tax_bill(bill=bill, treatment=self.treatment, rates=around.rates)
        if isinstance(taxed, TaxRefused):
            faults.add(line_number=taxed.line_number, field="LINE_ITEM_TOTAL", message=taxed.message)
            return None
        _check_decimals(taxed, around, faults)
        return taxed

    def _check_client(self, bill: LedesInvoice, around: Surroundings, faults: FaultLog) -> None:
        """Every bill of an unknown client is refused; the client's first says why for all of them."""
        number = bill.client_id
        if number in around.contacts or (self.create_contacts and self.names.find(number)):
            return
        first = number not in self._refused_clients
        self._refused_clients.add(number)
        message = _no_client(number) if not self.create_contacts else _no_name(number)
        faults.add(line_number=bill.line_number, field="CLIENT_ID", message=message if first else _as_before(number))


def _check_matters(bill: LedesInvoice, client: str, owners: dict[str, str], faults: FaultLog) -> None:
    for number in bill.matter_ids:
        owner = owners.setdefault(number, client)
        if owner != client:
            message = (
                f"Matter {quoted(number)} is client {quoted(owner)}'s, and this bill is client {quoted(client)}'s. A "
                "matter has one client."
            )
            faults.add(line_number=bill.line_number, field="LAW_FIRM_MATTER_ID", message=message)


def _check_figures(bill: LedesInvoice, faults: FaultLog) -> None:
    if not EARLIEST <= bill.invoice_date <= LATEST:
        message = f"Bill {bill.number} is dated {bill.invoice_date}; we take {EARLIEST.year} to {LATEST.year}."
        faults.add(line_number=bill.line_number, field="INVOICE_DATE", message=message)
    # Tax comes on top, at most as much again.
    if bill.total.copy_abs() * Decimal(2) > LARGEST_AMOUNT:
        message = f"Bill {bill.number} comes to {bill.total:,}, which is more than can be kept or sent."
        faults.add(line_number=bill.line_number, field="INVOICE_TOTAL", message=message)


def currency_of(bill: LedesInvoice, around: Surroundings) -> str:
    """The file's currency, or the firm's if it names none."""
    return bill.currency or around.currency


def _check_decimals(taxed: TaxedBill, around: Surroundings, faults: FaultLog) -> None:
    """The bill's currency may have no cents; and so is the total with tax."""
    bill, currency = taxed.bill, currency_of(taxed.bill, around)
    for line in bill.lines:
        if fault := decimals_fault(amount=line.amount, currency=currency):
            faults.add(line_number=line.line_number, field="LINE_ITEM_TOTAL", message=fault)
    # Tax inside the amounts may have cents, since the client owes the total.
    on_top = taxed.totals.total - bill.total
    if fault := decimals_fault(amount=on_top, currency=currency):
        message = f"The tax on bill {bill.number}: {fault}"
        faults.add(line_number=bill.line_number, field="INVOICE_TOTAL", message=message)


def _check_codes(bill: LedesInvoice, around: Surroundings, faults: FaultLog) -> None:
    for line in bill.lines:
        if line.expense_code and not line.is_time and line.expense_code not in around.categories and not is_tax(line):
            message = (
                f"The firm has no expense category with the code {quoted(line.expense_code)}. A firm admin can give a "
                "category this code; then import the file again."
            )
            faults.add(line_number=line.line_number, field="LINE_ITEM_EXPENSE_CODE", message=message)


def _is_credit(bill: LedesInvoice) -> str:
    """Nobody can approve a bill below zero."""
    return f"Bill {bill.number} comes to {bill.total:,.2f}: it is left out and waits for credit notes."


def _differs(bill: LedesInvoice) -> str:
    return (
        f"Bill {quoted(bill.number)} is here already, with other content. An import never changes a bill: edit it on "
        "its page, or take it out of the file."
    )


def _no_client(number: str) -> str:
    return (
        f"There is no client {quoted(number)}. Import your contacts first, or let the import create clients that are "
        "missing."
    )


def _several(name: str) -> str:
    return f"Several clients are called {quoted(name)}. Give the bill the client number of the one who is meant."


def _no_name(number: str) -> str:
    return (
        f"Client {quoted(number)} is not here, and neither the file nor Xero has a name for this number. Give the "
        "client's name, or import your contacts first."
    )


def _as_before(number: str) -> str:
    return f"Client {quoted(number)} is not here, as said of the first bill."
