"""What would become of 5,000 bills: the whole page's answer, with a fixed number of statements."""

import time
from collections.abc import Iterator

from django.http import QueryDict
from django.utils import timezone

from benchmarks.figures import Figure
from benchmarks.place import Place
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, expense_line, time_line
from tests.many_bills import copies
from tests.statements import counted_statements
from tests.xero import sync
from xero_sync.facts.request_context import RequestContext
from xero_sync.models import XeroConnection
from xero_sync.organisation import tokens
from xero_sync.organisation.reader import read_index
from xero_sync.pages import preflight

BILLS, LINES, CLIENTS = 5000, 5, 200
GOAL_SECONDS = 5.0


def measure(place: Place) -> Iterator[Figure]:
    """Bills of five lines for 200 clients, one in five with an account of no use; first one client's, then all."""
    firm, _ = place.connected_firm()
    with firm_scope(firm):
        clients = [ContactFactory(firm=firm) for _ in range(CLIENTS)]
        sync(firm)
        connection = XeroConnection.objects.get(firm=firm)
        token = tokens.access_token(credential_id=connection.credential_id, now=timezone.now())
        read_index(firm=firm, connection=connection, token=token)
        gone = CategoryFactory(firm=firm, account_code="999")
        for n, client in enumerate(clients):
            lines = [time_line() for _ in range(LINES - 1)] + [expense_line(gone if n % 5 == 0 else None)]
            copies(InvoiceFactory(firm=firm, contact=client, approved=True, lines=lines), BILLS // CLIENTS - 1)
        some = f"q={clients[0].client_number}"
        few, many, seconds = _statements(firm, some), _statements(firm, ""), _time_page(firm, "")
    what = f"preflight of {BILLS:,} bills of {LINES} lines"
    yield Figure(what=what, measured=seconds, unit="s", at_most=GOAL_SECONDS)
    yield Figure(what=what, measured=many, unit="SQL statements", at_most=few)


def _statements(firm: Firm, query: str) -> int:
    with counted_statements() as sent:
        _time_page(firm, query)
    return len(sent)


def _time_page(firm: Firm, query: str) -> float:
    """How long the answer took."""
    start = time.perf_counter()
    page = preflight.read_preflight_page(firm=firm, context=RequestContext(firm), query=QueryDict(query))
    seconds = time.perf_counter() - start
    assert page.judged == BILLS or query, page.judged
    return seconds
