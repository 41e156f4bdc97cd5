"""Whether the bills of a LEDES file may be imported into a firm, with a fault by line for each that may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing.imports.files import FaultLog, LineFault, quoted
from billing.imports.ledes import LedesFile, LedesInvoice
from billing.imports.ledes_tax import TaxTreatment, is_tax
from billing.models import Contact, Matter, UsedInvoiceNumber
from billing.services.ledes_taxed import Rate, Rates, TaxedBill, TaxRefused, tax_bill
from billing.services.limits import EARLIEST, LARGEST_AMOUNT, LATEST, decimals_fault
from expense_categories.models import ExpenseCategory
from firms.currencies import currency_fault
from firms.models import Firm


@dataclass(frozen=True)
class Surroundings:
    """What the firm has of what the file names: contacts by client number, matters by number, categories by UTBMS
    code, its tax rates and currency, and the fingerprint of each number that is used already.
    """

    contacts: Mapping[str, Contact]
    matters: Mapping[str, Matter]
    categories: Mapping[str, ExpenseCategory]
    rates: Rates
    currency: str
    used: Mapping[str, str]

    def with_created(self, *, contacts: Sequence[Contact], matters: Mapping[str, Matter]) -> "Surroundings":
        """The same with what the import has created."""
        created = {contact.client_number: contact for contact in contacts}
        return replace(self, contacts={**self.contacts, **created}, matters={**self.matters, **matters})


def surroundings(*, firm: Firm, read: LedesFile) -> Surroundings:
    """Read them in five statements."""
    contacts = firm.contacts.filter(client_number__in=read.client_ids)
    matter_ids = {number for invoice in read.invoices for number in invoice.matter_ids}
    used = UsedInvoiceNumber.objects.filter(firm=firm, number__in=[invoice.number for invoice in read.invoices])
    return Surroundings(
        contacts={contact.client_number: contact for contact in contacts},
        matters={
            matter.number: matter for matter in firm.matters.select_related("contact").filter(number__in=matter_ids)
        },
        categories={row.utbms_code: row for row in firm.expense_categories.exclude(utbms_code="")},
        rates=Rates(tuple(Rate(rate.name, rate.percent) for rate in firm.tax_rates.order_by("-is_default", "name"))),
        currency=firm.currency,
        used=dict(used.values_list("number", "invoice__import_fingerprint")),
    )


def check(
    *, read: LedesFile, around: Surroundings, treatment: TaxTreatment, create_contacts: bool
) -> tuple[list[TaxedBill], FaultLog]:
    """The bills to create, and the faults; a bill that is here with the same content is neither, nor is a credit."""
    faults, owners = FaultLog(), {number: matter.contact.client_number for number, matter in around.matters.items()}
    new, unknown = list[TaxedBill](), set[str]()
    for bill in read.invoices:
        if bill.total < 0:
            continue
        if bill.number in around.used:
            if around.used[bill.number] != bill.fingerprint:
                faults.add(line_number=bill.line_number, field="INVOICE_NUMBER", message=_differs(bill))
            continue
        if bill.client_id not in around.contacts and not create_contacts and bill.client_id not in unknown:
            unknown.add(bill.client_id)
            faults.add(line_number=bill.line_number, field="CLIENT_ID", message=_no_client(bill))
        _check_matters(bill, owners, faults)
        _check_figures(bill, faults)
        _check_codes(bill, around, faults)
        if fault := currency_fault(currency_of(bill, around)):
            faults.add(line_number=bill.line_number, field="INVOICE_CURRENCY", message=fault)
            continue
        taxed = tax_bill(bill=bill, treatment=treatment, rates=around.rates)
        if isinstance(taxed, TaxRefused):
            faults.add(line_number=taxed.line_number, field="LINE_ITEM_TOTAL", message=taxed.message)
            continue
        _check_decimals(taxed, around, faults)
        new.append(taxed)
    return new, faults


def credit_notes(read: LedesFile) -> list[LineFault]:
    """A note on each bill below zero: nobody can approve one, so it is left out until there are credit notes here."""
    return [
        LineFault(
            bill.line_number,
            "INVOICE_TOTAL",
            f"Bill {bill.number} comes to {bill.total:,.2f}: it is left out and waits for credit notes.",
        )
        for bill in read.invoices
        if bill.total < 0
    ]


def _check_matters(bill: LedesInvoice, owners: dict[str, str], faults: FaultLog) -> None:
    for number in bill.matter_ids:
        owner = owners.setdefault(number, bill.client_id)
        if owner != bill.client_id:
            message = (
                f"Matter {quoted(number)} is client {quoted(owner)}'s, and this bill is client "
                f"{quoted(bill.client_id)}'s. A matter has one client."
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


def _differs(bill: LedesInvoice) -> str:
    return (
        f"Bill {quoted(bill.number)} is here already, with other content. An import never changes a bill: edit it on "
        "its page, or take it out of the file."
    )


def _no_client(bill: LedesInvoice) -> str:
    return (
        f"There is no client {quoted(bill.client_id)}. Import your contacts first, or let the import create clients "
        "that are missing."
    )
