"""A CSV file as rows of cells, each with its line: by commas, semicolons or tabs, as spreadsheets write it. Pure."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from billing.imports.files import FaultLog

SEPARATORS: Final = ",;\t"
# What Excel writes, and reads, as the first line of a file to say how it is separated.
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?[ ,;]*\n', re.IGNORECASE)


class CsvRow(NamedTuple):
    """The cells of one row as they stand in the file, and the physical line (from 1) the row begins on."""

    line_number: int
    cells: list[str]


def read_table(*, text: str, faults: FaultLog) -> Iterator[CsvRow]:
    """Each row that is not blank; `text` has \\n at the end of lines. A damaged quote ends it with a fault."""
    said = _SEP_LINE.match(text)
    text = text[said.end() :] if said else text
    separator = said[1] if said else _separator(text)
    line = before = 1 if said else 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield CsvRow(line + 1, cells)
            line = reader.line_num + before
    except csv.Error:
        message = 'From this line on the file cannot be read: a " is opened and not closed, or stands inside a value.'
        faults.add(line_number=line + 1, message=message)


def _separator(text: str) -> str:
    """The separator that stands most often in the first row that is not blank, outside quotes."""
    counts = dict.fromkeys(SEPARATORS, 0)
    within_quotes = False
    for character in text.lstrip():
        if character == '"':
            within_quotes = not within_quotes
        elif not within_quotes and character == "\n":
            break
        elif not within_quotes and character in counts:
            counts[character] += 1
    return max(counts, key=lambda separator: counts[separator])
