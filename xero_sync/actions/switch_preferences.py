"""Switching the preferences, each switch on the audit trail."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain.preferences import BY_KEY
from xero_sync.facts.preferences import SWITCHABLE
from xero_sync.models import FirmPreference


def switch_preferences(*, firm: Firm, actor: User, on: Mapping[str, bool], now: datetime) -> ActionOutcome:
    """Switch the preferences named. Nothing that was already saved changes.

    Raises Refused for a key that cannot be switched.
    """
    unknown = [key for key in on if key not in SWITCHABLE]
    if unknown:
        raise Refused({"": f"There is no preference called {', '.join(unknown)}. Load the page again."})
    moved = []
    with transaction.atomic():
        rows = FirmPreference.objects.select_for_update().filter(firm=firm, key__in=on).order_by("id")
        for row in rows:
            if row.on != on[row.key]:
                _switch_one(row, actor, now)
                moved.append(row.key)
    if not moved:
        return ActionOutcome(words="Nothing was changed.", changed=False)
    names = "; ".join(f"\u201c{BY_KEY[key].label}\u201d is {'on' if on[key] else 'off'}" for key in moved)
    return ActionOutcome(words=f"{names}. This holds for bills saved from now on.")


def switch_all_preferences_on(*, firm: Firm, actor: User, now: datetime) -> ActionOutcome:
    """Switch on every preference that is off."""
    return switch_preferences(firm=firm, actor=actor, on=dict.fromkeys(SWITCHABLE, True), now=now)


def _switch_one(row: FirmPreference, actor: User, now: datetime) -> None:
    row.on, row.changed_by, row.changed_at = not row.on, actor, now
    row.save(update_fields=["on", "changed_by", "changed_at"])
    audit.record(
        firm=row.firm,
        actor=actor,
        action="preference.switched",
        target=row,
        before={row.key: not row.on},
        after={row.key: row.on},
    )
