"""The state of the firm's connection to Xero, in the words at the top right of every page."""

from dataclasses import dataclass

from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import format_moment
from xero_sync.models import ConnectionState


@dataclass(frozen=True, kw_only=True)
class ConnectionLight:
    """A colour, and always the words with it."""

    tone: str
    words: str
    name: str = ""
    note: str = ""


def describe_connection(*, context: RequestContext) -> ConnectionLight:
    """The first that applies: not connected, lost, switched off, paused, first send not confirmed, connected."""
    connection, settings = context.connection, context.settings
    if connection is None:
        return ConnectionLight(tone="slate", words="Not connected to Xero")
    name = connection.organisation_name
    if connection.state == ConnectionState.LOST:
        return ConnectionLight(tone="red", words="Connection lost to", name=name, note="An admin can reconnect")
    if not settings.enabled:
        return ConnectionLight(tone="amber", words="Switched off for", name=name)
    if settings.paused_at is not None:
        by = f"by {settings.paused_by}" if settings.paused_by else ""
        return ConnectionLight(tone="amber", words="Paused for", name=name, note=by)
    if settings.confirmed_at is None:
        return ConnectionLight(tone="amber", words="Connected to", name=name, note="First send not confirmed")
    checked = connection.checked_at
    note = f"checked {format_moment(checked, firm=context.firm)}" if checked else ""
    return ConnectionLight(tone="green", words="Connected to", name=name, note=note)
