"""The totals of a bill before it is saved."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from billing.domain.money import TaxMode, Totals, add_up
from billing.forms.choices import Choosable
from billing.forms.invoice import BaseLineFormSet, InvoiceForm
from billing.models import Invoice, InvoiceLine
from billing.services.lines import Surroundings, arrange, work_out
from firms.models import Firm


@dataclass(frozen=True)
class Previewed:
    """A bill as it is typed, in rows that are never written; a new one has the id 0."""

    invoice: Invoice
    lines: list[InvoiceLine]


def preview_bill(
    *,
    firm: Firm,
    form: InvoiceForm,
    formset: BaseLineFormSet,
    choosable: Choosable,
    before: Invoice | None,
    saved: Sequence[InvoiceLine],
) -> Previewed | None:
    """The bill that would be saved; None while something typed is not understood."""
    if not (form.is_valid() and formset.is_valid()):
        return None
    values = form.values()
    contact = firm.contacts.filter(pk=values.contact_id or 0).first()
    added = preview_totals(form=form, formset=formset, choosable=choosable, before=before, saved=saved)
    if contact is None or added is None or values.issue_date is None:
        return None
    bill = copy(before) if before else Invoice(pk=0, firm=firm)
    bill.contact, bill.description = contact, values.description.strip()
    bill.matter = firm.matters.filter(pk=values.matter_id).first() if values.matter_id else None
    bill.number = values.number.strip() or bill.number
    bill.issue_date, bill.due_date = values.issue_date, values.due_date or values.issue_date
    bill.currency, bill.tax_mode = values.currency or firm.currency, values.tax_mode.value
    bill.subtotal, bill.tax_total, bill.total = added
    around = surround(choosable=choosable, before=before, saved=saved)
    lines = arrange(firm=firm, invoice=bill, lines=formset.values(), around=around)
    categories = firm.expense_categories.in_bulk([line.category_id for line in lines if line.category_id])
    for line in lines:
        line.category = categories.get(line.category_id or 0)
    return Previewed(bill, lines)


def preview_totals(
    *,
    form: InvoiceForm,
    formset: BaseLineFormSet,
    choosable: Choosable,
    before: Invoice | None,
    saved: Sequence[InvoiceLine],
) -> Totals | None:
    """The totals of the lines as typed, by the rule they are saved by; None while something is not a number."""
    mode = form["tax_mode"].value()
    if not formset.is_valid() or mode not in list(TaxMode):
        return None
    around = surround(choosable=choosable, before=before, saved=saved)
    worked_out = work_out(lines=formset.values(), around=around, mode=TaxMode(mode))
    return add_up(((line.amount, line.tax) for line in worked_out), TaxMode(mode))


def surround(*, choosable: Choosable, before: Invoice | None, saved: Sequence[InvoiceLine]) -> Surroundings:
    """The facts by which the typed lines are worked out, as they were read for the page."""
    mode = TaxMode(before.tax_mode) if before else None
    return Surroundings(choosable.rates, frozenset(), {line.pk: line for line in saved}, mode)
