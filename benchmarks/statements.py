"""SQL statements of the worker after one save, without those of the save: its whole task, with BEGIN and COMMIT."""

from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.place import Place
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import ContactFactory, InvoiceFactory, time_line
from tests.statements import counted_statements
from xero_sync.tasks import sync_firm_task

GOAL = 30
LINES = (1, 10, 100)


def measure(place: Place) -> Iterator[Figure]:
    """A bill of a client who is in Xero, with few and many lines; then one of a new client, which is two documents."""
    firm, _ = place.connected_firm()
    with firm_scope(firm):
        client = ContactFactory(firm=firm)
        _work(firm)
        for lines in LINES:
            InvoiceFactory(firm=firm, contact=client, approved=True, lines=[time_line() for _ in range(lines)])
            yield _figure(f"the worker after one save of a known client, {lines} lines", _work(firm), GOAL)
        InvoiceFactory(firm=firm, approved=True)
        yield _figure("the worker after one save with its new client: two documents", _work(firm), None)


def _work(firm: Firm) -> int:
    with counted_statements() as sent:
        sync_firm_task.apply(kwargs={"firm_id": firm.pk}, throw=True)
    return len(sent)


def _figure(what: str, count: int, goal: int | None) -> Figure:
    return Figure(what=what, measured=count, unit="SQL statements", at_most=goal)
