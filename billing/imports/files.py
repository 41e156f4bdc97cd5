"""What reading any file of a firm's shares: its encoding, its faults by line, its refusal."""

import codecs
from dataclasses import dataclass

MAX_BYTES = 64 * 1024 * 1024
FAULTS_SHOWN = 50
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class LineFault:
    """One thing wrong with a file: the physical line (from 1), the field's name or "", a sentence for the user."""

    line_number: int
    field: str
    message: str


@dataclass(frozen=True)
class FileRefused:
    """Nothing may be imported from this file; `faults` are the first of `fault_count`, in order of lines."""

    faults: tuple[LineFault, ...]
    fault_count: int


class FaultLog:
    """Collects faults, keeping the first FAULTS_SHOWN: a wrong export has the same fault on every line."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: list[LineFault] = []

    def add(self, *, line_number: int, message: str, field: str = "") -> None:
        self.count += 1
        if len(self._kept) < FAULTS_SHOWN:
            self._kept.append(LineFault(line_number, field, message))

    @property
    def shown(self) -> tuple[LineFault, ...]:
        return tuple(sorted(self._kept, key=lambda fault: fault.line_number))


def quoted(value: str) -> str:
    """The value as a message may show it: on one line, in quotes, shortened."""
    line = " ".join(value.split())
    return f'"{line[:_SHOWN_CHARACTERS]}…"' if len(line) > _SHOWN_CHARACTERS else f'"{line}"'


def decode(*, data: bytes, faults: FaultLog) -> str:
    """The file's text with line ends as \\n: UTF-8, UTF-16 with its mark, else Windows-1252; faults are logged."""
    if len(data) > MAX_BYTES:
        megabytes = MAX_BYTES // (1024 * 1024)
        faults.add(
            line_number=1, message=f"The file is larger than {megabytes} MB. Export it in parts and import each."
        )
        return ""
    try:
        text = _decoded(data)
    except UnicodeDecodeError as error:
        _refuse_bytes(data, error, faults)
        return ""
    # Windows editors and DOS programs end a file with Ctrl-Z.
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")
    _refuse_nul(text, faults)
    return text


def _decoded(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # With letters that are UTF-8 beside it, the byte was put in later: as Windows-1252 they would become nonsense.
        if not data.decode("utf-8", errors="ignore").isascii():
            raise
        return data.decode("cp1252")


def _refuse_bytes(data: bytes, error: UnicodeDecodeError, faults: FaultLog) -> None:
    """Name the lines with bytes that are not in the file's encoding; all of them in UTF-8, else the first."""
    if error.encoding != "utf-8":
        message = (
            "This line holds a character that is not in the file's encoding. Save the file as UTF-8 and try again."
        )
        faults.add(line_number=data.count(b"\n", 0, error.start) + 1, message=message)
        return
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as stray:
            around = line.decode("utf-8", errors="replace")[max(0, stray.start - 20) :]
            message = (
                f"The file is in UTF-8, but the byte {line[stray.start]:02X} in {quoted(around)} is not: another "
                "program put it in. Correct that character, save the file as UTF-8 and try again."
            )
            faults.add(line_number=number, message=message)


def _refuse_nul(text: str, faults: FaultLog) -> None:
    at, line = text.find("\0"), 1
    counted = 0
    while at != -1:
        line += text.count("\n", counted, at)
        message = "This line holds a NUL byte, so the file is damaged. Export it again."
        faults.add(line_number=line, message=message)
        counted, line_end = at, text.find("\n", at)
        at = -1 if line_end == -1 else text.find("\0", line_end)
