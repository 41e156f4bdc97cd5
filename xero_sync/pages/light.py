"""How the firm's tie to Xero stands, in the words at the top right of every page."""

from dataclasses import dataclass

from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import format_moment
from xero_sync.models import ConnectionState


@dataclass(frozen=True, kw_only=True)
class Light:
    """A colour, and always the words with it."""

    tone: str
    words: str
    name: str = ""
    note: str = ""


def connection_light(*, sight: RequestContext) -> Light:
    """Not connected, lost, switched off, paused, not confirmed, or connected: the first that is so."""
    connection, settings = sight.connection, sight.settings
    if connection is None:
        return Light(tone="slate", words="Not connected to Xero")
    name = connection.organisation_name
    if connection.state == ConnectionState.LOST:
        return Light(tone="red", words="Connection lost to", name=name, note="An admin can reconnect")
    if not settings.enabled:
        return Light(tone="amber", words="Switched off for", name=name)
    if settings.paused_at is not None:
        by = f"by {settings.paused_by}" if settings.paused_by else ""
        return Light(tone="amber", words="Paused for", name=name, note=by)
    if settings.confirmed_at is None:
        return Light(tone="amber", words="Connected to", name=name, note="First send not confirmed")
    checked = connection.checked_at
    note = f"checked {format_moment(checked, firm=sight.firm)}" if checked else ""
    return Light(tone="green", words="Connected to", name=name, note=note)
