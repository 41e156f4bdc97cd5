"""The amounts of a bill, here and in Xero: subtotal, tax and total, compared one by one. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from xero_sync.domain.errors import Fault, preflight

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """The three amounts of a document, in its currency."""

    subtotal: Decimal
    tax: Decimal
    total: Decimal


def expect_amounts(*, lines: Iterable[tuple[Mapping[str, Any], Decimal]], line_amount_types: str) -> Amounts:
    """The amounts that Xero computes from the lines as sent, each line with the percentage of its tax type.

    Source: Xero, "Rounding in Xero": each line is rounded half up, then taxed and rounded half up, then added. A tax
    that is sent with a line stands in place of the computed one.
    """
    sums = tax = Decimal(0)
    for line, percent in lines:
        gross = _rounded(line["Quantity"] * line["UnitAmount"])
        amount = gross - line.get("DiscountAmount", Decimal(0))
        sums += amount
        base = {"NoTax": None, "Exclusive": HUNDRED, "Inclusive": HUNDRED + percent}[line_amount_types]
        if base:
            tax += line["TaxAmount"] if "TaxAmount" in line else _rounded(amount * percent / base)
    if line_amount_types == "Inclusive":
        return Amounts(subtotal=sums - tax, tax=tax, total=sums)
    return Amounts(subtotal=sums, tax=tax, total=sums + tax)


def compare_amounts(*, here: Amounts, in_xero: Amounts) -> list[Fault]:
    """The known error of each amount that differs. A subtotal differs with the total or with the tax."""
    faults = []
    if here.total != in_xero.total:
        faults.append(preflight("total-differs", total=f"{here.total:,.2f}", xero_total=f"{in_xero.total:,.2f}"))
    if here.tax != in_xero.tax or (here.total == in_xero.total and here.subtotal != in_xero.subtotal):
        faults.append(preflight("tax-differs", total=f"{here.tax:,.2f}", xero_total=f"{in_xero.tax:,.2f}"))
    return faults


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
