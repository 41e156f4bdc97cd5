"""A CSV file as rows of cells, each with its line: by commas, semicolons or tabs, as spreadsheets write it. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from billing.imports.files import FaultLog

SEPARATORS: Final = ",;\t"
# A row of more, with all its cells, would take more memory than any real one is worth.
LONGEST_ROW: Final = 1_000_000
# What Excel writes, and reads, as the first line of a file to say how it is separated.
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?[ ,;]*\n', re.IGNORECASE)
NumberedCells = tuple[int, list[str]]


def read_csv(*, parts: Iterable[str], faults: FaultLog) -> tuple[str, Iterator[NumberedCells]]:
    """The separator, and each row that is not blank with the physical line it begins on, from 1.

    `parts` are the file's text, each of whole lines that end with \\n. A damaged quote ends the rows with a fault.
    """
    rest = iter(parts)
    text = next(rest, "")
    said = _SEP_LINE.match(text)
    text = text[said.end() :] if said else text
    separator = said[1] if said else _separator(text)
    return separator, _rows(chain([text], rest), separator, 1 if said else 0, faults)


def _rows(parts: Iterable[str], separator: str, before: int, faults: FaultLog) -> Iterator[NumberedCells]:
    line = before
    lines = _Lines(parts)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line + 1, cells
            line = reader.line_num + before
            lines.in_row = 0
    except _RowTooLong:
        message = f'This row is longer than {LONGEST_ROW:,} characters: a " is opened and not closed, or it is no row.'
        faults.add(line_number=line + 1, message=message)
    except csv.Error:
        message = 'From this line on the file cannot be read: a " is opened and not closed, or stands inside a value.'
        faults.add(line_number=line + 1, message=message)


class _RowTooLong(Exception):
    """A row goes on and on."""


class _Lines:
    """The lines of the text one by one. Raises _RowTooLong."""

    def __init__(self, parts: Iterable[str]) -> None:
        # Only \n ends a line here; str.splitlines knows eight more characters that may stand in a value.
        self._lines = (line for part in parts for line in io.StringIO(part, newline="\n"))
        self.in_row = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.in_row += len(line)
        if self.in_row > LONGEST_ROW:
            raise _RowTooLong
        return line


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
