"""What a client owes is what the file says: its own taxes are kept, spread over the lines, or refused by line."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.money import round_half_up
from billing.imports.ledes_tax import TaxTreatment
from billing.services.ledes_taxed import Rate, Rates, TaxedBill, TaxRefused, tax_bill
from tests.unit.ledes_text import EXPENSE, START, changed, only, read, record, refusal

GST, NO_TAX = Rate("GST", Decimal(10)), Rate("No tax", Decimal(0))
RATES = Rates((GST, NO_TAX))
FILES = Path(__file__).parents[1] / "fixtures" / "ledes"
THIRD = {"LINE_ITEM_NUMBER_OF_UNITS": "1", "LINE_ITEM_ADJUSTMENT_AMOUNT": ""}


def bill_of(amounts: list[str], *taxes: tuple[str, str], total: str) -> str:
    """A bill with fees of these amounts and a row for each tax, a description and an amount."""
    fees = [
        record(**THIRD, LINE_ITEM_NUMBER=str(n), LINE_ITEM_UNIT_COST=each, LINE_ITEM_TOTAL=each, INVOICE_TOTAL=total)
        for n, each in enumerate(amounts, start=1)
    ]
    rows = [
        changed(
            EXPENSE,
            total=total,
            LINE_ITEM_NUMBER=f"T{n}",
            LINE_ITEM_DESCRIPTION=name,
            LINE_ITEM_EXPENSE_CODE="",
            LINE_ITEM_UNIT_COST=tax,
            LINE_ITEM_TOTAL=tax,
        )
        for n, (name, tax) in enumerate(taxes)
    ]
    return START + "".join(fees + rows)


def taxed(text: str, rates: Rates = RATES) -> TaxedBill:
    result = tax_bill(bill=only(text), treatment=TaxTreatment.IN_LINES, rates=rates)
    assert isinstance(result, TaxedBill), result
    assert result.totals.total == result.bill.total
    return result


def refused(text: str) -> TaxRefused:
    result = tax_bill(bill=only(text), treatment=TaxTreatment.IN_LINES, rates=RATES)
    assert isinstance(result, TaxRefused), result
    return result


def shares(bill: TaxedBill) -> list[tuple[str, bool]]:
    return [(str(line.tax), line.tax_is_stated) for line in bill.lines]


def test_a_tax_that_the_rate_makes_line_by_line_is_left_to_the_rate() -> None:
    assert shares(taxed(bill_of(["100", "200"], ("GST", "30"), total="330"))) == [("10.00", False), ("20.00", False)]


def test_a_tax_that_was_rounded_once_is_spread_and_the_cent_goes_to_the_largest_line() -> None:
    spread = taxed(bill_of(["33.33", "33.34", "33.33"], ("GST 10%", "10.00"), total="110.00"))
    assert shares(spread) == [("3.33", False), ("3.34", True), ("3.33", False)]
    assert (spread.totals.subtotal, spread.totals.tax) == (Decimal("100.00"), Decimal("10.00"))
    assert {line.rate for line in spread.lines} == {GST}


def test_a_tax_on_fees_alone_is_spread_over_fees_alone() -> None:
    expense = changed(EXPENSE, total="135.00", LINE_ITEM_TOTAL="25", LINE_ITEM_UNIT_COST="25", LINE_ITEM_NUMBER="9")
    text = bill_of(["33.33", "33.34", "33.33"], ("GST", "10.00"), total="135.00") + expense
    assert shares(taxed(text)) == [("3.33", False), ("3.34", True), ("3.33", False), ("0.00", False)]


def test_a_share_more_than_a_cent_off_is_refused_at_the_tax_with_both_sums() -> None:
    refusal = refused(bill_of(["100", "100"], ("GST", "20.04"), total="220.04"))
    assert (refusal.line_number, refusal.message[:69]) == (
        5,
        "Bill 10417 has 20.04 of tax on 200.00, which no rate makes (GST 10%),",
    )


def test_two_taxes_that_state_their_percentages_are_one_rate() -> None:
    both = taxed(bill_of(["100", "50"], ("GST 5%", "7.50"), ("PST 7%", "10.50"), total="168.00"))
    assert {(line.rate.name, line.rate.percent) for line in both.lines} == {("GST + PST", 12)}


def international(**changes: str) -> str:
    """A line of 630.00 with 126.00 of tax at 20 per cent, and an expense of 24.95 without."""
    text = (FILES / "international-v2.txt").read_text()
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return text


def test_a_tax_of_a_line_that_is_a_cent_off_is_kept_as_the_file_states_it() -> None:
    text = international(
        tax=("|0.2|126.00|", "|0.2|126.01|"), line=("|756.00|", "|756.01|"), bill=("|780.95|", "|780.96|")
    )
    assert shares(taxed(text)) == [("126.01", True), ("0.00", False)]


def test_a_tax_of_a_line_that_is_two_cents_off_is_refused_at_its_line() -> None:
    text = international(
        tax=("|0.2|126.00|", "|0.2|126.02|"), line=("|756.00|", "|756.02|"), bill=("|780.95|", "|780.97|")
    )
    assert refused(text) == TaxRefused(
        3, "Bill B301 has 126.02 of tax on 630.00 here, which no rate makes, not even to a cent (VAT 20%)."
    )


@pytest.mark.parametrize("rate", ["-0.2", "101", "20%"])
def test_a_rate_that_no_tax_has_is_refused_by_line(rate: str) -> None:
    (fault, *_) = refusal(international(tax=("|0.2|126.00|", f"|{rate}|126.00|"))).faults
    assert (fault.line_number, fault.field) == (3, "LINE_ITEM_TAX_RATE")


def without_taxes_of_lines() -> str:
    return international(
        taxes=("|0.2|126.00|VAT|", "|||VAT|"), none=("|0|0|VAT|", "|||VAT|"), line=("|756.00|", "|630.00|")
    )


def test_a_tax_that_the_file_states_of_the_whole_bill_is_spread_over_its_lines() -> None:
    text = without_taxes_of_lines().replace("|780.95|", "|720.45|").replace("|126.00|654.95|", "|65.50|654.95|")
    (note,) = read(text).notes
    assert note.message == "Bill B301 has 65.50 of tax that stands in no line of its own."
    assert shares(taxed(text)) == [("63.00", False), ("2.50", False)]


def test_a_stated_tax_that_neither_lines_nor_total_have_is_refused_by_line() -> None:
    text = without_taxes_of_lines().replace("|780.95|", "|654.95|")
    (fault,) = refusal(text).faults
    assert (fault.line_number, fault.field) == (3, "INVOICE_TAX_TOTAL")
    assert fault.message == "Bill B301 says 126.00 of tax, which is neither in its lines nor its total."


@pytest.mark.parametrize("treatment", [TaxTreatment.USUAL, TaxTreatment.INSIDE, TaxTreatment.NONE])
def test_no_treatment_states_a_tax_of_its_own(treatment: TaxTreatment) -> None:
    result = tax_bill(bill=only(START + record()), treatment=treatment, rates=RATES)
    assert isinstance(result, TaxedBill)
    assert not any(line.tax_is_stated for line in result.lines)


fees = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(9999), places=2)


@given(st.lists(fees, min_size=1, max_size=12), st.integers(-2, 2))
def test_the_stated_taxes_are_the_files_tax_and_the_total_is_the_files_or_the_bill_is_refused(
    amounts: list[Decimal], cents: int
) -> None:
    """A tax rounded once for the whole bill, or a few cents off that."""
    tax = round_half_up(sum(amounts, Decimal(0)) / 10) + Decimal(cents).scaleb(-2)
    if tax <= 0:
        return
    text = bill_of([str(each) for each in amounts], ("GST", str(tax)), total=str(sum(amounts, tax)))
    result = tax_bill(bill=only(text), treatment=TaxTreatment.IN_LINES, rates=RATES)
    off = max(abs(round_half_up(each / 10) - each / 10) for each in amounts)
    if isinstance(result, TaxRefused):
        assert cents or off, "what the rate makes to the cent is never refused"
        return
    assert sum(line.tax for line in result.lines) == result.totals.tax == tax
    assert result.totals.total == result.bill.total == sum(amounts, tax)
    assert all(abs(line.tax - round_half_up(line.line.amount / 10)) <= Decimal("0.01") for line in result.lines)
