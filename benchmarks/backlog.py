"""A thousand bills of one firm that were imported before the first send was confirmed."""

import time
from collections.abc import Iterator

from django.utils import timezone

from benchmarks.figures import Figure
from benchmarks.place import Place
from billing import importing
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import admin_of
from tests.processes.eventually import eventually
from tests.statements import counted_statements
from tests.xero import Xero
from xero_sync.actions.confirm_first_send import confirm_first_send
from xero_sync.domain.states import State
from xero_sync.models import SyncJob
from xero_sync.tasks import sync_firm_task

BILLS, LINES, CLIENTS = 1000, 5, 40
GOAL_CALLS, GOAL_STATEMENTS = 1 / 25, 3
MOST_TURNS = 20
PATIENCE_SECONDS = 300

HEADER = (
    "INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|"
    "INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|"
    "LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|"
    "LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID"
)


def measure(place: Place) -> Iterator[Figure]:
    """Statements are counted in this process, in the worker's own task; time and calls with real workers."""
    firm, xero = place.connected_firm(confirmed=False)
    with firm_scope(firm):
        yield _statements(firm, xero)
    firm, xero = place.connected_firm(confirmed=False)
    with firm_scope(firm):
        _import(firm)
        xero.forget_calls()
        with place.workers():
            start = time.perf_counter()
            _confirm(firm)
            eventually(lambda: _in_xero(firm) == BILLS, within=PATIENCE_SECONDS, what="the backlog is in Xero")
            seconds = time.perf_counter() - start
    calls = len([call for call in xero.calls if call["organisation"] == xero.organisation_id])
    yield Figure(
        what=f"backlog of {BILLS:,} bills, with {CLIENTS} new clients",
        measured=calls / BILLS,
        unit="calls each",
        at_most=GOAL_CALLS,
    )
    yield Figure(what=f"backlog of {BILLS:,} bills, workers' start included", measured=seconds, unit="s in all")


def _statements(firm: Firm, xero: Xero) -> Figure:
    _import(firm)
    _confirm(firm)
    count = 0
    for _ in range(MOST_TURNS):
        with counted_statements() as sent:
            sync_firm_task.apply(kwargs={"firm_id": firm.pk}, throw=True)
        count += len(sent)
        if _in_xero(firm) == BILLS:
            break
        wait_for_lane(firm)
    assert _in_xero(firm) == BILLS, "The backlog did not get into Xero."
    return Figure(
        what=f"backlog of {BILLS:,} bills, with {CLIENTS} new clients",
        measured=count / BILLS,
        unit="SQL statements each",
        at_most=GOAL_STATEMENTS,
    )


def wait_for_lane(firm: Firm) -> None:
    """A limit is waited out in the lane's row, as a worker would be told to."""
    firm.sync_lane.refresh_from_db()
    until = firm.sync_lane.not_before
    if until is not None:
        time.sleep(max((until - timezone.now()).total_seconds(), 0))


def _import(firm: Firm) -> None:
    names = {f"B-{client:03}": f"Backlog client {client}" for client in range(CLIENTS)}
    report = importing.import_ledes(firm=firm, actor=None, data=_ledes().encode(), create_contacts=True, names=names)
    assert report.created == BILLS, report.faults


def _confirm(firm: Firm) -> None:
    confirm_first_send(firm=firm, actor=admin_of(firm), start_date=None, expected_bills=BILLS, now=timezone.now())


def _in_xero(firm: Firm) -> int:
    return SyncJob.objects.filter(firm=firm, kind="INVOICE", state=State.IN_XERO).count()


def _ledes() -> str:
    records = ["LEDES1998B", HEADER]
    for bill in range(BILLS):
        client = f"{bill % CLIENTS:03}"
        head = f"20260803|{20001 + bill}|B-{client}|{client}-01|{LINES * 120}.00|20260701|20260731|Advice"
        for line in range(1, LINES + 1):
            amounts, codes = f"1|0|120.00|202607{line:02}", "L110||A104|1001"
            records.append(f"{head}|{line}|F|{amounts}|{codes}|Advice, part {line}|98-7654321|120.00|Kerr|PARTNR|")
    return "".join(f"{record}[]\n" for record in records)
