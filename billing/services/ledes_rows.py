"""A LEDES bill -> our rows, not yet written. Its currency and tax are the firm's, for the format has neither."""

from datetime import timedelta
from decimal import Decimal

from billing.domain.money import TaxMode, line_tax, totals
from billing.imports.ledes import LedesInvoice, LedesLine
from billing.models import Invoice, InvoiceLine, InvoiceState, LineKind
from billing.services.ledes_check import Surroundings
from firms.models import Firm, User

NO_PERCENT = Decimal(0)


def invoice_row(*, firm: Firm, actor: User | None, bill: LedesInvoice, around: Surroundings) -> Invoice:
    """The bill, approved; a file holds bills that have left the house."""
    percent = around.rate.percent if around.rate else NO_PERCENT
    added = totals(((line.amount, percent) for line in bill.lines), TaxMode.EXCLUSIVE)
    return Invoice(
        firm=firm,
        contact=around.contacts[bill.client_id],
        matter=around.matters[bill.matter_ids[0]] if len(bill.matter_ids) == 1 else None,
        number=bill.number,
        description=_description(bill),
        issue_date=bill.invoice_date,
        due_date=bill.invoice_date + timedelta(days=firm.payment_terms_days),
        currency=firm.currency,
        tax_mode=TaxMode.EXCLUSIVE.value,
        state=InvoiceState.APPROVED,
        subtotal=added.subtotal,
        tax_total=added.tax,
        total=added.total,
        import_fingerprint=bill.fingerprint,
        created_by=actor,
    )


def line_rows(*, firm: Firm, bill: LedesInvoice, invoice: Invoice, around: Surroundings) -> list[InvoiceLine]:
    """Its lines in the file's order."""
    return [_line(firm, line, invoice, around, position) for position, line in enumerate(bill.lines, start=1)]


def _line(firm: Firm, line: LedesLine, invoice: Invoice, around: Surroundings, position: int) -> InvoiceLine:
    percent = around.rate.percent if around.rate else NO_PERCENT
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
        tax_name=around.rate.name if around.rate else "",
        tax_percent=percent,
        amount=line.amount,
        tax_amount=line_tax(amount=line.amount, percent=percent, mode=TaxMode.EXCLUSIVE),
    )


def _description(bill: LedesInvoice) -> str:
    # A bill of ours has one matter; where the file's has several, their numbers stay readable.
    if len(bill.matter_ids) < 2:
        return bill.description
    return f"{bill.description}\nMatters: {', '.join(bill.matter_ids)}".strip()
