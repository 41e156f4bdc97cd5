"""Preflight against the emulated Xero at full size: 2,000 random bills of ten firms."""

from collections.abc import Callable

import pytest

from tests.forecasts import agreement, compare, report_misses
from tests.xero import Xero

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

SEEDS = range(101, 111)
BILLS = 200


def test_preflight_agrees_with_xero_about_two_thousand_random_bills(
    xero: Xero, measured: Callable[[str], None]
) -> None:
    compared = [each for seed in SEEDS for each in compare(seed=seed, bills=BILLS, xero=xero)]
    for line in report_misses(compared):
        measured(line)
    assert len(compared) >= 2000
    assert agreement(compared) >= 0.99
