"""The clients a bill may be for, and their matters: all of them while they are few, else those that are asked for."""

from functools import cached_property

from django.db.models import Q

from firms.models import Firm

# More than this is neither sent to a browser nor read through by a person.
FEW_CLIENTS, FEW_MATTERS = 300, 1000
MOST_FOUND = 50
LONGEST_SEARCH = 100
Option = tuple[int, str]


def find_clients(*, firm: Firm, typed: str) -> list[Option]:
    """The first clients by name whose name or number holds every word that was typed."""
    found = firm.contacts.order_by("name", "pk")
    for word in typed.replace("\0", "")[:LONGEST_SEARCH].split():
        found = found.filter(Q(name__icontains=word) | Q(client_number__istartswith=word))
    return [(pk, _client(name, number)) for pk, name, number in found.values_list(*_CLIENT)[:MOST_FOUND]]


def matters_of(*, firm: Firm, contact_id: int) -> list[Option]:
    """One client's matters, by number."""
    rows = firm.matters.filter(contact_id=contact_id).values_list("pk", "number", "name")[:FEW_MATTERS]
    return [(pk, _matter(number, name)) for pk, number, name in rows]


class Clients:
    """A firm's clients and matters as one bill's form offers them."""

    def __init__(self, *, firm: Firm) -> None:
        self._firm = firm

    @property
    def are_many(self) -> bool:
        """Whether they must be searched for."""
        return len(self._first) > FEW_CLIENTS

    def choices(self, *, chosen: object, typed: str = "") -> list[Option]:
        """All of them if they are few; else those found by what was typed, and the one that is chosen."""
        if not self.are_many:
            return self._first
        found = find_clients(firm=self._firm, typed=typed) if typed.strip() else []
        return found + [option for option in self._one(chosen) if option not in found]

    def label(self, contact_id: int | None) -> str:
        """How one of them is shown."""
        return next((label for pk, label in self._one(contact_id) if pk == contact_id), "")

    def matters_of(self, contact: object) -> list[Option]:
        """The matters of the chosen client; while none is chosen all, or none if they are many."""
        pk = _number(contact)
        if len(self._first_matters) > FEW_MATTERS:
            return matters_of(firm=self._firm, contact_id=pk) if pk else []
        return [(matter, label) for matter, label, of in self._first_matters if of == pk or not str(contact or "")]

    def matter_label(self, matter_id: int | None) -> str:
        """How one of their matters is shown."""
        rows = self._firm.matters.filter(pk=matter_id or 0).values_list("number", "name")
        return next((_matter(*row) for row in rows), "")

    def _one(self, chosen: object) -> list[Option]:
        pk = _number(chosen)
        if not self.are_many or not pk:
            return [option for option in self._first if option[0] == pk]
        rows = self._firm.contacts.filter(pk=pk).values_list(*_CLIENT)
        return [(found, _client(name, number)) for found, name, number in rows]

    @cached_property
    def _first(self) -> list[Option]:
        rows = self._firm.contacts.order_by("name", "pk").values_list(*_CLIENT)[: FEW_CLIENTS + 1]
        return [(pk, _client(name, number)) for pk, name, number in rows]

    @cached_property
    def _first_matters(self) -> list[tuple[int, str, int]]:
        rows = self._firm.matters.values_list("pk", "number", "name", "contact_id")[: FEW_MATTERS + 1]
        return [(pk, _matter(number, name), contact_id) for pk, number, name, contact_id in rows]


_CLIENT = ("pk", "name", "client_number")


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _client(name: str, number: str) -> str:
    return f"{name} ({number})"


def _matter(number: str, name: str) -> str:
    return f"{number} {name}".strip()
