"""A file of bills, in any format that we read, opened: its bills one at a time, as often as they are wanted.

LEDES 1998B, the format law firms exchange bills in, 1998BI, 1998BI V2, LEDES XML 2.x, and a ZIP of any of them.
LAW_FIRM_ID (the firm's own tax number) is read and not kept. Importing the bills is a service. Pure.
"""

from collections.abc import Iterator

from billing.imports.bill_archive import ArchiveDamaged
from billing.imports.bill_records import BillPlace, RecordSource, RecordStore, TooMuch
from billing.imports.bill_sources import LAYOUTS, ReadingOptions, read_sources
from billing.imports.encodings import ByteSource
from billing.imports.files import MAX_BYTES, FaultLog, LineFault
from billing.imports.ledes_bill import read_bill
from billing.imports.ledes_documents import BillRead, EntryType, LedesInvoice, LedesLine, LedesRefused
from billing.imports.ledes_fields import FIELDS
from billing.imports.ledes_tax import TaxSign, TaxSignFinder

__all__ = [
    "FIELDS",
    "LAYOUTS",
    "MAX_BYTES",
    "BillFile",
    "BillRead",
    "EntryType",
    "LedesInvoice",
    "LedesLine",
    "LedesRefused",
    "LineFault",
    "ReadingOptions",
    "open_bills",
]


class BillFile:
    """A file of bills whose form can be read; `close` it. `notes` are on the file itself, not on one of its bills.

    `tax_sign` is the first thing in the file that says that it holds tax, if there is one.
    """

    def __init__(self, *, options: ReadingOptions) -> None:
        self.faults, self.notes = FaultLog(), FaultLog()
        self.tax_sign: TaxSign | None = None
        self._options = options
        self._store = RecordStore()

    def __len__(self) -> int:
        """How many bills the file has."""
        return len(self._store)

    @property
    def format(self) -> str:
        """As people call it: "LEDES 1998B"."""
        return " and ".join(dict.fromkeys(source.format for source in self._store.sources))

    @property
    def encoding(self) -> str:
        """The encoding's name: "utf-8"."""
        return " and ".join(dict.fromkeys(source.encoding for source in self._store.sources))

    def close(self) -> None:
        """Forget the records; nothing can be read any more."""
        self._store.close()

    def read_bills(self, *, start: int = 0) -> Iterator[BillRead]:
        """Each bill in order of its first record, from the bill at this place on (the first is 0)."""
        for bill in range(start, len(self._store)):
            place = self._store.place(bill)
            if (first := self._store.first_with_number(bill)) != bill:
                place = _with_fault(place, self._store.place(first))
            yield read_bill(place=place, records=self._store.read_records(bill), dates=self._options.dates)

    def read_raw(self, place: int) -> Iterator[list[str]]:
        """The records of the bill at this place as the file has them, each after its physical line."""
        for record in self._store.read_records(place):
            yield list(record.values())

    def read_source(self, source: ByteSource) -> None:
        """Take in all records of the file, or of each file of a ZIP."""
        try:
            for each in read_sources(source=source, options=self._options, faults=self.faults, notes=self.notes):
                self._add_source(each)
        except (ArchiveDamaged, TooMuch) as refused:
            self.faults.add(line_number=1, message=str(refused))

    def _add_source(self, source: RecordSource) -> None:
        self._store.add_source(source)
        taxes = TaxSignFinder(source=source)
        number_at = source.order.index("INVOICE_NUMBER")
        for record in source.records:
            number = record.values[number_at] if number_at < len(record.values) else ""
            self._store.add(number=number, record=record)
            if self.tax_sign is None and not record.fault:
                self.tax_sign = taxes.find(record)


def _with_fault(place: BillPlace, first: BillPlace) -> BillPlace:
    """The place of a bill whose number another file of the ZIP has too."""
    message = f"Bill {place.number} is in {first.file} too, on line {first.line_number}. Take it out of one of them."
    fault = LineFault(place.line_number, "INVOICE_NUMBER", message, place.file)
    return place._replace(faults=(fault, *place.faults), fault_count=place.fault_count + 1)


def open_bills(*, source: ByteSource, options: ReadingOptions | None = None) -> BillFile | LedesRefused:
    """Open a file of at most 64 MB, or refuse it with its faults by line; single bills may still have theirs."""
    file = BillFile(options=options or ReadingOptions())
    try:
        file.read_source(source)
    except BaseException:
        file.close()
        raise
    if not len(file) and not file.faults.count:
        file.faults.add(line_number=2, message="The file holds no bill. Export it again.")
    if file.faults.count:
        file.close()
        return LedesRefused(file.faults.shown, file.faults.count)
    return file
