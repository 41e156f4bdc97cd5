"""Preflight says beforehand what Xero says afterwards. `make faults` asks it of 2,000 bills."""

import sys

import pytest

from tests.forecasts import agreement, compare, report_misses
from tests.xero import Xero

pytestmark = pytest.mark.django_db(transaction=True)

SEEDS = (1, 2, 3)
BILLS = 100


def test_preflight_agrees_with_xero_about_random_bills(xero: Xero, capsys: pytest.CaptureFixture[str]) -> None:
    compared = [each for seed in SEEDS for each in compare(seed=seed, bills=BILLS, xero=xero)]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *report_misses(compared), ""]))
    assert agreement(compared) >= 0.99, "\n".join(report_misses(compared))
