"""Uploads."""

from typing import Any

from django import forms

from billing.imports.files import MAX_BYTES
from billing.services.upload import TOO_LARGE


class ImportForm(forms.Form):
    """A file to check or to import."""

    file = forms.FileField(label="File")

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return upload


class LedesImportForm(ImportForm):
    """A file of bills."""

    create_contacts = forms.BooleanField(
        label="Create clients who are not here yet",
        required=False,
        help_text="LEDES carries client numbers and no names: a new client is named by its number until you edit it.",
    )
