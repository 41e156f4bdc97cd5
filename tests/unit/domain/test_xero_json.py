"""Values of Xero's JSON as they are read, and as a column keeps them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from xero_sync.domain.xero_json import (
    read_amount,
    read_column_text,
    read_date,
    read_moment,
    read_money,
    read_plain_number,
    read_text,
    to_stored,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/Date(1543536000000+0000)/", date(2018, 11, 30)),
        ("/Date(1543536000000)/", date(2018, 11, 30)),
        ("/Date(-86400000+0000)/", date(1969, 12, 31)),
        ("/Date(1543536000000+1300)/", date(2018, 11, 30)),
        ("2018-11-30T00:00:00", date(2018, 11, 30)),
        ("2018-02-30", None),
        ("", None),
        (None, None),
        (20181130, None),
    ],
)
def test_dates_are_read_in_both_of_xeros_spellings(text: object, expected: date | None) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/Date(1573755038314+0000)/", datetime(2019, 11, 14, 18, 10, 38, 314000, tzinfo=UTC)),
        (" /Date(1573755038314)/ ", datetime(2019, 11, 14, 18, 10, 38, 314000, tzinfo=UTC)),
        ("2019-11-14T18:10:38", None),
        (None, None),
    ],
)
def test_a_moment_is_read_to_the_millisecond(text: object, expected: datetime | None) -> None:
    assert read_moment(text) == expected


@pytest.mark.parametrize(("value", "expected"), [("10.50", "10.50"), (10.5, "10.5"), (3, "3"), (0, "0")])
def test_an_amount_is_the_number_that_was_written(value: object, expected: str) -> None:
    assert str(read_amount({"Total": value}, "Total")) == expected
    assert [read_amount(row, "Total") for row in ({"Total": None}, {"Total": ""}, {})] == [None] * 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [("10.50", "10.5"), (100, "1E+2"), ("0.00", "0"), (None, "0"), ("", "0"), ("many", "NaN")],
)
def test_a_number_for_comparing_has_no_trailing_zeros_and_another_text_equals_nothing(
    value: object, expected: str
) -> None:
    assert str(read_plain_number({"Quantity": value}, "Quantity")) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("110", "110.00"), (10.5, "10.50"), (None, "0.00"), ("", "0.00"), ("-3.1", "-3.10"), ("0.1", "0.10")],
)
def test_money_has_two_places_and_nothing_is_nought(value: object, expected: str) -> None:
    assert str(read_money({"Total": value}, "Total")) == expected
    assert str(read_money({}, "Total")) == "0.00"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Ann", "Ann"), ("An\0n", "Ann"), (None, ""), ("", ""), (7, "7"), ("x" * 6, "xxxxx"), ("\0" + "x" * 5, "xxxxx")],
)
def test_a_text_fits_its_column_and_holds_nothing_that_postgres_refuses(value: object, expected: str) -> None:
    assert read_column_text({"Name": value}, "Name", longest=5) == expected


def test_a_text_that_is_missing_is_empty() -> None:
    row = {"Name": "Ann", "Email": None}
    assert [read_text(row, key) for key in ("Name", "Email", "Phone")] == ["Ann", "", ""]


@dataclass(frozen=True)
class Line:
    text: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True)
class Bill:
    day: date | None = None
    stamp: datetime | None = None
    paid: Decimal = Decimal("0.00")
    lines: tuple[Line, ...] = ()


def test_it_is_stored_without_what_is_empty_and_amounts_as_text() -> None:
    stamp = datetime(2026, 8, 3, 12, 0, 0, 5000, tzinfo=UTC)
    bill = Bill(day=date(2026, 8, 3), stamp=stamp, lines=(Line("Advice", Decimal("0.10")), Line()))
    assert to_stored(bill) == {
        "day": "2026-08-03",
        "stamp": "2026-08-03T12:00:00.005000+00:00",
        "paid": "0.00",
        "lines": [{"text": "Advice", "amount": "0.10"}, {}],
    }
    assert to_stored(Bill()) == {"paid": "0.00"}
