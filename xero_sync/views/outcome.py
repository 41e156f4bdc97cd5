"""The outcome of an action as a message above the next page."""

from django.contrib import messages
from django.http import HttpRequest

from xero_sync.actions.outcome import ActionOutcome


def show_outcome(*, request: HttpRequest, outcome: ActionOutcome, place: str = "") -> None:
    """Show what was done, or that nothing was done; `place` is the part of the page that shows the message."""
    show = messages.success if outcome.changed else messages.info
    show(request, outcome.words, extra_tags=place)
