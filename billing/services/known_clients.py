"""Which of a firm's clients a row without a client number is: by name and e-mail, each of them at most once. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from billing.imports.client_rows import ContactRow
from billing.models import Contact
from identity import fold_email, fold_name


class Known(NamedTuple):
    """By line number: the client who a row is, and the client who it may be, which a person has to say."""

    same: dict[int, Contact]
    doubtful: dict[int, Contact]


def recognise(*, rows: Sequence[ContactRow], contacts: Sequence[Contact]) -> Known:
    """Find rows among contacts of the same name: with an e-mail in common, both without one, then one of both without.

    What is left of the same name has other e-mail addresses: the client with a new address, or another client.
    """
    known, free = Known({}, {}), _Free(contacts)
    for alike in (free.with_email_of, free.as_bare_as, free.where_one_is_bare):
        for row in rows:
            if row.line_number not in known.same and (found := free.find(alike(row))):
                known.same[row.line_number] = found
                free.taken.add(found.pk)
    for row in rows:
        if row.line_number not in known.same and (found := free.find(free.of_name(row))):
            known.doubtful[row.line_number] = found
    return known


class _Free:
    """Contacts whom no row was found to be, the oldest last in each list; those taken are dropped when met."""

    def __init__(self, contacts: Sequence[Contact]) -> None:
        self.taken: set[int] = set()
        # By name and whether they have an e-mail address; by name and address.
        self._by_name: dict[tuple[str, bool], list[Contact]] = {}
        self._by_email: dict[tuple[str, str], list[Contact]] = {}
        for contact in reversed(contacts):
            name = fold_name(contact.name)
            self._by_name.setdefault((name, bool(contact.emails)), []).append(contact)
            for email in contact.emails:
                self._by_email.setdefault((name, fold_email(email)), []).append(contact)

    def find(self, lists: Iterable[list[Contact]]) -> Contact | None:
        """The oldest contact of the first list that has one who is not taken."""
        for contacts in lists:
            while contacts and contacts[-1].pk in self.taken:
                contacts.pop()
            if contacts:
                return contacts[-1]
        return None

    def with_email_of(self, row: ContactRow) -> Iterator[list[Contact]]:
        for email in row.emails:
            yield self._by_email.get((fold_name(row.name), fold_email(email)), [])

    def as_bare_as(self, row: ContactRow) -> Iterator[list[Contact]]:
        if not row.emails:
            yield self._by_name.get((fold_name(row.name), False), [])

    def where_one_is_bare(self, row: ContactRow) -> Iterator[list[Contact]]:
        yield self._by_name.get((fold_name(row.name), not row.emails), [])

    def of_name(self, row: ContactRow) -> Iterator[list[Contact]]:
        for has_email in (True, False):
            yield self._by_name.get((fold_name(row.name), has_email), [])
