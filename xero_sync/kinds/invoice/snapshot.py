"""Bill rows -> frozen bills, in a fixed number of queries for any number of bills."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from billing.models import Invoice, InvoiceLine, LineKind
from billing.models.signals import invoices_saved
from firms.models import Firm
from xero_sync.domain.documents import Document, Standing
from xero_sync.domain.kinds import SavedDocument
from xero_sync.kinds.invoice.document import InvoiceDocument, LineDocument
from xero_sync.models import SyncJob, XeroRecord


class InvoiceRows:
    """The rows of the kind "invoice" (domain/kinds.py, Rows)."""

    model = Invoice
    manager = "invoices"
    audit = "invoice"
    standing: Mapping[str, str] = {
        "state": "state",
        "issue_date": "issue_date",
        "held": "held",
        "import": "source_import_id",
    }
    summary: Mapping[str, str] = {
        "name": "number",
        "code": "number",
        "beside": "contact__name",
        "total": "total",
        "currency": "currency",
    }

    def connect(self, listener: Callable[..., None], *, name: str) -> None:
        """Call the listener with the bills of each save."""

        def hear(firm: Firm, invoices: Sequence[Invoice], bulk: bool = False, **_: Any) -> None:
            rows = [(each.pk, each.contact_id, each.state, each.issue_date, each.held) for each in invoices]
            listener(firm=firm, saved=[_saved(*row) for row in rows], bulk=bulk)

        invoices_saved.connect(hear, weak=False, dispatch_uid=name)

    def read_saved(self, *, firm: Firm, object_ids: Collection[int]) -> list[SavedDocument]:
        """These bills, each waiting for its contact. One query, none for none."""
        if not object_ids:
            return []
        rows = Invoice.objects.filter(firm=firm, pk__in=object_ids).order_by("pk")
        return [_saved(*row) for row in rows.values_list("pk", "contact_id", "state", "issue_date", "held")]

    def read_documents(self, *, jobs: Sequence[SyncJob], xero_tenant_id: str) -> dict[int, Document]:
        """The bills of these jobs by job id; one that is gone is absent. Two queries."""
        by_object = {job.object_id: job for job in jobs}
        lines = lines_of(invoices=list(by_object))
        return {
            by_object[invoice.pk].pk: invoice_document(
                invoice=invoice,
                lines=lines.get(invoice.pk, ()),
                record=by_object[invoice.pk].xero_record,
                contact_record=_record_of(by_object[invoice.pk].waits_for),
                xero_tenant_id=xero_tenant_id,
            )
            for invoice in Invoice.objects.filter(pk__in=list(by_object)).select_related("matter")
        }


def _record_of(job: SyncJob | None) -> XeroRecord | None:
    return job.xero_record if job else None


def _saved(pk: int, contact_id: int | None, state: str, issue_date: datetime.date, held: bool) -> SavedDocument:
    return SavedDocument(object_id=pk, waits_for=contact_id, standing=Standing(state, issue_date, held))


class CategoryRow(NamedTuple):
    """The expense category of a line."""

    pk: int
    name: str
    account_code: str


class LineRow(NamedTuple):
    """A line as it is read by the thousand: without a model instance for each, which takes most of the time."""

    invoice_id: int
    pk: int
    kind: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    tax_name: str
    tax_percent: Decimal
    date: datetime.date | None
    timekeeper: str
    tax_amount: Decimal
    tax_is_stated: bool
    category: CategoryRow | None

    @property
    def stated_tax(self) -> Decimal | None:
        """The tax that the imported file states, None where the rate computes it."""
        return self.tax_amount if self.tax_is_stated else None


def lines_of(*, invoices: Collection[int]) -> dict[int, list[LineRow]]:
    """The lines of these bills, in order. One query."""
    found: dict[int, list[LineRow]] = defaultdict(list)
    names = [*LineRow._fields[:-1], "category_id", "category__name", "category__account_code"]
    rows = InvoiceLine.objects.filter(invoice__in=invoices).order_by("invoice", "position")
    for values in rows.values_list(*names):
        category = None if values[-3] is None else CategoryRow._make(values[-3:])
        row = LineRow._make((*values[:-3], category))
        found[row.invoice_id].append(row)
    return found


def invoice_document(
    *,
    invoice: Invoice,
    lines: Sequence[InvoiceLine] | Sequence[LineRow],
    record: XeroRecord,
    contact_record: XeroRecord | None,
    xero_tenant_id: str,
) -> InvoiceDocument:
    """One bill, from its row with its matter, its lines with their categories, its record and its contact's."""
    return InvoiceDocument(
        object_id=invoice.pk,
        number=invoice.number,
        description=invoice.description,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        currency=invoice.currency,
        tax_mode=invoice.tax_mode,
        state=invoice.state,
        subtotal=invoice.subtotal,
        tax_total=invoice.tax_total,
        total=invoice.total,
        lines=tuple(line_document(line, record.line_ids) for line in lines),
        contact_xero_id=contact_record.id_in(xero_tenant_id) if contact_record else "",
        matter_number=invoice.matter.number if invoice.matter else "",
        xero_id=record.id_in(xero_tenant_id),
        xero_status=record.status,
        reference_is_ours=record.reference_is_ours,
    )


def line_document(line: InvoiceLine | LineRow, line_ids: Mapping[str, str]) -> LineDocument:
    """One line, with its category in hand; `line_ids` maps our ids to Xero's."""
    return LineDocument(
        line_id=line.pk,
        is_expense=line.kind == LineKind.EXPENSE,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        amount=line.amount,
        tax_name=line.tax_name,
        tax_percent=line.tax_percent,
        stated_tax=line.stated_tax,
        date=line.date,
        timekeeper=line.timekeeper,
        category=line.category.name if line.category else "",
        category_account=line.category.account_code if line.category else "",
        line_item_id=line_ids.get(str(line.pk), ""),
    )
