"""The forms of a bill and its lines; what is right is the services' business."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.urls import reverse

from billing.domain.money import TaxMode
from billing.forms.clients import LONGEST_SEARCH, Clients
from billing.forms.fields import AmountField
from billing.models import Invoice, InvoiceLine, LineKind
from billing.services import InvoiceValues, LineValues
from firms.forms_support import DayInput, show_faults
from firms.models import Firm

MOST_LINES = 1000
PREFIX = "lines"
TAX_MODES = (
    (TaxMode.EXCLUSIVE.value, "Tax is added to the amounts"),
    (TaxMode.INCLUSIVE.value, "Amounts include tax"),
    (TaxMode.NO_TAX.value, "No tax"),
)
Choices = Sequence[tuple[str | int, str]]


class InvoiceForm(forms.Form):
    """A bill's head."""

    contact_id = forms.TypedChoiceField(label="Client", coerce=int, empty_value=None)
    matter_id = forms.TypedChoiceField(label="Matter", coerce=int, empty_value=None, required=False)
    new_matter_number = forms.CharField(label="Or a new matter: number", max_length=50, required=False)
    new_matter_name = forms.CharField(label="What it is about", max_length=255, required=False)
    number = forms.CharField(max_length=255, required=False, help_text="Empty: the next free number.")
    issue_date = forms.DateField(label="Issued", widget=DayInput())
    due_date = forms.DateField(label="Due", widget=DayInput(), required=False)
    currency = forms.CharField(max_length=3, required=False)
    tax_mode = forms.ChoiceField(label="Tax", choices=TAX_MODES)
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    # Only for a firm with more clients than a list can show, and only without script.
    client_search = forms.CharField(label="Find a client by name or number", max_length=LONGEST_SEARCH, required=False)

    def __init__(self, *args: Any, firm: Firm, contacts: Clients, matters: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self._offer_clients(firm, contacts)
        self.fields["matter_id"].choices = [("", "None"), *matters]  # type: ignore[attr-defined]
        self.fields["due_date"].help_text = f"Empty: {firm.payment_terms_days} days after issue."
        self.fields["currency"].help_text = f"Empty: {firm.currency}."

    def _offer_clients(self, firm: Firm, contacts: Clients) -> None:
        typed = str(self["client_search"].value() or "")
        choices = contacts.choices(chosen=self["contact_id"].value(), typed=typed)
        first = "Nobody is found by that" if typed and not choices else "Choose a client"
        field = self.fields["contact_id"]
        field.choices = [("", first), *choices]  # type: ignore[attr-defined]
        field.widget.attrs["data-picker"] = True
        if not contacts.are_many:
            del self.fields["client_search"]
            return
        field.widget.attrs["data-picker-url"] = reverse("billing:contact-choices", args=[firm.slug])
        field.widget.attrs["data-picker-matters"] = reverse("billing:contact-matters", args=[firm.slug, 0])

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()

    def values(self) -> InvoiceValues:
        """The typed values, for the service."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "client_search"}
        return InvoiceValues(**{**data, "tax_mode": TaxMode(data["tax_mode"])})


class LineForm(forms.Form):
    """A line of a bill."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="Kind", choices=LineKind.choices, initial=LineKind.TIME.value)
    date = forms.DateField(label="Date", required=False, widget=DayInput())
    description = forms.CharField(label="What", required=False, widget=forms.Textarea(attrs={"rows": 1}))
    category_id = forms.TypedChoiceField(label="Category", coerce=int, empty_value=None, required=False)
    timekeeper = forms.CharField(label="Who", max_length=120, required=False)
    quantity = AmountField(label="Quantity", places=0, initial=Decimal(1))
    unit_price = AmountField(label="Price", initial=None)
    discount = AmountField(label="Discount", required=False)
    tax_name = forms.ChoiceField(label="Tax", required=False)

    def __init__(self, *args: Any, categories: Choices, taxes: Choices, usual_tax: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category_id"].choices = [("", "-"), *categories]  # type: ignore[attr-defined]
        self.fields["tax_name"].choices = [("", "None"), *taxes]  # type: ignore[attr-defined]
        self.fields["tax_name"].initial = usual_tax

    def values(self) -> LineValues:
        """The typed values, for the service."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "DELETE"}
        data["kind"] = LineKind(data["kind"])
        data["discount"] = data["discount"] or Decimal(0)
        return LineValues(**data)


if TYPE_CHECKING:
    FormSet = forms.BaseFormSet["LineForm"]
else:
    # Generic for the type checker only.
    FormSet = forms.BaseFormSet


class BaseLineFormSet(FormSet):
    """The lines of one bill."""

    @property
    def kept(self) -> list[LineForm]:
        """The forms whose lines are to stand: neither ticked for removal nor left blank."""
        return [form for form in self.forms if not form.cleaned_data.get("DELETE") and _is_filled(form)]

    def values(self) -> list[LineValues]:
        return [form.values() for form in self.kept]

    def show_faults(self, faults: Mapping[str, str]) -> dict[str, str]:
        """Put faults of `lines-<index>-<field>` beside their fields; answers the rest."""
        rest, kept = {}, self.kept
        for key, sentence in faults.items():
            prefix, _, tail = key.partition("-")
            index, _, field = tail.partition("-")
            if prefix == PREFIX and index.isdigit() and int(index) < len(kept):
                show_faults(form=kept[int(index)], faults={field: sentence})
            else:
                rest[key] = sentence
        return rest

    def forget_errors(self) -> None:
        """Show what was typed without judging it yet."""
        for errors in self.errors:
            errors.clear()
        self.non_form_errors().clear()


def _is_filled(form: LineForm) -> bool:
    return bool(form.cleaned_data.get("kind")) and form.cleaned_data.get("quantity") is not None


LineFormSet = cast(
    type[BaseLineFormSet],
    forms.formset_factory(
        LineForm,
        formset=BaseLineFormSet,
        extra=0,
        can_delete=True,
        max_num=MOST_LINES,
        absolute_max=MOST_LINES,
        validate_max=True,
    ),
)


def invoice_initial(invoice: Invoice) -> dict[str, Any]:
    """The values that the head starts from."""
    names = ("contact_id", "matter_id", "number", "issue_date", "due_date", "currency", "tax_mode", "description")
    return {name: getattr(invoice, name) for name in names}


def line_initial(line: InvoiceLine) -> dict[str, Any]:
    """The values that a line starts from."""
    names = (
        "pk",
        "kind",
        "date",
        "description",
        "category_id",
        "timekeeper",
        "quantity",
        "unit_price",
        "discount",
        "tax_name",
    )
    initial = {name: getattr(line, name) for name in names}
    return initial | {"discount": line.discount or None}
