"""Who changed what on Settings > Bill Syncing, from the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from firms.models import AuditEvent, Firm
from xero_sync.domain.preferences import BY_KEY
from xero_sync.organisation.renumbered_accounts import FOLLOWED

MOST = 20
ACTIONS = (
    "preference.switched",
    "bill-syncing.saved",
    "bill-syncing.suggested",
    FOLLOWED,
    "bill-syncing.paused",
    "bill-syncing.resumed",
    "first-send.confirmed",
)
NAMES = {
    "enabled": "Send bills to Xero",
    "paused": "Pause",
    "start_date": "Start date",
    "confirmed_at": "First send confirmed",
    "bills": "Bills released by the first send",
    "services_account": "Default account for services",
    "services": "Default account for services",
    "expenses_account": "Default account for expenses",
    "expenses": "Default account for expenses",
    "tax_types": "Tax rates",
}


@dataclass(frozen=True, kw_only=True)
class SettingChange:
    """One setting or preference that changed; `was` and `became` in words."""

    name: str
    was: str
    became: str


@dataclass(frozen=True, kw_only=True)
class SettingsAction:
    """One save by one person. `at` is in the firm's time zone."""

    who: str
    at: datetime
    changes: list[SettingChange]
    # No person's choice: accounts got other codes in Xero, and the codes here followed.
    followed: bool = False


def list_latest_actions(*, firm: Firm) -> list[SettingsAction]:
    """The last twenty saves that changed something, newest first."""
    zone = ZoneInfo(firm.timezone)
    events = AuditEvent.objects.filter(firm=firm, action__in=ACTIONS).exclude(before={}, after={})
    return [
        SettingsAction(
            who=event.actor_label,
            at=event.at.astimezone(zone),
            changes=_list_changes(event.before, event.after, zone),
            followed=event.action == FOLLOWED,
        )
        for event in events.order_by("-at", "-pk")[:MOST]
    ]


def _list_changes(before: Mapping[str, Any], after: Mapping[str, Any], zone: ZoneInfo) -> list[SettingChange]:
    return [
        SettingChange(
            name=_name_setting(key),
            was=_describe_value(before.get(key), zone),
            became=_describe_value(after.get(key), zone),
        )
        for key in dict.fromkeys([*before, *after])
    ]


def _name_setting(key: str) -> str:
    if key in BY_KEY:
        return BY_KEY[key].label
    if key.startswith("category "):
        return f"Account of category {key.removeprefix('category ')}"
    # A rate's key on the trail is "tax GST 10%".
    return NAMES.get(key, f"Tax rate {key.removeprefix('tax ')}")


def _describe_value(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {each}" for name, each in value.items())
    return "none" if value in (None, "") else _format_day(str(value), zone)


def _format_day(text: str, zone: ZoneInfo) -> str:
    """A stored date or moment as pages write it; any other text as it is."""
    if len(text) < 10 or text[4:5] != "-":
        return text
    try:
        if "T" not in text:
            return date_format(date.fromisoformat(text), "j M Y")
        return date_format(datetime.fromisoformat(text).astimezone(zone), "j M Y, H:i")
    except ValueError:
        return text
