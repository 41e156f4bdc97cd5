"""Which column of a file of clients fills which field, chosen by a person."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict

from billing.imports.client_columns import NAME_FIELDS
from billing.imports.client_layouts import FIELDS, FILLED_BY_SEVERAL
from billing.imports.contacts_csv import ColumnUse

NONE: Final = "no column"


class ColumnsForm(forms.Form):
    """One choice a field, or several columns for a field that several may fill; it starts from what was recognised."""

    def __init__(self, data: QueryDict | Mapping[str, Any] | None = None, *, columns: Sequence[ColumnUse]) -> None:
        super().__init__(data, initial=_initial(columns), prefix="column")
        choices = [(column.name, _label(column.name, column.samples)) for column in columns if column.name]
        for name, words in FIELDS.items():
            label = words[:1].upper() + words[1:]
            if name in FILLED_BY_SEVERAL:
                size = str(min(4, len(choices)))
                widget = forms.SelectMultiple(attrs={"size": size})
                self.fields[name] = forms.MultipleChoiceField(
                    label=label, choices=choices, required=False, widget=widget
                )
            else:
                self.fields[name] = forms.ChoiceField(label=label, choices=[("", NONE), *choices], required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a column for two fields, and a file without a name."""
        filled: dict[str, str] = {}
        for name, column in self._pairs():
            first = filled.setdefault(column, name)
            if first != name:
                self.add_error(name, f"{column} is chosen for {FIELDS[first]} too. Choose it once.")
        if not NAME_FIELDS & set(filled.values()) and not self.errors:
            self.add_error("name", "Every client needs a name: choose the column that holds it.")
        return self.cleaned_data

    def mapping(self) -> dict[str, str]:
        """Column -> the field it fills, of a form that is valid."""
        return {column: name for name, column in self._pairs()}

    def _pairs(self) -> list[tuple[str, str]]:
        chosen = {name: self.cleaned_data.get(name) or [] for name in FIELDS}
        return [
            (name, column)
            for name, columns in chosen.items()
            for column in (columns if isinstance(columns, list) else [columns])
        ]


def _initial(columns: Sequence[ColumnUse]) -> dict[str, Any]:
    """What was recognised; where two columns fill a field that one may fill, the first."""
    found: dict[str, Any] = {name: [] for name in FILLED_BY_SEVERAL}
    for column in columns:
        if column.field in FILLED_BY_SEVERAL:
            found[column.field].append(column.name)
        elif column.field in FIELDS:
            found.setdefault(column.field, column.name)
    return found


def _label(name: str, samples: tuple[str, ...]) -> str:
    shown = ", ".join(" ".join(sample.split()) for sample in samples)
    return f"{name} ({shown[:40]}{'…' if len(shown) > 40 else ''})" if shown else name
