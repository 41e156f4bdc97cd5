"""The forms of expense categories; what is right is the services' business."""

from django import forms

from expense_categories.models import CategoryKind

ACCOUNT_HELP = "From your organisation's chart of accounts. Leave it empty to use the firm's default for expenses."


class CategoryForm(forms.Form):
    """One category."""

    name = forms.CharField(max_length=80)
    kind = forms.ChoiceField(
        choices=CategoryKind.choices,
        help_text="A disbursement was paid to a third party for the client; a recovery is the firm's own cost.",
    )
    utbms_code = forms.CharField(
        label="UTBMS code",
        max_length=10,
        required=False,
        help_text="Expenses with this code in an imported LEDES file come into this category.",
    )
    account_code = forms.CharField(label="Xero account", max_length=10, required=False, help_text=ACCOUNT_HELP)


class AccountForKindForm(forms.Form):
    """One account code for all categories of a kind."""

    kind = forms.ChoiceField(label="Categories", choices=CategoryKind.choices)
    account_code = forms.CharField(label="Xero account", max_length=10, required=False, help_text=ACCOUNT_HELP)
