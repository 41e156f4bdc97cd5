"""Whether two figures of a LEDES file differ by rounding alone. Pure."""

from decimal import Decimal

_HALF_CENT = Decimal("0.005")
_HALF_HUNDREDTH = Decimal("0.005")
# Time is kept in minutes, or in halves of them.
_STEPS_IN_AN_HOUR = 120


def is_rounding(*, units: Decimal, unit_cost: Decimal, adjustment: Decimal, amount: Decimal) -> bool:
    """Whether `amount` is the line's amount, rounded in another way than ours.

    Either half a cent went the other way (0.35 x 287.50 = 100.625 is 100.62 half-even), or the amount was worked out
    from minutes and the hours printed with two decimals (10 minutes at 300 are 50.00, and 0.17 x 300 are 51.00).
    """
    exact = units * unit_cost + adjustment
    if abs(exact - amount) <= _HALF_CENT:
        return True
    return bool(unit_cost) and units.as_tuple().exponent == -2 and _is_of_minutes(units, unit_cost, amount - adjustment)


def is_rounding_of_sum(*, difference: Decimal, count: int) -> bool:
    """Whether a total differs from its `count` lines by half a cent a line at most, as a sum of unrounded ones may."""
    return abs(difference) <= _HALF_CENT * count


def _is_of_minutes(units: Decimal, unit_cost: Decimal, amount: Decimal) -> bool:
    steps = round(amount / unit_cost * _STEPS_IN_AN_HOUR)
    hours = Decimal(steps) / _STEPS_IN_AN_HOUR
    return abs(hours - units) <= _HALF_HUNDREDTH and abs(hours * unit_cost - amount) <= _HALF_CENT
