"""How a service says no: the faults in words, by field, or a newer version that stands in the way."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Model

from firms.models import AuditEvent, Firm


class Refusal(Exception):
    """Nothing was changed; the text says why, and what to do, to the person who asked."""


class Refused(Refusal):
    """`faults` holds one sentence by field; the empty field is for the whole."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(" ".join(self.faults.values()))


class EditConflict(Refusal):
    """Somebody saved this row since it was opened; `current` is the row as it stands."""

    def __init__(self, *, current: Model, changed_by: str, changed_at: datetime | None) -> None:
        self.current = current
        self.changed_by = changed_by
        self.changed_at = changed_at
        super().__init__(f"{current} was saved by {changed_by or 'somebody else'} since you opened it.")


def refuse_conflict(*, firm: Firm, current: Model, version: int, expected_version: int | None) -> None:
    """Raise EditConflict, naming who saved last and when, unless the expected version is the current one."""
    if version == expected_version:
        return
    last = (
        AuditEvent.objects.filter(firm=firm, target_kind=current._meta.model_name or "", target_id=str(current.pk))
        .order_by("-at", "-id")
        .first()
    )
    raise EditConflict(
        current=current, changed_by=last.actor_label if last else "", changed_at=last.at if last else None
    )
