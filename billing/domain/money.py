"""A bill's amounts by Xero's own rounding rule, in Decimal from end to end.

The rule (Xero, "Rounding in Xero"): a line's amount is rounded half-up to 2 places, its tax is worked out on that
amount and rounded half-up to 2 places, and only then are lines added up. Adding first and rounding last gives other
totals, so every total of ours comes from here.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from typing import NamedTuple

# Wide enough for any product of two numbers as forms take them (40 digits), so nothing is rounded before we say so.
_EXACT = Context(prec=120, rounding=ROUND_HALF_UP)
_HUNDRED = Decimal(100)
_ZERO = Decimal("0.00")
# So many digits of a quantity or a price stay exact where a program takes numbers as binary ones, as JSON is read.
MOST_DIGITS = 15
_CENT = Decimal("0.01")

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([, ])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]*)?")
_ODD_CHARACTERS = str.maketrans({"\u2212": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "})


class TaxMode(StrEnum):
    """How a bill's line amounts relate to tax; Xero calls it LineAmountTypes."""

    EXCLUSIVE = "EXCLUSIVE"
    INCLUSIVE = "INCLUSIVE"
    NO_TAX = "NO_TAX"


class TaxedAmount(NamedTuple):
    """One line's amount (2 places) and the percentage of its tax rate, 10 for ten per cent."""

    amount: Decimal
    percent: Decimal


class Totals(NamedTuple):
    """A bill's three totals, 2 places each; subtotal + tax = total."""

    subtotal: Decimal
    tax: Decimal
    total: Decimal


class AmountNotUnderstood(ValueError):
    """The text is not an amount we can read without guessing."""


class StatedTaxRefused(ValueError):
    """The tax that a file states for a line is not the line's; the text says why, as a sentence for people."""


def round_half_up(value: Decimal, places: int = 2) -> Decimal:
    """Round half away from zero, as Xero does, never to a negative zero; TypeError for a float."""
    step = _CENT if places == 2 else Decimal(1).scaleb(-places)
    rounded = _decimal(value).quantize(step, ROUND_HALF_UP, _EXACT)
    return rounded.copy_abs() if rounded.is_zero() else rounded


def line_amount(*, quantity: Decimal, unit_price: Decimal, discount: Decimal = _ZERO) -> Decimal:
    """Quantity times price, half-up to 2 places, minus the discount (an amount; a negative one is a mark-up).

    Source: Xero rounds the line amount to 2 places before tax; DiscountAmount is a 2-place amount taken off it.
    """
    gross = round_half_up(_EXACT.multiply(_decimal(quantity), _decimal(unit_price)))
    return round_half_up(_EXACT.subtract(gross, round_half_up(discount)))


def line_tax(*, amount: Decimal, percent: Decimal, mode: TaxMode) -> Decimal:
    """The tax on (EXCLUSIVE) or within (INCLUSIVE) one line amount, half-up to 2 places.

    Source: Xero; the tax within an inclusive amount is amount - amount / (1 + rate). ValueError below 0 per cent.
    """
    if _decimal(percent) < 0:
        raise ValueError(f"A tax rate is never below 0 per cent; this one is {percent}.")
    if mode is TaxMode.NO_TAX:
        return _ZERO
    base = _HUNDRED if mode is TaxMode.EXCLUSIVE else _EXACT.add(_HUNDRED, percent)
    # amount * p / (100 + p) equals the source's amount - amount / (1 + rate), with a single division to round.
    return round_half_up(_EXACT.divide(_EXACT.multiply(_decimal(amount), percent), base))


def take_stated_tax(*, stated: Decimal, amount: Decimal, percent: Decimal, mode: TaxMode) -> Decimal:
    """The tax that a file states for a line, in place of the computed one; every line with such a tax is made with it.

    Raises StatedTaxRefused if the tax is more than one cent off the computed one, or more than the line itself.
    Source: Xero takes a TaxAmount that rounding explains, and none above the line's amount.
    """
    computed = line_tax(amount=amount, percent=percent, mode=mode)
    if mode is TaxMode.NO_TAX and stated:
        raise StatedTaxRefused(f"A tax of {stated:,} is stated for this line, but the bill is without tax.")
    if stated != round_half_up(stated):
        raise StatedTaxRefused(f"The tax stated for this line, {stated:,}, has more than two decimals.")
    if abs(_EXACT.subtract(stated, computed)) > _CENT:
        raise StatedTaxRefused(
            f"The tax stated for this line is {stated:,.2f}, but {percent.normalize():f}% of {amount:,.2f} is "
            f"{computed:,.2f}. The two may differ by one cent at most."
        )
    if abs(stated) > abs(amount):
        raise StatedTaxRefused(f"The tax stated for this line is {stated:,.2f}, more than the line's {amount:,.2f}.")
    return round_half_up(stated)


def spread_tax(*, tax: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """A bill's tax by line, in proportion to the lines' amounts, to 2 places; the shares always make the tax.

    A cent that rounding leaves over goes to, or is taken from, the largest line, a second one the next largest, and so
    on. Without amounts, or with amounts that cancel out, there is nothing to go by: ValueError, unless the tax is 0.
    """
    whole = sum(amounts, _ZERO)
    if not whole:
        if tax:
            raise ValueError("A tax cannot be spread over lines that come to nothing.")
        return [_ZERO for _ in amounts]
    shares = [round_half_up(_EXACT.divide(_EXACT.multiply(tax, amount), whole)) for amount in amounts]
    left = _EXACT.subtract(tax, sum(shares, _ZERO))
    cent = _CENT.copy_sign(left)
    by_size = sorted(range(len(amounts)), key=lambda at: -abs(amounts[at]))
    for at in by_size[: int(abs(left) / _CENT)]:
        shares[at] = _EXACT.add(shares[at], cent)
    return shares


def totals(lines: Iterable[tuple[Decimal, Decimal]], mode: TaxMode) -> Totals:
    """Add up (amount, percent) pairs, each amount being a line_amount: tax per line first, then the sums."""
    return add_up(((amount, line_tax(amount=amount, percent=percent, mode=mode)) for amount, percent in lines), mode)


def add_up(lines: Iterable[tuple[Decimal, Decimal]], mode: TaxMode) -> Totals:
    """Add up (amount, tax) pairs of lines, whether a tax was computed or stated.

    Source: Xero; in an inclusive bill the total is the sum of the amounts and the subtotal is what tax leaves of it.
    """
    amounts = tax = _ZERO
    for amount, tax_of_line in lines:
        amounts = _EXACT.add(amounts, round_half_up(amount))
        tax = _EXACT.add(tax, round_half_up(tax_of_line))
    if mode is TaxMode.INCLUSIVE:
        return Totals(subtotal=_EXACT.subtract(amounts, tax), tax=tax, total=amounts)
    return Totals(subtotal=amounts, tax=tax, total=_EXACT.add(amounts, tax))


def count_digits(value: Decimal) -> int:
    """How many digits a number has, without zeros at either end."""
    return len(value.normalize(_EXACT).as_tuple().digits)


def parse_amount(text: str) -> Decimal:
    """Read `1250.`, `+100.00`, `-70`, `.5`, `1,250.00` or `1 250.00`; raise AmountNotUnderstood for the rest.

    A comma counts as a thousands separator only where one belongs: `12,50` is refused, never read as 1250.
    """
    cleaned = text.translate(_ODD_CHARACTERS).strip()
    if not _PLAIN.fullmatch(cleaned):
        if not _GROUPED.fullmatch(cleaned):
            raise AmountNotUnderstood(f"{text!r} is not an amount.")
        cleaned = cleaned.replace(",", "").replace(" ", "")
    return Decimal(cleaned)


def _decimal(value: Decimal) -> Decimal:
    # A float has already lost the cents we would be rounding.
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    raise TypeError(f"Money is Decimal, not {type(value).__name__}.")
