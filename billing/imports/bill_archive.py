"""A ZIP of bill files: what it holds, within bounds. Paths mean nothing, and nothing is unpacked to a disk. Pure."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final, NamedTuple, cast

from billing.imports.encodings import ByteSource
from billing.imports.files import MAX_BYTES, FaultLog, quoted

BEGINS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_MOST_FILES = 200
# A text of bills comes to a tenth of its size or a fiftieth, never to a thousandth.
_LARGEST_RATIO = 500
_FREE_OF_RATIO = 1024 * 1024
# Deflated or stored; other ways of packing are no part of what systems write.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_IS_ENCRYPTED = 1
_LONGEST_NAME = 100
# What a Mac or Windows puts beside the files.
_NO_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_WORKBOOK = "[content_types].xml"
# The record at the end of a ZIP: how many files its list has, and how many bytes that list.
_END = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 65_535
_LONGEST_LIST = 1024 * 1024


# What reading a damaged archive comes to.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
_IS_DAMAGED = "The ZIP archive is damaged. Make it again, or import its files one by one."


class ArchiveDamaged(Exception):
    """A file of the ZIP cannot be read; the text says so, as a sentence."""


class ArchivedFile(NamedTuple):
    """One file of a ZIP under the name that messages call it."""

    name: str
    source: ByteSource


def read_archive(*, source: ByteSource, faults: FaultLog) -> Iterator[ArchivedFile]:
    """Each file of the ZIP in the order of its list, opened one at a time; what is refused is logged, and ends it.

    Reading a file raises ArchiveDamaged.
    """
    if message := _list_fault(source):
        faults.add(line_number=1, message=message)
        return
    try:
        with zipfile.ZipFile(cast("IO[bytes]", source)) as archive:
            members = [member for member in archive.infolist() if _is_file(member)]
            if message := _fault(members):
                faults.add(line_number=1, message=message)
                return
            for name, member in zip(_names(members), members, strict=True):
                with archive.open(member) as opened:
                    yield ArchivedFile(name, _Member(opened))
    except _DAMAGE:
        faults.add(line_number=1, message=_IS_DAMAGED)


class _Member:
    """A file of the ZIP, whose damage is told from a fault of ours."""

    def __init__(self, opened: IO[bytes]) -> None:
        self._opened = opened

    def read(self, size: int, /) -> bytes:
        try:
            return self._opened.read(size)
        except _DAMAGE as damage:
            raise ArchiveDamaged(_IS_DAMAGED) from damage

    def seek(self, offset: int, whence: int = 0, /) -> int:
        try:
            return self._opened.seek(offset, whence)
        except _DAMAGE as damage:
            raise ArchiveDamaged(_IS_DAMAGED) from damage


def _list_fault(source: ByteSource) -> str:
    """What is wrong with the ZIP's own list of its files, before anybody reads it: it may be a trap by itself."""
    size = source.seek(0, 2)
    source.seek(max(0, size - _LONGEST_COMMENT - _END.size))
    tail = source.read(_LONGEST_COMMENT + _END.size)
    at = tail.rfind(b"PK\x05\x06")
    if at == -1 or len(tail) - at < _END.size:
        return "The ZIP archive is damaged or cut off. Make it again, or import its files one by one."
    _, _, _, _, count, list_size, _, _ = _END.unpack_from(tail, at)
    if count > _MOST_FILES or list_size > _LONGEST_LIST:
        return f"The ZIP archive holds more than {_MOST_FILES} files. Import them in several archives."
    return ""


def _is_file(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    return bool(parts[-1]) and parts[-1].lower() not in _NO_FILES and "__MACOSX" not in parts


def _fault(members: list[zipfile.ZipInfo]) -> str:
    if any(member.filename.lower() == _WORKBOOK for member in members):
        return "This looks like an Excel workbook, not LEDES. Export the bills as LEDES 1998B."
    if not members:
        return "The ZIP archive holds no file."
    if any(member.flag_bits & _IS_ENCRYPTED for member in members):
        return "The ZIP archive needs a password. Make it without one, or import its files one by one."
    if sum(member.file_size for member in members) > MAX_BYTES:
        return f"The ZIP archive holds more than {MAX_BYTES // (1024 * 1024)} MB. Import its files one by one."
    for member in members:
        if member.compress_type not in _METHODS:
            return f"{quoted(member.filename)} is packed in a way that we do not read. Import the file by itself."
        if member.file_size > max(_FREE_OF_RATIO, member.compress_size * _LARGEST_RATIO):
            return f"{quoted(member.filename)} is packed tighter than any text of bills. Import the file by itself."
    return ""


def _names(members: list[zipfile.ZipInfo]) -> list[str]:
    """Each file's own name without its path; with a number behind it where two files have the same."""
    counts: dict[str, int] = {}
    names = []
    for member in members:
        plain = member.filename.replace("\\", "/").split("/")[-1]
        name = "".join(character for character in plain if character.isprintable())[:_LONGEST_NAME]
        counts[name] = counts.get(name, 0) + 1
        names.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return names
