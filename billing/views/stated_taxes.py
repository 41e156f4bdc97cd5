"""What the editor of a bill says beside a line whose tax the imported file states."""

from billing.domain.money import TaxMode
from billing.forms.invoice import BaseLineFormSet, InvoiceForm, LineForm
from billing.models import InvoiceLine
from billing.services.lines import Surroundings, work_out


def say_stated_taxes(*, form: InvoiceForm, formset: BaseLineFormSet, around: Surroundings) -> bool:
    """Put the stated tax beside the rate of its line, and whether the line as typed keeps it; whether there is any."""
    states_taxes = False
    for each in formset.forms:
        before = around.saved.get(_saved_pk(each))
        if before is not None and before.tax_is_stated:
            states_taxes = True
            # On the field of this row: the form may have made it already, with the help text it had then.
            each["tax_name"].help_text = _words(form, each, before, around)
    return states_taxes


def _saved_pk(line: LineForm) -> int:
    typed = str(line["pk"].value() or "")
    return int(typed) if typed.isascii() and typed.isdigit() else 0


def _words(form: InvoiceForm, line: LineForm, before: InvoiceLine, around: Surroundings) -> str:
    stated = f"Tax as stated in the file: {before.tax_amount:,.2f}."
    mode = form["tax_mode"].value()
    is_understood = line.is_bound and line.is_valid() and not line.fields.keys() - line.cleaned_data.keys()
    if mode not in list(TaxMode) or not is_understood:
        return stated
    [figures] = work_out(lines=[line.values()], around=around, mode=TaxMode(mode))
    if figures.tax_is_stated:
        return stated
    return f"Tax is computed: {figures.tax:,.2f}. The file stated {before.tax_amount:,.2f}."
