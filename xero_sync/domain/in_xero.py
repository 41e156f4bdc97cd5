"""What stands in Xero, found the way Xero compares: numbers and names whatever their case. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from xero_sync.domain import text
from xero_sync.domain.matching import CLIENT

ACTIVE = "ACTIVE"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One contact or sales invoice in Xero; `settled` is what was paid and credited. Contacts have a name only."""

    xero_id: str
    number: str = ""
    name: str = ""
    email: str = ""
    contact_xero_id: str = ""
    status: str = ""
    issued: date | None = None
    total: Decimal | None = None
    settled: Decimal | None = None

    @property
    def is_settled(self) -> bool:
        """Paid or credited, if only in part."""
        return bool(self.settled)


def number_key(number: str) -> str:
    """A number as Xero compares it."""
    return number.casefold()


def name_key(name: str) -> str:
    """A contact's name as Xero compares it."""
    return text.clean_name(name).casefold()


class KnownInXero:
    """The entries of one kind; grows with what is foretold to arrive."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._by_id: dict[str, Entry] = {}
        self._by_number: dict[str, str] = {}
        self._by_name: dict[str, dict[str, None]] = {}
        self._clients: dict[str, int] = {}
        for entry in entries:
            self.put(entry)

    def put(self, entry: Entry) -> None:
        """Add an entry, or replace the one of its id."""
        old = self._by_id.get(entry.xero_id)
        if old is not None:
            self._by_name.get(name_key(old.name), {}).pop(old.xero_id, None)
            if self._by_number.get(number_key(old.number)) == old.xero_id:
                del self._by_number[number_key(old.number)]
        self._by_id[entry.xero_id] = entry
        if entry.number:
            self._by_number[number_key(entry.number)] = entry.xero_id
        if entry.name:
            self._by_name.setdefault(name_key(entry.name), {})[entry.xero_id] = None

    def belongs(self, *, xero_id: str, client: int) -> None:
        """This contact stands for that client here, and for no other."""
        self._clients[xero_id] = client

    def get(self, xero_id: str) -> Entry | None:
        """The entry of this id."""
        return self._by_id.get(xero_id)

    def holds_number(self, number: str, *, but: str) -> Entry | None:
        """The entry with this number, unless it is the one of the id `but`."""
        found = self._by_number.get(number_key(number)) if number else None
        return None if found is None or found == but else self._by_id[found]

    def holds_name(self, name: str, *, but: str) -> Entry | None:
        """The active contact with this name, unless it is the one of the id `but`."""
        named = (self._by_id[found] for found in self._by_name.get(name_key(name), {}))
        return next((entry for entry in named if entry.status == ACTIVE and entry.xero_id != but), None)

    def alike(self, *, number: str, name: str) -> list[Mapping[str, Any]]:
        """The contacts with this number or name, in Xero's own words, for `matching.match_contact`."""
        ids = dict(self._by_name.get(name_key(name), {}))
        if number_key(number) in self._by_number:
            ids[self._by_number[number_key(number)]] = None
        return [_in_xeros_words(self._by_id[found], self._clients.get(found)) for found in ids]


def _in_xeros_words(entry: Entry, client: int | None) -> Mapping[str, Any]:
    return {
        CLIENT: client,
        "ContactID": entry.xero_id,
        "ContactNumber": entry.number,
        "Name": entry.name,
        "EmailAddress": entry.email,
        "ContactStatus": entry.status,
    }
