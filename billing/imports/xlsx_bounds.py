"""What an XLSX file may hold: looked through before it is read, so that a small file of a hostile shape (a zip bomb,
millions of cells in a row, entities, one sheet a thousand times) costs neither memory nor time. Pure.
"""

import posixpath
import re
import zipfile
from typing import Final
from xml.parsers import expat

MOST_PARTS: Final = 2000
MOST_UNPACKED_BYTES: Final = 96 * 1024 * 1024
# Twice the elements: each is opened and closed.
MOST_TAGS: Final = 8_000_000
MOST_ROWS_AND_STRINGS: Final = 1_200_000
# Between two rows or two strings: that much is in memory at once. A sheet has at most 16,384 columns.
MOST_TAGS_AT_ONCE: Final = 400_000
MOST_BYTES_AT_ONCE: Final = 16 * 1024 * 1024
# A list of sheets, or of where they are, is short.
MOST_LIST_BYTES: Final = 4 * 1024 * 1024
_XML: Final = (".xml", ".rels")
# What the reader does not open.
_UNREAD: Final = ("xl/pivotCache/", "xl/externalLinks/", "customXml/")
_ROW_OR_STRING: Final = re.compile(rb"<(?:\w+:)?(?:row|si)[\s/>]")
_SHEET_OR_PLACE: Final = re.compile(rb"<(?:\w+:)?(?:sheet|Relationship)[\s/>]")


class UnreadableWorkbook(Exception):
    """The file is no workbook that can be read; the words are for its user."""


class TooLargeWorkbook(UnreadableWorkbook):
    """The workbook unpacks to more than is read."""

    def __init__(self) -> None:
        super().__init__("The workbook is too large. Keep only the sheet with the clients, or save that sheet as CSV.")


def check_xlsx(archive: zipfile.ZipFile) -> None:
    """Raise UnreadableWorkbook for more than the bounds above; zipfile's and expat's errors for a damaged file."""
    parts = archive.infolist()
    read = [part for part in parts if part.filename.endswith(_XML) and not part.filename.startswith(_UNREAD)]
    # A part never unpacks to more than is said of it here: zipfile stops there.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in read) > MOST_UNPACKED_BYTES:
        raise TooLargeWorkbook
    tags, rows, sheets = 0, 0, _Sheets()
    for part in read:
        content = archive.read(part)
        tags += content.count(b"<")
        rows += _check_part(content)
        if tags > MOST_TAGS or rows > MOST_ROWS_AND_STRINGS:
            raise TooLargeWorkbook
        if _SHEET_OR_PLACE.search(content):
            sheets.check(content)


def _check_part(content: bytes) -> int:
    """How many rows and strings the part has."""
    # In UTF-16 what is looked for below would not be found. No program writes it.
    if b"\0" in content[:4] or b"<!DOCTYPE" in content:
        raise UnreadableWorkbook("The workbook holds a document type, which none has. Save it anew in Excel.")
    start = count = 0
    for found in _ROW_OR_STRING.finditer(content):
        _check_at_once(content, start, found.start())
        start, count = found.start(), count + 1
        if count > MOST_ROWS_AND_STRINGS:
            break
    _check_at_once(content, start, len(content))
    return count


def _check_at_once(content: bytes, start: int, end: int) -> None:
    if end - start > MOST_BYTES_AT_ONCE or content.count(b"<", start, end) > MOST_TAGS_AT_ONCE:
        raise TooLargeWorkbook


class _Sheets:
    """The sheets that are named, and the parts that are given for them; one named twice would be read twice."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def check(self, content: bytes) -> None:
        """Look through a list of them."""
        if len(content) > MOST_LIST_BYTES:
            raise TooLargeWorkbook
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.Parse(content, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            self._add(posixpath.basename(attributes.get("Target", "")))
        elif local == "sheet":
            self._add(next((value for key, value in attributes.items() if key.endswith(":id")), ""))

    def _add(self, key: str) -> None:
        if key in self._seen:
            raise UnreadableWorkbook("The workbook names one sheet twice. Save it anew, or save the sheet as CSV.")
        self._seen.add(key)
