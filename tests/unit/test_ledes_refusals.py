import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.imports.ledes import FIELDS, LedesRefused
from tests.unit.ledes_text import EXPENSE, START, LedesFile, changed, places, read_ledes, record, refusal


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("INVOICE_DATE", "20260231"),
        ("INVOICE_DATE", "31082026"),
        ("INVOICE_DATE", "2026-08-31"),
        ("INVOICE_DATE", ""),
        ("BILLING_END_DATE", "20261301"),
        ("LINE_ITEM_DATE", ""),
        ("INVOICE_NUMBER", ""),
        ("INVOICE_NUMBER", "9" * 256),
        ("CLIENT_ID", ""),
        ("CLIENT_ID", "9" * 51),
        ("LINE_ITEM_NUMBER", ""),
        ("EXP/FEE/INV_ADJ_TYPE", "X"),
        ("EXP/FEE/INV_ADJ_TYPE", ""),
        ("INVOICE_TOTAL", ""),
        ("INVOICE_TOTAL", "630,00"),
        ("LINE_ITEM_TOTAL", "USD630"),
        ("LINE_ITEM_TOTAL", ""),
        ("LINE_ITEM_NUMBER_OF_UNITS", ""),
        ("LINE_ITEM_NUMBER_OF_UNITS", "1e3"),
        ("LINE_ITEM_UNIT_COST", "NaN"),
        ("LINE_ITEM_UNIT_COST", "99999999999"),
        ("LINE_ITEM_UNIT_COST", "0." + "1" * 60),
        ("LINE_ITEM_EXPENSE_CODE", "E" * 11),
    ],
)
def test_a_value_that_cannot_be_taken_is_refused_with_its_line_and_field(field: str, value: str) -> None:
    assert places(START + record() + record(**{"INVOICE_NUMBER": "10418", field: value})) == [(4, field)]


def test_units_of_more_digits_than_are_kept_exactly_are_refused_in_words() -> None:
    figures = {"LINE_ITEM_UNIT_COST": "1", "LINE_ITEM_ADJUSTMENT_AMOUNT": "", "LINE_ITEM_TOTAL": "1234567890.12"}
    long = record(LINE_ITEM_NUMBER_OF_UNITS="1234567890.123456", INVOICE_TOTAL="1234567890.12", **figures)
    [fault] = refusal(START + long).faults
    assert (fault.line_number, fault.field) == (3, "LINE_ITEM_NUMBER_OF_UNITS")
    assert fault.message == 'LINE_ITEM_NUMBER_OF_UNITS is "1234567890.123456"; it may have at most 15 digits.'


def test_a_line_that_does_not_add_up_is_refused_and_says_what_it_makes() -> None:
    result = refusal(START + record(LINE_ITEM_TOTAL="630.01", INVOICE_TOTAL="630.01"))
    assert [(fault.line_number, fault.field) for fault in result.faults] == [(3, "LINE_ITEM_TOTAL")]
    assert "630.00" in result.faults[0].message
    assert "630.01" in result.faults[0].message


def test_a_bill_that_does_not_add_up_is_refused_at_its_first_line() -> None:
    result = refusal(START + record(INVOICE_NUMBER="1") + changed(total="650") + changed(EXPENSE, total="650"))
    assert [(fault.line_number, fault.field) for fault in result.faults] == [(4, "INVOICE_TOTAL")]
    assert "654.95" in result.faults[0].message


@pytest.mark.parametrize(("field", "value"), [("CLIENT_ID", "C-1002"), ("INVOICE_TOTAL", "700")])
def test_one_bill_has_one_client_and_total(field: str, value: str) -> None:
    second = {"INVOICE_TOTAL": "1260", "LAW_FIRM_MATTER_ID": "1001-02"} | {field: value}
    assert places(START + record(INVOICE_TOTAL="1260") + record(**second)) == [(4, field)]


def test_an_item_given_twice_is_refused() -> None:
    assert places(START + record(INVOICE_TOTAL="1260") * 2) == [(4, "LINE_ITEM_NUMBER")]


@pytest.mark.parametrize("kept", range(1, record().rindex("|"), 7))
def test_a_file_cut_off_in_a_record_is_refused(kept: int) -> None:
    assert places(START + record(INVOICE_NUMBER="1") + record()[:kept]) == [(4, "")]


def test_a_file_cut_off_says_in_which_record_and_line() -> None:
    message = refusal(START + record(INVOICE_NUMBER="1") + record()[:100]).faults[0].message
    assert message.startswith("The file ends in the middle of record 2, which begins on line 4")


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        ("LEDES98[]\nx", "LEDES 1998,"),
        ('<?xml version="1.0"?>\n<ledesxml>', "XML"),
        ("PK\x03\x04\x14\0\0", "ZIP archive is damaged or cut off"),
        ("%PDF-1.7\n", "PDF"),
        ("|".join(FIELDS) + "[]\n", "without its first line"),
        ("client_number,name\n", '"client_number,name"'),
        ("", "empty"),
        (" \n\r\n", "empty"),
    ],
)
def test_another_format_is_recognised_and_named(beginning: str, expected: str) -> None:
    result = refusal(beginning)
    assert result.fault_count == 1
    assert expected in result.faults[0].message


def test_a_file_without_all_field_names_is_refused_with_those_that_are_missing() -> None:
    result = refusal(START.replace("CLIENT_ID|", "").replace("TIMEKEEPER_NAME", "LAWYER") + record())
    assert result.faults[0].line_number == 2
    assert "CLIENT_ID" in result.faults[0].message
    assert '"LAWYER"' in result.faults[0].message


def test_a_file_with_nothing_after_its_first_line_or_its_field_names_is_refused() -> None:
    assert places("LEDES1998B[]\n") == [(1, "")]
    assert places(START) == [(2, "")]


def test_a_bar_inside_a_text_is_refused_with_its_line_and_the_others_are_still_read() -> None:
    text = START + record(LINE_ITEM_DESCRIPTION="this | that") + record(INVOICE_NUMBER="2", LINE_ITEM_TOTAL="1")
    assert places(text) == [(3, ""), (4, "LINE_ITEM_TOTAL")]


def test_nul_bytes_are_refused_with_their_lines() -> None:
    text = START + record(LINE_ITEM_DESCRIPTION="a\0b\0c") + record(INVOICE_NUMBER="2") + record(CLIENT_ID="\0")
    assert places(text) == [(3, ""), (5, "")]


def test_a_byte_of_no_known_encoding_is_refused_with_its_line() -> None:
    assert places((START + record()).encode() + b"\x81") == [(4, "")]


def test_a_file_of_faults_is_refused_with_the_first_fifty_and_their_count() -> None:
    result = refusal(START + record(CLIENT_ID="") * 300)
    assert (len(result.faults), result.fault_count) == (50, 300)
    assert [fault.line_number for fault in result.faults] == list(range(3, 53))


def test_more_than_64_megabytes_are_refused_unread() -> None:
    assert "64 MB" in refusal(b" " * (64 * 1024 * 1024 + 1)).faults[0].message


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_stumble(data: bytes) -> None:
    assert isinstance(read_ledes(data=START.encode() + data), LedesRefused | LedesFile)
    assert isinstance(read_ledes(data=data), LedesRefused)
