"""Celery's tasks. Each makes one call; each may be lost, doubled or late without harm."""

import logging
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from firms.models import Firm
from firms.scope import all_firms, firm_scope
from xero_sync import outbox
from xero_sync.engine import Turned, sync_firm
from xero_sync.engine.preflight.recheck import refresh_connection
from xero_sync.engine.turn_context import Timing
from xero_sync.organisation import candidates, tokens
from xero_sync.organisation.upkeep import firms_to_refresh
from xero_sync.outbox import nudge

logger = logging.getLogger(__name__)


@shared_task(name=nudge.TASK, bind=True)
def sync_firm_task(self: Any, *, firm_id: int) -> None:
    """One turn of one firm; if work is left, the next nudge is ours."""
    nudge.heard(firm_id=firm_id)
    firm = Firm.objects.filter(pk=firm_id).first()
    if firm is None:
        logger.warning("A nudge named a firm that does not exist", extra={"firm": firm_id})
        return
    with firm_scope(firm):
        turned = sync_firm(
            firm=firm, task_id=self.request.id, worker=self.request.hostname, timing=Timing.from_settings()
        )
    if turned is Turned.MORE:
        nudge.nudge(firm_id=firm_id)


@shared_task(name="xero_sync.sweep")
def nudge_firms_with_work() -> None:
    """Find firms with due work that no nudge has reached."""
    with all_firms():
        for firm_id in outbox.firms_with_work(now=timezone.now()):
            nudge.nudge(firm_id=firm_id)


@shared_task(name="xero_sync.recover")
def recover_batches() -> None:
    """Release the batches of dead workers, and send again what may not have arrived."""
    with all_firms():
        outbox.recover(
            now=timezone.now(),
            deadline_s=settings.SYNC_CALL_DEADLINE_SECONDS,
            look_up_after_s=settings.SYNC_LOOK_UP_AFTER_SECONDS,
        )
        outbox.look_again(now=timezone.now())


@shared_task(name="xero_sync.refresh_connections")
def refresh_connections() -> None:
    """Refresh old charts and tokens that nobody has used for a day; drop consents that nobody finished."""
    now = timezone.now()
    candidates.drop_abandoned(now=now)
    tokens.refresh_idle(now=now)
    with all_firms():
        for firm_id in firms_to_refresh(now=now):
            refresh_connection_task.delay(firm_id=firm_id)


@shared_task(name="xero_sync.refresh_connection")
def refresh_connection_task(*, firm_id: int) -> None:
    """Read one firm's chart again."""
    firm = Firm.objects.get(pk=firm_id)
    with firm_scope(firm):
        refresh_connection(firm=firm, now=timezone.now())
