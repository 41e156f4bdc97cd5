"""Bills from a LEDES 1998B file: judged whole first, then written whole, in a fixed number of statements."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction

from billing.imports.files import FAULTS_SHOWN, FileRefused
from billing.imports.ledes import LedesFile, read_ledes
from billing.imports.ledes_tax import TaxGuess, TaxTreatment, guess_tax
from billing.models import Contact, Invoice, InvoiceLine, Matter, UsedInvoiceNumber, signals
from billing.services import numbers
from billing.services.facts import invoice_facts
from billing.services.import_contacts import create_contacts
from billing.services.imports import BATCH, BillMoney, ImportReport, refused_file, refused_lines, unless_overtaken
from billing.services.ledes_check import Surroundings, check, credit_notes, currency_of, surroundings
from billing.services.ledes_rows import invoice_row, line_rows
from billing.services.ledes_taxed import TaxedBill
from firms import audit
from firms.models import Firm, User
from firms.scope import firm_scope


def import_ledes(
    *,
    firm: Firm,
    actor: User | None,
    data: bytes,
    create_contacts: bool = False,
    tax: TaxTreatment | None = None,
    dry_run: bool = False,
    ask_before_adding_tax: bool = False,
) -> ImportReport:
    """Create the bills of a LEDES 1998B, 1998BI or 1998BI V2 file, approved, all or none.

    A bill that is here with the same content is left alone; one that differs refuses the file, by line. `tax` is told
    from the file if None is given; with `ask_before_adding_tax` a file whose bills would then come to more than it
    says is only checked.
    """
    read = read_ledes(data=data)
    if isinstance(read, FileRefused):
        return refused_file(refusal=read, dry_run=dry_run)

    def act() -> ImportReport:
        with transaction.atomic(), firm_scope(firm):
            # Two imports at once would both find a number free.
            numbers.wait_for_turn(firm=firm)
            return _import(firm, actor, read, _Wishes(create_contacts, tax, dry_run, ask_before_adding_tax))

    return unless_overtaken(act=act, dry_run=dry_run)


class _Wishes(NamedTuple):
    create_contacts: bool
    tax: TaxTreatment | None
    dry_run: bool
    ask_before_adding_tax: bool


def _import(firm: Firm, actor: User | None, read: LedesFile, wishes: _Wishes) -> ImportReport:
    around = surroundings(firm=firm, read=read)
    guess = _tax(read, around, wishes)
    new, faults = check(read=read, around=around, treatment=guess.treatment, create_contacts=wishes.create_contacts)
    if faults.count:
        return refused_lines(faults=faults, dry_run=wishes.dry_run)
    contacts = _missing_contacts(firm, new, around)
    matters = _missing_matters(firm, new, around, contacts)
    bills = tuple(_money(taxed, around) for taxed in new)
    asks = wishes.tax is None and wishes.ask_before_adding_tax and any(bill.is_above_file for bill in bills)
    dry_run = wishes.dry_run or asks
    if not dry_run:
        create_contacts(firm=firm, actor=actor, contacts=contacts)
        _create_matters(firm, actor, matters)
        _create_invoices(firm, actor, new, around.with_created(contacts=contacts, matters=matters))
    below_zero = credit_notes(read)
    return ImportReport(
        dry_run=dry_run,
        created=len(new),
        unchanged=len(read.invoices) - len(new) - len(below_zero),
        credits=len(below_zero),
        contacts_created=len(contacts),
        matters_created=len(matters),
        lines=sum(len(taxed.lines) for taxed in new),
        tax=guess,
        bills=bills,
        notes=(*below_zero[:FAULTS_SHOWN], *read.notes),
        note_count=read.note_count + len(below_zero),
    )


def _money(taxed: TaxedBill, around: Surroundings) -> BillMoney:
    currency = currency_of(taxed.bill, around)
    return BillMoney(taxed.bill.number, currency, taxed.bill.total, taxed.totals.tax, taxed.totals.total)


def _tax(read: LedesFile, around: Surroundings, wishes: _Wishes) -> TaxGuess:
    if wishes.tax is not None:
        return TaxGuess(wishes.tax, "Tax is treated as you chose.")
    usual = around.rates.usual
    return guess_tax(read=read, usual_rate=str(usual) if usual.percent else "")


def _missing_contacts(firm: Firm, new: Sequence[TaxedBill], around: Surroundings) -> list[Contact]:
    """Clients by the name that an international file has of them; else the number stands for it until it is edited."""
    unknown: dict[str, str] = {}
    for taxed in new:
        if taxed.bill.client_id not in around.contacts:
            unknown[taxed.bill.client_id] = unknown.get(taxed.bill.client_id) or taxed.bill.client_name
    return [Contact(firm=firm, client_number=number, name=name or number) for number, name in unknown.items()]


def _missing_matters(
    firm: Firm, new: Sequence[TaxedBill], around: Surroundings, contacts: Sequence[Contact]
) -> dict[str, Matter]:
    clients = {**around.contacts, **{contact.client_number: contact for contact in contacts}}
    return {
        number: Matter(
            firm=firm,
            contact=clients[taxed.bill.client_id],
            number=number,
            name=taxed.bill.matter_names.get(number, ""),
        )
        for taxed in new
        for number in taxed.bill.matter_ids
        if number not in around.matters
    }


def _create_matters(firm: Firm, actor: User | None, matters: dict[str, Matter]) -> None:
    if not matters:
        return
    for matter in matters.values():
        # The contact has its key only now.
        matter.contact_id = matter.contact.pk
    Matter.objects.bulk_create(matters.values(), batch_size=BATCH)
    changes: list[audit.Change] = [
        (matter, {}, {"number": matter.number, "name": matter.name, "contact_id": matter.contact_id})
        for matter in matters.values()
    ]
    audit.record_all(firm=firm, actor=actor, action="matter.imported", changes=changes)


def _create_invoices(firm: Firm, actor: User | None, new: Sequence[TaxedBill], around: Surroundings) -> None:
    if not new:
        return
    invoices, lines = [], []
    for taxed in new:
        invoice = invoice_row(firm=firm, actor=actor, taxed=taxed, around=around)
        lines += line_rows(firm=firm, taxed=taxed, invoice=invoice, around=around)
        invoices.append(invoice)
    Invoice.objects.bulk_create(invoices, batch_size=BATCH)
    for line in lines:
        # The bill has its key only now.
        line.invoice_id = line.invoice.pk
    used = [UsedInvoiceNumber(firm=firm, number=invoice.number, invoice=invoice) for invoice in invoices]
    UsedInvoiceNumber.objects.bulk_create(used, batch_size=BATCH)
    InvoiceLine.objects.bulk_create(lines, batch_size=BATCH)
    changes: list[audit.Change] = [(invoice, {}, invoice_facts(invoice)) for invoice in invoices]
    audit.record_all(firm=firm, actor=actor, action="invoice.imported", changes=changes)
    signals.invoices_saved.send(sender=Invoice, firm=firm, invoices=invoices, actor=actor, bulk=True)
