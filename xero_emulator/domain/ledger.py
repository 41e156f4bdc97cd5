"""Everything that ever arrived, in order: the ground truth tests compare a client's story with."""

from dataclasses import asdict, dataclass, field
from datetime import datetime


@dataclass
class Entry:
    """One request; the fields after ``elements`` are filled in as it is dealt with.

    ``elements`` are the numbers or names sent, ``results`` one outcome for each of them in the same order.
    ``outcome`` is ``arrived`` until there is one, then ``answered``, ``refused``, ``limited``, ``replayed``,
    ``cut``, ``turned away``, ``failed``, or ``late`` until it is ``worked late``.
    """

    seq: int
    time: str
    method: str
    path: str
    query: str
    organisation: str
    app: str
    idempotency_key: str
    bytes: int
    elements: list[str] = field(default_factory=list)
    results: list[dict[str, object]] = field(default_factory=list)
    status: int | None = None
    outcome: str = "arrived"
    fault: str = ""
    limit: str = ""
    in_last_minute: int = 0
    in_fixed_minute: int = 0
    correlation_id: str = ""


class Ledger:
    """Entries in the order of arrival, numbered for ever."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._last = 0

    def open(
        self, *, now: datetime, method: str, path: str, query: str, organisation: str, key: str, size: int
    ) -> Entry:
        """Record an arrival."""
        self._last += 1
        entry = Entry(
            seq=self._last,
            time=now.isoformat(timespec="microseconds"),
            method=method,
            path=path,
            query=query,
            organisation=organisation,
            app="",
            idempotency_key=key,
            bytes=size,
        )
        self._entries.append(entry)
        return entry

    def since(self, *, seq: int = 0) -> list[dict[str, object]]:
        """Entries after number ``seq``, oldest first."""
        return [asdict(entry) for entry in self._entries if entry.seq > seq]

    def clear(self) -> None:
        """Forget what has arrived; numbers go on."""
        self._entries.clear()
