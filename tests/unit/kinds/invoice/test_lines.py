"""One line of a bill as Xero takes it: amounts to the cent, its account and tax, and its description."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_ON, BILL, BOOKS, COSTS, LINE
from xero_sync.kinds.invoice.document import LineDocument
from xero_sync.kinds.invoice.lines import MappedLine, map_line


def mapped(line: LineDocument, **books: Any) -> MappedLine:
    return map_line(line, invoice=BILL, books=replace(BOOKS, **books), preferences=ALL_ON)


def amounts(**changes: str) -> dict[str, Any]:
    payload = mapped(replace(LINE, **{key: Decimal(value) for key, value in changes.items()})).payload
    return {key: value for key, value in payload.items() if key not in {"AccountCode", "TaxType"}}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({}, {"Description": "Advice", "Quantity": Decimal(2), "UnitAmount": Decimal(50)}),
        (
            {"quantity": "0.25", "unit_price": "12.3456", "amount": "3.09"},
            {"Description": "Advice", "Quantity": Decimal("0.25"), "UnitAmount": Decimal("12.3456")},
        ),
        (
            {"discount": "10", "amount": "90"},
            {
                "Description": "Advice",
                "Quantity": Decimal(2),
                "UnitAmount": Decimal(50),
                "DiscountAmount": Decimal(10),
            },
        ),
        (
            {"quantity": "1", "unit_price": "0.5", "discount": "0.5", "amount": "0"},
            {
                "Description": "Advice",
                "Quantity": Decimal(1),
                "UnitAmount": Decimal("0.5"),
                "DiscountAmount": Decimal("0.5"),
            },
        ),
        (
            {"quantity": "-1", "discount": "0.5", "amount": "-50.5"},
            {"Description": "Advice (-1 x 50, less 0.5)", "Quantity": Decimal(1), "UnitAmount": Decimal("-50.5")},
        ),
        # Xero refuses a negative quantity; the price carries the sign.
        (
            {"quantity": "-2", "amount": "-100"},
            {"Description": "Advice", "Quantity": Decimal(2), "UnitAmount": Decimal(-50)},
        ),
        # What Xero could not compute goes as one of our amount, with the sum in words.
        (
            {"discount": "-10", "amount": "110"},
            {"Description": "Advice (2 x 50, plus 10)", "Quantity": Decimal(1), "UnitAmount": Decimal(110)},
        ),
        (
            {"quantity": "-2", "discount": "10", "amount": "-110"},
            {"Description": "Advice (-2 x 50, less 10)", "Quantity": Decimal(1), "UnitAmount": Decimal(-110)},
        ),
        (
            {"discount": "150", "amount": "-50"},
            {"Description": "Advice (2 x 50, less 150)", "Quantity": Decimal(1), "UnitAmount": Decimal(-50)},
        ),
        # A discount above quantity x price, be it by less than a cent, is refused; one that is equal is taken.
        (
            {"quantity": "0.35", "unit_price": "333.33", "discount": "116.67", "amount": "0.00"},
            {"Description": "Advice (0.35 x 333.33, less 116.67)", "Quantity": Decimal(1), "UnitAmount": Decimal(0)},
        ),
        (
            {"quantity": "0.7", "unit_price": "325.75", "discount": "228.03", "amount": "0.00"},
            {"Description": "Advice (0.7 x 325.75, less 228.03)", "Quantity": Decimal(1), "UnitAmount": Decimal(0)},
        ),
        (
            {"quantity": "-0.35", "unit_price": "-333.33", "discount": "116.67", "amount": "0.00"},
            {"Description": "Advice (-0.35 x -333.33, less 116.67)", "Quantity": Decimal(1), "UnitAmount": Decimal(0)},
        ),
        (
            {"discount": "100", "amount": "0"},
            {
                "Description": "Advice",
                "Quantity": Decimal(2),
                "UnitAmount": Decimal(50),
                "DiscountAmount": Decimal(100),
            },
        ),
        (
            {"quantity": "0.35", "unit_price": "333.33", "discount": "116.66", "amount": "0.01"},
            {
                "Description": "Advice",
                "Quantity": Decimal("0.35"),
                "UnitAmount": Decimal("333.33"),
                "DiscountAmount": Decimal("116.66"),
            },
        ),
        (
            {"quantity": "0.33333", "amount": "16.67"},
            {"Description": "Advice (0.33333 x 50)", "Quantity": Decimal(1), "UnitAmount": Decimal("16.67")},
        ),
        (
            {"unit_price": "50.00001"},
            {"Description": "Advice (2 x 50.00001)", "Quantity": Decimal(1), "UnitAmount": Decimal(100)},
        ),
        (
            {"quantity": "0", "amount": "0"},
            {"Description": "Advice (0 x 50)", "Quantity": Decimal(1), "UnitAmount": Decimal(0)},
        ),
    ],
)
def test_amounts_go_as_xero_computes_them_or_as_one_with_the_sum_in_words(
    line: dict[str, str], expected: dict[str, Any]
) -> None:
    assert amounts(**line) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"description": ""}, "Professional services"),
        ({"description": " \x07"}, "Professional services"),
        ({"description": "", "date": date(2026, 8, 1)}, "Professional services, 01 Aug 2026"),
        ({"description": "", "is_expense": True}, "Expense"),
        ({"description": "", "is_expense": True, "category": "Court fees"}, "Court fees"),
        ({"description": " Advice\x07 ", "date": date(2026, 8, 1)}, "Advice"),
    ],
)
def test_a_line_without_words_is_named_for_what_it_is(changes: dict[str, Any], expected: str) -> None:
    assert mapped(replace(LINE, **changes)).payload["Description"] == expected


def test_a_long_description_is_cut_with_a_note_and_keeps_the_sum_in_words() -> None:
    long = mapped(replace(LINE, description="d" * 5000, discount=Decimal(-10), amount=Decimal(110)))
    assert len(long.payload["Description"]) == 4000
    assert long.payload["Description"].endswith("d… (2 x 50, plus 10)")
    assert [note.code for note in long.notes] == ["text-fitted"]
    assert mapped(replace(LINE, description="d" * 4000)).notes == ()


def test_a_line_has_its_account_and_tax_type() -> None:
    assert {key: mapped(COSTS).payload[key] for key in ("AccountCode", "TaxType")} == {
        "AccountCode": "412",
        "TaxType": "OUTPUT",
    }


def test_without_an_account_the_tax_is_not_asked_for_yet() -> None:
    without = mapped(LINE, services_account="", tax_types={})
    assert [fault.code for fault in without.faults] == ["no-account-code"]
    assert "TaxType" not in without.payload


def test_a_line_without_a_tax_type_is_a_fault() -> None:
    assert [fault.code for fault in mapped(replace(LINE, tax_percent=Decimal(7))).faults] == ["no-tax-type"]
