"""What every reader of bills makes of its file: records, which are a bill's lines with what each repeats of the bill.

All records of a file are kept on disk, found again by bill, so that a bill's lines may stand anywhere in the file and
memory holds one bill at a time. Pure but for that file.
"""

import tempfile
from array import array
from collections.abc import Iterator
from typing import NamedTuple

from billing.imports.files import LineFault

_FIELD_END, _RECORD_END = "\x1f", "\x1e"
_ENDS = str.maketrans({_FIELD_END: " ", _RECORD_END: " "})
# A bill of a line has 300 bytes or so: what a file of the largest size cannot hold is no file of bills.
MOST_BILLS, MOST_RECORDS = 100_000, 1_000_000
_IN_MEMORY = 4 * 1024 * 1024
_NONE = -1


class BillRecord(NamedTuple):
    """One record's values in the order of its source, with its physical line; with a `fault` nothing comes of it."""

    line_number: int
    values: list[str]
    fault: str = ""


class TooMuch(Exception):
    """The file holds more bills or lines than any real one; the text says so, as a sentence."""


class RecordSource(NamedTuple):
    """One file of bills, or one in a ZIP (`file` is then its name): its format, its fields' names, its records."""

    file: str
    format: str
    encoding: str
    order: tuple[str, ...]
    records: Iterator[BillRecord]


class BillPlace(NamedTuple):
    """A bill of a file: its number, where it begins, and what is wrong with records that name it."""

    number: str
    file: str
    line_number: int
    faults: tuple[LineFault, ...]
    fault_count: int


class RecordStore:
    """The records of all sources by bill; `close` it. Bills are numbered from 0 by their first record."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - open until it is closed
        self._end = 0
        self.sources: list[RecordSource] = []
        self._bills: list[dict[str, int]] = []
        self._numbers: list[str] = []
        # Of each bill: its source, its first line, its first and last stretch of records.
        self._source_of, self._line_of = array("H"), array("Q")
        self._first, self._last = array("q"), array("q")
        # Of each stretch: where it begins and ends, and the bill's next one.
        self._begins, self._ends, self._next = array("Q"), array("Q"), array("q")
        # Of a bill with records that are no use: the first fault, and how many there are.
        self._faults: dict[int, tuple[LineFault, int]] = {}
        self._records = 0

    def __len__(self) -> int:
        return len(self._numbers)

    def close(self) -> None:
        self._file.close()

    def add_source(self, source: RecordSource) -> None:
        """Have the records that follow belong to this source."""
        self.sources.append(source)
        self._bills.append({})

    def add(self, *, number: str, record: BillRecord) -> None:
        """Keep a record of the last source under its bill's number. Raises TooMuch."""
        self._records += 1
        bill = self._bills[-1].get(number)
        if bill is None:
            bill = self._open_bill(number, record.line_number)
        if len(self) > MOST_BILLS or self._records > MOST_RECORDS:
            raise TooMuch(
                f"The file holds more than {MOST_BILLS:,} bills or {MOST_RECORDS:,} lines. Export it in parts."
            )
        if record.fault:
            first, count = self._faults.get(
                bill, (LineFault(record.line_number, "", record.fault, self.sources[-1].file), 0)
            )
            self._faults[bill] = (first, count + 1)
            return
        data = _FIELD_END.join([str(record.line_number), *record.values])
        if data.count(_FIELD_END) != len(record.values) or _RECORD_END in data:
            data = _FIELD_END.join([str(record.line_number), *(value.translate(_ENDS) for value in record.values)])
        self._write(bill, (data + _RECORD_END).encode())

    def place(self, bill: int) -> BillPlace:
        """Where the bill stands, and its records' own faults."""
        first, count = self._faults.get(bill, (None, 0))
        file, line = self.sources[self._source_of[bill]].file, self._line_of[bill]
        return BillPlace(self._numbers[bill], file, line, (first,) if first else (), count)

    def first_with_number(self, bill: int) -> int:
        """The first bill of any source that has the same number: this one, if no source before has it."""
        number = self._numbers[bill]
        return min(bills[number] for bills in self._bills if number in bills)

    def read_records(self, bill: int) -> Iterator[dict[str, str]]:
        """The bill's records as field name -> value, plus the physical line under ""."""
        order = ("", *self.sources[self._source_of[bill]].order)
        stretch = self._first[bill]
        while stretch != _NONE:
            self._file.seek(self._begins[stretch])
            text = self._file.read(self._ends[stretch] - self._begins[stretch]).decode()
            for record in text.split(_RECORD_END)[:-1]:
                yield dict(zip(order, record.split(_FIELD_END), strict=True))
            stretch = self._next[stretch]

    def _open_bill(self, number: str, line: int) -> int:
        bill = self._bills[-1][number] = len(self._numbers)
        self._numbers.append(number)
        self._source_of.append(len(self.sources) - 1)
        self._line_of.append(line)
        self._first.append(_NONE)
        self._last.append(_NONE)
        return bill

    def _write(self, bill: int, data: bytes) -> None:
        self._file.write(data)
        begin, self._end = self._end, self._end + len(data)
        last = self._last[bill]
        if last != _NONE and self._ends[last] == begin:
            self._ends[last] = self._end
            return
        stretch = len(self._begins)
        self._begins.append(begin)
        self._ends.append(self._end)
        self._next.append(_NONE)
        if last == _NONE:
            self._first[bill] = stretch
        else:
            self._next[last] = stretch
        self._last[bill] = stretch
