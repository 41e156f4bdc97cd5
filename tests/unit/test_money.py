from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.money import (
    MOST_DIGITS,
    AmountNotUnderstood,
    StatedTaxRefused,
    TaxedAmount,
    TaxMode,
    Totals,
    add_up,
    count_digits,
    line_amount,
    line_tax,
    parse_amount,
    round_half_up,
    spread_tax,
    take_stated_tax,
    totals,
)

CENT = Decimal("0.01")
amounts = st.decimals(min_value=-9_999_999, max_value=9_999_999, places=2)
quantities = st.decimals(min_value=-10_000, max_value=10_000, places=4)
prices = st.decimals(min_value=-100_000, max_value=100_000, places=4)
percents = st.decimals(min_value=0, max_value=30, places=4)
modes = st.sampled_from(TaxMode)
bills = st.lists(st.builds(TaxedAmount, amounts, percents), max_size=30)


@pytest.mark.parametrize(
    ("value", "digits"),
    [("0", 1), ("0.000", 1), ("1000000", 1), ("12.50", 3), ("-0.0001", 1), ("123456789012.1234", 16), ("1E+20", 1)],
)
def test_digits_are_counted_without_zeros_at_either_end(value: str, digits: int) -> None:
    assert count_digits(Decimal(value)) == digits


@given(st.integers(-(10**MOST_DIGITS) + 1, 10**MOST_DIGITS - 1), st.integers(0, 6))
def test_a_number_of_so_many_digits_is_the_same_as_a_json_number(digits: int, places: int) -> None:
    value = Decimal(digits).scaleb(-places)
    assert Decimal(repr(float(value))) == value


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("0.005", 2, "0.01"),
        ("0.0049999", 2, "0.00"),
        ("-0.005", 2, "-0.01"),
        ("2.675", 2, "2.68"),
        ("1.005", 2, "1.01"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("1.00005", 4, "1.0001"),
        ("9999999999.995", 2, "10000000000.00"),
    ],
)
def test_halves_are_rounded_away_from_zero(value: str, places: int, expected: str) -> None:
    assert str(round_half_up(Decimal(value), places)) == expected


def test_nothing_is_ever_a_negative_zero() -> None:
    assert str(round_half_up(Decimal("-0.001"))) == "0.00"


@pytest.mark.parametrize(
    ("quantity", "unit_price", "discount", "expected"),
    [
        ("2.00", "350", "70", "630.00"),
        ("1.3", "0.05", "0", "0.07"),
        ("0.3333", "199.99", "0", "66.66"),
        ("1", "0.005", "0", "0.01"),
        ("-1", "0.005", "0", "-0.01"),
        ("3", "33.335", "0.01", "100.00"),
        ("2", "100", "-25.50", "225.50"),
        ("1", "10", "15", "-5.00"),
        ("0", "350", "0", "0.00"),
        ("9999999.9999", "999999999.9999", "0", "9999999999899000.00"),
    ],
)
def test_a_line_is_rounded_before_its_discount_is_taken(
    quantity: str, unit_price: str, discount: str, expected: str
) -> None:
    amount = line_amount(quantity=Decimal(quantity), unit_price=Decimal(unit_price), discount=Decimal(discount))
    assert str(amount) == expected


@pytest.mark.parametrize(
    ("amount", "percent", "mode", "expected"),
    [
        ("100.00", "10", TaxMode.EXCLUSIVE, "10.00"),
        ("0.05", "10", TaxMode.EXCLUSIVE, "0.01"),
        ("-0.05", "10", TaxMode.EXCLUSIVE, "-0.01"),
        ("33.33", "20", TaxMode.EXCLUSIVE, "6.67"),
        ("19.99", "8.25", TaxMode.EXCLUSIVE, "1.65"),
        ("110.00", "10", TaxMode.INCLUSIVE, "10.00"),
        ("0.11", "10", TaxMode.INCLUSIVE, "0.01"),
        ("100.00", "15", TaxMode.INCLUSIVE, "13.04"),
        ("0.03", "20", TaxMode.INCLUSIVE, "0.01"),
        ("100.00", "0", TaxMode.INCLUSIVE, "0.00"),
        ("100.00", "10", TaxMode.NO_TAX, "0.00"),
    ],
)
def test_tax_is_worked_out_on_the_line_amount(amount: str, percent: str, mode: TaxMode, expected: str) -> None:
    assert str(line_tax(amount=Decimal(amount), percent=Decimal(percent), mode=mode)) == expected


def test_tax_is_rounded_on_each_line_and_then_added_up() -> None:
    lines = [TaxedAmount(Decimal("0.05"), Decimal(10))] * 3
    assert totals(lines, TaxMode.EXCLUSIVE) == Totals(Decimal("0.15"), Decimal("0.03"), Decimal("0.18"))


def test_an_inclusive_bill_totals_its_lines_and_a_subtotal_without_tax() -> None:
    lines = [TaxedAmount(Decimal("110.00"), Decimal(10)), TaxedAmount(Decimal("50.00"), Decimal(0))]
    assert totals(lines, TaxMode.INCLUSIVE) == Totals(Decimal("150.00"), Decimal("10.00"), Decimal("160.00"))


def test_a_bill_without_lines_is_zero() -> None:
    assert totals([], TaxMode.EXCLUSIVE) == Totals(Decimal("0.00"), Decimal("0.00"), Decimal("0.00"))


@given(bills, modes)
@pytest.mark.promise("P30")
def test_subtotal_and_tax_always_make_the_total(lines: list[TaxedAmount], mode: TaxMode) -> None:
    result = totals(lines, mode)
    assert result.subtotal + result.tax == result.total
    assert result.tax == sum((line_tax(amount=a, percent=p, mode=mode) for a, p in lines), Decimal(0))
    assert all(value == round_half_up(value) for value in result)


@given(bills, modes)
def test_a_credited_bill_is_the_bill_with_its_sign_turned(lines: list[TaxedAmount], mode: TaxMode) -> None:
    bill = totals(lines, mode)
    credit = totals([TaxedAmount(-amount, percent) for amount, percent in lines], mode)
    assert credit == Totals(*(-value for value in bill))


@given(bills, modes)
def test_the_order_of_lines_does_not_change_a_total(lines: list[TaxedAmount], mode: TaxMode) -> None:
    assert totals(reversed(lines), mode) == totals(lines, mode)


@given(quantities, prices)
def test_a_line_amount_is_within_half_a_cent_of_the_exact_product(quantity: Decimal, price: Decimal) -> None:
    amount = line_amount(quantity=quantity, unit_price=price)
    assert abs(amount - quantity * price) <= CENT / 2
    assert line_amount(quantity=-quantity, unit_price=price) == -amount


@given(amounts, percents)
def test_inclusive_tax_is_what_xeros_formula_says(amount: Decimal, percent: Decimal) -> None:
    exact = amount - amount / (1 + percent / 100)
    assert abs(line_tax(amount=amount, percent=percent, mode=TaxMode.INCLUSIVE) - exact) <= CENT / 2 + Decimal("1e-15")


def test_a_float_is_refused_wherever_money_is_computed() -> None:
    half: Decimal = 0.5  # type: ignore[assignment]
    with pytest.raises(TypeError):
        round_half_up(half)
    with pytest.raises(TypeError):
        line_amount(quantity=half, unit_price=Decimal(1))
    with pytest.raises(TypeError):
        line_tax(amount=Decimal(1), percent=half, mode=TaxMode.EXCLUSIVE)
    with pytest.raises(TypeError):
        totals([(half, Decimal(10))], TaxMode.NO_TAX)


def test_a_tax_rate_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="never below 0"):
        line_tax(amount=Decimal(1), percent=Decimal(-100), mode=TaxMode.INCLUSIVE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1250.", "1250"),
        ("+100.00", "100.00"),
        ("-70", "-70"),
        (".5", "0.5"),
        ("1,250.00", "1250.00"),
        ("1,234,567.8", "1234567.8"),
        ("1 250.00", "1250.00"),
        ("1\u00a0250.00", "1250.00"),
        ("\u221270", "-70"),
        ("  42.10\t", "42.10"),
        ("007", "7"),
    ],
)
def test_an_amount_is_read_as_people_and_systems_write_it(text: str, expected: str) -> None:
    assert parse_amount(text) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    ["", " ", "12,50", "1,2345", "1,234 567", "12.5.0", "$5", "1e3", "NaN", "Infinity", "-", ".", "--1", "٣", "1_000"],
)
def test_an_amount_that_would_need_guessing_is_refused(text: str) -> None:
    with pytest.raises(AmountNotUnderstood):
        parse_amount(text)


@given(amounts)
def test_an_amount_written_out_is_read_back_the_same(amount: Decimal) -> None:
    assert parse_amount(str(amount)) == amount
    assert parse_amount(f"{amount:,}") == amount


def taken(stated: str, amount: str = "33.40", percent: str = "10", mode: TaxMode = TaxMode.EXCLUSIVE) -> Decimal:
    return take_stated_tax(stated=Decimal(stated), amount=Decimal(amount), percent=Decimal(percent), mode=mode)


@pytest.mark.parametrize(
    ("stated", "amount", "mode"),
    [
        ("3.33", "33.40", TaxMode.EXCLUSIVE),
        ("3.34", "33.40", TaxMode.EXCLUSIVE),
        ("3.35", "33.40", TaxMode.EXCLUSIVE),
        ("-3.35", "-33.40", TaxMode.EXCLUSIVE),
        ("3.03", "33.40", TaxMode.INCLUSIVE),
        ("0.00", "0.05", TaxMode.EXCLUSIVE),
        ("0", "33.40", TaxMode.NO_TAX),
    ],
)
def test_a_stated_tax_within_a_cent_of_the_computed_one_is_the_lines(stated: str, amount: str, mode: TaxMode) -> None:
    assert taken(stated, amount, mode=mode) == Decimal(stated)


@pytest.mark.parametrize(
    ("stated", "amount", "mode", "words"),
    [
        ("3.32", "33.40", TaxMode.EXCLUSIVE, "is 3.32, but 10% of 33.40 is 3.34. The two may differ by one cent"),
        ("3.36", "33.40", TaxMode.EXCLUSIVE, "is 3.36, but 10% of 33.40 is 3.34."),
        ("3.34", "-33.40", TaxMode.EXCLUSIVE, "is 3.34, but 10% of -33.40 is -3.34."),
        ("3.06", "33.40", TaxMode.INCLUSIVE, "is 3.06, but 10% of 33.40 is 3.04."),
        ("0.01", "0.00", TaxMode.EXCLUSIVE, "is 0.01, more than the line's 0.00."),
        ("3.335", "33.40", TaxMode.EXCLUSIVE, "3.335, has more than two decimals."),
        ("0.01", "33.40", TaxMode.NO_TAX, "but the bill is without tax."),
    ],
)
def test_another_stated_tax_is_refused_with_both_sums(stated: str, amount: str, mode: TaxMode, words: str) -> None:
    with pytest.raises(StatedTaxRefused) as refusal:
        taken(stated, amount, mode=mode)
    assert words in str(refusal.value)


def test_stated_taxes_are_what_a_bill_adds_up_to() -> None:
    lines = [(Decimal("33.40"), Decimal("3.33")), (Decimal("33.30"), Decimal("3.34"))]
    assert add_up(lines, TaxMode.EXCLUSIVE) == Totals(Decimal("66.70"), Decimal("6.67"), Decimal("73.37"))
    assert add_up(lines, TaxMode.INCLUSIVE) == Totals(Decimal("60.03"), Decimal("6.67"), Decimal("66.70"))


@pytest.mark.parametrize(
    ("tax", "amounts_of_lines", "shares"),
    [
        ("10.00", ["33.33", "33.33", "33.34"], ["3.33", "3.33", "3.34"]),
        ("0.01", ["1.00", "3.00", "2.00"], ["0.00", "0.01", "0.00"]),
        # Rounding gives each of three equal lines a cent too much or too little: the first of the largest evens it out.
        ("0.05", ["1.00", "1.00", "1.00"], ["0.01", "0.02", "0.02"]),
        ("0.04", ["1.00", "1.00", "1.00"], ["0.02", "0.01", "0.01"]),
        ("10.00", ["110.00", "-10.00"], ["11.00", "-1.00"]),
        ("-10.00", ["-50.00", "-50.00"], ["-5.00", "-5.00"]),
        ("0.00", ["5.00", "-5.00"], ["0.00", "0.00"]),
        ("0.00", [], []),
    ],
)
def test_a_tax_is_spread_by_line_amount_and_the_last_cent_goes_to_the_largest(
    tax: str, amounts_of_lines: list[str], shares: list[str]
) -> None:
    spread = spread_tax(tax=Decimal(tax), amounts=[Decimal(each) for each in amounts_of_lines])
    assert [str(each) for each in spread] == shares


def test_a_tax_on_lines_that_come_to_nothing_cannot_be_spread() -> None:
    with pytest.raises(ValueError, match="come to nothing"):
        spread_tax(tax=CENT, amounts=[Decimal(5), Decimal(-5)])


@given(amounts, st.lists(st.decimals(min_value=0, max_value=9_999_999, places=2), min_size=1, max_size=40))
def test_the_shares_always_make_the_tax_and_none_is_more_than_a_cent_off_its_part(
    tax: Decimal, lines: list[Decimal]
) -> None:
    whole = sum(lines)
    if not whole:
        return
    shares = spread_tax(tax=tax, amounts=lines)
    assert sum(shares) == tax
    for share, amount in zip(shares, lines, strict=True):
        assert abs(share - tax * amount / whole) < Decimal("0.0151")
