"""An upload, and what a person chooses for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from billing.domain.import_choices import Then
from billing.imports.files import MAX_BYTES, TOO_LARGE
from billing.imports.ledes_tax import TaxTreatment


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(label="File")

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return upload


TAX_CHOICES = (
    (TaxTreatment.IN_LINES.value, "It has lines of its own in the file"),
    (TaxTreatment.USUAL.value, "Add the firm's usual tax to every line"),
    (TaxTreatment.INSIDE.value, "It is inside the amounts, at the firm's usual rate"),
    (TaxTreatment.NONE.value, "There is none"),
)


class TaxForm(forms.Form):
    """How the tax of a file of bills is treated, instead of as the file shows it."""

    tax = forms.ChoiceField(label="Tax", choices=TAX_CHOICES, widget=forms.RadioSelect)


class EncodingForm(forms.Form):
    """In which letters the file is written: a line of it in each encoding."""

    def __init__(
        self,
        data: QueryDict | Mapping[str, Any] | None = None,
        *,
        samples: Sequence[tuple[str, str]],
        in_use: str = "",
    ) -> None:
        super().__init__(data, initial={"encoding": in_use})
        choices = [(encoding, f"{encoding}: {line}") for encoding, line in samples]
        self.fields["encoding"] = forms.ChoiceField(label="Encoding", choices=choices, widget=forms.RadioSelect)


class ConfirmForm(forms.Form):
    """What becomes of what is imported."""

    then = forms.ChoiceField(choices=[(each.value, each.value) for each in Then])
    skip_refused = forms.BooleanField(required=False)

    def clean_then(self) -> Then:
        return Then(self.cleaned_data["then"])
