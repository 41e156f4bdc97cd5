"""After a batch with refusals: apply automatic fixes, and read the chart again where it is outdated."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from xero_sync import gateway, outbox
from xero_sync.domain.errors import Fault, recognise
from xero_sync.domain.releases import CONTRADICTS_CHART
from xero_sync.domain.states import Event
from xero_sync.engine import auto_fix
from xero_sync.engine.prepare import Ready
from xero_sync.engine.turn_context import Turn
from xero_sync.organisation import chart, index
from xero_sync.organisation.reader import NoCallLeft, read_chart, take_call
from xero_sync.outbox import Result

logger = logging.getLogger(__name__)

REPAIR = "repair"
MOST_TRIES = 5
FAULT_WAIT_SECONDS = 30


def after_refusals(*, turn: Turn, ready: Sequence[Ready], results: Sequence[Result], access: gateway.Access) -> bool:
    """Fix the refused documents of a settled batch; False if the turn's books are old and it should end."""
    refused = {result.job_id: result.faults for result in results if result.event is Event.REFUSED}
    _drop_gone(turn, ready, refused)
    try:
        if refused and ready:
            _fix(turn, ready, refused, access)
    except (NoCallLeft, gateway.XeroFault) as fault:
        _fix_later(turn, ready, refused, fault)
        return True
    # Held documents too: a lock date that we never read could otherwise be lifted without our noticing.
    stopped = [result for result in results if result.event in (Event.REFUSED, Event.HELD)]
    if not any(_chart_is_outdated(fault) for result in stopped for fault in result.faults):
        return True
    try:
        # A chart read anew lets the refused documents go again: to the default account, or to preflight's own words.
        read_chart(firm=turn.firm, connection=turn.connection, token=access.access_token)
    except (NoCallLeft, gateway.XeroFault, chart.ChartUnreadable) as fault:
        # They stay with a person; the hourly reading of the chart and each Retry look again.
        logger.info("The chart could not be read again", extra={"firm": turn.firm.slug, "fault": type(fault).__name__})
        return True
    return False


def _drop_gone(turn: Turn, ready: Sequence[Ready], refused: dict[int, tuple[Fault, ...]]) -> None:
    """Drop documents that Xero no longer has from the index, so that no name or number finds them again."""
    gone = [
        each
        for each in ready
        if each.kind.gone_code in {recognise(fault).code for fault in refused.get(each.job.pk, ())}
    ]
    if gone:
        index.drop_missing_documents(
            firm=turn.firm,
            kind=gone[0].kind,
            xero_tenant_id=turn.xero_tenant_id,
            xero_ids=[each.job.xero_id for each in gone],
        )


def _fix(turn: Turn, ready: Sequence[Ready], refused: dict[int, tuple[Fault, ...]], access: gateway.Access) -> None:
    documents = [
        auto_fix.read_refusal(
            job=each.job,
            document=each.document,
            stated=each.stated,
            content_hash=each.mapped.content_hash,
            faults=refused[each.job.pk],
        )
        for each in ready
        if each.job.pk in refused
    ]
    auto_fix.apply_fixes(
        firm=turn.firm,
        kind=ready[0].kind,
        access=access,
        refused=documents,
        take_call=lambda: take_call(firm=turn.firm, connection=turn.connection, person=True),
    )


def _fix_later(
    turn: Turn, ready: Sequence[Ready], refused: dict[int, tuple[Fault, ...]], fault: NoCallLeft | gateway.XeroFault
) -> None:
    """Requeue refusals that may be fixed, where Xero could not be read now; at most a few next tries."""
    logger.info("A repair has to wait", extra={"firm": turn.firm.slug, "fault": type(fault).__name__})
    now = timezone.now()
    wait = fault.seconds if isinstance(fault, NoCallLeft) else FAULT_WAIT_SECONDS
    requeues = [
        outbox.Requeue(
            each.job.pk,
            due_at=now + timedelta(seconds=wait),
            record={"link": each.job.xero_record.link.add_try(REPAIR)},
        )
        for each in ready
        if each.job.pk in refused
        and each.job.xero_record.link.count_tries(REPAIR) < MOST_TRIES
        and auto_fix.needs_reading(kind=each.kind, faults=refused[each.job.pk])
    ]
    outbox.requeue_jobs(firm=turn.firm, requeues=requeues, now=now)


def _chart_is_outdated(fault: Fault) -> bool:
    """Whether Xero refused an account, a tax type, a date or a currency that the stored chart allows."""
    return fault.source == "xero" and recognise(fault).code in CONTRADICTS_CHART
