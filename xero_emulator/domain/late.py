"""Writes whose client was hung up on, and which Xero works on later, perhaps after newer ones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from xero_emulator.domain.ledger import Entry


@dataclass(frozen=True)
class LateWrite:
    """One write that waits until ``due``; ``work`` does it, and nobody hears the answer."""

    due: datetime
    entry: Entry
    work: Callable[[], None]


class LateWrites:
    """The writes still waiting."""

    def __init__(self) -> None:
        self._waiting: list[LateWrite] = []

    def add(self, write: LateWrite) -> None:
        """Put one off."""
        self._waiting.append(write)

    def take(self, *, now: datetime | None) -> list[LateWrite]:
        """The writes due by ``now``, or all of them, the longest overdue first; they wait no more."""
        by_due = sorted(self._waiting, key=lambda write: write.due)
        self._waiting = [write for write in by_due if now is not None and write.due > now]
        return by_due[: len(by_due) - len(self._waiting)]

    def listing(self) -> list[dict[str, object]]:
        """Number in the ledger and time of each that waits."""
        return [{"seq": write.entry.seq, "due": write.due.isoformat()} for write in self._waiting]
