"""A LEDES bill with its tax -> our rows, not yet written. Its currency is the file's, else the firm's."""

from datetime import timedelta

from billing.imports.ledes import LedesInvoice
from billing.models import Invoice, InvoiceLine, InvoiceState, LineKind
from billing.services.ledes_check import Surroundings, currency_of
from billing.services.ledes_taxed import TaxedBill, TaxedLine
from firms.models import Firm, User


def invoice_row(*, firm: Firm, actor: User | None, taxed: TaxedBill, around: Surroundings) -> Invoice:
    """The bill, approved; a file holds bills that have left the house."""
    bill = taxed.bill
    return Invoice(
        firm=firm,
        contact=around.contacts[bill.client_id],
        matter=around.matters[bill.matter_ids[0]] if len(bill.matter_ids) == 1 else None,
        number=bill.number,
        description=_description(bill),
        issue_date=bill.invoice_date,
        due_date=bill.invoice_date + timedelta(days=firm.payment_terms_days),
        currency=currency_of(bill, around),
        tax_mode=taxed.mode.value,
        state=InvoiceState.APPROVED,
        subtotal=taxed.totals.subtotal,
        tax_total=taxed.totals.tax,
        total=taxed.totals.total,
        import_fingerprint=bill.fingerprint,
        created_by=actor,
    )


def line_rows(*, firm: Firm, taxed: TaxedBill, invoice: Invoice, around: Surroundings) -> list[InvoiceLine]:
    """Its lines in the file's order."""
    return [_line(firm, line, invoice, around, position) for position, line in enumerate(taxed.lines, start=1)]


def _line(firm: Firm, taxed: TaxedLine, invoice: Invoice, around: Surroundings, position: int) -> InvoiceLine:
    line = taxed.line
    return InvoiceLine(
        firm=firm,
        invoice=invoice,
        position=position,
        kind=LineKind.TIME if line.is_time else LineKind.EXPENSE,
        date=line.date,
        description=line.description,
        category=None if line.is_time else around.categories.get(line.expense_code),
        timekeeper=line.timekeeper_name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        tax_name=taxed.rate.name,
        tax_percent=taxed.rate.percent,
        amount=line.amount,
        tax_amount=taxed.tax,
        tax_is_stated=taxed.tax_is_stated,
    )


def _description(bill: LedesInvoice) -> str:
    # A bill of ours has one matter; where the file's has several, their numbers stay readable.
    if len(bill.matter_ids) < 2:
        return bill.description
    return f"{bill.description}\nMatters: {', '.join(bill.matter_ids)}".strip()
