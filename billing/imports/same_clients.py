"""Rows of one file that are one client: written twice, or with accents that are stored in another way. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import islice

from billing.imports.client_rows import ContactRow
from billing.imports.files import FaultLog, quoted
from identity import fold_email, fold_name


def merge_same(*, rows: Sequence[ContactRow], written: Sequence[str], notes: FaultLog) -> tuple[ContactRow, ...]:
    """The rows, each client once, with what only a later row of theirs holds; `written`: each row's name as it stood.

    Client numbers tell clients apart, but for a name that differs only in what nobody sees. Without a number it is the
    name and the e-mail addresses.
    """
    kept: dict[int, ContactRow] = {}
    seen = _Seen()
    for index, row in enumerate(rows):
        same = next((at for at in seen.find(row, written[index]) if _is_same(kept[at], row)), None)
        if same is None:
            kept[index] = row
        else:
            notes.add(line_number=row.line_number, message=_words(kept[same], row))
            kept[same] = _merged(kept[same], row)
        seen.add(row, written[index], index if same is None else same)
    return tuple(kept.values())


class _Seen:
    """Where earlier rows stand, by what they may be known again; a look-up takes as long for thousands of one name."""

    def __init__(self) -> None:
        self._by_email: dict[tuple[str, str, bool], int] = {}
        self._by_name: dict[str, dict[str, int]] = {}

    def add(self, row: ContactRow, written: str, index: int) -> None:
        for name, email in _keys(row):
            self._by_email.setdefault((name, email, bool(row.client_number)), index)
        if row.client_number:
            self._by_name.setdefault(row.name, {}).setdefault(written, index)

    def find(self, row: ContactRow, written: str) -> Iterator[int]:
        """Earlier rows that may be the same client: of two with numbers, by the name as it stood; else by e-mail."""
        if row.client_number:
            alike = self._by_name.get(row.name, {})
            yield from (index for each, index in islice(alike.items(), 2) if each != written)
        for name, email in _keys(row):
            for numbered in (False,) if row.client_number else (True, False):
                if (name, email, numbered) in self._by_email:
                    yield self._by_email[name, email, numbered]


def _keys(row: ContactRow) -> list[tuple[str, str]]:
    name = fold_name(row.name)
    return [(name, fold_email(email)) for email in row.emails] or [(name, "")]


def _is_same(one: ContactRow, other: ContactRow) -> bool:
    """Whether rows that were found alike are one client: with a number each, only under one and the same name."""
    return not (one.client_number and other.client_number) or one.name == other.name


def _merged(one: ContactRow, other: ContactRow) -> ContactRow:
    """The first row, with what it leaves empty, and the further addresses and numbers, from the other."""
    emails = tuple(dict.fromkeys([*one.emails, *other.emails]))
    phones = tuple(dict.fromkeys([*one.phones, *other.phones]))
    empty = {each.name: getattr(other, each.name) for each in fields(one) if getattr(one, each.name) == ""}
    return replace(one, emails=emails, phones=phones, **empty)


def _words(first: ContactRow, row: ContactRow) -> str:
    said = f"{quoted(row.name)} is the same client as on line {first.line_number} and is taken with that line"
    if row.client_number and row.client_number != first.client_number and first.client_number:
        why = "the two names differ only in how their letters are stored"
        said += f": {why}. Its client number {quoted(row.client_number)} is not used"
    return f"{said}."
