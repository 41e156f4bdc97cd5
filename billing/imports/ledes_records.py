"""LEDES 1998B, 1998BI and 1998BI V2 as text: the first line, the field names, and the records between `[]` and `[]`.

Source: the LEDES 1998B definition (LEDES Oversight Committee), and how systems and spreadsheets write it: with a bar
before or after `[]`, without the last `[]` or the last field, with quotes around a value or a line, with the word NULL.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from billing.imports.bill_records import BillRecord, RecordSource
from billing.imports.files import FaultLog, quoted
from billing.imports.ledes_fields import FIELDS, INTERNATIONAL, MAY_BE_MISSING
from billing.imports.ledes_splitter import RawRecord, RecordSplitter
from identity.text import clean_text

PLAIN = "LEDES 1998B"
# What a wrong file begins with, and what it then is; the first match counts.
_OTHER_FORMATS = (
    (r"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (r"%PDF", "a PDF"),
    (r"LEDES\s*(?:19)?98\s*\[", "LEDES 1998, the form before 1998B"),
    (r"LEDES", "another LEDES format"),
    (r"<", "XML (LEDES XML 2000 or 2.x, or a web page)"),
    (r"INVOICE_?\s?DATE\s*\|", "LEDES 1998B without its first line"),
)
_FIRST_LINE = re.compile(r"LEDES\s*(?:19)?98\s*B(I(?:[ \t]*V\.?[ \t]*2)?)?[ \t]*(?:\[\]|(?=\n))", re.IGNORECASE)
# What a value begins with that may be in quotes or be a NULL word: nearly none does.
_MAY_BE_DRESSED = frozenset('"Nn(<')
_FIELD_NAMES = re.compile(r"INVOICE_?\s?DATE\s*\|", re.IGNORECASE)
_NULL_WORDS = frozenset({"NULL", "(NULL)", "<NULL>"})


def read_ledes_records(
    *, file: str, text: Iterator[str], encoding: str, layout: str, faults: FaultLog, notes: FaultLog
) -> RecordSource | None:
    """The records of a LEDES text that comes in parts, or None; damage is logged as faults, and as a note where
    nothing is lost by it. With a chosen `layout`, a format's name, the first line that names it may be missing.
    """
    splitter = RecordSplitter(text=text, faults=faults, notes=notes)
    line, beginning = splitter.read_beginning()
    start = _FIRST_LINE.match(beginning)
    if start is None and not (layout and _FIELD_NAMES.match(beginning)):
        _refuse_first_line(line, beginning, faults)
        return None
    name = _format_name(start[1] or "") if start else layout
    records = splitter.split(after=start.end() if start else 0)
    header = next(records, None)
    order = _field_order(header, FIELDS if name == PLAIN else FIELDS + INTERNATIONAL, faults)
    if order is None:
        return None
    splitter.bars_needed = len(order) - 1
    return RecordSource(file, name, encoding, tuple(order), _records(records, len(order)))


def _format_name(version: str) -> str:
    """The format's name by what stands behind LEDES1998B: "", "I" or "I V2"."""
    return PLAIN + "".join(version.upper().split()).replace(".", "").replace("V2", " V2")


def _records(raw: Iterator[RawRecord], count: int) -> Iterator[BillRecord]:
    for record in raw:
        cells = _cells(record.values, count)
        yield BillRecord(record.line_number, cells, "" if len(cells) == count else _field_count(len(cells), count))


def _cells(values: list[str], count: int) -> list[str]:
    """The record's values, `count` of them if they can be: bars at its end are dropped, its last field may be left
    out.
    """
    cells = [value.strip() if value.isascii() else clean_text(value.strip()) for value in values]
    while len(cells) > count and not cells[-1]:
        del cells[-1]
    if len(cells) == count - 1 and count >= len(FIELDS):
        cells.append("")
    for position, cell in enumerate(cells):
        if cell and cell[0] in _MAY_BE_DRESSED:
            cells[position] = _undressed(cell)
    return cells


def _undressed(value: str) -> str:
    if value[0] == '"' == value[-1] and len(value) > 1:
        value = _unquoted(value)
    return "" if value.upper() in _NULL_WORDS else value


def _unquoted(value: str) -> str:
    """The value without the quotes of a spreadsheet, which it puts where a comma or a quote stands inside."""
    inner = value[1:-1]
    quotes_doubled = '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if quotes_doubled and ('"' in inner or "," in inner) else value


def looks_like(beginning: str) -> str:
    """What a file that is not LEDES 1998B looks like by its beginning, or ""."""
    for pattern, name in _OTHER_FORMATS:
        if re.match(pattern, beginning.lstrip(), re.IGNORECASE):
            return name
    return ""


def _names(values: Sequence[str]) -> Sequence[str]:
    """The field names of the second line, without what bars at its end leave."""
    while values and not values[-1].strip():
        values = values[:-1]
    return values


def _field_order(header: RawRecord | None, fields: tuple[str, ...], faults: FaultLog) -> list[str] | None:
    if header is None:
        if not faults.count:
            faults.add(line_number=1, message="The file ends after its first line. Export it again.")
        return None
    known = {_plain(name): name for name in fields}
    order = [known.get(_plain(name), name.strip()) for name in _names(header.values)]
    if len(order) == len(set(order)) and set(FIELDS) - MAY_BE_MISSING <= set(order) <= set(fields):
        return order
    faults.add(line_number=header.line_number, message=_header_message(order, fields))
    return None


def _header_message(order: list[str], fields: tuple[str, ...]) -> str:
    needed = "The second line must hold the 24 field names of LEDES 1998B and end in []."
    missing = [name for name in FIELDS if name not in order]
    extra = [quoted(name) for name in order if name not in fields]
    if len(missing) == len(FIELDS):
        return f"{needed} This line has none of them."
    parts = [f"Missing: {', '.join(missing)}."] if missing else []
    parts += [f"Not a field: {', '.join(extra[:3])}."] if extra else []
    return " ".join([needed, *(parts or ["One of them is there twice."])])


def _refuse_first_line(line: int, beginning: str, faults: FaultLog) -> None:
    if not beginning:
        faults.add(line_number=1, message="The file is empty. Choose the LEDES 1998B file of your bills.")
        return
    first = beginning.partition("\n")[0]
    name = looks_like(beginning)
    guess = f" This looks like {name}." if name else ""
    message = f"The file begins with {quoted(first)}, not with LEDES1998B[].{guess} Export the bills as LEDES 1998B."
    faults.add(line_number=line, message=message)


@lru_cache(maxsize=256)
def _field_count(count: int, needed: int) -> str:
    why = "a | inside a text, or a missing [] at the end of the record" if count > needed else "a part is missing"
    return f"This record has {count} fields where the second line names {needed}: {why}."


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
