"""A LEDES bill with its tax: which rate each line has, and what the client owes. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.domain.money import TaxMode, Totals, line_tax, totals
from billing.imports.ledes import LedesInvoice, LedesLine
from billing.imports.ledes_tax import TaxTreatment, is_tax, name_of_tax, split_tax, stated_percent

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Rate:
    """A rate in per cent; the empty name is no rate of the firm's."""

    name: str
    percent: Decimal

    def __str__(self) -> str:
        return f"{self.name} {self.percent.normalize():f}%"


@dataclass(frozen=True)
class Rates:
    """What the firm charges: its usual rate first."""

    known: tuple[Rate, ...]

    @property
    def usual(self) -> Rate:
        """What is added where nothing is said of tax."""
        return self.known[0] if self.known else Rate("", _ZERO)

    @property
    def zero(self) -> Rate:
        """What a line without tax has."""
        return next((rate for rate in self.known if not rate.percent), Rate("", _ZERO))


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """A line that goes onto the bill, with its rate and its tax (2 places)."""

    line: LedesLine
    rate: Rate
    tax: Decimal


@dataclass(frozen=True)
class TaxedBill:
    """A bill as it will stand here; `bill.total` is what the file says."""

    bill: LedesInvoice
    mode: TaxMode
    lines: tuple[TaxedLine, ...]
    totals: Totals


@dataclass(frozen=True)
class TaxRefused:
    """Why the bill's tax cannot be kept as the file has it, and the physical line that has it."""

    line_number: int
    message: str


def tax_bill(*, bill: LedesInvoice, treatment: TaxTreatment, rates: Rates) -> TaxedBill | TaxRefused:
    """The bill under a treatment, or why not."""
    if own := next((line for line in bill.lines if line.tax is not None), None):
        if treatment is TaxTreatment.IN_LINES:
            return _with_taxes_of_lines(bill, rates)
        message = f"Bill {bill.number} says the tax of each line; it can only be taken as it is."
        return TaxRefused(own.line_number, message)
    if treatment is TaxTreatment.IN_LINES:
        return _with_its_own_tax(bill, rates)
    if treatment is TaxTreatment.NONE:
        return _taxed(bill, [(line, rates.zero) for line in bill.lines], TaxMode.EXCLUSIVE)
    if treatment is TaxTreatment.USUAL and (twice := next((line for line in bill.lines if is_tax(line)), None)):
        message = f"This line is the tax on bill {bill.number} already; adding tax would charge it twice."
        return TaxRefused(twice.line_number, message)
    mode = TaxMode.INCLUSIVE if treatment is TaxTreatment.INSIDE else TaxMode.EXCLUSIVE
    return _taxed(bill, [(line, rates.usual) for line in bill.lines], mode)


def _with_taxes_of_lines(bill: LedesInvoice, rates: Rates) -> TaxedBill | TaxRefused:
    lines = []
    for line in bill.lines:
        rate = _rate_of(line, rates)
        if rate is None:
            tried = ", ".join(str(each) for each in _rates_for(line, rates)) or "the firm has none"
            message = (
                f"Bill {bill.number} has {line.tax:,} of tax on {line.amount:,} here, which no rate makes ({tried})."
            )
            return TaxRefused(line.line_number, message)
        lines.append((line, rate))
    return _taxed(bill, lines, TaxMode.EXCLUSIVE)


def _rate_of(line: LedesLine, rates: Rates) -> Rate | None:
    """The rate that makes the line's tax to the cent: one of the firm's, else the one that the file names."""
    if not line.tax:
        return rates.zero
    for rate in _rates_for(line, rates):
        if line_tax(amount=line.amount, percent=rate.percent, mode=TaxMode.EXCLUSIVE) == line.tax:
            return rate
    return None


def _rates_for(line: LedesLine, rates: Rates) -> list[Rate]:
    stated = Rate(line.tax_name or "TAX", line.tax_percent)
    ours = [rate for rate in rates.known if rate.percent]
    same = [rate for rate in ours if rate.percent == stated.percent]
    return [*same, stated] if stated.percent else ours


def _with_its_own_tax(bill: LedesInvoice, rates: Rates) -> TaxedBill | TaxRefused:
    lines, taxes = split_tax(bill)
    tax = sum((line.amount for line in taxes), _ZERO)
    if not tax:
        return _taxed(bill, [(line, rates.zero) for line in lines or bill.lines], TaxMode.EXCLUSIVE)
    possible = [rate for rate in rates.known if rate.percent]
    if len(taxes) == 1 and (percent := stated_percent(taxes[0])):
        # The firm's own rate of that percentage comes first. Another is kept by its name, as a line keeps any rate.
        possible += [Rate(name_of_tax(taxes[0]), percent)]
    for candidate in _candidates(lines, possible, rates.zero):
        taxed = _taxed(bill, candidate, TaxMode.EXCLUSIVE)
        if taxed.totals.total == bill.total:
            return taxed
    return TaxRefused(taxes[0].line_number, _no_rate_makes(bill, tax, possible))


def _candidates(
    lines: Sequence[LedesLine], possible: Sequence[Rate], zero: Rate
) -> Iterator[list[tuple[LedesLine, Rate]]]:
    """Every line taxed, or fees alone, or expenses alone, with each rate that is possible."""
    for taxed_kinds in ({True, False}, {True}, {False}):
        for rate in possible:
            yield [(line, rate if line.is_time in taxed_kinds else zero) for line in lines]


def _taxed(bill: LedesInvoice, lines: Sequence[tuple[LedesLine, Rate]], mode: TaxMode) -> TaxedBill:
    taxed = [
        TaxedLine(line, rate, line_tax(amount=line.amount, percent=rate.percent, mode=mode)) for line, rate in lines
    ]
    added = totals(((line.amount, rate.percent) for line, rate in lines), mode)
    return TaxedBill(bill, mode, tuple(taxed), added)


def _no_rate_makes(bill: LedesInvoice, tax: Decimal, possible: Sequence[Rate]) -> str:
    tried = ", ".join(str(rate) for rate in possible) or "the firm has none"
    return (
        f"Bill {bill.number} has {tax:,} of tax on {bill.total - tax:,}, which no rate makes ({tried}), be it on all "
        "lines, on fees or on expenses. Choose another treatment of tax, or take the bill out of the file."
    )
