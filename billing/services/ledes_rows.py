"""A LEDES bill with its tax -> our rows, not yet written. Its currency is the file's, else the firm's."""

from collections.abc import Iterator
from datetime import timedelta

from billing.imports.ledes import LedesInvoice
from billing.models import Invoice, InvoiceLine, InvoiceState, LineKind
from billing.services.ledes_check import Surroundings, currency_of
from billing.services.ledes_taxed import TaxedBill
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


# What a line of a file is written with; everything else of it the database fills in.
LINE_COLUMNS = (
    "firm_id",
    "invoice_id",
    "position",
    "kind",
    "date",
    "description",
    "category_id",
    "timekeeper",
    "quantity",
    "unit_price",
    "discount",
    "tax_name",
    "tax_percent",
    "amount",
    "tax_amount",
    "tax_is_stated",
)


def line_values(*, taxed: TaxedBill, invoice: Invoice, around: Surroundings) -> Iterator[tuple[object, ...]]:
    """The lines of a bill that has its key, in the file's order: for each the values of LINE_COLUMNS."""
    for position, each in enumerate(taxed.lines, start=1):
        line = each.line
        category = None if line.is_time else around.categories.get(line.expense_code)
        yield (
            invoice.firm_id,
            invoice.pk,
            position,
            LineKind.TIME.value if line.is_time else LineKind.EXPENSE.value,
            line.date,
            line.description,
            category.pk if category else None,
            line.timekeeper_name,
            line.quantity,
            line.unit_price,
            line.discount,
            each.rate.name,
            each.rate.percent,
            line.amount,
            each.tax,
            each.tax_is_stated,
        )


def line_rows(*, taxed: TaxedBill, invoice: Invoice, around: Surroundings) -> list[InvoiceLine]:
    """The same lines as rows that are not written, with their bill and their category at hand."""
    categories = {category.pk: category for category in around.categories.values()}
    rows = []
    for values in line_values(taxed=taxed, invoice=invoice, around=around):
        row = InvoiceLine(**dict(zip(LINE_COLUMNS, values, strict=True)))
        row.invoice, row.category = invoice, categories[row.category_id] if row.category_id else None
        rows.append(row)
    return rows


def _description(bill: LedesInvoice) -> str:
    # A bill of ours has one matter; where the file's has several, their numbers stay readable.
    if len(bill.matter_ids) < 2:
        return bill.description
    return f"{bill.description}\nMatters: {', '.join(bill.matter_ids)}".strip()
