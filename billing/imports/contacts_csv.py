"""A file of clients of any layout -> frozen rows, and what is wrong with others. Importing them is a service. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from billing.imports.cells import unwrapped
from billing.imports.client_columns import (
    NAME_FIELDS,
    ClientColumns,
    ColumnMapping,
    find_columns,
    header_shape,
)
from billing.imports.client_layouts import FIELDS, SECOND, SEVERAL, plain_column
from billing.imports.client_rows import ContactRow, read_row
from billing.imports.files import FaultLog, FileRefused, LineFault, quoted
from billing.imports.same_clients import merge_same
from billing.imports.tables import Table, TableRow, open_table
from identity import fold_name
from identity.text import clean_text, has_invisible

_TOTAL: Final = re.compile(r"(grand |sub-?)?totals?:?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[-+]?[\d.,' ]*\d")
_LINES: Final = frozenset({"address_line2", f"{SECOND}address_line2"})
# Rows looked at for the first values of each column, and values shown.
_FIRST_ROWS: Final = 20
_SAMPLES: Final = 3


class ColumnUse(NamedTuple):
    """A column of the file, our field it fills, "" for none, and its first values. An empty column has no name."""

    name: str
    field: str
    samples: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The field for a person to read."""
        return FIELDS.get(self.field.removeprefix(SECOND), "")


@dataclass(frozen=True)
class ContactsFile:
    """The clients of a file, what its layout is called, and what was mended or left out.

    Rows that cannot be taken are not among them: `refused_lines`, with their faults. Of faults and notes the first are
    here and all are counted. `encoding` is "" of a workbook; `shape` is the key of the header.
    """

    rows: tuple[ContactRow, ...]
    layout: str
    columns: tuple[ColumnUse, ...]
    notes: tuple[LineFault, ...]
    note_count: int
    encoding: str
    shape: str
    faults: tuple[LineFault, ...]
    fault_count: int
    refused_lines: frozenset[int]

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """Columns that have no field here, to be named to the user."""
        return tuple(column.name for column in self.columns if column.name and not column.field)


@dataclass(frozen=True)
class ContactsRefused(FileRefused):
    """The file is damaged or is no table of clients, whatever its rows are; what its columns were read as."""

    layout: str = ""
    columns: tuple[ColumnUse, ...] = ()
    encoding: str = ""
    shape: str = ""


def read_contacts(
    *,
    data: bytes,
    encoding: str = "",
    layout: str = "",
    columns: ColumnMapping | None = None,
    remembered: Mapping[str, Sequence[str]] | None = None,
) -> ContactsFile | ContactsRefused:
    """Read a CSV file or a workbook of at most 64 MB and 50,000 rows, or refuse it whole.

    `encoding` is an Encoding, `layout` a code of client_layouts, `columns` what a person chose, `remembered` what each
    column was chosen for in earlier files, by the shape of their header; without them the file is recognised.
    """
    faults, notes = FaultLog(), FaultLog()
    table = open_table(data=data, faults=faults, notes=notes, encoding=encoding)
    if table is None:
        return ContactsRefused(faults.shown, faults.count)
    found = find_columns(header=table.header.cells, layout=layout, chosen=columns, remembered=remembered)
    return _read_table(table, found, faults, notes)


def _read_table(
    table: Table, found: ClientColumns, faults: FaultLog, notes: FaultLog
) -> ContactsFile | ContactsRefused:
    first, line = list(islice(table.rows, _FIRST_ROWS)), table.header.line_number
    about: dict[str, Any] = {
        "layout": found.layout.title,
        "columns": _column_uses(found, first),
        "encoding": table.encoding,
        "shape": header_shape(table.header.cells),
    }
    for field, sentence in found.faults():
        faults.add(line_number=line, field=field, message=sentence)
    reader = _Reader(found, notes)
    rows = () if faults.count else reader.read_clients(chain(first, table.rows))
    if not rows and not reader.faults.count and not faults.count:
        faults.add(line_number=line + 1, message="The file names its columns and holds no client.")
    if faults.count:
        return ContactsRefused(faults.shown, faults.count, **about)
    return ContactsFile(
        rows=rows,
        notes=notes.shown,
        note_count=notes.count,
        faults=reader.faults.shown,
        fault_count=reader.faults.count,
        refused_lines=frozenset(reader.refused),
        **about,
    )


def _column_uses(found: ClientColumns, first: Sequence[TableRow]) -> tuple[ColumnUse, ...]:
    uses = []
    for place, name in enumerate(found.names):
        values = (unwrapped(row.cells[place]) for row in first if place < len(row.cells))
        samples = tuple(islice((clean_text(value) for value in values if value), _SAMPLES))
        uses.append(ColumnUse(name if found.plain[place] or samples else "", found.fields[place], samples))
    return tuple(uses)


class _Reader:
    """The rows of one file, read by its columns; the faults of rows, and the lines that have one."""

    def __init__(self, columns: ClientColumns, notes: FaultLog) -> None:
        self._columns = columns
        self._names = tuple(place for place, each in enumerate(columns.fields) if each in NAME_FIELDS)
        self._companies = tuple(place for place, each in enumerate(columns.fields) if each == "company")
        self._notes = notes
        self.faults = FaultLog()
        self.refused: set[int] = set()

    def read_clients(self, table: Iterator[TableRow]) -> tuple[ContactRow, ...]:
        """The clients of the rows, each once; without the rows that have a fault."""
        rows: list[ContactRow] = []
        written: list[str] = []
        seen: dict[str, int] = {}
        for line, cells in table:
            before, raw = self.faults.count, [unwrapped(cell) for cell in cells]
            row = self._read_row(line, raw, seen)
            if self.faults.count > before:
                self.refused.add(line)
            elif row is not None:
                rows.append(row)
                written.append("".join(raw[place] for place in self._names if place < len(raw)))
        return merge_same(rows=rows, written=written, notes=self._notes)

    def _read_row(self, line: int, raw: Sequence[str], seen: dict[str, int]) -> ContactRow | None:
        cells = [clean_text(cell) for cell in raw]
        if not self._is_client(line, cells):
            return None
        row = read_row(line_number=line, values=self._values(cells), faults=self.faults)
        self._check_number(row, seen)
        self._note(row, raw, cells)
        return row

    def _is_client(self, line: int, cells: Sequence[str]) -> bool:
        """Whether the row is a client's, not the header once more, a sum, or a row that has lost its shape."""
        filled = [cell for cell in cells if cell]
        width = len(self._columns.plain)
        if not filled:
            # Of format characters only.
            return False
        if _is_header(self._columns.plain, cells):
            self._notes.add(line_number=line, message="The names of the columns stand here once more; left out.")
        elif _TOTAL.fullmatch(filled[0]) and len(filled) > 1 and all(map(_NUMBER.fullmatch, filled[1:])):
            self._notes.add(line_number=line, message="This is a row of totals, not a client; left out.")
        elif any(cells[width:]):
            message = f"This row has {len(cells)} values where the first line names {width} columns."
            self.faults.add(line_number=line, message=message)
        else:
            return True
        return False

    def _values(self, cells: Sequence[str]) -> dict[str, str]:
        """Field -> value; where several columns fill one field, all of them for one that may hold several."""
        found: dict[str, str] = {}
        for place, value in enumerate(cells[: len(self._columns.fields)]):
            if not value or not self._columns.fields[place]:
                continue
            each = self._columns.field_of(place, cells)
            if each not in found:
                found[each] = value
            elif each in SEVERAL:
                found[each] += f";{value}"
            elif each in _LINES:
                found[each] += f", {value}"
        return found

    def _check_number(self, row: ContactRow, seen: dict[str, int]) -> None:
        """Refuse a number given twice, and a row without one in a plain file that has them: there it got lost."""
        number, line = row.client_number, row.line_number
        if number and seen.setdefault(number, line) != line:
            message = f"Client number {quoted(number)} is here and on line {seen[number]}. Each client has its own."
            self.faults.add(line_number=line, field="client_number", message=message)
        if not number and self._columns.asks_for_numbers:
            message = "client_number is empty; every client needs one. Without that column numbers are assigned."
            self.faults.add(line_number=line, field="client_number", message=message)

    def _note(self, row: ContactRow, raw: Sequence[str], cells: Sequence[str]) -> None:
        """Say what of the row is not taken as it stands."""
        if any(before is not after and has_invisible(before) for before, after in zip(raw, cells, strict=True)):
            message = "Characters that cannot be seen (joiners, marks of direction) were dropped."
            self._notes.add(line_number=row.line_number, message=message)
        companies = (cells[place] for place in self._companies if place < len(cells))
        company = next(filter(None, companies), "")
        if company and company != row.name and fold_name(company) != fold_name(row.name):
            message = "The client is named by its own name; the company beside it is not kept."
            self._notes.add(line_number=row.line_number, message=message)


def _is_header(plain: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether the row names the columns; the first cell tells almost every other row."""
    return len(cells) == len(plain) and all(plain_column(cell) == name for cell, name in zip(cells, plain, strict=True))
