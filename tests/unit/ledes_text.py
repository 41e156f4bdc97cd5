"""LEDES 1998B text for tests: one good record to start from, and what comes of reading it."""

import io
from dataclasses import dataclass

from billing.imports.files import FaultLog, LineFault
from billing.imports.ledes import (
    FIELDS,
    LedesInvoice,
    LedesLine,
    LedesRefused,
    ReadingOptions,
    open_bills,
)

START = "LEDES1998B[]\n" + "|".join(FIELDS) + "[]\n"
FEE = {
    "INVOICE_DATE": "20260831",
    "INVOICE_NUMBER": "10417",
    "CLIENT_ID": "C-1001",
    "LAW_FIRM_MATTER_ID": "1001-01",
    "INVOICE_TOTAL": "630.00",
    "BILLING_START_DATE": "20260801",
    "BILLING_END_DATE": "20260831",
    "INVOICE_DESCRIPTION": "For services rendered",
    "LINE_ITEM_NUMBER": "1",
    "EXP/FEE/INV_ADJ_TYPE": "F",
    "LINE_ITEM_NUMBER_OF_UNITS": "2.00",
    "LINE_ITEM_ADJUSTMENT_AMOUNT": "-70",
    "LINE_ITEM_TOTAL": "630",
    "LINE_ITEM_DATE": "20260815",
    "LINE_ITEM_TASK_CODE": "L510",
    "LINE_ITEM_ACTIVITY_CODE": "A102",
    "TIMEKEEPER_ID": "1001",
    "LINE_ITEM_DESCRIPTION": "Research on set-off",
    "LAW_FIRM_ID": "98-7654321",
    "LINE_ITEM_UNIT_COST": "350",
    "TIMEKEEPER_NAME": "Kerr, Maya",
    "TIMEKEEPER_CLASSIFICATION": "PARTNR",
    "CLIENT_MATTER_ID": "PO-7000",
}
EXPENSE = {
    "EXP/FEE/INV_ADJ_TYPE": "E",
    "LINE_ITEM_NUMBER": "2",
    "LINE_ITEM_NUMBER_OF_UNITS": "1",
    "LINE_ITEM_ADJUSTMENT_AMOUNT": "",
    "LINE_ITEM_TOTAL": "24.95",
    "LINE_ITEM_UNIT_COST": "24.95",
    "LINE_ITEM_EXPENSE_CODE": "e111",
}
ADJUSTMENT = {
    "EXP/FEE/INV_ADJ_TYPE": "IF",
    "LINE_ITEM_NUMBER": "3",
    "LINE_ITEM_NUMBER_OF_UNITS": "1",
    "LINE_ITEM_ADJUSTMENT_AMOUNT": "-30.00",
    "LINE_ITEM_TOTAL": "-30",
    "LINE_ITEM_UNIT_COST": "",
}


def record(**values: str) -> str:
    merged = FEE | {name.replace("EXP_FEE_INV_ADJ_TYPE", "EXP/FEE/INV_ADJ_TYPE"): v for name, v in values.items()}
    return "|".join(merged.get(name, "") for name in FIELDS) + "[]\n"


def changed(*changes: dict[str, str], total: str = "630.00", **more: str) -> str:
    merged: dict[str, str] = {"INVOICE_TOTAL": total}
    for change in changes:
        merged |= change
    return record(**(merged | more))


@dataclass(frozen=True)
class LedesFile:
    """All bills of a file, and all notes."""

    invoices: tuple[LedesInvoice, ...]
    notes: tuple[LineFault, ...]
    note_count: int
    format: str

    @property
    def line_count(self) -> int:
        return sum(len(invoice.lines) for invoice in self.invoices)

    @property
    def client_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(invoice.client_id for invoice in self.invoices))

    @property
    def expense_codes(self) -> tuple[str, ...]:
        """Every expense code on an expense line, in order of appearance."""
        lines = (line for invoice in self.invoices for line in invoice.lines)
        return tuple(dict.fromkeys(line.expense_code for line in lines if line.expense_code and not line.is_time))


def read_ledes(*, data: bytes, options: ReadingOptions | None = None) -> LedesFile | LedesRefused:
    """All bills of a file, or the refusal of the whole file with its faults by line."""
    file = open_bills(source=io.BytesIO(data), options=options)
    if isinstance(file, LedesRefused):
        return file
    bills, faults, notes = list(file.read_bills()), FaultLog(), file.notes
    for read in bills:
        faults.extend(faults=read.faults, count=read.fault_count)
        notes.extend(faults=read.notes, count=read.note_count)
    name = file.format
    file.close()
    if faults.count:
        return LedesRefused(faults.shown, faults.count)
    return LedesFile(tuple(read.bill for read in bills if read.bill), notes.shown, notes.count, name)


def read(text: str | bytes, options: ReadingOptions | None = None) -> LedesFile:
    result = read_ledes(data=text.encode() if isinstance(text, str) else text, options=options)
    assert isinstance(result, LedesFile), result
    return result


def only(text: str | bytes) -> LedesInvoice:
    (invoice,) = read(text).invoices
    return invoice


def line(text: str | bytes) -> LedesLine:
    (only_line,) = only(text).lines
    return only_line


def refusal(text: str | bytes) -> LedesRefused:
    result = read_ledes(data=text.encode() if isinstance(text, str) else text)
    assert isinstance(result, LedesRefused), result
    assert result.fault_count >= len(result.faults) > 0
    return result


def places(text: str | bytes) -> list[tuple[int, str]]:
    return [(fault.line_number, fault.field) for fault in refusal(text).faults]
