"""What operators may do: retry a group, pause and release a firm. Each inside the firm's scope, on its audit trail."""

from datetime import datetime

from django.db import transaction

from firms import audit
from firms.models import Firm, User
from firms.scope import firm_scope
from xero_sync import outbox
from xero_sync.actions import change_settings
from xero_sync.domain.states import State
from xero_sync.models import SyncJob


def retry_group(*, code: str, firm: Firm | None, actor: User, now: datetime) -> int:
    """Send again what this cause code holds back, at one firm or at all; returns how many documents moved."""
    jobs = SyncJob.objects.filter(
        state__in=[State.NEEDS_YOU, State.ON_HOLD], cause__code=code, cause__closed_at=None
    ).order_by("firm_id", "pk")
    if firm is not None:
        jobs = jobs.filter(firm=firm)
    by_firm: dict[int, list[int]] = {}
    for firm_id, pk in jobs.values_list("firm_id", "pk"):
        by_firm.setdefault(firm_id, []).append(pk)
    firms = Firm.objects.in_bulk(list(by_firm))
    return sum(_retry_at(firms[firm_id], code, ids, actor, now) for firm_id, ids in by_firm.items())


def _retry_at(firm: Firm, code: str, job_ids: list[int], actor: User, now: datetime) -> int:
    with firm_scope(firm), transaction.atomic():
        moved = outbox.retry(firm=firm, job_ids=job_ids, now=now)
        if moved:
            after = {"code": code, "documents": moved}
            audit.record(firm=firm, actor=actor, action="ops.group-retried", target=firm, after=after)
    return moved


def pause(*, firm: Firm, actor: User, now: datetime) -> None:
    """Hold everything of one firm."""
    with firm_scope(firm):
        change_settings.pause(firm=firm, actor=actor, now=now)


def release(*, firm: Firm, actor: User, now: datetime) -> None:
    """End the pause of one firm."""
    with firm_scope(firm):
        change_settings.resume(firm=firm, actor=actor, now=now)
