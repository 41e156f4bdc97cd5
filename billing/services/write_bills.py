"""New bills of a file as rows: a slice in a fixed number of statements, held until the import is released."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from billing.domain.import_choices import Then
from billing.models import Contact, Import, Invoice, InvoiceLine, InvoiceState, Matter, UsedInvoiceNumber, signals
from billing.services.client_names import ClientNames
from billing.services.facts import invoice_facts
from billing.services.import_contacts import write_contacts
from billing.services.ledes_check import Surroundings
from billing.services.ledes_rows import LINE_COLUMNS, invoice_row, line_values
from billing.services.ledes_taxed import TaxedBill
from firms import audit
from firms.bulk_insert import insert_rows
from firms.models import Firm, User

# Everything of a bill but who it is.
_WRITTEN_AGAIN = [each.name for each in Invoice._meta.concrete_fields if each.name not in {"id", "firm", "number"}]


@dataclass(frozen=True, kw_only=True)
class BillsWriter:
    """For whom bills are written, from which import, and what becomes of them."""

    firm: Firm
    actor: User | None
    source: Import
    then: Then

    def write(self, *, new: Sequence[TaxedBill], around: Surroundings, names: ClientNames) -> None:
        """Write the bills with the clients and matters they lack, in the caller's transaction and scope."""
        contacts = self._missing_contacts(new, around, names)
        write_contacts(firm=self.firm, actor=self.actor, contacts=contacts, source=self.source)
        complete = around.with_created(contacts=contacts, matters={})
        matters = self._missing_matters(new, complete)
        self._write_matters(list(matters.values()))
        self._write_bills(new, complete.with_created(contacts=[], matters=matters))

    def _missing_contacts(self, new: Sequence[TaxedBill], around: Surroundings, names: ClientNames) -> list[Contact]:
        """The clients of these bills who are not here; each of them has a name, or its bill was refused."""
        unknown = dict.fromkeys(taxed.bill.client_id for taxed in new if taxed.bill.client_id not in around.contacts)
        return [Contact(firm=self.firm, client_number=number, name=names.find(number)) for number in unknown]

    def _missing_matters(self, new: Sequence[TaxedBill], around: Surroundings) -> dict[str, Matter]:
        return {
            number: Matter(
                firm=self.firm,
                contact=around.contacts[taxed.bill.client_id],
                number=number,
                name=taxed.bill.matter_names.get(number, ""),
                source_import=self.source,
            )
            for taxed in new
            for number in taxed.bill.matter_ids
            if number not in around.matters
        }

    def _write_matters(self, matters: Sequence[Matter]) -> None:
        if not matters:
            return
        insert_rows(matters)
        changes: list[audit.Change] = [
            (matter, {}, {"number": matter.number, "name": matter.name, "contact_id": matter.contact_id})
            for matter in matters
        ]
        audit.record_all(firm=self.firm, actor=self.actor, action="matter.imported", changes=changes)

    def _write_bills(self, new: Sequence[TaxedBill], around: Surroundings) -> None:
        invoices = []
        for taxed in new:
            invoice = invoice_row(firm=self.firm, actor=self.actor, taxed=taxed, around=around)
            invoice.source_import, invoice.held = self.source, True
            if self.then is Then.DRAFT:
                invoice.state = InvoiceState.DRAFT
            invoices.append(invoice)
        self._write_heads(invoices, around)
        _copy_lines(
            values
            for taxed, invoice in zip(new, invoices, strict=True)
            for values in line_values(taxed=taxed, invoice=invoice, around=around)
        )
        changes: list[audit.Change] = [(invoice, {}, invoice_facts(invoice)) for invoice in invoices]
        audit.record_all(firm=self.firm, actor=self.actor, action="invoice.imported", changes=changes)
        signals.invoices_saved.send(sender=Invoice, firm=self.firm, invoices=invoices, actor=self.actor, bulk=True)

    def _write_heads(self, invoices: Sequence[Invoice], around: Surroundings) -> None:
        """Write new bills; one that was taken back is the same row again, with what the file says now."""
        fresh = [invoice for invoice in invoices if invoice.number not in around.taken_back]
        again = [invoice for invoice in invoices if invoice.number in around.taken_back]
        insert_rows(fresh)
        insert_rows([UsedInvoiceNumber(firm=self.firm, number=invoice.number, invoice=invoice) for invoice in fresh])
        if not again:
            return
        for invoice in again:
            before = around.taken_back[invoice.number]
            invoice.pk, invoice.version, invoice.created_at = before.pk, before.version + 1, before.created_at
        InvoiceLine.objects.filter(invoice__in=again).delete()
        # An upsert on the primary key: one statement however many bills and fields.
        Invoice.objects.bulk_create(again, update_conflicts=True, update_fields=_WRITTEN_AGAIN, unique_fields=["id"])


def _copy_lines(rows: Iterable[tuple[object, ...]]) -> None:
    """Lines are twenty times as many as bills and nobody asks for their keys: COPY takes the least for each."""
    table, columns = InvoiceLine._meta.db_table, ", ".join(LINE_COLUMNS)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
