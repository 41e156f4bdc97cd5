"""What a bill would come to, before it is saved."""

from collections.abc import Sequence
from decimal import Decimal

from billing.forms.choices import Choosable
from billing.forms.invoice import BaseLineFormSet, InvoiceForm
from billing.models import InvoiceLine
from billing.money import TaxMode, Totals, line_amount, totals
from billing.services import LineValues


def preview_totals(
    *, form: InvoiceForm, formset: BaseLineFormSet, choosable: Choosable, saved: Sequence[InvoiceLine]
) -> Totals | None:
    """The totals of the lines as typed, by the rule they are saved by; None while something is not a number."""
    mode = form["tax_mode"].value()
    if not formset.is_valid() or mode not in list(TaxMode):
        return None
    before = {line.pk: line for line in saved}
    return totals(
        [(_amount(line), _percent(line, before.get(line.pk or 0), choosable)) for line in formset.values()],
        TaxMode(mode),
    )


def _amount(line: LineValues) -> Decimal:
    return line_amount(quantity=line.quantity, unit_price=line.unit_price, discount=line.discount)


def _percent(line: LineValues, before: InvoiceLine | None, choosable: Choosable) -> Decimal:
    if before and before.tax_name == line.tax_name:
        return before.tax_percent
    rate = choosable.rates.get(line.tax_name)
    return rate.percent if rate else Decimal(0)
