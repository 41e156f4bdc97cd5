"""Which column of a file fills which field of a client: by the file's layout, or as a person chose. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Final

from billing.imports.cells import unwrapped
from billing.imports.client_layouts import (
    CHOSEN,
    FIELDS,
    FILLED_BY_SEVERAL,
    LAYOUT_CODES,
    PLAIN,
    ClientLayout,
    label_columns,
    plain_column,
    recognise,
)
from identity.text import clean_text

# Column of the file, as `column_names` has it -> the field it fills.
ColumnMapping = Mapping[str, str]
NAME_FIELDS: Final = frozenset({"name", "first_name", "last_name", "company"})
_OWN: Final[Mapping[str, str]] = {plain_column(field): field for field in FIELDS}
_LABELS: Final[Mapping[str, str]] = {"mobile": "phone_mobile", "cell": "phone_mobile", "fax": "phone_fax"}


@dataclass(frozen=True)
class ClientColumns:
    """The columns of one file: `names` are unique, `fields` has the field of each or "", `plain` is for comparing.

    `labels`: the place of the column that says of which type the numbers of this one are.
    """

    layout: ClientLayout
    names: tuple[str, ...]
    plain: tuple[str, ...]
    fields: tuple[str, ...]
    labels: tuple[int | None, ...]
    # Chosen columns that this file has not.
    absent: tuple[str, ...] = ()

    @property
    def asks_for_numbers(self) -> bool:
        """A file that no program wrote has a number in each row, or no column of them: an empty one got lost."""
        return self.layout in (PLAIN, CHOSEN) and "client_number" in self.fields

    def faults(self) -> list[tuple[str, str]]:
        """What keeps the file from being read: the field, and a sentence."""
        found = [("", f"The file has no column {name}. Choose its columns anew.") for name in self.absent]
        for field in FIELDS:
            if self.layout in (PLAIN, CHOSEN) and field not in FILLED_BY_SEVERAL and self.fields.count(field) > 1:
                twice = [name for name, each in zip(self.names, self.fields, strict=True) if each == field]
                sentence = f"Two columns are {field}: {twice[0]} and {twice[1]}. Choose one of them, or keep one."
                found.append((field, sentence))
        if not NAME_FIELDS & set(self.fields):
            sentence = (
                "No column is name, and every client needs one. Choose the column that holds it, or call it name in "
                "the first line."
            )
            found.append(("name", sentence))
        return found

    def field_of(self, column: int, cells: Sequence[str]) -> str:
        """The field that a column of this row fills; of a number by its type, in the words of the program."""
        label = self.labels[column]
        if label is None or label >= len(cells):
            return self.fields[column]
        said = cells[label].lower()
        return next((typed for word, typed in _LABELS.items() if word in said), self.fields[column])


def find_columns(
    *,
    header: Sequence[str],
    layout: str = "",
    chosen: ColumnMapping | None = None,
    remembered: Mapping[str, Sequence[str]] | None = None,
) -> ClientColumns:
    """The columns of a file with this header. A choice counts before a layout's code, then what the firm chose before
    for a header of this shape (the field of each column), then what the header is recognised as.
    """
    names = column_names(header)
    plain = tuple(plain_column(clean_text(unwrapped(cell))) for cell in header)
    labels = _labels(plain)
    if chosen:
        fields = tuple(chosen.get(name, "") for name in names)
        return ClientColumns(CHOSEN, names, plain, fields, labels, tuple(name for name in chosen if name not in names))
    before = None if layout else (remembered or {}).get(header_shape(header))
    if before:
        return ClientColumns(CHOSEN, names, plain, tuple(before), labels)
    found = LAYOUT_CODES[layout] if layout else recognise(plain)
    fields = tuple(found.columns.get(column) or _OWN.get(column, "") for column in plain)
    return ClientColumns(found, names, plain, fields, labels)


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """The columns as they are shown, each name once: a repeated one is counted, one without a name is `column 3`."""
    names: dict[str, None] = {}
    for place, cell in enumerate(header, start=1):
        own = " ".join(clean_text(unwrapped(cell)).split()) or f"column {place}"
        counted = (f"{own} ({times})" for times in count(2))
        names[next(name for name in chain([own], counted) if name not in names)] = None
    return tuple(names)


def header_shape(header: Sequence[str]) -> str:
    """The key of a header: files of the same columns in the same order have one, whatever their case and blanks."""
    plain = (plain_column(clean_text(unwrapped(cell))) for cell in header)
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()


def _labels(plain: Sequence[str]) -> tuple[int | None, ...]:
    return tuple(next((plain.index(label) for label in label_columns(each) if label in plain), None) for each in plain)
