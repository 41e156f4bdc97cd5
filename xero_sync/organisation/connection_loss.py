"""What follows when Xero no longer lets us in."""

import logging

from django.db import transaction
from django.utils import timezone

from firms.models import Firm
from xero_sync import outbox
from xero_sync.models import ConnectionState, XeroConnection
from xero_sync.organisation import chart_check

logger = logging.getLogger(__name__)


def lose_connection(*, firm: Firm, connection: XeroConnection, code: str) -> None:
    """Hold everything of this firm until an admin reconnects; the loss becomes a cause, of which people are told.

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
