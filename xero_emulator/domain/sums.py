"""Xero's arithmetic (its guide "Rounding in Xero"): each line is rounded, then taxed and rounded, then added."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
ZERO = Decimal(0)


def to_places(value: Decimal, places: int) -> Decimal:
    """``value`` at ``places`` decimals, a half going away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def extended(*, quantity: Decimal, unit: Decimal, rate: Decimal | None, less: Decimal | None) -> Decimal:
    """The amount of a line in cents: quantity by price, less a discount in per cent or in money."""
    if rate is not None:
        return to_places(quantity * unit * (HUNDRED - rate) / HUNDRED, 2)
    return to_places(quantity * unit, 2) - to_places(less or ZERO, 2)


def tax_on(*, amount: Decimal, percent: Decimal, inclusive: bool) -> Decimal:
    """The tax on (exclusive) or in (inclusive) one line amount, in cents."""
    base = HUNDRED + percent if inclusive else HUNDRED
    return to_places(amount * percent / base, 2)
