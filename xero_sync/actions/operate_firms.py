"""Actions of operators for a firm: retry a group, pause, resume; in the firm's scope and on its audit trail."""

from datetime import datetime

from django.db import transaction

from firms import audit
from firms.models import Firm, User
from firms.scope import firm_scope
from xero_sync import outbox
from xero_sync.actions import change_settings
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain.states import State
from xero_sync.models import SyncJob


def retry_group(*, code: str, firm: Firm | None, actor: User, now: datetime) -> ActionOutcome:
    """Retry what causes of this code hold, at one firm or at all firms; one transaction a firm."""
    jobs = SyncJob.objects.filter(
        state__in=[State.NEEDS_YOU, State.ON_HOLD], cause__code=code, cause__closed_at=None
    ).order_by("firm_id", "pk")
    if firm is not None:
        jobs = jobs.filter(firm=firm)
    by_firm: dict[int, list[int]] = {}
    for firm_id, pk in jobs.values_list("firm_id", "pk"):
        by_firm.setdefault(firm_id, []).append(pk)
    firms = Firm.objects.in_bulk(list(by_firm))
    moved = sum(_retry_at(firms[firm_id], code, ids, actor, now) for firm_id, ids in by_firm.items())
    documents = f"{moved:,} document{'' if moved == 1 else 's'}"
    return ActionOutcome(words=f"{documents} put back in line, each under the settings of its save.", changed=moved > 0)


def pause_firm(*, firm: Firm, actor: User, now: datetime) -> ActionOutcome:
    """Hold everything of one firm."""
    with firm_scope(firm):
        paused = change_settings.pause_syncing(firm=firm, actor=actor, now=now)
    if not paused.changed:
        return ActionOutcome(words=f"{firm} is paused already.", changed=False)
    return ActionOutcome(words=f"{firm} is paused. Its bills wait until somebody releases it.")


def resume_firm(*, firm: Firm, actor: User, now: datetime) -> ActionOutcome:
    """End the pause of one firm."""
    with firm_scope(firm):
        resumed = change_settings.resume_syncing(firm=firm, actor=actor, now=now)
    if not resumed.changed:
        return ActionOutcome(words=f"{firm} is not paused.", changed=False)
    return ActionOutcome(words=f"{firm} is released. What waited goes now.")


def _retry_at(firm: Firm, code: str, job_ids: list[int], actor: User, now: datetime) -> int:
    with firm_scope(firm), transaction.atomic():
        moved = outbox.retry(firm=firm, job_ids=job_ids, now=now)
        if moved:
            after = {"code": code, "documents": moved}
            audit.record(firm=firm, actor=actor, action="ops.group-retried", target=firm, after=after)
    return moved
