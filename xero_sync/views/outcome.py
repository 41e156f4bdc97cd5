"""What an action answered, shown above the next page."""

from django.contrib import messages
from django.http import HttpRequest

from xero_sync.actions.outcome import ActionOutcome


def show_outcome(*, request: HttpRequest, outcome: ActionOutcome, place: str = "") -> None:
    """Say what was done, or that nothing was; `place` is the part of the page where the words stand."""
    show = messages.success if outcome.changed else messages.info
    show(request, outcome.words, extra_tags=place)
