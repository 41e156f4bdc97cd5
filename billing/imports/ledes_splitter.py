"""A LEDES text, however large, cut into its records at their `[]`. Pure.

Systems and spreadsheets write it with a bar before or after `[]`, without the last `[]`, with quotes around a line, or
without any line ends; a description may hold `[]` itself.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from billing.imports.files import FaultLog

_NONBLANK = re.compile(r"\S")
_LINE_END = re.compile(r"[ \t|]*(?:\n|\Z)")
# Bars that follow a record's [] on its line.
_BARS = re.compile(r"[ \t|]*(?=\n|\Z)")
_QUOTED_LINE = re.compile(r'^"(.*\[\][ \t|]*)"[ \t]*$', re.MULTILINE)
_LONGEST_RECORD = 1024 * 1024
_LONGEST_FIRST_LINE = 1000


class RawRecord(NamedTuple):
    """One record's values in the order of the file, and the physical line it begins on."""

    line_number: int
    values: list[str]


class RecordSplitter:
    """Keeps one record and what was read with it. `bars_needed` are the bars of a whole record, once that is known."""

    def __init__(self, *, text: Iterator[str], faults: FaultLog, notes: FaultLog) -> None:
        self._text = text
        self._faults, self._notes = faults, notes
        self._buffer, self._position, self._ended = "", 0, False
        # The physical line of the buffer's character at `_counted`.
        self._line, self._counted = 1, 0
        self.bars_needed = 0

    def read_beginning(self) -> tuple[int, str]:
        """The line of the first character that is not blank, and the text from there on, or as much as is needed."""
        while not self._ended:
            found = _NONBLANK.search(self._buffer)
            self._position = found.start() if found else len(self._buffer)
            if found and "\n" in self._buffer[found.start() : found.start() + _LONGEST_FIRST_LINE]:
                break
            if found and len(self._buffer) - found.start() > _LONGEST_FIRST_LINE:
                break
            self._fill()
        found = _NONBLANK.search(self._buffer)
        self._count_to(found.start() if found else len(self._buffer))
        return self._line, self._buffer[found.start() :] if found else ""

    def split(self, *, after: int) -> Iterator[RawRecord]:
        """Each record after so many characters of the beginning; a file cut off is logged, and ends them."""
        self._position = self._counted + after
        self._skip_bars()
        number = 0
        while (start := self._next_record()) is not None:
            end = _record_end(self._buffer, start, self.bars_needed, ended=self._ended)
            if end == -1 and not self._ended and len(self._buffer) - start <= _LONGEST_RECORD:
                self._fill()
                continue
            self._count_to(start)
            if end == -1 and (end := self._unended(start, number)) == -1:
                return
            yield RawRecord(self._line, self._buffer[start:end].split("|"))
            number += 1
            self._position = end + 2
            self._skip_bars()

    def _next_record(self) -> int | None:
        """Where the next record begins in the buffer."""
        while (found := _NONBLANK.search(self._buffer, self._position)) is None:
            self._position = len(self._buffer)
            if self._ended:
                return None
            self._fill()
        self._position = found.start()
        return self._position

    def _unended(self, start: int, number: int) -> int:
        """Where a last record ends that has all its fields and no `[]`; -1 for one that is cut off."""
        last = self._buffer[start:].rstrip().removesuffix("[")
        if self._ended and number and last.count("|") >= self.bars_needed:
            message = "The last [] of the file is missing. If bills are missing too, export it again."
            self._notes.add(line_number=self._line, message=message)
            return start + len(last)
        what = f"record {number}" if number else "the field names"
        message = (
            f"The file ends in the middle of {what}, which begins on line {self._line}: its [] is missing. Export it "
            "again."
            if self._ended
            else f"{what.capitalize()} begins on line {self._line} and has no [] within a megabyte. Export it again."
        )
        self._faults.add(line_number=self._line, message=message)
        return -1

    def _skip_bars(self) -> None:
        found = _BARS.match(self._buffer, self._position)
        if found and found.end() == len(self._buffer) and not self._ended:
            self._fill()
            found = _BARS.match(self._buffer, self._position)
        if found:
            self._position = found.end()

    def _fill(self) -> None:
        """Read on, and forget what stands before the position."""
        self._count_to(self._position)
        part = next(self._text, None)
        self._ended = part is None
        self._buffer = self._buffer[self._position :] + _without_quoted_lines(part or "")
        self._position = self._counted = 0

    def _count_to(self, position: int) -> None:
        self._line += self._buffer.count("\n", self._counted, position)
        self._counted = position


def _record_end(text: str, begin: int, bars_needed: int, *, ended: bool) -> int:
    """Where the record's own `[]` stands: the last of its line, or the first after all fields; -1 if nowhere."""
    end, bars = begin, 0
    while (at := text.find("[]", end)) != -1:
        bars += text.count("|", end, at)
        if bars >= bars_needed:
            return at
        rest = _LINE_END.match(text, at + 2)
        if rest and (ended or text[rest.end() - 1] == "\n"):
            return at
        end = at + 2
    return -1


def _without_quoted_lines(text: str) -> str:
    """A spreadsheet that kept each record in one cell has put the whole line in quotes."""
    if not text.lstrip().startswith('"') and '[]"' not in text:
        return text
    return _QUOTED_LINE.sub(lambda line: line[1].replace('""', '"'), text)
