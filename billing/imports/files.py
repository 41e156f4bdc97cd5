"""What reading any file of a firm's shares: its faults by line, its refusal."""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_BYTES = 64 * 1024 * 1024
TOO_LARGE = f"The file is larger than {MAX_BYTES // (1024 * 1024)} MB. Export it in parts and import each."
FAULTS_SHOWN = 50
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class LineFault:
    """One thing wrong with a file: the physical line (from 1), the field's name or "", a sentence for the user.

    `file` is the name of the file within a ZIP, or "".
    """

    line_number: int
    field: str
    message: str
    file: str = ""

    @property
    def place(self) -> str:
        """Where a person finds it: `line 12`, or `november.txt, line 12` in a ZIP."""
        return f"{self.file}, line {self.line_number}" if self.file else f"line {self.line_number}"


@dataclass(frozen=True)
class FileRefused:
    """Nothing may be imported from this file; `faults` are the first of `fault_count`, in order of lines."""

    faults: tuple[LineFault, ...]
    fault_count: int


class FaultLog:
    """Collects faults, keeping the first FAULTS_SHOWN: a wrong export has the same fault on every line."""

    def __init__(self, *, file: str = "") -> None:
        self.count = 0
        self._file = file
        self._kept: list[LineFault] = []

    def add(self, *, line_number: int, message: str, field: str = "") -> None:
        self.extend(faults=(LineFault(line_number, field, message, self._file),), count=1)

    def extend(self, *, faults: Sequence[LineFault], count: int) -> None:
        """Add what another log has collected: the faults it shows of all it counted."""
        self.count += count
        self._kept += faults[: FAULTS_SHOWN - len(self._kept)]

    @property
    def shown(self) -> tuple[LineFault, ...]:
        return tuple(sorted(self._kept, key=lambda fault: (fault.file, fault.line_number)))


def quoted(value: str) -> str:
    """The value as a message may show it: on one line, in quotes, shortened."""
    line = " ".join(value.split())
    return f'"{line[:_SHOWN_CHARACTERS]}…"' if len(line) > _SHOWN_CHARACTERS else f'"{line}"'
