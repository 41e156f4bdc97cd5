"""A thousand bills behind one archived account: one choice on the card, and all of them are in Xero."""

import time
from collections.abc import Iterator

from benchmarks.backlog import HEADER, wait_for_lane
from benchmarks.figures import Figure
from benchmarks.place import Place
from billing import importing
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import CategoryFactory, admin_of
from tests.processes.eventually import eventually
from tests.processes.person import Person
from tests.statements import counted_statements
from tests.xero import Xero
from xero_sync.domain.states import State
from xero_sync.models import FirmPreference, SyncJob
from xero_sync.tasks import sync_firm_task

BILLS, CLIENTS = 1000, 40
CODE, DEAD, CHOSEN = "E199", "420", "260"
GOAL_SECONDS, GOAL_CALLS, GOAL_STATEMENTS, GOAL_PRESS_SECONDS = 60, 45, 3, 5
MOST_TURNS = 20
PATIENCE_SECONDS = 300
WHAT = f"one fix that releases {BILLS:,} bills"


def measure(place: Place) -> Iterator[Figure]:
    """Statements are counted in this process, the press and the worker's own task; time and calls with real workers."""
    firm, xero = place.connected_firm()
    with firm_scope(firm):
        maya = _before_the_card(firm, xero)
        with counted_statements() as sent:
            _press(maya)
            _work_off(firm)
        assert _in_state(firm, State.IN_XERO) == BILLS, "The bills did not get into Xero."
        yield Figure(what=WHAT, measured=len(sent) / BILLS, unit="SQL statements each", at_most=GOAL_STATEMENTS)
    firm, xero = place.connected_firm()
    with firm_scope(firm):
        maya = _before_the_card(firm, xero)
        with place.workers():
            start = time.perf_counter()
            _press(maya)
            pressed = time.perf_counter() - start
            eventually(
                lambda: _in_state(firm, State.IN_XERO) == BILLS, within=PATIENCE_SECONDS, what="all bills are in Xero"
            )
            seconds = time.perf_counter() - start
    calls = len([call for call in xero.calls if call["organisation"] == xero.organisation_id])
    yield Figure(what=f"{WHAT}, the press itself", measured=pressed, unit="s", at_most=GOAL_PRESS_SECONDS)
    yield Figure(what=f"{WHAT}, workers' start included", measured=seconds, unit="s in all", at_most=GOAL_SECONDS)
    yield Figure(what=WHAT, measured=calls, unit="calls in all", at_most=GOAL_CALLS)


def _before_the_card(firm: Firm, xero: Xero) -> Person:
    """Everything is refused for one account, and an admin looks at its card."""
    FirmPreference.objects.filter(firm=firm, key="default_for_dead_accounts").update(on=False)
    CategoryFactory(firm=firm, name="Travel by air", account_code=DEAD, utbms_code=CODE)
    xero.act("archive-account", code=DEAD)
    names = {f"B-{client:03}": f"Backlog client {client}" for client in range(CLIENTS)}
    report = importing.import_ledes(firm=firm, actor=None, data=_ledes().encode(), create_contacts=True, names=names)
    assert report.created == BILLS, report.faults
    _work_off(firm)
    assert _in_state(firm, State.NEEDS_YOU) == BILLS, "Not all bills were refused."
    maya = Person(user=admin_of(firm))
    maya.opens(f"/{firm.slug}/needs-you/")
    xero.forget_calls()
    return maya


def _press(maya: Person) -> None:
    maya.presses(f"Use it and send {BILLS:,} bills", account=CHOSEN)


def _work_off(firm: Firm) -> None:
    for _ in range(MOST_TURNS):
        sync_firm_task.apply(kwargs={"firm_id": firm.pk}, throw=True)
        if not _in_state(firm, State.WAITING):
            return
        wait_for_lane(firm)


def _in_state(firm: Firm, state: State) -> int:
    return SyncJob.objects.filter(firm=firm, kind="INVOICE", state=state).count()


def _ledes() -> str:
    records = ["LEDES1998B", HEADER]
    for bill in range(BILLS):
        client = f"{bill % CLIENTS:03}"
        head = f"20260803|{20001 + bill}|B-{client}|{client}-01|120.00|20260701|20260731|Travel"
        records.append(f"{head}|1|E|1|0|120.00|20260701||{CODE}|||Flight to Perth|98-7654321|120.00|||")
    return "".join(f"{record}[]\n" for record in records)
