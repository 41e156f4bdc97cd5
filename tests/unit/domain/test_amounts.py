"""What a bill comes to by Xero's arithmetic, and which of its amounts are others there."""

from decimal import Decimal

import pytest

from xero_sync.domain.amounts import Amounts, compare_amounts, expect_amounts


def amounts(subtotal: str, tax: str, total: str) -> Amounts:
    return Amounts(subtotal=Decimal(subtotal), tax=Decimal(tax), total=Decimal(total))


def line(
    quantity: str, price: str, percent: str, discount: str = "", tax: str = ""
) -> tuple[dict[str, Decimal], Decimal]:
    sent = {"Quantity": Decimal(quantity), "UnitAmount": Decimal(price)}
    sent |= {"DiscountAmount": Decimal(discount)} if discount else {}
    return sent | ({"TaxAmount": Decimal(tax)} if tax else {}), Decimal(percent)


@pytest.mark.parametrize(
    ("lines", "types", "expected"),
    [
        ([], "Exclusive", ("0", "0", "0")),
        ([line("2", "50", "10")], "Exclusive", ("100.00", "10.00", "110.00")),
        ([line("2", "50", "10")], "NoTax", ("100.00", "0", "100.00")),
        ([line("1", "110", "10")], "Inclusive", ("100.00", "10.00", "110.00")),
        ([line("1", "110", "15")], "Inclusive", ("95.65", "14.35", "110.00")),
        # Half cents go up line by line, of a negative line downwards.
        ([line("1", "0.05", "10"), line("1", "0.05", "10")], "Exclusive", ("0.10", "0.02", "0.12")),
        ([line("1", "-0.05", "10")], "Exclusive", ("-0.05", "-0.01", "-0.06")),
        ([line("0.35", "333.33", "0", "116.67")], "Exclusive", ("0.00", "0.00", "0.00")),
        ([line("0.25", "12.3456", "8.875", "1")], "Exclusive", ("2.09", "0.19", "2.28")),
        # A tax that is sent stands in place of the computed one, and the bill's tax is the sum of both kinds.
        ([line("2", "50", "10", tax="10.01"), line("2", "50", "10")], "Exclusive", ("200.00", "20.01", "220.01")),
        ([line("1", "110", "10", tax="9.99")], "Inclusive", ("100.01", "9.99", "110.00")),
        ([line("1", "110", "10", tax="0.00")], "Exclusive", ("110.00", "0.00", "110.00")),
        ([line("1", "110", "10", tax="11.00")], "NoTax", ("110.00", "0", "110.00")),
    ],
)
def test_xero_rounds_each_line_then_its_tax_and_adds_last(
    lines: list[tuple[dict[str, Decimal], Decimal]], types: str, expected: tuple[str, str, str]
) -> None:
    assert expect_amounts(lines=lines, line_amount_types=types) == amounts(*expected)


@pytest.mark.parametrize(
    ("in_xero", "expected"),
    [
        (("100.00", "10.00", "110.00"), []),
        (("100", "10", "110"), []),
        (("100.00", "15.00", "115.00"), ["total-differs", "tax-differs"]),
        (("95.65", "14.35", "110.00"), ["tax-differs"]),
        (("101.00", "10.00", "111.00"), ["total-differs"]),
        (("101.00", "10.00", "110.00"), ["tax-differs"]),
    ],
)
def test_each_amount_that_differs_is_named(in_xero: tuple[str, str, str], expected: list[str]) -> None:
    faults = compare_amounts(here=amounts("100.00", "10.00", "110.00"), in_xero=amounts(*in_xero))
    assert [fault.code for fault in faults] == expected


def test_both_sides_are_in_the_words() -> None:
    [fault] = compare_amounts(here=amounts("1000.00", "100.00", "1100.00"), in_xero=amounts("0", "1100.00", "1100.00"))
    assert dict(fault.parts) == {"total": "100.00", "xero_total": "1,100.00"}
