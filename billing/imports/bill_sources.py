"""Which reader takes a file of bills: told from what stands in it, never from its name. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from billing.imports.bill_archive import BEGINS as ARCHIVE_BEGINS
from billing.imports.bill_archive import read_archive
from billing.imports.bill_records import RecordSource
from billing.imports.dates import DateOrder
from billing.imports.encodings import ByteSource, find_encoding, read_text
from billing.imports.files import FaultLog
from billing.imports.ledes_records import looks_like, read_ledes_records
from billing.imports.ledes_xml import declared_encoding, read_xml_records

LAYOUTS = {
    "ledes-1998b": "LEDES 1998B",
    "ledes-1998bi": "LEDES 1998BI",
    "ledes-1998bi-v2": "LEDES 1998BI V2",
    "ledes-xml": "LEDES XML",
}
_LONGEST_BEGINNING = 4096
_NO_TEXT = (b"PK\x03\x04", b"PK\x05\x06", b"%PDF")


@dataclass(frozen=True)
class ReadingOptions:
    """What a person chose of how a file is to be read; what is empty is found in the file. `layout` is of LAYOUTS."""

    encoding: str = ""
    layout: str = ""
    dates: DateOrder | None = None


def read_sources(
    *, source: ByteSource, options: ReadingOptions, faults: FaultLog, notes: FaultLog
) -> Iterator[RecordSource]:
    """The file as sources of records: itself, or each file of a ZIP. All records of one are read before the next.

    Faults and notes on the files themselves are logged.
    """
    source.seek(0)
    if not source.read(4).startswith(ARCHIVE_BEGINS):
        yield from _read_one("", source, options, faults, notes)
        return
    for name, opened in read_archive(source=source, faults=faults):
        of_file, notes_of_file = FaultLog(file=name), FaultLog(file=name)
        yield from _read_one(name, opened, options, of_file, notes_of_file)
        faults.extend(faults=of_file.shown, count=of_file.count)
        notes.extend(faults=notes_of_file.shown, count=notes_of_file.count)


def _read_one(
    name: str, source: ByteSource, options: ReadingOptions, faults: FaultLog, notes: FaultLog
) -> Iterator[RecordSource]:
    source.seek(0)
    beginning = source.read(_LONGEST_BEGINNING)
    if beginning.startswith(_NO_TEXT):
        what = looks_like(beginning[:8].decode("latin-1"))
        message = f"This looks like {what}, not LEDES 1998B. Export the bills as LEDES 1998B."
        faults.add(line_number=1, message=message)
        return
    codec = find_encoding(source=source, faults=faults, chosen=options.encoding or declared_encoding(beginning))
    if faults.count:
        return
    text = read_text(source=source, codec=codec)
    layout = LAYOUTS.get(options.layout, "")
    if _is_xml(source, codec):
        records = read_xml_records(file=name, text=text, encoding=codec, faults=faults)
    else:
        records = read_ledes_records(file=name, text=text, encoding=codec, layout=layout, faults=faults, notes=notes)
    if records is not None and layout not in ("", records.format.partition(" 2.")[0]):
        message = f"This is {records.format}, and {layout} was chosen. Choose the file's own layout, or none."
        faults.add(line_number=1, message=message)
    elif records is not None:
        yield records


def _is_xml(source: ByteSource, codec: str) -> bool:
    beginning = next(read_text(source=source, codec=codec), "")
    return beginning.lstrip()[:1] == "<"
