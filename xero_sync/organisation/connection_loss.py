"""The loss of access to Xero, and its return."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from firms.models import Firm
from xero_sync import outbox
from xero_sync.domain.holds import FIRM_HOLDS
from xero_sync.domain.states import State
from xero_sync.models import ConnectionState, SyncJob, XeroConnection
from xero_sync.organisation import chart_check

logger = logging.getLogger(__name__)


def lose_connection(*, firm: Firm, connection: XeroConnection, code: str) -> None:
    """Hold everything of this firm until an admin reconnects; the loss becomes a cause, and people are notified.

    `connection` is as it was when Xero was asked: one that was connected anew meanwhile is not lost.
    """
    now = timezone.now()
    with transaction.atomic():
        asked = XeroConnection.objects.filter(pk=connection.pk, connected_at=connection.connected_at)
        lost = asked.filter(state=ConnectionState.ACTIVE).update(
            state=ConnectionState.LOST, lost_code=code, checked_at=now
        )
        outbox.rejudge(firm=firm, now=now)
        chart_check.look_at_access(firm=firm, now=now)
    if lost:
        logger.warning("A connection to Xero was lost", extra={"firm": firm.slug, "code": code})


def regain_connection(*, firm: Firm, connection: XeroConnection, now: datetime) -> None:
    """Release jobs that waited for a lost connection, in the transaction that restores it; nothing if none is lost."""
    with transaction.atomic():
        lost = XeroConnection.objects.filter(pk=connection.pk, state=ConnectionState.LOST)
        if lost.update(state=ConnectionState.ACTIVE, lost_code=""):
            outbox.rejudge(firm=firm, now=now)
            chart_check.look_at_access(firm=firm, now=now)


def correct_holds(*, firm: Firm, now: datetime) -> None:
    """Judge jobs anew that wait for an ended hold of the firm. Five statements where there are none."""
    hold = outbox.firm_conditions(firm=firm).hold
    over = [each.value for each in FIRM_HOLDS if each is not hold]
    if SyncJob.objects.filter(firm=firm, state=State.ON_HOLD, hold__in=over).exists():
        outbox.rejudge(firm=firm, now=now)
    chart_check.look_at_access(firm=firm, now=now)
