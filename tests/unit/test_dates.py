from datetime import date

import pytest

from billing.imports.dates import DateOrder, parse_date

JULY = date(2026, 7, 3)


@pytest.mark.parametrize("order", [None, *DateOrder])
def test_the_standards_own_form_is_read_whatever_was_chosen(order: DateOrder | None) -> None:
    assert parse_date("20260703", order) == JULY


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2026-07-03", DateOrder.YEAR_FIRST),
        ("2026/7/3", DateOrder.YEAR_FIRST),
        ("2026-07-03T00:00:00", DateOrder.YEAR_FIRST),
        ("07/03/2026", DateOrder.MONTH_FIRST),
        ("7/3/2026 0:00", DateOrder.MONTH_FIRST),
        ("03.07.2026", DateOrder.DAY_FIRST),
        ("3-7-2026", DateOrder.DAY_FIRST),
    ],
)
def test_another_form_is_read_only_in_the_order_that_was_chosen(text: str, order: DateOrder) -> None:
    assert parse_date(text, order) == JULY
    assert parse_date(text, None) is None


@pytest.mark.parametrize(
    "text", ["", "13/13/2026", "02/30/2026", "07/03/26", "2026-07-03 12:30", "July 3", "07032026", "19490101"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text, DateOrder.MONTH_FIRST) is None
