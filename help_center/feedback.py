"""Keep an answer to "Was this helpful?". Anybody may answer, so the number of answers in an hour is bounded."""

from datetime import datetime, timedelta
from typing import Final

from django import forms

from firms.models import Firm, User
from firms.scope import all_firms
from help_center.models import LONGEST_COMMENT, HelpFeedback, HelpReason
from help_center.pages import is_help_page

HOUR: Final = timedelta(hours=1)
A_PERSONS: Final = 60
ALL_STRANGERS: Final = 300


class TooManyAnswers(Exception):
    """More answers came within an hour than people give."""


class FeedbackForm(forms.Form):
    """Yes needs nothing more; No asks for the reason."""

    page = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput())
    helpful = forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")], coerce=lambda value: value == "yes", widget=forms.HiddenInput()
    )
    reason = forms.ChoiceField(
        label="What is wrong with it?",
        choices=HelpReason.choices,
        required=False,
        widget=forms.RadioSelect(),
    )
    comment = forms.CharField(
        label="Tell us more",
        max_length=LONGEST_COMMENT,
        required=False,
        help_text="Please leave out names of clients. We read every answer but cannot reply here.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_page(self) -> str:
        page = str(self.cleaned_data["page"])
        if not is_help_page(page):
            raise forms.ValidationError("This help page is no longer there. Go to the questions and answer there.")
        return page

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"])
        if self.cleaned_data.get("helpful") is False and not reason:
            raise forms.ValidationError("Choose the reason that fits best.")
        return reason


def record_feedback(
    *, page: str, helpful: bool, reason: str, comment: str, firm: Firm | None, user: User | None, now: datetime
) -> HelpFeedback:
    """Store one answer.

    Raises TooManyAnswers when a person, or all strangers together, gave too many within an hour.
    """
    with all_firms():
        given = HelpFeedback.objects.filter(user=user, at__gt=now - HOUR).count()
    if given >= (A_PERSONS if user else ALL_STRANGERS):
        raise TooManyAnswers
    return HelpFeedback.objects.create(
        page=page,
        helpful=helpful,
        reason="" if helpful else reason,
        comment="" if helpful else comment,
        firm=firm,
        user=user,
        at=now,
    )
