"""Rows as the lines of a CSV file that a spreadsheet opens, and takes for text."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

REFUSED_HEADS = ("File", "Line", "Bill or client", "What is wrong", "The row as it came")
# What a spreadsheet would take for a formula, or for the end of a cell.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(*, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """UTF-8 with a mark, so that Excel reads it as such; a cell that looks like a formula begins with an apostrophe."""
    yield b"\xef\xbb\xbf"
    yield _line(heads)
    for row in rows:
        yield _line([_inert(cell) for cell in row])


def _line(row: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(row)
    return text.getvalue().encode()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_ACTIVE) else cell
