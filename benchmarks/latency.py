"""From a save's commit to In Xero, one save after the other on an idle system."""

import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.place import Place
from billing import services
from billing.models import Contact, Invoice
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import ContactFactory, InvoiceFactory
from tests.processes.eventually import eventually
from xero_sync.domain.states import State
from xero_sync.models import SyncJob

SAVES = 200
# Each organisation takes 60 calls a minute, as Xero's do, so the saves go round.
FIRMS = 10
LOOK_SECONDS = 0.01
GOAL_P95_SECONDS = 2.0
PATIENCE_SECONDS = 60


def measure(place: Place) -> Iterator[Figure]:
    """200 approvals, each timed from its commit until its job is In Xero, by looking every 10 ms."""
    firms = [place.connected_firm()[0] for _ in range(FIRMS)]
    with place.workers():
        clients = [_client(firm) for firm in firms]
        seconds = sorted(_one_save(firms[n % FIRMS], clients[n % FIRMS]) for n in range(SAVES))
    for percent in (50, 95, 99):
        goal = GOAL_P95_SECONDS if percent == 95 else None
        worst = seconds[-(-len(seconds) * percent // 100) - 1]
        yield Figure(what=f"save to In Xero, idle, {SAVES} saves, p{percent}", measured=worst, unit="s", at_most=goal)


def _client(firm: Firm) -> Contact:
    """A client who is in Xero: the workers are up by then."""
    with firm_scope(firm):
        client: Contact = ContactFactory(firm=firm)
        eventually(lambda: _is_in_xero("CONTACT", client.pk), within=PATIENCE_SECONDS, what="a client is in Xero")
    return client


def _one_save(firm: Firm, client: Contact) -> float:
    with firm_scope(firm):
        draft: Invoice = InvoiceFactory(firm=firm, contact=client)
        services.approve(firm=firm, actor=None, invoice=draft, expected_version=draft.version)
        start = time.perf_counter()
        while not _is_in_xero("INVOICE", draft.pk):
            if time.perf_counter() - start > PATIENCE_SECONDS:
                raise TimeoutError(f"A saved bill is not in Xero after {PATIENCE_SECONDS} s.")
            time.sleep(LOOK_SECONDS)
        return time.perf_counter() - start


def _is_in_xero(kind: str, object_id: int) -> bool:
    return SyncJob.objects.filter(kind=kind, object_id=object_id, state=State.IN_XERO).exists()
