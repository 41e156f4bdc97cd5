"""One LEDES 1998B record -> what it says of its bill and its line, every value checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from billing.domain.money import (
    MOST_DIGITS,
    AmountNotUnderstood,
    count_digits,
    line_amount,
    parse_amount,
    round_half_up,
)
from billing.imports.dates import EXAMPLES, DateOrder, parse_date
from billing.imports.files import FaultLog, quoted
from billing.imports.ledes_documents import EntryType, LedesLine
from billing.imports.ledes_rounding import is_rounding

ZERO = Decimal(0)
_EXACT = Context(prec=120)
# The largest amount Xero takes on a line.
_LARGEST = Decimal("9999999999.99")
_LONGEST_NUMBER = 40
_CURRENCY_SIGN = re.compile(r"^([+-]?)\s*[$£€]\s*(?=[-+.0-9])")
# How accountants and some systems write an amount below zero.
_BELOW_ZERO = re.compile(r"\((?=[^-+]+\)$)(.+)\)|(?=[^-+]+-$)(.+)-")
_PRICE_DECIMALS = 6
_HIGHEST_PERCENT = 100
_TYPES = {entry.value: entry for entry in EntryType}
_DATED = frozenset({EntryType.FEE, EntryType.EXPENSE})

_HEAD_FIELDS = (
    "INVOICE_NUMBER",
    "CLIENT_ID",
    "INVOICE_DATE",
    "INVOICE_TOTAL",
    "BILLING_START_DATE",
    "BILLING_END_DATE",
    "INVOICE_DESCRIPTION",
)
_HEAD_FIELDS_TOO = ("INVOICE_CURRENCY", "CLIENT_NAME", "INVOICE_TAX_TOTAL")

# What our tables hold; a client number is also Xero's ContactNumber, at most 50 characters.
_MAX_LENGTHS = {
    "INVOICE_NUMBER": 255,
    "CLIENT_ID": 50,
    "LAW_FIRM_MATTER_ID": 50,
    "LINE_ITEM_EXPENSE_CODE": 10,
    "TIMEKEEPER_NAME": 120,
    "LINE_ITEM_TAX_TYPE": 50,
}


@dataclass(frozen=True, slots=True)
class BillHead:
    """What every record of a bill repeats about the bill."""

    number: str
    client_id: str
    invoice_date: date
    total: Decimal
    billing_start: date | None
    billing_end: date | None
    description: str
    currency: str
    client_name: str
    tax_total: Decimal


class _Figures(NamedTuple):
    units: Decimal
    unit_cost: Decimal
    adjustment: Decimal
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal


class RecordReader:
    """Reads one record's values; what it cannot take goes into `faults`, what it takes all the same into `notes`.

    `heads` remembers what was read of a bill, since every record of a bill repeats it word for word. With a chosen
    order of `dates` a line may have none.
    """

    def __init__(
        self,
        *,
        values: Mapping[str, str],
        faults: FaultLog,
        notes: FaultLog,
        heads: dict[tuple[str, ...], BillHead],
        dates: DateOrder | None,
    ) -> None:
        self._values = values
        self._faults = faults
        self._notes = notes
        self._heads = heads
        self._dates = dates
        self._before = faults.count
        self.line_number = int(values[""])
        self.number = values["INVOICE_NUMBER"]

    def read_record(self) -> tuple[BillHead, LedesLine] | None:
        """The record's bill and line, or None if it has a fault."""
        key = tuple([self._values.get(field, "") for field in _HEAD_FIELDS + _HEAD_FIELDS_TOO])
        head = self._heads.get(key) or self._head()
        if head is not None:
            self._heads[key] = head
        line = self._line()
        if head is None or line is None or self._faults.count > self._before:
            return None
        return head, line

    def _head(self) -> BillHead | None:
        number, client_id = self._text("INVOICE_NUMBER", needed=True), self._text("CLIENT_ID", needed=True)
        invoice_date = self._day("INVOICE_DATE", needed=True)
        total = self._amount("INVOICE_TOTAL", needed=True)
        start, end = self._day("BILLING_START_DATE"), self._day("BILLING_END_DATE")
        tax_total = round_half_up(self._amount("INVOICE_TAX_TOTAL"))
        if invoice_date is None or self._faults.count > self._before:
            return None
        text = self._values.get("INVOICE_DESCRIPTION", "")
        currency, name = self._values.get("INVOICE_CURRENCY", "").upper(), self._text("CLIENT_NAME")
        return BillHead(
            number, client_id, invoice_date, round_half_up(total), start, end, text, currency, name, tax_total
        )

    def _line(self) -> LedesLine | None:
        entry_type = _TYPES.get(self._values["EXP/FEE/INV_ADJ_TYPE"].upper())
        if entry_type is None:
            self._refuse("EXP/FEE/INV_ADJ_TYPE", "it must be F, E, IF or IE.")
            return None
        figures = self._figures(whole_bill=entry_type in (EntryType.FEE_ADJUSTMENT, EntryType.EXPENSE_ADJUSTMENT))
        return LedesLine(
            line_number=self.line_number,
            item_number=self._text("LINE_ITEM_NUMBER", needed=True),
            entry_type=entry_type,
            date=self._day("LINE_ITEM_DATE", needed=self._dates is None and entry_type in _DATED),
            matter_id=self._text("LAW_FIRM_MATTER_ID"),
            client_matter_id=self._values.get("CLIENT_MATTER_ID", ""),
            description=self._description(figures),
            task_code=self._values["LINE_ITEM_TASK_CODE"].upper(),
            activity_code=self._values["LINE_ITEM_ACTIVITY_CODE"].upper(),
            expense_code=self._text("LINE_ITEM_EXPENSE_CODE").upper(),
            timekeeper_id=self._values["TIMEKEEPER_ID"],
            timekeeper_name=self._text("TIMEKEEPER_NAME"),
            timekeeper_classification=self._values.get("TIMEKEEPER_CLASSIFICATION", ""),
            units=figures.units,
            unit_cost=figures.unit_cost,
            adjustment=figures.adjustment,
            quantity=figures.quantity,
            unit_price=figures.unit_price,
            discount=figures.discount,
            amount=figures.amount,
            tax=self._tax(),
            tax_percent=self._tax_percent(),
            tax_name=self._text("LINE_ITEM_TAX_TYPE"),
            matter_name=self._text("MATTER_NAME"),
        )

    def _tax(self) -> Decimal | None:
        return round_half_up(self._amount("LINE_ITEM_TAX_TOTAL")) if self._values.get("LINE_ITEM_TAX_TOTAL") else None

    def _tax_percent(self) -> Decimal:
        """LINE_ITEM_TAX_RATE is 0.2 for 20 per cent; some systems write 20."""
        if not self._values.get("LINE_ITEM_TAX_RATE"):
            return ZERO
        rate = self._amount("LINE_ITEM_TAX_RATE")
        if not 0 <= rate <= _HIGHEST_PERCENT:
            self._refuse("LINE_ITEM_TAX_RATE", "a rate like 0.2 for 20 per cent is needed.")
            return ZERO
        return round_half_up(rate * 100 if rate < 1 else rate, 4)

    def _net(self, units: Decimal, unit_cost: Decimal, adjustment: Decimal) -> Decimal:
        """LINE_ITEM_TOTAL without the line's tax, which it has inside; some systems leave it out.

        Source: LEDES 1998BI V2: LINE_ITEM_TOTAL is units x unit cost + adjustment + LINE_ITEM_TAX_TOTAL.
        """
        total = round_half_up(self._amount("LINE_ITEM_TOTAL", needed=True))
        tax = self._tax()
        return total if not tax or _product_plus(units, unit_cost, adjustment) == total else total - tax

    def _figures(self, *, whole_bill: bool) -> _Figures:
        before = self._faults.count
        units = self._factor("LINE_ITEM_NUMBER_OF_UNITS", needed=not whole_bill)
        unit_cost = self._factor("LINE_ITEM_UNIT_COST", needed=not whole_bill)
        adjustment = self._amount("LINE_ITEM_ADJUSTMENT_AMOUNT")
        amount = self._net(units, unit_cost, adjustment)
        if self._faults.count == before:
            self._check_sum(units, unit_cost, adjustment, amount, whole_bill=whole_bill)
        if not whole_bill and _holds(units, unit_cost, adjustment, amount):
            return _Figures(units, unit_cost, adjustment, units, unit_cost, ZERO - adjustment, amount)
        return _Figures(units, unit_cost, adjustment, Decimal(1), amount, ZERO, amount)

    def _description(self, figures: _Figures) -> str:
        text = self._values["LINE_ITEM_DESCRIPTION"]
        if figures.quantity == figures.units or not figures.units or not figures.unit_cost:
            return text
        # The line could not keep its quantity and price, so the client reads them here.
        return f"{text} ({figures.units:f} x {figures.unit_cost:f})".strip()

    def _text(self, field: str, *, needed: bool = False) -> str:
        value = self._values.get(field, "")
        if needed and not value:
            self._refuse(field, "every record needs one.")
        elif len(value) > (limit := _MAX_LENGTHS.get(field, 255)):
            self._refuse(field, f"it may have at most {limit} characters.")
        return value

    def _factor(self, field: str, *, needed: bool) -> Decimal:
        """Units or a price: one with more decimals than we keep goes into words, any other has to stay exact."""
        factor = self._amount(field, needed=needed)
        if len(self._values[field]) <= MOST_DIGITS:
            return factor
        if _decimals(factor) <= _PRICE_DECIMALS and count_digits(factor) > MOST_DIGITS:
            self._refuse(field, f"it may have at most {MOST_DIGITS} digits.")
        return factor

    def _amount(self, field: str, *, needed: bool = False) -> Decimal:
        value = self._values.get(field, "")
        if not value and not needed:
            return ZERO
        amount = read_amount(value)
        if amount is None:
            self._refuse(field, "a number like 1250.00 is needed.")
        elif abs(amount) > _LARGEST:
            self._refuse(field, "Xero takes at most 9,999,999,999.99.")
        return amount or ZERO

    def _day(self, field: str, *, needed: bool = False) -> date | None:
        value = self._values[field]
        day = parse_date(value, self._dates)
        if day is None and (value or needed):
            if not value and field == "LINE_ITEM_DATE":
                needs = "every line needs one, unless you choose how dates are written."
            elif self._dates:
                needs = f"a date like 20260731 or {EXAMPLES[self._dates]} is needed, as chosen."
            else:
                needs = (
                    "a date like 20260731 is needed, the year first. For another order, choose how dates are written."
                )
            self._refuse(field, needs)
        return day

    def _check_sum(
        self, units: Decimal, unit_cost: Decimal, adjustment: Decimal, amount: Decimal, *, whole_bill: bool
    ) -> None:
        stated = ("LINE_ITEM_NUMBER_OF_UNITS", "LINE_ITEM_UNIT_COST", "LINE_ITEM_ADJUSTMENT_AMOUNT")
        if whole_bill and not any(self._values[field] for field in stated):
            return  # An adjustment that states its total and nothing else: there is nothing to disagree with.
        expected = _product_plus(units, unit_cost, adjustment)
        if expected == amount:
            return
        made = (
            f"Bill {self.number}, item {self._values['LINE_ITEM_NUMBER']}: {units:f} units at {unit_cost:f}, "
            f"adjusted by {adjustment:f}, make {expected:f}, but LINE_ITEM_TOTAL says {amount:f}"
        )
        if is_rounding(units=units, unit_cost=unit_cost, adjustment=adjustment, amount=amount):
            message = f"{made}. That is rounding, so {amount:f} is taken."
            self._notes.add(line_number=self.line_number, field="LINE_ITEM_TOTAL", message=message)
        else:
            self._faults.add(line_number=self.line_number, field="LINE_ITEM_TOTAL", message=f"{made}.")

    def _refuse(self, field: str, needed: str) -> None:
        value = self._values.get(field, "")
        what = f"{field} is {quoted(value)}" if value else f"{field} is empty"
        self._faults.add(line_number=self.line_number, field=field, message=f"{what}; {needed}")


@lru_cache(maxsize=4096)
def _product_plus(units: Decimal, unit_cost: Decimal, adjustment: Decimal) -> Decimal:
    return round_half_up(_EXACT.add(_EXACT.multiply(units, unit_cost), adjustment))


def _holds(units: Decimal, unit_cost: Decimal, adjustment: Decimal, amount: Decimal) -> bool:
    """Whether our tables can hold the file's figures and Xero's rule makes the same amount of them."""
    if _decimals(units) > _PRICE_DECIMALS or _decimals(unit_cost) > _PRICE_DECIMALS:
        return False
    if adjustment and (not units or not unit_cost or round_half_up(adjustment) != adjustment):
        return False
    return line_amount(quantity=units, unit_price=unit_cost, discount=ZERO - adjustment) == amount


@lru_cache(maxsize=4096)
def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_PRICE_DECIMALS:
        exponent = value.normalize(_EXACT).as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


@lru_cache(maxsize=4096)
def read_amount(value: str) -> Decimal | None:
    """An amount as files write it, with a currency sign, or in brackets or with its minus last; None for another."""
    if len(value) > _LONGEST_NUMBER:
        return None
    if below := _BELOW_ZERO.fullmatch(value):
        value = f"-{(below[1] or below[2]).strip()}"
    try:
        return parse_amount(_CURRENCY_SIGN.sub(r"\1", value))
    except AmountNotUnderstood:
        return None
