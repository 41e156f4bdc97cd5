"""A file's encoding: found from its bytes or chosen, every byte checked, and the text read a part at a time. Pure."""

import codecs
import io
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from billing.imports.files import MAX_BYTES, TOO_LARGE, FaultLog, quoted

_BLOCK = 256 * 1024
_LONGEST_LINE = 1024 * 1024
_LONGEST_SAMPLE = 200
_UNICODE = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be"})
_BYTE_ORDER_MARK = "\ufeff"
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


class Encoding(StrEnum):
    """What a firm may choose; the first three are also found in the file itself."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS_1252 = "windows-1252"
    WINDOWS_1250 = "windows-1250"
    MAC_ROMAN = "mac-roman"


class ByteSource(Protocol):
    """Bytes that can be read from the start any number of times; an open file is one."""

    def read(self, size: int, /) -> bytes: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...


def find_encoding(*, source: ByteSource, faults: FaultLog, chosen: str = "") -> str:
    """The name of the codec that reads the whole file; what stands in the way is logged, by line.

    Without a choice: UTF-16 with its mark, UTF-8, else Windows-1252. `chosen` is an Encoding or a codec's name.
    """
    source.seek(0)
    first = source.read(4)
    codec = _codec(chosen, first)
    if not codec:
        codec = "utf-16" if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8"
    if codec not in _UNICODE and (line := _first_utf8_line(source)):
        faults.add(line_number=line, message=_is_utf8(codec))
        return codec
    if not _check(source, codec, faults) or codec != "utf-8":
        return codec
    # With letters that are UTF-8 beside it, the byte was put in later: as Windows-1252 they would become nonsense.
    if not chosen and not first.startswith(codecs.BOM_UTF8) and _is_ascii_but_for_strays(source):
        _refuse_lines(source, "cp1252", faults)
        return "cp1252"
    _refuse_lines(source, "utf-8", faults)
    return "utf-8"


def read_text(*, source: ByteSource, codec: str) -> Iterator[str]:
    """The file's text in parts of whole lines, line ends as \\n, without marks at its start. Its bytes are checked."""
    source.seek(0)
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(), translate=True)
    kept, started = "", False
    while block := source.read(_BLOCK):
        text = kept + decoder.decode(block)
        if not started:
            text = text.lstrip(_BYTE_ORDER_MARK)
            started = bool(text)
        cut = text.rfind("\n") + 1 or (len(text) if len(text) > _LONGEST_LINE else 0)
        kept = text[cut:]
        if cut:
            yield text[:cut]
    # Windows editors and DOS programs end a file with Ctrl-Z.
    if text := (kept + decoder.decode(b"", final=True)).rstrip("\x1a"):
        yield text


def decode(*, data: bytes, faults: FaultLog, chosen: str = "") -> str:
    """The text of a file that is read whole, as `find_encoding` and `read_text` have it; "" if a fault was logged."""
    source, before = io.BytesIO(data), faults.count
    codec = find_encoding(source=source, faults=faults, chosen=chosen)
    return "" if faults.count > before else "".join(read_text(source=source, codec=codec))


def encoding_samples(*, source: ByteSource) -> tuple[tuple[str, str], ...]:
    """Encoding -> how it reads the first line with a letter that is not plain ASCII, of a file whose bytes do not tell.

    None of a file in UTF-8, in UTF-16 with its mark, in plain ASCII, or packed.
    """
    source.seek(0)
    first = source.read(_BLOCK)
    if first.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"PK", b"\xd0\xcf\x11\xe0")):
        return ()
    if b"\0" in first[:2]:
        line = first.decode(_codec(Encoding.UTF_16, first[:4]), errors="replace").partition("\n")[0]
        return ((Encoding.UTF_16.value, _shown_line(line)),)
    telling = _telling_line(first, source)
    readings = {encoding.value: _reading(telling, encoding) for encoding in Encoding if encoding != Encoding.UTF_16}
    if not telling or readings[Encoding.UTF_8]:
        return ()
    return tuple((encoding, line) for encoding, line in readings.items() if line)


def _telling_line(first: bytes, source: ByteSource) -> bytes:
    block = first
    while block and block.isascii():
        block = source.read(_BLOCK)
    found = _NOT_ASCII.search(block)
    if not found:
        return b""
    start = max(block.rfind(b"\n", 0, found.start()) + 1, found.start() - _LONGEST_SAMPLE)
    line = block[start : start + 2 * _LONGEST_SAMPLE].partition(b"\n")[0]
    return line.rstrip(b"\r")


def _reading(line: bytes, encoding: Encoding) -> str:
    try:
        return _shown_line(line.decode(_codec(encoding, line[:4])))
    except UnicodeDecodeError:
        return ""


def _shown_line(line: str) -> str:
    return " ".join(line.split())[:_LONGEST_SAMPLE]


def _codec(name: str, first: bytes) -> str:
    """The codec of an encoding; UTF-16 without its mark is told by where the zeros of plain letters stand."""
    if name == Encoding.UTF_16 and first[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16-be" if first[:1] == b"\0" else "utf-16-le"
    try:
        return codecs.lookup(name).name if name else ""
    except LookupError:
        return ""


def _check(source: ByteSource, codec: str, faults: FaultLog) -> bool:
    """Log what the codec cannot read, NUL bytes and too many bytes; True if it is UTF-8 that cannot be read."""
    source.seek(0)
    decoder, line, size = codecs.getincrementaldecoder(codec)(), 1, 0
    while True:
        block = source.read(_BLOCK)
        size += len(block)
        if size > MAX_BYTES:
            faults.add(line_number=1, message=TOO_LARGE)
            return False
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            if codec == "utf-8":
                return True
            broken = line + _count_lines(error.object[: error.start].decode(codec, errors="replace"))
            faults.add(line_number=broken, message=_not_in(codec))
            return False
        if "\0" in text:
            _refuse_nul(text, line, faults)
        line += _count_lines(text)
        if not block:
            return False


def _first_utf8_line(source: ByteSource) -> int:
    """The line of the first letter that is not plain ASCII if the whole file is UTF-8, else 0.

    Hardly any text in another encoding is UTF-8 by chance, and every letter would become two wrong ones.
    """
    source.seek(0)
    decoder, line, first = codecs.getincrementaldecoder("utf-8")(), 1, 0
    try:
        while True:
            block = source.read(_BLOCK)
            text = decoder.decode(block, final=not block)
            if not first and not text.isascii():
                before = next(at for at, letter in enumerate(text) if letter > "\x7f")
                first = line + text.count("\n", 0, before)
            line += text.count("\n")
            if not block:
                return first
    except UnicodeDecodeError:
        return 0


def _is_utf8(codec: str) -> str:
    return (
        f"The file is in UTF-8, and {encoding_title(codec)} was chosen or is declared: its letters would become "
        "nonsense. Choose UTF-8 as its encoding."
    )


def _count_lines(text: str) -> int:
    return text.count("\n") or text.count("\r")


def _not_in(codec: str) -> str:
    return (
        f"This line holds a character that is not in the file's encoding ({encoding_title(codec)}). Save the file "
        "as UTF-8 and try again."
    )


def encoding_title(codec: str) -> str:
    """A codec as people name it."""
    return {"cp1252": "windows-1252", "cp1250": "windows-1250"}.get(codec, codec)


def _is_ascii_but_for_strays(source: ByteSource) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="ignore")
    while block := source.read(_BLOCK):
        if not decoder.decode(block).isascii():
            return False
    return True


def _refuse_lines(source: ByteSource, codec: str, faults: FaultLog) -> None:
    """Log every line that the codec cannot read."""
    source.seek(0)
    number, kept = 0, b""
    while True:
        block = source.read(_BLOCK)
        lines = (kept + block).splitlines(keepends=True)
        # The last line goes on in the next block, and so may a line end of two bytes.
        kept = lines.pop() if block and lines and len(lines[-1]) < _LONGEST_LINE else b""
        for line in lines:
            number += 1
            _refuse_line(number, line, codec, faults)
        if not block:
            return


def _refuse_line(number: int, line: bytes, codec: str, faults: FaultLog) -> None:
    try:
        line.decode(codec)
    except UnicodeDecodeError as stray:
        if codec != "utf-8":
            faults.add(line_number=number, message=_not_in(codec))
            return
        around = line.decode("utf-8", errors="replace")[max(0, stray.start - 20) :]
        message = (
            f"The file is in UTF-8, but the byte {line[stray.start]:02X} in {quoted(around)} is not: another "
            "program put it in. Correct that character, save the file as UTF-8 and try again."
        )
        faults.add(line_number=number, message=message)


def _refuse_nul(text: str, line: int, faults: FaultLog) -> None:
    for number, content in enumerate(text.split("\n"), start=line):
        if "\0" in content:
            message = "This line holds a NUL byte, so the file is damaged. Export it again."
            faults.add(line_number=number, message=message)
