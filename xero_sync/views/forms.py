"""The forms of Settings > Bill Syncing; the actions judge what is typed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from firms.forms_support import DayInput
from xero_sync.actions.change_settings import Rate, SettingsInput
from xero_sync.domain.chart import Chart, Suggestion, suggest_expenses, suggest_services

NOBODY = ("", "None chosen")
Grouped = list[tuple[str, Any]]


class SettingsForm(forms.Form):
    """Master switch, start date, default accounts and Xero's tax type of each of the firm's rates."""

    enabled = forms.BooleanField(label="Send bills to Xero", required=False)
    start_date = forms.DateField(
        required=False,
        help_text="Bills issued before this day are never sent. Empty: all bills.",
        widget=DayInput(),
    )
    services_account = forms.CharField(label="Services", max_length=10, required=False)
    expenses_account = forms.CharField(label="Expenses", max_length=10, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        chart: Chart | None,
        rates: Sequence[Rate],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial)
        self.rates = {f"tax_{number}": rate for number, rate in enumerate(rates)}
        if chart is not None:
            self._offer_accounts(chart, initial)
        for name, rate in self.rates.items():
            self.fields[name] = _build_tax_field(rate, chart, initial.get(name, ""))
        for field in self.fields.values():
            # The fields are in two cards; the attribute keeps them in one form without script.
            field.widget.attrs["form"] = "settings"

    def _offer_accounts(self, chart: Chart, initial: Mapping[str, Any]) -> None:
        services = suggest_services(chart.accounts)
        expenses = suggest_expenses(chart.accounts, services=services.account.code if services else "")
        for name, label, suggestion in (
            ("services_account", "Services", services),
            ("expenses_account", "Expenses", expenses),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label,
                required=False,
                choices=list_account_choices(chart=chart, current=initial.get(name, "")),
                help_text=_describe_suggestion(suggestion, initial.get(name, "")),
                widget=forms.Select(attrs={"data-picker": ""}),
            )

    @property
    def tax_fields(self) -> list[forms.BoundField]:
        """The fields of the tax mapping, in order."""
        return [self[name] for name in self.rates]

    @property
    def input(self) -> SettingsInput:
        """The typed values, for the action."""
        return SettingsInput(
            enabled=self.cleaned_data["enabled"],
            start_date=self.cleaned_data["start_date"],
            services_account=self.cleaned_data["services_account"],
            expenses_account=self.cleaned_data["expenses_account"],
            tax_types={rate: self.cleaned_data[name] for name, rate in self.rates.items()},
        )


class FirstSendForm(forms.Form):
    """The counted confirmation: the number that was shown comes back with it."""

    start_date = forms.DateField(
        label="Send bills issued on or after",
        required=False,
        help_text="Empty: all bills.",
        widget=DayInput(),
    )
    bills = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


def build_initial_values(*, settings: Any, rates: Sequence[Rate], mapped: Mapping[Rate, str]) -> dict[str, Any]:
    """The form's values as the settings are now."""
    return {
        "enabled": settings.enabled,
        "start_date": settings.start_date,
        "services_account": settings.services_account,
        "expenses_account": settings.expenses_account,
        **{f"tax_{number}": mapped.get(rate, "") for number, rate in enumerate(rates)},
    }


def list_account_choices(*, chart: Chart, current: str = "") -> Grouped:
    """The accounts a sales line may go to, by class; a current one that no longer works is kept and marked."""
    choices: Grouped = [NOBODY]
    if current and not chart.is_usable(current):
        known = chart.account(current)
        name = f"{current} {known.name} (archived or not for bills)" if known else f"{current} (not in Xero)"
        choices.append((current, name))
    for group, accounts in chart.groups_for_sales():
        choices.append((group, [(account.code, f"{account.code} {account.name}") for account in accounts]))
    return choices


def parse_start_date(text: str) -> date | None:
    """A start date in ISO format from an address; None for other text."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _describe_suggestion(suggestion: Suggestion | None, current: str) -> str:
    if suggestion is None or suggestion.account.code == current:
        return ""
    return f"We suggest {suggestion.account.code} {suggestion.account.name}: {suggestion.reason}."


def _build_tax_field(rate: Rate, chart: Chart | None, current: str) -> forms.Field:
    name, percent = rate
    label = f"{name} ({percent.normalize():f}%)"
    if chart is None:
        return forms.CharField(label=label, max_length=50, required=False, widget=forms.HiddenInput)
    fitting = chart.tax_types_for_rate(percent)
    choices = [NOBODY] + [(each.tax_type, f"{each.name} ({each.percent.normalize():f}%)") for each in fitting]
    if current and current not in {code for code, _ in choices}:
        choices.append((current, f"{current} (no longer {percent.normalize():f}% in Xero)"))
    hint = "" if fitting else "Your organisation has no rate of this percentage. Add it in Xero, then press Test now."
    return forms.ChoiceField(label=label, choices=choices, required=False, help_text=hint)
