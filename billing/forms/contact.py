"""The form of a contact."""

from typing import Any

from django import forms

from billing.models import Contact, ContactKind, PhoneType
from billing.services import ContactValues, Phone

_PLAIN = (
    "name",
    "client_number",
    "first_name",
    "last_name",
    "address_line1",
    "address_line2",
    "city",
    "region",
    "postal_code",
    "country",
    "tax_number",
)


class ContactForm(forms.Form):
    """A person or a company."""

    kind = forms.ChoiceField(choices=ContactKind.choices)
    name = forms.CharField(
        max_length=255,
        required=False,
        help_text="As it stands on bills. For a person it may be left to the names below.",
    )
    first_name = forms.CharField(max_length=255, required=False)
    last_name = forms.CharField(max_length=255, required=False)
    client_number = forms.CharField(
        max_length=50, required=False, help_text="Tells clients of the same name apart. Empty: the next free number."
    )
    emails = forms.CharField(
        label="E-mail addresses",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text="One a line; the first one goes to Xero.",
    )
    phone_work = forms.CharField(label="Telephone", max_length=50, required=False)
    phone_direct = forms.CharField(label="Direct line", max_length=50, required=False)
    phone_mobile = forms.CharField(label="Mobile", max_length=50, required=False)
    phone_fax = forms.CharField(label="Fax", max_length=50, required=False)
    address_line1 = forms.CharField(label="Address", max_length=500, required=False)
    address_line2 = forms.CharField(label="Address, second line", max_length=500, required=False)
    city = forms.CharField(max_length=255, required=False)
    region = forms.CharField(label="State or region", max_length=255, required=False)
    postal_code = forms.CharField(label="Postcode", max_length=50, required=False)
    country = forms.CharField(max_length=50, required=False)
    tax_number = forms.CharField(max_length=50, required=False, help_text="ABN, VAT or company tax number.")

    def values(self, *, contact: Contact | None) -> ContactValues:
        """The typed values, for the service, with the numbers of this contact that the form has no place for."""
        data = self.cleaned_data
        typed = {type_: data[f"phone_{type_.value.lower()}"] for type_ in PhoneType}
        phones = [Phone(type=type_, number=number) for type_, number in typed.items() if number]
        return ContactValues(
            kind=ContactKind(data["kind"]),
            emails=tuple(line.strip() for line in data["emails"].splitlines() if line.strip()),
            phones=tuple(phones + _further_phones(contact)),
            **{name: data[name] for name in _PLAIN},
        )


def contact_initial(contact: Contact) -> dict[str, Any]:
    """The values that the form starts from."""
    initial = {name: getattr(contact, name) for name in _PLAIN}
    # Xero has one number of each type, and so has the form; the first of a type is shown.
    phones = {f"phone_{phone['type'].lower()}": phone["number"] for phone in reversed(contact.phones)}
    return initial | phones | {"kind": contact.kind, "emails": "\n".join(contact.emails)}


def _further_phones(contact: Contact | None) -> list[Phone]:
    """The second and later numbers of a type."""
    phones = (
        [Phone(type=PhoneType(phone["type"]), number=phone["number"]) for phone in contact.phones] if contact else []
    )
    types = [phone.type for phone in phones]
    return [phone for at, phone in enumerate(phones) if phone.type in types[:at]]


class MatterForm(forms.Form):
    """A matter of a contact."""

    number = forms.CharField(label="Matter number", max_length=50)
    name = forms.CharField(label="What it is about", max_length=255, required=False)
