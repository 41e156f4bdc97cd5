"""A firm's turn: bounded calls, then the lane goes back, so that no firm waits for another's thousand bills."""

import logging
import time
from datetime import timedelta
from enum import StrEnum

from django.db import Error as DatabaseFault
from django.utils import timezone

from firms.models import Firm
from xero_sync import gateway, outbox
from xero_sync.domain.chart import Chart
from xero_sync.domain.kinds import Operation
from xero_sync.engine.batch import send_batch
from xero_sync.engine.reconcile import look_up_batch
from xero_sync.engine.turn_context import (
    Timing,
    Turn,
)
from xero_sync.models import BillSyncSettings, XeroConnection
from xero_sync.organisation import chart, limits, tokens
from xero_sync.organisation.connection_loss import lose_connection
from xero_sync.organisation.connections import find_connection, read_books
from xero_sync.organisation.reader import NoCallLeft, read_chart
from xero_sync.outbox.conditions import conditions_from

logger = logging.getLogger(__name__)

BATCH_LIMIT = 50
SHORT_WAIT_SECONDS = 2
TOKENS_WAIT = timedelta(seconds=10)
# The database or a file did not serve: that is no fault of a document in the batch.
NO_DOCUMENTS_FAULT = (DatabaseFault, OSError)
# OAuth's words for a client id or secret that Xero does not accept: a task for operators, not for a firm.
OUR_SIGN_IN = frozenset({"invalid_client", "unauthorized_client"})


class Turned(StrEnum):
    """How a turn ended."""

    BUSY = "busy"  # somebody else has the lane, or a limit is being waited out
    HELD = "held"  # something holds the whole firm
    IDLE = "idle"  # nothing is due
    MORE = "more"  # the turn is over, work is left
    WAITING = "waiting"  # a limit or an outage is waited out in the table


def sync_firm(*, firm: Firm, task_id: str, worker: str, timing: Timing) -> Turned:
    """Work one turn in this firm's lane. The caller has opened the firm's scope."""
    holder = outbox.name_holder(worker=worker, task_id=task_id)
    lane = outbox.take_lane(firm=firm, holder=holder, lease_seconds=timing.lease_s)
    if lane is None:
        return Turned.BUSY
    try:
        return _turn(firm, lane, task_id, worker, timing)
    finally:
        outbox.leave_lane(lane=lane)


def _turn(firm: Firm, lane: outbox.Lane, task_id: str, worker: str, timing: Timing) -> Turned:
    connection = find_connection(firm=firm)
    settings_row = BillSyncSettings.objects.get(firm=firm)
    held = conditions_from(state=connection.state if connection else None, settings=settings_row).hold
    if connection is None or held is not None:
        outbox.rejudge(firm=firm, now=timezone.now())
        return Turned.HELD
    known = _known_chart(firm, lane, connection)
    if known is None:
        return Turned.WAITING
    turn = Turn(
        firm=firm,
        lane=lane,
        connection=connection,
        books=read_books(firm=firm, chart=known, settings_row=settings_row),
        settings=settings_row,
        timing=timing,
        task_id=task_id,
        worker=worker,
    )
    for _ in range(timing.calls_per_turn):
        ended = _one_batch(turn)
        if ended is not None:
            return ended
    return Turned.MORE


def _known_chart(firm: Firm, lane: outbox.Lane, connection: XeroConnection) -> Chart | None:
    """The chart, read again when it is an hour old; an old one serves while Xero cannot be asked."""
    known = chart.stored(firm=firm, xero_tenant_id=connection.xero_tenant_id)
    now = timezone.now()
    if not chart.is_stale(chart=known, now=now, busy=True):
        return known
    try:
        token = tokens.access_token(credential_id=connection.credential_id, now=now)
        return read_chart(firm=firm, connection=connection, token=token)
    except tokens.CredentialDead:
        lose_connection(firm=firm, connection=connection, code="access-ended")
        return None
    except (NoCallLeft, tokens.TokensUnavailable, gateway.XeroFault, chart.ChartUnreadable) as fault:
        logger.info("The chart was not read", extra={"firm": firm.slug, "fault": type(fault).__name__})
    if known is None:
        outbox.wait_in_lane(lane=lane, until=now + TOKENS_WAIT, waits_for="chart")
    return known


def _one_batch(turn: Turn) -> Turned | None:
    """One batch of work; how the turn ended, or None to go on."""
    now = timezone.now()
    claimed = outbox.claim(lane=turn.lane, xero_connection=turn.connection, now=now, limit=BATCH_LIMIT)
    if claimed is None:
        return Turned.IDLE
    try:
        token = tokens.access_token(credential_id=turn.connection.credential_id, now=now)
        run = look_up_batch if claimed.batch.operation == Operation.LOOK_UP else send_batch
        goes_on = run(turn=turn, claimed=claimed, token=token, allowed=lambda person: _allowed(turn, person))
    except tokens.CredentialDead:
        _put_back(turn, claimed, "CredentialDead", suspected=False)
        lose_connection(firm=turn.firm, connection=turn.connection, code="access-ended")
        return Turned.HELD
    except tokens.TokensUnavailable as fault:
        _put_back(turn, claimed, "TokensUnavailable", suspected=False)
        ours = fault.reason in OUR_SIGN_IN
        if ours:
            logger.error("Xero does not accept XERO_CLIENT_ID and XERO_CLIENT_SECRET", extra={"why": fault.reason})
        waits_for = "credentials" if ours else "tokens"
        outbox.wait_in_lane(lane=turn.lane, until=timezone.now() + TOKENS_WAIT, waits_for=waits_for)
        return Turned.WAITING
    except outbox.LaneLost:
        return Turned.BUSY
    except Exception as fault:
        _put_back(turn, claimed, type(fault).__name__, suspected=not isinstance(fault, NO_DOCUMENTS_FAULT))
        raise
    return None if goes_on else Turned.WAITING


def _allowed(turn: Turn, person: bool) -> bool:
    """Take one call of the organisation's allowance; short waits are held here, longer ones in the table."""
    while True:
        taken = limits.take_call(firm=turn.firm, xero_tenant_id=turn.xero_tenant_id, person=person)
        if isinstance(taken, limits.Granted):
            return True
        if taken.seconds >= SHORT_WAIT_SECONDS:
            until = timezone.now() + timedelta(seconds=taken.seconds)
            outbox.wait_in_lane(lane=turn.lane, until=until, waits_for=taken.reason)
            return False
        time.sleep(taken.seconds)


def _put_back(turn: Turn, claimed: outbox.ClaimedBatch, exception: str, *, suspected: bool) -> None:
    outbox.abandon(
        claimed=claimed,
        now=timezone.now(),
        deadline_s=turn.timing.deadline_s,
        look_up_after_s=turn.timing.look_up_after_s,
        exception=exception,
        suspected=suspected,
    )
