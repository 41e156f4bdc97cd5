"""Keeps records by id and by unique keys, and can take back what one request did."""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """Records by id, each also found by the keys it currently holds (compared without regard to case)."""

    def __init__(self, *, id_of: Callable[[T], str], keys: Mapping[str, Callable[[T], str | None]]) -> None:
        self._id_of = id_of
        self._keys = keys
        self._records: dict[str, T] = {}
        self._index: dict[str, dict[str, str]] = {name: {} for name in keys}
        self._journal: list[tuple[str, T | None]] = []

    def __iter__(self) -> Iterator[T]:
        return iter(self._records.values())

    def __len__(self) -> int:
        return len(self._records)

    def get(self, record_id: str | None) -> T | None:
        """The record with this id."""
        return self._records.get(record_id.lower()) if record_id else None

    def find(self, *, key: str, value: str | None) -> T | None:
        """The record that holds ``value`` as its ``key`` now."""
        return self.get(self._index[key].get(value.casefold())) if value else None

    def put(self, record: T) -> None:
        """Store a record, replacing the one with the same id."""
        record_id = self._id_of(record)
        self._journal.append((record_id, self._records.get(record_id)))
        self._replace(record_id, record)

    def remove(self, record_id: str) -> None:
        """Forget a record, as a reset organisation does."""
        self._journal.append((record_id, self._records.get(record_id)))
        self._replace(record_id, None)

    def mark(self) -> int:
        """A point to which :meth:`take_back` can return."""
        return len(self._journal)

    def take_back(self, *, to: int) -> None:
        """Undo everything put since the mark ``to``."""
        while len(self._journal) > to:
            record_id, before = self._journal.pop()
            self._replace(record_id, before)

    def settle(self) -> None:
        """Forget the marks: what is stored stays."""
        self._journal.clear()

    def _replace(self, record_id: str, record: T | None) -> None:
        old = self._records.get(record_id)
        for name, key_of in self._keys.items():
            index = self._index[name]
            if old is not None and (held := key_of(old)) and index.get(held.casefold()) == record_id:
                del index[held.casefold()]
            if record is not None and (held := key_of(record)):
                index[held.casefold()] = record_id
        if record is None:
            self._records.pop(record_id, None)
        else:
            self._records[record_id] = record
