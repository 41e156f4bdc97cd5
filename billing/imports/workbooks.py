"""A workbook of Excel's, XLSX or XLS, as rows of text: its first sheet with anything in it. Pure."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

import openpyxl
import xlrd

from billing.imports.number_formats import shown_value
from billing.imports.xlsx_bounds import TooLargeWorkbook, UnreadableWorkbook, check_xlsx

XLSX: Final = b"PK\x03\x04"
XLS: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# An XLS file is not packed: a cell takes at least six bytes of it.
MOST_XLS_BYTES: Final = 16 * 1024 * 1024
MOST_PLACES: Final = 20_000_000
_LAST_ROW: Final = 1_048_576
_ROWS_AT_ONCE: Final = 200
DAMAGED: Final = (
    "The file is no workbook that can be read: it is damaged, protected by a password, or another program's. Save the "
    "sheet as CSV."
)
# What the two readers raise on a damaged file.
_FAULTS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    EOFError,
    ExpatError,
    ParseError,
    struct.error,
    xlrd.XLRDError,
    xlrd.compdoc.CompDocError,
    zipfile.BadZipFile,
    zlib.error,
)
SheetRow = tuple[int, list[str]]
Sheet = tuple[str, Callable[[], Iterator[SheetRow]]]


@dataclass(frozen=True)
class FilledSheet:
    """A sheet with something in it: its name, its rows that are not empty, and whether there are other sheets."""

    name: str
    rows: Iterator[SheetRow]
    is_only: bool


def is_workbook(data: bytes) -> bool:
    """Whether the content is an XLS file, or a ZIP archive, as an XLSX file is one."""
    return data.startswith((XLS, XLSX))


def open_sheet(data: bytes) -> FilledSheet | None:
    """The first visible sheet with anything in it, or None. Raises UnreadableWorkbook, also between rows."""
    with _reading():
        sheets = _xls_sheets(data) if data.startswith(XLS) else _xlsx_sheets(data)
    for name, read_rows in sheets:
        rows = _filled_rows(read_rows())
        first = next(rows, None)
        if first is not None:
            return FilledSheet(name, chain([first], rows), len(sheets) == 1)
    return None


def _filled_rows(rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    while True:
        with _reading():
            some = list(islice(rows, _ROWS_AT_ONCE))
        if not some:
            return
        yield from (row for row in some if any(cell.strip() for cell in row[1]))


@contextmanager
def _reading() -> Iterator[None]:
    """Damage of any kind is one exception; openpyxl's warnings, of styles and extensions it leaves out, are none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _FAULTS as fault:
        raise UnreadableWorkbook(DAMAGED) from fault


def _xlsx_sheets(data: bytes) -> list[Sheet]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_xlsx(archive)
    book: Any = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    return [(sheet.title, partial(_xlsx_rows, sheet)) for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _xlsx_rows(sheet: Any) -> Iterator[SheetRow]:
    # What a sheet says of its own size is often wrong.
    sheet.reset_dimensions()
    places = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        places += len(cells)
        if places > MOST_PLACES or number > _LAST_ROW:
            raise TooLargeWorkbook
        yield number, [_xlsx_text(cell) for cell in cells]


def _xlsx_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    return value.replace("_x000D_", "") if isinstance(value, str) else shown_value(value, cell.number_format or "")


def _xls_sheets(data: bytes) -> list[Sheet]:
    if len(data) > MOST_XLS_BYTES:
        raise TooLargeWorkbook
    book: Any = xlrd.open_workbook(
        file_contents=data, formatting_info=True, on_demand=True, ragged_rows=True, logfile=io.StringIO()
    )
    return [(name, partial(_xls_rows, book, at)) for at, name in enumerate(book.sheet_names())]


def _xls_rows(book: Any, at: int) -> Iterator[SheetRow]:
    sheet = book.sheet_by_index(at)
    formats: dict[int, str] = {}
    if sheet.visibility == 0:
        for row in range(sheet.nrows):
            yield row + 1, [_xls_text(book, cell, formats) for cell in sheet.row(row)]
    book.unload_sheet(at)


def _xls_text(book: Any, cell: Any, formats: dict[int, str]) -> str:
    if cell.ctype in _XLS_TEXTS:
        return _XLS_TEXTS[cell.ctype](cell.value)
    if cell.ctype not in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
        return ""
    if cell.xf_index not in formats:
        formats[cell.xf_index] = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    is_date = cell.ctype == xlrd.XL_CELL_DATE
    value = xlrd.xldate_as_datetime(cell.value, book.datemode) if is_date else cell.value
    return shown_value(value, formats[cell.xf_index])


_XLS_TEXTS: Final[Mapping[int, Callable[[Any], str]]] = {
    xlrd.XL_CELL_TEXT: str,
    xlrd.XL_CELL_BOOLEAN: lambda value: shown_value(bool(value), ""),
    xlrd.XL_CELL_ERROR: lambda value: str(xlrd.error_text_from_code.get(value, "#N/A")),
}
