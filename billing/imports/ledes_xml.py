"""LEDES XML E-Billing, read a part at a time -> the records that LEDES 1998BI would have. Pure.

The parser takes no document type, no entity and nothing from outside; depth, texts and attributes are bounded.
"""

import re
from collections.abc import Iterator
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from billing.imports.bill_records import BillRecord, RecordSource
from billing.imports.files import FaultLog, quoted
from billing.imports.ledes_xml_bill import XmlElement, read_invoice
from billing.imports.ledes_xml_fields import ORDER

# UTF-16 is none of them: a file in which this can be read is not in it, whatever it says.
_ENCODINGS = rb"utf-?8|us-ascii|iso-8859-\d{1,2}|latin-?1|windows-125\d|macintosh"
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["'](""" + _ENCODINGS + rb""")["']""", re.IGNORECASE)
_ROOT = re.compile(r"ledesxml(?:ebilling)?(2\.[0-9])", re.IGNORECASE)
_DEEPEST = 30
_LONGEST_TEXT = 100_000
_LONGEST_NAME = 100
_MOST_ELEMENTS = 100_000
# Read again for each bill, for the taxes that are described there.
_MOST_AROUND = 500
# What is over when it ends: a file may hold any number of them.
_FORGOTTEN = frozenset({"invoice", "client", "firm"})


class XmlRefused(Exception):
    """What stands against the file, as a sentence, and the line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def declared_encoding(beginning: bytes) -> str:
    """The encoding that an XML file in an encoding like ASCII says it has, or ""."""
    found = _DECLARED.search(beginning)
    return found[1].decode().lower() if found else ""


def read_xml_records(*, file: str, text: Iterator[str], encoding: str, faults: FaultLog) -> RecordSource | None:
    """The records of a LEDES XML text that comes in parts, or None if it is another XML; damage is logged as it is
    met, and ends the records.
    """
    reader = _XmlReader()
    records = _records(reader, text, faults)
    # The root stands before the first record, so the version is known with it.
    first = next(records, None)
    if not reader.version:
        if not faults.count:
            faults.add(line_number=1, message="The file is XML and holds nothing. Export it again.")
        return None
    return RecordSource(file, f"LEDES XML {reader.version}", encoding, ORDER, _with_first(first, records))


def _with_first(first: BillRecord | None, others: Iterator[BillRecord]) -> Iterator[BillRecord]:
    if first is not None:
        yield first
        yield from others


def _records(reader: "_XmlReader", text: Iterator[str], faults: FaultLog) -> Iterator[BillRecord]:
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(reader)
    # The parser says this itself only where it fetches the file too.
    reader.setDocumentLocator(parser)
    try:
        for part in text:
            parser.feed(part)
            yield from reader.take_records()
        parser.close()
    except SAXParseException as error:
        message = f"The XML is damaged here ({error.getMessage()}). Export it again."
        faults.add(line_number=error.getLineNumber() or 1, message=message)
    except DefusedXmlException:
        message = "The file declares a document type or entities, which no bill needs. Export it again."
        faults.add(line_number=reader.line, message=message)
    except XmlRefused as refused:
        faults.add(line_number=refused.line, message=refused.message)
    yield from reader.take_records()


class _XmlReader(ContentHandler):
    """Keeps the elements of one bill, and of what stands around it, until the bill has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.version = ""
        self._open: list[XmlElement] = []
        self._elements = 0
        self._records: list[BillRecord] = []

    @property
    def line(self) -> int:
        """The physical line the parser is at."""
        locator = getattr(self, "_locator", None)
        return (locator.getLineNumber() if locator else None) or 1

    def take_records(self) -> list[BillRecord]:
        """The records of the bills that have ended since the last call."""
        taken, self._records = self._records, []
        return taken

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802 - SAX calls it
        name = name.rpartition(":")[2][:_LONGEST_NAME].lower()
        if not self._open:
            self._check_root(name)
        self._elements += 1
        if len(self._open) >= _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise XmlRefused(self.line, "One bill holds more elements than any bill needs. Export it again.")
        if name == "invoice" and self._elements > _MOST_AROUND:
            raise XmlRefused(self.line, "The firm or the client holds more elements than any needs. Export it again.")
        element = XmlElement(name, self.line)
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)

    def characters(self, content: str) -> None:
        element = self._open[-1]
        element.texts.append(content)
        element.length += len(content)
        if element.length > _LONGEST_TEXT:
            raise XmlRefused(self.line, f"The text of {quoted(element.name)} is longer than 100,000 characters.")

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX calls it
        element = self._open.pop()
        if element.name == "invoice":
            self._records += read_invoice(around=self._open, invoice=element)
        if element.name in _FORGOTTEN and self._open:
            self._open[-1].children.pop()
            self._elements = sum(len(each.children) for each in self._open)
        elif not element.children:
            element.close_text()

    def _check_root(self, name: str) -> None:
        found = _ROOT.fullmatch(name)
        if found is None:
            message = (
                f"This is XML that begins with {quoted(name)}; we read LEDES XML 2.0, 2.1 and 2.2, whose first element "
                "is ledesxmlebilling2.1. Export the bills as one of these, or as LEDES 1998B."
            )
            raise XmlRefused(self.line, message)
        self.version = found[1]
