"""Documents in Xero: found as Xero compares them to forecast refusals, and as a reader does to match. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from identity import fold_name, fold_name_as_xero, fold_number_as_xero

ACTIVE = "ACTIVE"
# Ours, beside Xero's own keys of a contact: the id of the client here that is linked to it.
CLIENT = "OurClient"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One contact or sales invoice in Xero; `settled` is the amount paid and credited. Contacts have a name only."""

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


class KnownInXero:
    """The entries of one kind; grows with each document that is forecast to arrive."""

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
            self._by_name.get(fold_name(old.name), {}).pop(old.xero_id, None)
            if self._by_number.get(fold_number_as_xero(old.number)) == old.xero_id:
                del self._by_number[fold_number_as_xero(old.number)]
        self._by_id[entry.xero_id] = entry
        if entry.number:
            self._by_number[fold_number_as_xero(entry.number)] = entry.xero_id
        if entry.name:
            self._by_name.setdefault(fold_name(entry.name), {})[entry.xero_id] = None

    def belongs(self, *, xero_id: str, client: int) -> None:
        """Record that the contact in Xero is this client's, and no other's."""
        self._clients[xero_id] = client

    def get(self, xero_id: str) -> Entry | None:
        """The entry of this id."""
        return self._by_id.get(xero_id)

    def holds_number(self, number: str, *, but: str) -> Entry | None:
        """The entry with this number, unless it is the one of the id `but`."""
        found = self._by_number.get(fold_number_as_xero(number)) if number else None
        return None if found is None or found == but else self._by_id[found]

    def holds_name(self, name: str, *, but: str) -> Entry | None:
        """The active contact that keeps this name from being taken, as Xero compares, but the one of the id `but`."""
        wanted = fold_name_as_xero(name)
        alike = (self._by_id[found] for found in self._by_name.get(fold_name(name), {}))
        named = (entry for entry in alike if fold_name_as_xero(entry.name) == wanted)
        return next((entry for entry in named if entry.status == ACTIVE and entry.xero_id != but), None)

    def alike(self, *, number: str, name: str) -> list[Mapping[str, Any]]:
        """The contacts with this number, or with a name that looks the same, in Xero's own words, for `matching`."""
        ids = dict(self._by_name.get(fold_name(name), {}))
        if fold_number_as_xero(number) in self._by_number:
            ids[self._by_number[fold_number_as_xero(number)]] = None
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
