"""LEDES 1998B, 1998BI and 1998BI V2 as text: the first line, the field names, and the records between `[]` and `[]`.

Source: the LEDES 1998B definition (LEDES Oversight Committee), and how systems and spreadsheets write it: with a bar
before or after `[]`, without the last `[]` or the last field, with quotes around a value or a line, with the word NULL.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from billing.imports.files import FaultLog, quoted
from billing.imports.ledes_fields import FIELDS, INTERNATIONAL, MAY_BE_MISSING

# What a wrong file begins with, and what it then is; the first match counts.
_OTHER_FORMATS = (
    (r"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (r"%PDF", "a PDF"),
    (r"LEDES\s*(?:19)?98\s*\[", "LEDES 1998, the form before 1998B"),
    (r"LEDES", "another LEDES format"),
    (r"<", "XML (LEDES XML 2000 or 2.x, or a web page)"),
    (r"INVOICE_?\s?DATE\s*\|", "LEDES 1998B without its first line"),
)
_FIRST_LINE = re.compile(r"\s*LEDES\s*(?:19)?98\s*B(I(?:[ \t]*V\.?[ \t]*2)?)?[ \t]*(?:\[\]|(?=\n))", re.IGNORECASE)
_NONBLANK = re.compile(r"\S")
_LINE_END = re.compile(r"[ \t|]*(?:\n|\Z)")
# Bars that follow a record's [] on its line.
_BARS = re.compile(r"[ \t|]*(?=\n|\Z)")
_QUOTED_LINE = re.compile(r'^"(.*\[\][ \t|]*)"[ \t]*$', re.MULTILINE)
_BYTE_ORDER_MARK = "\ufeff"
# What a value begins with that may be in quotes or be a NULL word: nearly none does.
_MAY_BE_DRESSED = frozenset('"Nn(<')
_NULL_WORDS = frozenset({"NULL", "(NULL)", "<NULL>"})


class Record(NamedTuple):
    """One record's values in the order of the file, and the physical line it begins on."""

    line_number: int
    values: list[str]


def read_records(*, text: str, faults: FaultLog, notes: FaultLog) -> Iterator[dict[str, str]]:
    """Each record as field name -> stripped value, plus its physical line under ""; damage is logged as faults, and
    as a note where nothing is lost by it.
    """
    text = _without_quoted_lines(text.lstrip(_BYTE_ORDER_MARK))
    start = _FIRST_LINE.match(text)
    if start is None:
        _refuse_first_line(text, faults)
        return
    records = _split(text, start.end(), faults, notes)
    header = next(records, None)
    known = FIELDS + (INTERNATIONAL if start[1] else ())
    order = _field_order(header, known, faults)
    if order is None:
        return
    missing = dict.fromkeys((name for name in known if name not in order), "")
    for record in records:
        cells = _cells(record, len(order))
        if cells is None:
            _refuse_field_count(record, len(order), faults)
            continue
        values = dict(zip(order, map(_value, cells), strict=True)) | missing
        values[""] = str(record.line_number)
        yield values


def _without_quoted_lines(text: str) -> str:
    """A spreadsheet that kept each record in one cell has put the whole line in quotes."""
    if not text.lstrip().startswith('"') and '[]"' not in text:
        return text
    return _QUOTED_LINE.sub(lambda line: line[1].replace('""', '"'), text)


def _cells(record: Record, count: int) -> list[str] | None:
    """The record's values, `count` of them: bars at its end are dropped, its last field may be left out."""
    cells = record.values
    while len(cells) > count and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) == count - 1 and count >= len(FIELDS):
        cells = [*cells, ""]
    return cells if len(cells) == count else None


def _value(cell: str) -> str:
    value = cell.strip()
    if value[:1] not in _MAY_BE_DRESSED:
        return value
    if value[:1] == '"' == value[-1:] and len(value) > 1:
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


def _split(text: str, position: int, faults: FaultLog, notes: FaultLog) -> Iterator[Record]:
    line, counted, number, bars = 1, 0, -1, 0
    position = _after_bars(text, position)
    while found := _NONBLANK.search(text, position):
        begin = found.start()
        line += text.count("\n", counted, begin)
        counted, number = begin, number + 1
        end = _record_end(text, begin, bars)
        if end == -1:
            last = text[begin:].rstrip().removesuffix("[")
            if not number or last.count("|") < bars:
                _refuse_cut_off(number, line, faults)
                return
            message = "The last [] of the file is missing. If bills are missing too, export it again."
            notes.add(line_number=line, message=message)
            end = begin + len(last)
        values = text[begin:end].split("|")
        bars = bars or len(_names(values)) - 1
        yield Record(line, values)
        position = _after_bars(text, end + 2)


def _after_bars(text: str, position: int) -> int:
    found = _BARS.match(text, position)
    return found.end() if found else position


def _record_end(text: str, begin: int, bars_needed: int) -> int:
    """Where the record's own `[]` stands: the last of its line, or the first after all fields; -1 if nowhere.

    A description may hold `[]` itself, and some systems write no line ends at all.
    """
    end, bars = begin, 0
    while (at := text.find("[]", end)) != -1:
        bars += text.count("|", end, at)
        if bars >= bars_needed or _LINE_END.match(text, at + 2):
            return at
        end = at + 2
    return -1


def _names(values: list[str]) -> list[str]:
    """The field names of the second line, without what bars at its end leave."""
    while values and not values[-1].strip():
        values = values[:-1]
    return values


def _field_order(header: Record | None, fields: tuple[str, ...], faults: FaultLog) -> list[str] | None:
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


def _refuse_first_line(text: str, faults: FaultLog) -> None:
    if not text.strip():
        faults.add(line_number=1, message="The file is empty. Choose the LEDES 1998B file of your bills.")
        return
    first = text.lstrip().partition("\n")[0]
    line = text[: len(text) - len(text.lstrip())].count("\n") + 1
    name = looks_like(text)
    guess = f" This looks like {name}." if name else ""
    message = f"The file begins with {quoted(first)}, not with LEDES1998B[].{guess} Export the bills as LEDES 1998B."
    faults.add(line_number=line, message=message)


def _refuse_field_count(record: Record, needed: int, faults: FaultLog) -> None:
    count = len(record.values)
    why = "a | inside a text, or a missing [] at the end of the record" if count > needed else "a part is missing"
    message = f"This record has {count} fields where the second line names {needed}: {why}."
    faults.add(line_number=record.line_number, message=message)


def _refuse_cut_off(number: int, line: int, faults: FaultLog) -> None:
    what = f"record {number}" if number else "the field names"
    message = f"The file ends in the middle of {what}, which begins on line {line}: its [] is missing. Export it again."
    faults.add(line_number=line, message=message)


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
