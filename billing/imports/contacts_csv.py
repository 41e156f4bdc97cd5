"""A CSV file of clients, of any layout we know -> frozen rows. Importing them, all or none, is a service. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from billing.imports.cells import cleaned, has_invisible, unwrapped
from billing.imports.client_layouts import (
    FIELDS,
    PLAIN,
    SECOND,
    SEVERAL,
    ClientLayout,
    label_columns,
    plain_column,
    recognise,
)
from billing.imports.client_rows import ContactRow, read_row
from billing.imports.csv_tables import CsvRow, read_table
from billing.imports.encodings import decode
from billing.imports.files import FaultLog, FileRefused, LineFault, quoted
from billing.imports.same_clients import merge_same
from identity import fold_name

_TOTAL: Final = re.compile(r"(grand |sub-?)?totals?:?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[-+]?[\d.,' ]*\d")
_LINES: Final = frozenset({"address_line2", f"{SECOND}address_line2"})
_LABELS: Final[Mapping[str, str]] = {"mobile": "phone_mobile", "cell": "phone_mobile", "fax": "phone_fax"}
_OWN: Final[Mapping[str, str]] = {plain_column(field): field for field in FIELDS}
_NAMES: Final = frozenset({"name", "first_name", "middle_name", "last_name", "company"})


class ColumnUse(NamedTuple):
    """A column of the file, as it names it, and our field it fills, "" for none."""

    name: str
    field: str

    @property
    def words(self) -> str:
        """The field for a person to read."""
        return FIELDS[self.field][0] if self.field else ""


@dataclass(frozen=True)
class ContactsFile:
    """A file without faults, the name of the layout it was read by, and the first of `note_count` notes of what was
    mended or left out.
    """

    rows: tuple[ContactRow, ...]
    layout: str
    columns: tuple[ColumnUse, ...]
    notes: tuple[LineFault, ...]
    note_count: int

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """Columns that have no field here, to be named to the user."""
        return tuple(column.name for column in self.columns if not column.field)


@dataclass(frozen=True)
class ContactsRefused(FileRefused):
    """The file is damaged, is no table of clients, or a row of it cannot be taken; what its columns were read as."""

    layout: str = ""
    columns: tuple[ColumnUse, ...] = ()


def read_contacts(*, data: bytes) -> ContactsFile | ContactsRefused:
    """Read a CSV file of at most 64 MB, separated by commas, semicolons or tabs, or refuse it whole by line."""
    faults, notes = FaultLog(), FaultLog()
    if data.startswith(b"PK\x03\x04"):
        faults.add(line_number=1, message="This looks like an Excel workbook. Save it as CSV and import that file.")
        return ContactsRefused(faults.shown, faults.count)
    table = read_table(text=decode(data=data, faults=faults), faults=faults)
    header = next(table, None)
    if header is None and not faults.count:
        faults.add(line_number=1, message="The file is empty. Its first line must name the columns.")
    reader = _Reader(header or CsvRow(1, []), faults, notes)
    if not faults.count:
        reader.check_columns()
    rows = () if faults.count else reader.read_clients(table)
    if not rows and not faults.count:
        faults.add(line_number=2, message="The file names its columns and holds no client.")
    if faults.count:
        # Of a file that cannot be decoded there are no columns to show.
        layout = reader.layout.title if reader.columns else ""
        return ContactsRefused(faults.shown, faults.count, layout, reader.columns)
    return ContactsFile(rows, reader.layout.title, reader.columns, notes.shown, notes.count)


class _Reader:
    """The columns of one file, and its rows read by them."""

    def __init__(self, header: CsvRow, faults: FaultLog, notes: FaultLog) -> None:
        self._line, names = header
        self._faults, self._notes = faults, notes
        self._header = [plain_column(cleaned(unwrapped(name))) for name in names]
        self.layout = recognise(self._header)
        self._fields = [_field_of(self.layout, column) for column in self._header]
        self._labels = [_label_of(self._header, column) for column in self._header]
        shown = [cleaned(unwrapped(name)) for name in names]
        self.columns = tuple(
            ColumnUse(name, field.removeprefix(SECOND)) for name, field in zip(shown, self._fields, strict=True) if name
        )

    def check_columns(self) -> None:
        """Refuse a file without names, and a plain one in which two columns are the same."""
        for field in FIELDS:
            if self.layout is PLAIN and field not in SEVERAL and self._fields.count(field) > 1:
                message = f"Two columns are {field}. Keep one of them."
                self._faults.add(line_number=self._line, field=field, message=message)
        if not {"name", "first_name", "last_name", "company"} & set(self._fields):
            message = "No column is name. The first line must name the columns, and every client needs a name."
            self._faults.add(line_number=self._line, field="name", message=message)

    def read_clients(self, table: Iterator[CsvRow]) -> tuple[ContactRow, ...]:
        """The clients of the rows that follow, each once."""
        rows: list[ContactRow] = []
        written: list[str] = []
        seen: dict[str, int] = {}
        for line, cells in table:
            unwrapped_cells = [unwrapped(cell) for cell in cells]
            if not self._is_client(line, [cleaned(cell) for cell in unwrapped_cells]):
                continue
            row = read_row(line_number=line, values=self._values(unwrapped_cells), faults=self._faults)
            self._check_number(row, seen)
            self._note(row, unwrapped_cells)
            rows.append(row)
            written.append(
                "".join(c for c, field in zip(unwrapped_cells, self._fields, strict=False) if field in _NAMES)
            )
        if self._faults.count:
            return ()
        return merge_same(rows=rows, written=written, notes=self._notes)

    def _is_client(self, line: int, cells: Sequence[str]) -> bool:
        """Whether the row is a client's, not the header once more, a sum, or a row that has lost its shape."""
        filled = [cell for cell in cells if cell]
        if [plain_column(cell) for cell in cells] == self._header:
            self._notes.add(line_number=line, message="The names of the columns stand here once more; left out.")
        elif _TOTAL.fullmatch(filled[0]) and len(filled) > 1 and all(map(_NUMBER.fullmatch, filled[1:])):
            self._notes.add(line_number=line, message="This is a row of totals, not a client; left out.")
        elif any(cells[len(self._header) :]):
            message = f"This row has {len(cells)} values where the first line names {len(self._header)} columns."
            self._faults.add(line_number=line, message=message)
        else:
            return True
        return False

    def _values(self, cells: Sequence[str]) -> dict[str, str]:
        """Field -> value; where several columns fill one field, all of them for one that may hold several."""
        found: dict[str, list[str]] = {}
        for index, (cell, field) in enumerate(zip(cells, self._fields, strict=False)):
            value = cleaned(cell)
            if field and value:
                found.setdefault(_by_label(field, cells, self._labels[index]), []).append(value)
        return {
            field: ";".join(values) if field in SEVERAL else ", ".join(values) if field in _LINES else values[0]
            for field, values in found.items()
        }

    def _check_number(self, row: ContactRow, seen: dict[str, int]) -> None:
        """Refuse a number given twice, and a row without one in a plain file that has them: there it got lost."""
        number, line = row.client_number, row.line_number
        if number and seen.setdefault(number, line) != line:
            message = f"Client number {quoted(number)} is here and on line {seen[number]}. Each client has its own."
            self._faults.add(line_number=line, field="client_number", message=message)
        if not number and self.layout is PLAIN and "client_number" in self._fields:
            message = "client_number is empty; every client needs one. Without that column numbers are assigned."
            self._faults.add(line_number=line, field="client_number", message=message)

    def _note(self, row: ContactRow, cells: Sequence[str]) -> None:
        """Say what of the row is not taken as it stands."""
        if any(map(has_invisible, cells)):
            message = "Characters that cannot be seen (joiners, marks of direction) were dropped."
            self._notes.add(line_number=row.line_number, message=message)
        companies = [cleaned(cell) for cell, field in zip(cells, self._fields, strict=False) if field == "company"]
        company = next(filter(None, companies), "")
        if company and fold_name(company) != fold_name(row.name):
            message = "The client is named by its own name; the company beside it is not kept."
            self._notes.add(line_number=row.line_number, message=message)


def _field_of(layout: ClientLayout, column: str) -> str:
    """The field a column fills; in every file also those that have our own names of them, and "" for none."""
    return layout.columns.get(column) or _OWN.get(column, "")


def _label_of(header: Sequence[str], column: str) -> int | None:
    """Where the column stands that says of which type the numbers of this one are."""
    return next((header.index(label) for label in label_columns(column) if label in header), None)


def _by_label(field: str, cells: Sequence[str], label: int | None) -> str:
    """The field of a number by its type, in the words of the program that wrote it."""
    said = cells[label].lower() if label is not None and label < len(cells) else ""
    return next((typed for word, typed in _LABELS.items() if word in said), field)
