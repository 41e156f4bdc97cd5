"""Uploads."""

from typing import Any

from django import forms

from billing.imports.files import MAX_BYTES, TOO_LARGE
from billing.imports.ledes_tax import TaxTreatment


class ImportForm(forms.Form):
    """A file to check or to import."""

    file = forms.FileField(label="File")

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return upload


TAX_CHOICES = (
    ("", "As the file shows it"),
    (TaxTreatment.USUAL.value, "Add the firm's usual tax to every line"),
    (TaxTreatment.INSIDE.value, "It is inside the amounts, at the firm's usual rate"),
    (TaxTreatment.IN_LINES.value, "It has lines of its own in the file"),
    (TaxTreatment.NONE.value, "There is none"),
)


class LedesImportForm(ImportForm):
    """A file of bills."""

    create_contacts = forms.BooleanField(
        label="Create clients who are not here yet",
        required=False,
        help_text="A new client has the name in the file, or the one that Xero has under its number. LEDES 1998B "
        "has no names: import clients whom Xero does not have first.",
    )
    tax = forms.ChoiceField(
        label="Tax",
        choices=TAX_CHOICES,
        required=False,
        help_text="Before tax is added to what the file says, you are shown what each client will owe.",
    )

    def clean_tax(self) -> TaxTreatment | None:
        chosen = self.cleaned_data["tax"]
        return TaxTreatment(chosen) if chosen else None
