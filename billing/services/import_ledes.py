"""Bills from a file of a practice system: judged whole first, then written whole, in a fixed number of statements."""

import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import transaction

from billing.imports.files import FaultLog, FileRefused
from billing.imports.ledes import BillFile, ReadingOptions, open_bills
from billing.imports.ledes_tax import TaxGuess, TaxTreatment, guess_tax
from billing.models import Contact, Invoice, InvoiceLine, Matter, UsedInvoiceNumber, signals
from billing.services import numbers
from billing.services.client_names import ClientNames
from billing.services.facts import invoice_facts
from billing.services.import_contacts import create_contacts
from billing.services.imports import BATCH, BillMoney, ImportReport, refused_file, refused_lines, unless_overtaken
from billing.services.ledes_check import (
    BillsCheck,
    CheckedBill,
    Surroundings,
    Verdict,
    currency_of,
    firm_rates,
    surroundings,
)
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
    names: Mapping[str, str] | None = None,
    tax: TaxTreatment | None = None,
    options: ReadingOptions | None = None,
    dry_run: bool = False,
    ask_before_adding_tax: bool = False,
) -> ImportReport:
    """Create the bills of a file, approved, all or none.

    A bill that is here with the same content is left alone; one that differs refuses the file, by line. `names` are
    clients' names by number. `tax` is told from the file if None is given; with `ask_before_adding_tax` a file whose
    bills would then come to more than it says is only checked.
    """
    file = open_bills(source=io.BytesIO(data), options=options)
    if isinstance(file, FileRefused):
        return refused_file(refusal=file, dry_run=dry_run)
    wishes = _Wishes(create_contacts, names or {}, tax, dry_run, ask_before_adding_tax)

    def act() -> ImportReport:
        with transaction.atomic(), firm_scope(firm):
            # Two imports at once would both find a number free.
            numbers.wait_for_turn(firm=firm)
            return _import(firm, actor, file, wishes)

    try:
        return unless_overtaken(act=act, dry_run=dry_run)
    finally:
        file.close()


class _Wishes(NamedTuple):
    create_contacts: bool
    names: Mapping[str, str]
    tax: TaxTreatment | None
    dry_run: bool
    ask_before_adding_tax: bool


def _import(firm: Firm, actor: User | None, file: BillFile, wishes: _Wishes) -> ImportReport:
    guess = _tax(firm, file, wishes)
    names = ClientNames(firm, wishes.names)
    reads = list(file.read_bills())
    around = surroundings(firm=firm, bills=[read.bill for read in reads if read.bill])
    check = BillsCheck(guess.treatment, wishes.create_contacts, names)
    checked = check.check_bills(reads=reads, around=around)
    faults, notes = _logs(file, checked)
    if faults.count:
        return refused_lines(faults=faults, dry_run=wishes.dry_run)
    new = [each.taxed for each in checked if each.taxed]
    contacts = _missing_contacts(firm, new, around, names)
    matters = _missing_matters(firm, new, around, contacts)
    bills = tuple(_money(taxed, around) for taxed in new)
    asks = wishes.tax is None and wishes.ask_before_adding_tax and any(bill.is_above_file for bill in bills)
    dry_run = wishes.dry_run or asks
    if not dry_run:
        create_contacts(firm=firm, actor=actor, contacts=contacts)
        _create_matters(firm, actor, matters)
        _create_invoices(firm, actor, new, around.with_created(contacts=contacts, matters=matters))
    verdicts = [each.verdict for each in checked]
    return ImportReport(
        dry_run=dry_run,
        created=len(new),
        unchanged=verdicts.count(Verdict.UNCHANGED),
        credits=verdicts.count(Verdict.CREDIT),
        contacts_created=len(contacts),
        matters_created=len(matters),
        lines=sum(len(taxed.lines) for taxed in new),
        layout=file.format,
        tax=guess,
        bills=bills,
        notes=notes.shown,
        note_count=notes.count,
    )


def _logs(file: BillFile, checked: Sequence[CheckedBill]) -> tuple[FaultLog, FaultLog]:
    """All faults and all notes of the file."""
    faults, notes = FaultLog(), FaultLog()
    notes.extend(faults=file.notes.shown, count=file.notes.count)
    for each in checked:
        faults.extend(faults=each.faults, count=each.fault_count)
        notes.extend(faults=each.notes, count=each.note_count)
    return faults, notes


def _money(taxed: TaxedBill, around: Surroundings) -> BillMoney:
    currency = currency_of(taxed.bill, around)
    return BillMoney(taxed.bill.number, currency, taxed.bill.total, taxed.totals.tax, taxed.totals.total)


def _tax(firm: Firm, file: BillFile, wishes: _Wishes) -> TaxGuess:
    if wishes.tax is not None:
        return TaxGuess(wishes.tax, "Tax is treated as you chose.")
    usual = firm_rates(firm=firm).usual
    return guess_tax(sign=file.tax_sign, usual_rate=str(usual) if usual.percent else "")


def _missing_contacts(firm: Firm, new: Sequence[TaxedBill], around: Surroundings, names: ClientNames) -> list[Contact]:
    """The clients of these bills who are not here; each of them has a name, or its bill was refused."""
    unknown = dict.fromkeys(taxed.bill.client_id for taxed in new if taxed.bill.client_id not in around.contacts)
    return [Contact(firm=firm, client_number=number, name=names.find(number)) for number in unknown]


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
