"""Signing in."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """E-mail and password; the same reply for an unknown person, a wrong password and somebody who has left."""

    username = forms.CharField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    error_messages = {  # noqa: RUF012  (Django's own declaration)
        "invalid_login": "This e-mail address and password do not belong together. Check both and try again.",
        "inactive": "This e-mail address and password do not belong together. Check both and try again.",
    }

    def clean_username(self) -> str:
        # One person, one count of failed tries, however the address is capitalised.
        return str(self.cleaned_data["username"]).strip().lower()
