from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.money import line_amount, round_half_up
from billing.imports.ledes import FIELDS, EntryType
from tests.unit.ledes_text import ADJUSTMENT, EXPENSE, START, changed, line, only, read, record


def test_a_bill_with_a_fee_an_expense_and_an_adjustment_is_read() -> None:
    bill = only(
        START + changed(total="624.95") + changed(EXPENSE, total="624.95") + changed(ADJUSTMENT, total="624.95")
    )
    assert (bill.number, bill.client_id, bill.invoice_date) == ("10417", "C-1001", date(2026, 8, 31))
    assert (bill.billing_start, bill.billing_end) == (date(2026, 8, 1), date(2026, 8, 31))
    assert (bill.total, bill.description, bill.matter_ids) == (Decimal("624.95"), "For services rendered", ("1001-01",))
    fee, expense, adjustment = bill.lines
    assert (fee.is_time, fee.quantity, fee.unit_price, fee.discount) == (True, Decimal(2), Decimal(350), Decimal(70))
    assert (fee.timekeeper_name, fee.timekeeper_id, fee.task_code, fee.activity_code) == (
        "Kerr, Maya",
        "1001",
        "L510",
        "A102",
    )
    assert (expense.is_time, expense.expense_code, expense.amount) == (False, "E111", Decimal("24.95"))
    assert (adjustment.is_time, adjustment.quantity, adjustment.unit_price) == (True, Decimal(1), Decimal(-30))
    assert [entry.line_number for entry in bill.lines] == [3, 4, 5]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", ""])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_line_end_and_encoding_is_read(line_end: str, encoding: str) -> None:
    text = START + record(LINE_ITEM_DESCRIPTION="Café – Müller’s papers")
    assert line(text.replace("\n", line_end).encode(encoding)).description == "Café – Müller’s papers"


@pytest.mark.parametrize(
    ("typed", "meant"), [("f", "F"), ("E", "E"), ("e", "E"), ("If", "IF"), ("if", "IF"), ("iE", "IE")]
)
def test_types_are_read_in_any_case(typed: str, meant: str) -> None:
    assert line(START + record(EXP_FEE_INV_ADJ_TYPE=typed)).entry_type is EntryType(meant)


@pytest.mark.parametrize(
    ("units", "adjustment", "cost", "total"),
    [
        ("1", "", "1250.", "1250."),
        ("1", "+100.00", "150", "+250.00"),
        ("2.00", "-70", "350", "630"),
        (".5", "0", "100", "50"),
        (" 1 ", "", "1,250.00", "1250"),
        ("0.1", "", "333.35", "33.34"),
        ("-1", "", "0.005", "-0.01"),
        ("3", "", "33.3333", "100.0000"),
    ],
)
def test_amounts_are_read_as_systems_write_them(units: str, adjustment: str, cost: str, total: str) -> None:
    entry = line(
        START
        + record(
            INVOICE_TOTAL=total,
            LINE_ITEM_NUMBER_OF_UNITS=units,
            LINE_ITEM_ADJUSTMENT_AMOUNT=adjustment,
            LINE_ITEM_UNIT_COST=cost,
            LINE_ITEM_TOTAL=total,
        )
    )
    assert entry.amount == round_half_up(Decimal(total))
    assert line_amount(quantity=entry.quantity, unit_price=entry.unit_price, discount=entry.discount) == entry.amount


@pytest.mark.parametrize(
    ("units", "cost", "adjustment", "total"),
    [("1", "", "1250.", "1250"), ("1", "1250", "", "1250"), ("", "", "", "1250"), ("0", "0", "1250", "1250")],
)
def test_an_adjustment_of_the_bill_may_state_its_amount_in_any_field(
    units: str, cost: str, adjustment: str, total: str
) -> None:
    entry = line(
        START
        + record(
            EXP_FEE_INV_ADJ_TYPE="IF",
            INVOICE_TOTAL=total,
            LINE_ITEM_DATE="",
            LINE_ITEM_NUMBER_OF_UNITS=units,
            LINE_ITEM_UNIT_COST=cost,
            LINE_ITEM_ADJUSTMENT_AMOUNT=adjustment,
            LINE_ITEM_TOTAL=total,
        )
    )
    assert (entry.quantity, entry.unit_price, entry.discount) == (Decimal(1), Decimal(1250), Decimal(0))
    assert entry.date is None


def test_units_with_too_many_decimals_become_one_unit_and_stand_in_the_description() -> None:
    entry = line(
        START
        + record(
            LINE_ITEM_NUMBER_OF_UNITS="0.33333333",
            LINE_ITEM_ADJUSTMENT_AMOUNT="",
            LINE_ITEM_TOTAL="116.67",
            INVOICE_TOTAL="116.67",
        )
    )
    assert (entry.quantity, entry.unit_price, entry.units) == (Decimal(1), Decimal("116.67"), Decimal("0.33333333"))
    assert entry.description == "Research on set-off (0.33333333 x 350)"


def test_a_fee_that_is_only_an_adjustment_keeps_its_amount() -> None:
    entry = line(START + record(LINE_ITEM_NUMBER_OF_UNITS="0", LINE_ITEM_TOTAL="-70", INVOICE_TOTAL="-70"))
    assert (entry.quantity, entry.unit_price, entry.discount) == (Decimal(1), Decimal(-70), Decimal(0))


def test_bills_of_several_clients_may_be_interleaved() -> None:
    other = {"INVOICE_NUMBER": "10418", "CLIENT_ID": "C-1002", "LAW_FIRM_MATTER_ID": "1002-01"}
    text = START + changed(total="654.95") + changed(other) + changed(EXPENSE, total="654.95")
    first, second = read(text).invoices
    assert (first.number, len(first.lines), first.client_id) == ("10417", 2, "C-1001")
    assert (second.number, len(second.lines), second.client_id) == ("10418", 1, "C-1002")
    assert read(text).client_ids == ("C-1001", "C-1002")


def test_one_bill_may_be_for_several_matters_numbered_from_one_each() -> None:
    second = {"LAW_FIRM_MATTER_ID": "1001-02", "BILLING_START_DATE": "20260715", "INVOICE_DESCRIPTION": "Lease"}
    bill = only(START + changed(total="1260") + changed(second, total="1260"))
    assert bill.matter_ids == ("1001-01", "1001-02")
    assert bill.billing_start == date(2026, 7, 15)
    assert bill.description == "For services rendered\nLease"


def test_a_record_may_run_over_several_lines_and_later_lines_keep_their_numbers() -> None:
    text = START + record(LINE_ITEM_DESCRIPTION="First part\n  second part", LINE_ITEM_NUMBER="1", INVOICE_TOTAL="1260")
    text += "\n" + record(LINE_ITEM_NUMBER="2", INVOICE_TOTAL="1260") + "\n\n\x1a"
    first, second = only(text).lines
    assert first.description == "First part\n  second part"
    assert (first.line_number, second.line_number) == (3, 6)


def test_brackets_inside_a_description_do_not_end_a_record() -> None:
    assert (
        line(START + record(LINE_ITEM_DESCRIPTION="Insert name [] and date")).description == "Insert name [] and date"
    )


def test_field_names_may_differ_in_case_spaces_and_order() -> None:
    names = [name.lower().replace("_", " ") for name in reversed(FIELDS)]
    values = record().strip().removesuffix("[]").split("|")
    text = "ledes1998b[]\n" + " | ".join(names) + "[]\n" + " | ".join(reversed(values)) + "[]"
    assert only(text) == only(START + record())


def test_an_expense_code_nobody_knows_is_handed_on() -> None:
    text = START + changed(EXPENSE, total="24.95", LINE_ITEM_EXPENSE_CODE="X900")
    assert read(text).expense_codes == ("X900",)


def test_the_same_bill_has_the_same_fingerprint_however_it_is_written() -> None:
    plain = START + changed(total="654.95") + changed(EXPENSE, total="654.95")
    dressed = START + changed(EXPENSE, total="+654.950") + "\n" + changed(total=" 654.95 ", EXP_FEE_INV_ADJ_TYPE="f")
    assert only(plain).fingerprint == only(dressed.replace("\n", "\r\n").encode("utf-8-sig")).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"LINE_ITEM_DESCRIPTION": "Research on set-off."},
        {"LINE_ITEM_DATE": "20260816"},
        {"TIMEKEEPER_NAME": "Osei, Daniel"},
        {"LINE_ITEM_NUMBER_OF_UNITS": "1.00", "LINE_ITEM_UNIT_COST": "700"},
        {"CLIENT_ID": "C-1002"},
        {"INVOICE_DATE": "20260901"},
        {"LAW_FIRM_MATTER_ID": "1001-02"},
    ],
)
def test_a_bill_with_other_content_has_another_fingerprint(change: dict[str, str]) -> None:
    assert only(START + record()).fingerprint != only(START + record(**change)).fingerprint


def test_a_fingerprint_does_not_depend_on_where_the_bill_stands() -> None:
    bill = only(START + record())
    moved = replace(bill, line_number=99, lines=tuple(replace(entry, line_number=99) for entry in bill.lines))
    assert moved.fingerprint == bill.fingerprint


def test_a_file_of_many_bills_is_read_whole() -> None:
    text = START + "".join(record(INVOICE_NUMBER=str(number)) for number in range(3000))
    assert len(read(text).invoices) == 3000


figures = st.decimals(min_value=-9999, max_value=9999, places=3)


@given(units=figures, cost=figures, adjustment=figures)
def test_whatever_a_line_is_made_of_the_bill_keeps_its_total(
    units: Decimal, cost: Decimal, adjustment: Decimal
) -> None:
    total = f"{round_half_up(units * cost + adjustment):f}"
    entry = line(
        START
        + record(
            INVOICE_TOTAL=total,
            LINE_ITEM_TOTAL=total,
            LINE_ITEM_NUMBER_OF_UNITS=f"{units:f}",
            LINE_ITEM_UNIT_COST=f"{cost:f}",
            LINE_ITEM_ADJUSTMENT_AMOUNT=f"{adjustment:f}",
        )
    )
    assert line_amount(quantity=entry.quantity, unit_price=entry.unit_price, discount=entry.discount) == entry.amount
    assert f"{entry.amount:f}" == total
    assert entry.discount == round_half_up(entry.discount)
