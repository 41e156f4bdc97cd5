"""How many SQL statements a worker needs: at most so many for one save, and so many for each of a batch."""

from collections.abc import Sequence
from typing import Any

import pytest

from billing import services
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory, time_line
from tests.statements import counted_statements
from tests.xero import Xero, job_of
from xero_sync.domain.states import State
from xero_sync.models import SyncJob
from xero_sync.tasks import sync_firm_task

pytestmark = pytest.mark.django_db(transaction=True)

SINGLE_SAVE = 30
# Two documents and two calls, but one turn.
WITH_ITS_CLIENT = 40
BATCH, EACH_OF_A_BATCH = 50, 3


def worked(firm: Firm) -> list[str]:
    """The statements of a worker's whole task for this firm, from the nudge to the end of its turn."""
    with counted_statements() as sent:
        sync_firm_task.apply(kwargs={"firm_id": firm.pk}, throw=True)
    return sent


def listed(statements: Sequence[str]) -> str:
    return "\n".join(f"{number}: {sql[:150]}" for number, sql in enumerate(statements, start=1))


@pytest.fixture
def known_client(connected: Firm) -> Any:
    """A client who is in Xero."""
    client = ContactFactory(firm=connected)
    worked(connected)
    assert job_of(client).state == State.IN_XERO
    return client


def saved(firm: Firm, client: Any, *, lines: int = 1) -> Any:
    return InvoiceFactory(firm=firm, contact=client, approved=True, lines=[time_line() for _ in range(lines)])


def edit(firm: Firm, bill: Any) -> None:
    services.save_invoice(
        firm=firm,
        actor=None,
        invoice=bill,
        expected_version=bill.version,
        values=services.InvoiceValues(
            contact_id=bill.contact_id, issue_date=bill.issue_date, description="Advice, corrected"
        ),
        lines=[time_line()],
    )


def test_a_saved_bill_of_a_known_client_syncs_in_few_statements(connected: Firm, known_client: Any) -> None:
    bill = saved(connected, known_client)
    statements = worked(connected)
    assert job_of(bill).state == State.IN_XERO
    assert len(statements) <= SINGLE_SAVE, listed(statements)


def test_a_saved_bill_with_its_new_client_syncs_as_two_documents_in_few_statements(connected: Firm) -> None:
    bill = InvoiceFactory(firm=connected, approved=True)
    statements = worked(connected)
    assert job_of(bill).state == job_of(bill.contact).state == State.IN_XERO
    assert len(statements) <= WITH_ITS_CLIENT, listed(statements)


def test_an_edited_bill_syncs_in_few_statements(connected: Firm, known_client: Any) -> None:
    bill = saved(connected, known_client)
    worked(connected)
    edit(connected, bill)
    statements = worked(connected)
    job = job_of(bill)
    assert (job.state, job.xero_record.confirmed_version) == (State.IN_XERO, job.desired_version)
    assert len(statements) <= SINGLE_SAVE, listed(statements)


def test_a_saved_bill_needs_as_many_statements_with_a_hundred_lines_as_with_one(
    connected: Firm, known_client: Any
) -> None:
    counts = {}
    for lines in (1, 10, 100):
        saved(connected, known_client, lines=lines)
        counts[lines] = len(worked(connected))
    assert len(set(counts.values())) == 1, counts


def test_fifty_bills_go_in_one_call_and_few_statements_each(connected: Firm, known_client: Any, xero: Xero) -> None:
    for _ in range(BATCH):
        saved(connected, known_client)
    xero.forget_calls()
    statements = worked(connected)
    assert SyncJob.objects.filter(firm=connected, kind="INVOICE", state=State.IN_XERO).count() == BATCH
    assert len(xero.calls) == 1
    assert len(statements) <= BATCH * EACH_OF_A_BATCH, listed(statements)


def test_ten_edited_bills_need_as_many_statements_as_two(connected: Firm, known_client: Any) -> None:
    counts = {}
    for bills in (2, 10):
        edited = [saved(connected, known_client) for _ in range(bills)]
        worked(connected)
        for bill in edited:
            edit(connected, bill)
        counts[bills] = len(worked(connected))
        assert {job_of(bill).state for bill in edited} == {State.IN_XERO}
    assert len(set(counts.values())) == 1, counts
