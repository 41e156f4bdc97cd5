"""Keep what is known of an organisation fresh while nobody asks: its chart, and that it still lets us in."""

import logging
from datetime import datetime

from firms.models import Firm
from xero_sync import chart, gateway, tokens
from xero_sync.models import ConnectionState, SyncJob, XeroConnection
from xero_sync.sync.context import live_connection
from xero_sync.sync.reading import NoCallLeft, read_chart
from xero_sync.sync.turn import lose_connection

logger = logging.getLogger(__name__)


def firms_to_refresh(*, now: datetime) -> list[int]:
    """Firms whose chart is old: an hour if work was due since it was read, else a day. Called outside any scope."""
    connections = XeroConnection.objects.filter(state=ConnectionState.ACTIVE)
    return [
        firm_id
        for firm_id, checked_at in connections.values_list("firm_id", "checked_at")
        if checked_at is None or now - checked_at >= (chart.BUSY_AGE if _busy(firm_id, checked_at) else chart.IDLE_AGE)
    ]


def _busy(firm_id: int, since: datetime) -> bool:
    return SyncJob.objects.filter(firm_id=firm_id, saved_at__gt=since).exists()


def refresh_connection(*, firm: Firm, now: datetime) -> bool:
    """Read the firm's chart again and learn if access was lost; True if it was read. The caller opened the scope."""
    connection = live_connection(firm=firm)
    if connection is None or connection.state != ConnectionState.ACTIVE:
        return False
    try:
        token = tokens.access_token(credential_id=connection.credential_id, now=now)
        read_chart(firm=firm, connection=connection, token=token)
    except tokens.CredentialDead:
        lose_connection(firm=firm, connection=connection, code="connection-lost")
        return False
    except gateway.AccessLost as lost:
        if lost.code != "token-expired":
            lose_connection(firm=firm, connection=connection, code=lost.code)
        return False
    except (NoCallLeft, tokens.TokensUnavailable, gateway.XeroFault, chart.ChartUnreadable) as fault:
        logger.info("A chart was not read; it is tried again", extra={"firm": firm.slug, "fault": type(fault).__name__})
        return False
    return True
