"""How long texts and how large amounts may be, with the sentence for each that is not."""

from datetime import date
from decimal import Decimal

from django.db.models import Field, Model

from billing.domain.money import MOST_DIGITS, count_digits
from firms.currencies import DECIMALS

EARLIEST, LATEST = date(1980, 1, 1), date(2099, 12, 31)
# Xero's largest line amount; a bill's total is held to it too.
LARGEST_AMOUNT = Decimal("9999999999.99")


def text_fault(*, model: type[Model], field: str, value: str) -> str | None:
    """The fault of a text for this column, as a sentence, or None."""
    column = model._meta.get_field(field)
    longest = column.max_length if isinstance(column, Field) else None
    if "\0" in value:
        return "This text holds a NUL character, which cannot be stored. Type it again."
    if longest is not None and len(value) > longest:
        return f"Use at most {longest} characters; these are {len(value)}."
    return None


def date_fault(value: date) -> str | None:
    """The fault of a date on a bill, as a sentence, or None."""
    if EARLIEST <= value <= LATEST:
        return None
    return f"Use a date between {EARLIEST.year} and {LATEST.year}."


def number_fault(*, value: Decimal, places: int, whole_digits: int = 12) -> str | None:
    """The fault of a quantity or a price, as a sentence, or None."""
    if not value.is_finite():
        return "This is not a number."
    if value.copy_abs() >= Decimal(10) ** whole_digits:
        return f"Use at most {whole_digits} digits before the decimal point."
    if value != round(value, places):
        return f"Use at most {places} decimals."
    if count_digits(value) > MOST_DIGITS:
        return f"Use at most {MOST_DIGITS} digits in all, before and after the decimal point."
    return None


def decimals_fault(*, amount: Decimal, currency: str) -> str | None:
    """The fault of an amount that has more decimals than its currency, as a sentence, or None."""
    decimals = DECIMALS.get(currency, 2)
    if amount == round(amount, decimals):
        return None
    return f"{currency} has {f'only {decimals}' if decimals else 'no'} decimals, and this comes to {amount:,.2f}."


def amount_fault(amount: Decimal) -> str | None:
    """The fault of a line's amount or a bill's total, as a sentence, or None."""
    if amount.copy_abs() > LARGEST_AMOUNT:
        return f"This comes to {amount:,.2f}; the largest amount is {LARGEST_AMOUNT:,}."
    return None
