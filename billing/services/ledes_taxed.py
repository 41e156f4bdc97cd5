"""A LEDES bill with its tax: which rate each line has, and what the client owes. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.domain.money import (
    StatedTaxRefused,
    TaxMode,
    Totals,
    add_up,
    line_tax,
    spread_tax,
    take_stated_tax,
)
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
    """A line that goes onto the bill, with its rate and its tax (2 places), which the file states or the rate makes."""

    line: LedesLine
    rate: Rate
    tax: Decimal
    tax_is_stated: bool = False


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
        return _bill(bill, [_computed(line, rates.zero, TaxMode.EXCLUSIVE) for line in bill.lines], TaxMode.EXCLUSIVE)
    if treatment is TaxTreatment.USUAL and (twice := next((line for line in bill.lines if is_tax(line)), None)):
        message = f"This line is the tax on bill {bill.number} already; adding tax would charge it twice."
        return TaxRefused(twice.line_number, message)
    mode = TaxMode.INCLUSIVE if treatment is TaxTreatment.INSIDE else TaxMode.EXCLUSIVE
    return _bill(bill, [_computed(line, rates.usual, mode) for line in bill.lines], mode)


def _with_taxes_of_lines(bill: LedesInvoice, rates: Rates) -> TaxedBill | TaxRefused:
    """Each line with the tax that the file states for it, at most a cent off the one that its rate makes."""
    lines = []
    for line in bill.lines:
        taxed = _taxed_as_stated(line, rates)
        if taxed is None:
            tried = ", ".join(str(each) for each in _rates_for(line, rates)) or "the firm has none"
            message = (
                f"Bill {bill.number} has {line.tax:,} of tax on {line.amount:,} here, which no rate makes, not even to "
                f"a cent ({tried})."
            )
            return TaxRefused(line.line_number, message)
        lines.append(taxed)
    return _bill(bill, lines, TaxMode.EXCLUSIVE)


def _taxed_as_stated(line: LedesLine, rates: Rates) -> TaxedLine | None:
    """The line with the rate that makes its tax to the cent, else with the first that is a cent off."""
    if not line.tax:
        return _computed(line, rates.zero, TaxMode.EXCLUSIVE)
    possible = _rates_for(line, rates)
    for rate in possible:
        if (computed := _computed(line, rate, TaxMode.EXCLUSIVE)).tax == line.tax:
            return computed
    return next((taxed for rate in possible if (taxed := _stated(line, rate, line.tax))), None)


def _rates_for(line: LedesLine, rates: Rates) -> list[Rate]:
    """The firm's of the percentage that the file names, and that one; all of the firm's if it names none."""
    stated = Rate(line.tax_name or "TAX", line.tax_percent)
    ours = [rate for rate in rates.known if rate.percent]
    same = [rate for rate in ours if rate.percent == stated.percent]
    return [*same, stated] if stated.percent else ours


def _with_its_own_tax(bill: LedesInvoice, rates: Rates) -> TaxedBill | TaxRefused:
    """The lines that are no tax, taxed as the others say: by a rate to the cent, else with shares of the bill's tax."""
    lines, taxes = split_tax(bill)
    tax = sum((line.amount for line in taxes), _ZERO)
    if not tax:
        kept = [_computed(line, rates.zero, TaxMode.EXCLUSIVE) for line in lines or bill.lines]
        return _bill(bill, kept, TaxMode.EXCLUSIVE)
    possible = [rate for rate in rates.known if rate.percent]
    if named := _named_by(taxes):
        # The firm's own rate of that percentage comes first. Another is kept by its name, as a line keeps any rate.
        possible += [named]
    candidates = list(_candidates(lines, possible, rates.zero))
    for candidate in candidates:
        taxed = _bill(bill, [_computed(line, rate, TaxMode.EXCLUSIVE) for line, rate in candidate], TaxMode.EXCLUSIVE)
        if taxed.totals.total == bill.total:
            return taxed
    for candidate in candidates:
        if shares := _shares(candidate, tax):
            return _bill(bill, shares, TaxMode.EXCLUSIVE)
    return TaxRefused(taxes[0].line_number, _no_rate_makes(bill, tax, possible))


def _named_by(taxes: Sequence[LedesLine]) -> Rate | None:
    """The rate that the tax lines state: of one, or of several together, as GST 5% and PST 7% are 12%."""
    stated = {(name_of_tax(line), stated_percent(line)) for line in taxes}
    percents = [percent for _, percent in stated if percent]
    if len(percents) != len(stated):
        return None
    return Rate(" + ".join(sorted(dict(stated))), sum(percents, _ZERO))


def _candidates(
    lines: Sequence[LedesLine], possible: Sequence[Rate], zero: Rate
) -> Iterator[list[tuple[LedesLine, Rate]]]:
    """Every line taxed, or fees alone, or expenses alone, with each rate that is possible."""
    for taxed_kinds in ({True, False}, {True}, {False}):
        for rate in possible:
            yield [(line, rate if line.is_time in taxed_kinds else zero) for line in lines]


def _shares(candidate: Sequence[tuple[LedesLine, Rate]], tax: Decimal) -> list[TaxedLine]:
    """The tax spread over the lines that have a rate, by their amounts; none if a share is more than a cent off."""
    amounts = [line.amount for line, rate in candidate if rate.percent]
    if not sum(amounts, _ZERO):
        return []
    shares = iter(spread_tax(tax=tax, amounts=amounts))
    taxed = [
        _stated(line, rate, next(shares)) if rate.percent else _computed(line, rate, TaxMode.EXCLUSIVE)
        for line, rate in candidate
    ]
    kept = [line for line in taxed if line]
    return kept if len(kept) == len(taxed) else []


def _computed(line: LedesLine, rate: Rate, mode: TaxMode) -> TaxedLine:
    return TaxedLine(line, rate, line_tax(amount=line.amount, percent=rate.percent, mode=mode))


def _stated(line: LedesLine, rate: Rate, tax: Decimal) -> TaxedLine | None:
    """The line with a tax of the file's own, or None if that is not this line's at this rate."""
    computed = _computed(line, rate, TaxMode.EXCLUSIVE)
    if computed.tax == tax:
        return computed
    try:
        taken = take_stated_tax(stated=tax, amount=line.amount, percent=rate.percent, mode=TaxMode.EXCLUSIVE)
    except StatedTaxRefused:
        return None
    return TaxedLine(line, rate, taken, tax_is_stated=True)


def _bill(bill: LedesInvoice, lines: Sequence[TaxedLine], mode: TaxMode) -> TaxedBill:
    return TaxedBill(bill, mode, tuple(lines), add_up(((taxed.line.amount, taxed.tax) for taxed in lines), mode))


def _no_rate_makes(bill: LedesInvoice, tax: Decimal, possible: Sequence[Rate]) -> str:
    tried = ", ".join(str(rate) for rate in possible) or "the firm has none"
    return (
        f"Bill {bill.number} has {tax:,} of tax on {bill.total - tax:,}, which no rate makes ({tried}), be it on all "
        "lines, on fees or on expenses. Choose another treatment of tax, or take the bill out of the file."
    )
