"""Fields that forgive how people type amounts."""

from decimal import Decimal
from typing import Any

from django import forms

from billing.domain.money import AmountNotUnderstood, parse_amount

LONGEST_AMOUNT = 40


class AmountField(forms.CharField):
    """A Decimal, typed as `1250`, `1,250.00`, `-70` or `1 250`."""

    def __init__(self, *, places: int = 2, **options: Any) -> None:
        self.places = places
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=LONGEST_AMOUNT, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_amount(text)
        except AmountNotUnderstood as fault:
            raise forms.ValidationError("Write a number such as 1,250.00.") from fault

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        needed = -int(value.normalize().as_tuple().exponent)
        return f"{value:.{max(needed, self.places)}f}"

    def has_changed(self, initial: Any, data: Any) -> bool:
        # A new line that still says "1" was not filled in.
        return str(self.prepare_value(initial) or "") != str(data or "").strip()
