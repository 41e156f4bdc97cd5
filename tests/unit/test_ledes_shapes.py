"""LEDES 1998B as practice systems and spreadsheets write it, not as the standard has it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from billing.domain.money import line_amount
from billing.imports.dates import DateOrder
from billing.imports.ledes import ReadingOptions
from tests.unit.ledes_text import START, LedesFile, only, read, read_ledes, record, refusal

FILES = Path(__file__).parents[1] / "fixtures" / "ledes"


def file(name: str) -> LedesFile:
    return read((FILES / f"{name}.txt").read_bytes())


@pytest.mark.parametrize(
    "name",
    [
        "bar-before-brackets",
        "bar-after-brackets",
        "quotes-of-a-spreadsheet",
        "quotes-around-lines",
        "two-byte-order-marks",
        "null-words",
        "without-the-last-field",
        "without-the-last-brackets",
    ],
)
def test_a_bill_comes_in_however_its_file_is_written(name: str) -> None:
    (bill,) = file(name).invoices
    assert (bill.total, bill.client_id, bill.matter_ids) == (Decimal(800), "C7001", ("C7001-1",))
    (line,) = bill.lines
    assert (line.quantity, line.unit_price, line.timekeeper_name) == (Decimal(4), Decimal(200), "Iris Odell")


def test_the_quotes_of_a_spreadsheet_are_undone_and_a_writers_are_kept() -> None:
    assert file("quotes-of-a-spreadsheet").invoices[0].lines[0].description == 'Call with "Moss", then a note'
    assert file("quotes-around-lines").invoices[0].lines[0].description == 'Call with "Moss"'
    for kept in ('"Without prejudice"', '"A" and "B"', '"'):
        assert only(START + record(LINE_ITEM_DESCRIPTION=kept)).lines[0].description == kept


def test_the_word_null_is_empty() -> None:
    (bill,) = file("null-words").invoices
    assert (bill.description, bill.lines[0].client_matter_id, bill.lines[0].adjustment) == ("", "", Decimal(0))


def test_amounts_with_a_currency_sign_are_read() -> None:
    (bill,) = file("dollar-signs").invoices
    assert (bill.total, bill.lines[0].unit_price, bill.lines[0].discount) == (Decimal(1000), Decimal(210), Decimal(50))


@pytest.mark.parametrize("name", ["half-even-cent", "minutes-printed-as-hours", "total-of-unrounded-lines"])
def test_what_differs_by_rounding_keeps_the_files_amounts_and_is_noted(name: str) -> None:
    read_file = file(name)
    (bill,) = read_file.invoices
    assert [note.line_number for note in read_file.notes] == [3]
    assert "rounding" in read_file.notes[0].message
    assert sum(line.amount for line in bill.lines) == bill.total
    for line in bill.lines:
        made = line_amount(quantity=line.quantity, unit_price=line.unit_price, discount=line.discount)
        assert made == line.amount


def test_hours_that_were_rounded_stand_in_the_description() -> None:
    (line,) = file("minutes-printed-as-hours").invoices[0].lines
    assert (line.quantity, line.unit_price, line.description) == (1, 80, "Advice (0.33 x 240)")


@pytest.mark.parametrize(
    ("units", "cost", "total"),
    [("0.17", "300", "49.00"), ("0.2", "300", "50.00"), ("2.00", "350", "700.01"), ("1", "100", "100.01")],
)
def test_a_real_difference_is_refused_at_its_line(units: str, cost: str, total: str) -> None:
    figures = {
        "LINE_ITEM_NUMBER_OF_UNITS": units,
        "LINE_ITEM_UNIT_COST": cost,
        "LINE_ITEM_ADJUSTMENT_AMOUNT": "",
        "LINE_ITEM_TOTAL": total,
    }
    faults = refusal(START + record(INVOICE_TOTAL=total, **figures)).faults
    assert [(fault.line_number, fault.field) for fault in faults] == [(3, "LINE_ITEM_TOTAL")]


def test_a_total_beyond_half_a_cent_a_line_is_refused() -> None:
    rows = record(INVOICE_TOTAL="1260.02") + record(INVOICE_TOTAL="1260.02", LINE_ITEM_NUMBER="2")
    assert [fault.field for fault in refusal(START + rows).faults] == ["INVOICE_TOTAL"]


def test_of_dates_and_clients_that_differ_within_a_bill_the_first_counts() -> None:
    read_file = file("dates-that-differ")
    (bill,) = read_file.invoices
    assert (bill.invoice_date, bill.client_id, bill.total) == (date(2026, 11, 12), "C7001", 400)
    assert [(note.line_number, note.field) for note in read_file.notes] == [(4, "CLIENT_ID"), (4, "INVOICE_DATE")]


def test_without_its_last_brackets_a_file_is_noted_and_a_cut_one_is_refused() -> None:
    assert [note.line_number for note in file("without-the-last-brackets").notes] == [3]
    cut = (FILES / "without-the-last-brackets.txt").read_text().rstrip().removesuffix("|P-7")
    assert refusal(cut).faults[0].message.startswith("The file ends in the middle of record 1")


def test_dates_in_another_form_are_read_after_a_choice_and_a_line_may_then_have_none() -> None:
    dates = {"INVOICE_DATE": "08/31/2026", "BILLING_START_DATE": "", "BILLING_END_DATE": "8/31/2026"}
    text = START + record(**dates, LINE_ITEM_DATE="08/15/2026") + record(**dates, INVOICE_NUMBER="2", LINE_ITEM_DATE="")
    first, second = read(text, ReadingOptions(dates=DateOrder.MONTH_FIRST)).invoices
    assert (first.invoice_date, first.lines[0].date) == (date(2026, 8, 31), date(2026, 8, 15))
    assert (second.billing_end, second.lines[0].date) == (date(2026, 8, 31), None)
    fault = refusal(text).faults[0]
    assert fault.message.endswith("For another order, choose how dates are written.")


def test_a_file_may_be_one_line_and_larger_than_what_is_read_at_once() -> None:
    records = "".join(
        record(INVOICE_NUMBER=str(number), LINE_ITEM_DESCRIPTION="Works [] at length" * 20) for number in range(4000)
    )
    whole = (START + records).replace("\n", "")
    assert len(whole) > 2_000_000
    assert [bill.number for bill in read(whole).invoices] == [str(number) for number in range(4000)]


def test_lines_of_a_bill_may_stand_anywhere_in_the_file() -> None:
    numbers = [str(number) for number in range(300)]
    first = [record(INVOICE_NUMBER=number, INVOICE_TOTAL="1260") for number in numbers]
    second = [record(INVOICE_NUMBER=number, INVOICE_TOTAL="1260", LINE_ITEM_NUMBER="2") for number in reversed(numbers)]
    bills = read(START + "".join(first + second)).invoices
    assert [bill.number for bill in bills] == numbers
    assert [[line.line_number for line in bill.lines] for bill in bills] == [[3 + n, 602 - n] for n in range(300)]


def test_a_record_that_never_ends_is_refused_and_not_held_whole() -> None:
    (fault,) = refusal(START + record() + "x|" * 2_000_000).faults
    assert (fault.line_number, fault.message) == (
        4,
        "Record 2 begins on line 4 and has no [] within a megabyte. Export it again.",
    )


def test_a_file_without_its_first_line_is_read_after_its_layout_was_chosen() -> None:
    text = (START + record()).partition("\n")[2]
    assert "without its first line" in refusal(text).faults[0].message
    back = read(text, ReadingOptions(layout="ledes-1998b"))
    assert (back.format, back.invoices[0].lines[0].line_number) == ("LEDES 1998B", 2)


@pytest.mark.parametrize(
    ("layout", "name"), [("ledes-xml", "LEDES XML"), ("ledes-1998bi", "LEDES 1998BI"), ("ledes-1998b", "LEDES 1998B")]
)
def test_a_layout_that_the_file_does_not_have_refuses_it(layout: str, name: str) -> None:
    other = "international-net-lines" if name == "LEDES 1998B" else "half-even-cent"
    result = read_ledes(data=(FILES / f"{other}.txt").read_bytes(), options=ReadingOptions(layout=layout))
    (fault,) = getattr(result, "faults", ())
    assert fault.message.endswith(f"and {name} was chosen. Choose the file's own layout, or none.")


@pytest.mark.parametrize("adjustment", ["-70.00", "(70.00)", "70.00-", "($70.00)", "-$70"])
def test_an_amount_below_zero_may_be_in_brackets_or_have_its_minus_last(adjustment: str) -> None:
    assert only(START + record(LINE_ITEM_ADJUSTMENT_AMOUNT=adjustment)).lines[0].discount == 70


@pytest.mark.parametrize("adjustment", ["(-70)", "-70-", "(70", "()", "-", "--70"])
def test_an_amount_that_could_mean_two_things_is_refused(adjustment: str) -> None:
    (fault,) = refusal(START + record(LINE_ITEM_ADJUSTMENT_AMOUNT=adjustment)).faults
    assert fault.field == "LINE_ITEM_ADJUSTMENT_AMOUNT"


def test_a_line_without_its_date_says_how_it_can_come_in() -> None:
    (fault,) = refusal(START + record(LINE_ITEM_DATE="")).faults
    assert fault.message == ("LINE_ITEM_DATE is empty; every line needs one, unless you choose how dates are written.")


@pytest.mark.parametrize("bound", ["MOST_BILLS", "MOST_RECORDS"])
def test_a_file_of_more_bills_or_lines_than_any_real_one_is_refused(
    bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    three = "".join(record(INVOICE_NUMBER=str(number)) for number in range(3))
    assert len(read(START + three).invoices) == 3
    monkeypatch.setattr(f"billing.imports.bill_records.{bound}", 2)
    assert refusal(START + three).faults[0].message.startswith("The file holds more than")


def test_of_a_bills_broken_records_the_first_is_shown_and_all_are_counted() -> None:
    broken = record(LINE_ITEM_DESCRIPTION="this | that")
    result = refusal(START + record() + broken * 3 + record(INVOICE_NUMBER="2", LINE_ITEM_TOTAL="1"))
    assert [fault.line_number for fault in result.faults] == [4, 7]
    assert result.fault_count == 4


def test_format_characters_are_dropped_and_names_composed() -> None:
    decomposed, unseen = "Rene\u0301e Lefe\u0300vre", "\u200bIris\u202e Odell\u200b "
    (line,) = only(START + record(LINE_ITEM_DESCRIPTION=decomposed, TIMEKEEPER_NAME=unseen)).lines
    assert (line.description, line.timekeeper_name) == ("Renée Lefèvre", "Iris Odell")
    xml = (FILES / "xml-21.xml").read_text().replace("Thornbury Mills", f"\u200b{decomposed}\u200b")
    assert only(xml).client_name == "Renée Lefèvre Ltd"
