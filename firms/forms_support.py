"""The common parts of forms: a service's faults put beside their fields, and fields that forgive how people type."""

from collections.abc import Mapping

from django import forms


class DayInput(forms.DateInput):
    """A date as the browser's own control, and as YYYY-MM-DD without one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def show_faults(*, form: forms.Form, faults: Mapping[str, str]) -> None:
    """Put each fault beside its field; those of no field of this form above it."""
    for field, sentence in faults.items():
        form.add_error(field if field in form.fields else None, sentence)
