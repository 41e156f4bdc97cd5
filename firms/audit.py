"""The one door to the audit trail of people's acts; what the sync did stands in its attempts."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from firms.bulk_insert import insert_rows
from firms.models import AuditEvent, Firm, User

Change = tuple[Model, Mapping[str, Any], Mapping[str, Any]]


def record(
    *,
    firm: Firm | None,
    actor: User | None,
    action: str,
    target: Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    actor_label: str = "",
) -> AuditEvent:
    """Write one event in the caller's transaction; only what differs between `before` and `after` is kept."""
    event = _event(firm, actor, action, target, before or {}, after or {})
    event.actor_label = actor_label or event.actor_label
    event.save(force_insert=True)
    return event


def record_all(
    *,
    firm: Firm,
    actor: User | None,
    action: str,
    changes: Iterable[Change],
) -> None:
    """Write one event for each (target, before, after), in few statements, in the caller's transaction."""
    insert_rows([_event(firm, actor, action, target, before, after) for target, before, after in changes])


def _event(
    firm: Firm | None,
    actor: User | None,
    action: str,
    target: Model,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> AuditEvent:
    old, new = _differences(before, after)
    return AuditEvent(
        firm=firm,
        actor=actor,
        actor_label=str(actor) if actor else "Bill Syncing",
        action=action,
        target_kind=target._meta.model_name or "",
        target_id=str(target.pk or ""),
        target_label=str(target)[:255],
        before=old,
        after=new,
    )


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    old, new = _plain(before, _AsGiven), _plain(after, _AsGiven)
    if not before:
        # All of a new row is a change.
        return {}, new
    was, became = _plain(before, _ByValue), _plain(after, _ByValue)
    changed = [key for key in {**old, **new} if was.get(key) != became.get(key)]
    return ({key: old[key] for key in changed if key in old}, {key: new[key] for key in changed if key in new})


class _AsGiven(DjangoJSONEncoder):
    """Amounts in plain digits, with as many decimals as they came with."""

    def default(self, o: Any) -> Any:
        return f"{o:f}" if isinstance(o, Decimal) else super().default(o)


class _ByValue(DjangoJSONEncoder):
    """Equal amounts in the same digits: the database says 3.000000 where a form says 3."""

    def default(self, o: Any) -> Any:
        return f"{o.normalize() + 0:f}" if isinstance(o, Decimal) else super().default(o)


def _plain(values: Mapping[str, Any], encoder: type[DjangoJSONEncoder]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), cls=encoder))
    return plain
