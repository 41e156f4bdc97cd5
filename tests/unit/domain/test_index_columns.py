"""Xero's JSON as columns of the index: texts cut to their column, amounts to the cent."""

from decimal import Decimal

import pytest

from xero_sync.domain.index_columns import read_money, read_text


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Ann", "Ann"), ("An\0n", "Ann"), (None, ""), ("", ""), (7, "7"), ("x" * 6, "xxxxx"), ("\0" + "x" * 5, "xxxxx")],
)
def test_a_text_fits_its_column_and_holds_nothing_that_postgres_refuses(value: object, expected: str) -> None:
    assert read_text({"Name": value}, "Name", longest=5) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("110", "110.00"), (10.5, "10.50"), (None, "0.00"), ("", "0.00"), ("-3.1", "-3.10"), ("0.1", "0.10")],
)
def test_an_amount_has_two_places_and_nothing_is_nought(value: object, expected: str) -> None:
    assert str(read_money({"Total": value}, "Total")) == expected
    assert read_money({}, "Total") == Decimal("0.00")
