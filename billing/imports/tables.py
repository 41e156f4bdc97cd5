"""A plain table of any file, a CSV file or a workbook: its header, and its rows one by one. Pure."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from billing.imports.csv_tables import read_csv
from billing.imports.encodings import encoding_title, find_encoding, read_text
from billing.imports.files import FaultLog, quoted
from billing.imports.workbooks import is_workbook, open_sheet
from billing.imports.xlsx_bounds import UnreadableWorkbook

MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 500
EMPTY: Final = "The file is empty. Its first line must name the columns."


class TableRow(NamedTuple):
    """The cells of one row, and the physical line of a file, or the row of a sheet, that it begins on (from 1)."""

    line_number: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """`rows` are those after the header, without blank ones; what ends them early is a fault in the log.

    `encoding` and `separator` are "" of a workbook.
    """

    header: TableRow
    rows: Iterator[TableRow]
    encoding: str
    separator: str


def open_table(*, data: bytes, faults: FaultLog, notes: FaultLog, encoding: str = "") -> Table | None:
    """The table of a file, by its content; None if a fault of it was logged. `encoding` is one that was chosen."""
    codec = separator = ""
    rows: Iterator[TableRow] = iter(())
    if is_workbook(data):
        rows = _workbook_rows(data, faults, notes)
    else:
        source = io.BytesIO(data)
        codec = find_encoding(source=source, faults=faults, chosen=encoding)
        if not faults.count:
            separator, numbered = read_csv(parts=read_text(source=source, codec=codec), faults=faults)
            rows = (TableRow(line, cells) for line, cells in numbered)
    rows = _bounded(rows, faults)
    header = next(rows, None)
    if header is None and not faults.count:
        faults.add(line_number=1, message=EMPTY)
    return None if header is None or faults.count else Table(header, rows, encoding_title(codec), separator)


def _workbook_rows(data: bytes, faults: FaultLog, notes: FaultLog) -> Iterator[TableRow]:
    number = 0
    try:
        sheet = open_sheet(data)
        if sheet is None:
            return
        if not sheet.is_only:
            message = f"Of the workbook the sheet {quoted(sheet.name)} was read, the first with anything in it."
            notes.add(line_number=1, message=message)
        for number, cells in sheet.rows:
            yield TableRow(number, cells)
    except UnreadableWorkbook as unreadable:
        faults.add(line_number=number + 1, message=str(unreadable))


def _bounded(rows: Iterator[TableRow], faults: FaultLog) -> Iterator[TableRow]:
    """The rows, up to one that has too many cells or is one too many, which is a fault of the file."""
    for count, row in enumerate(rows):
        if count > MOST_ROWS:
            message = f"The file has more than {MOST_ROWS:,} rows. Import it in parts."
            faults.add(line_number=row.line_number, message=message)
            return
        cells = row.cells
        if len(cells) > MOST_COLUMNS:
            while cells and not cells[-1].strip():
                cells.pop()
            if len(cells) > MOST_COLUMNS:
                message = f"This row has {len(cells):,} values; a file of clients has at most {MOST_COLUMNS} columns."
                faults.add(line_number=row.line_number, message=message)
                return
        yield row
