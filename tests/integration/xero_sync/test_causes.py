"""Causes are open as long as they hold a document back, and cost the same however many are open."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from billing import services
from billing.models import Invoice
from billing.services import InvoiceValues
from expense_categories.models import ExpenseCategory
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, time_line
from tests.outcomes import ARCHIVED, arrived, bills_end, connect, settle
from tests.processes.eventually import eventually
from tests.statements import counted_statements
from tests.xero import job_of
from xero_sync import outbox
from xero_sync.domain.errors import Fault
from xero_sync.domain.states import State
from xero_sync.models import Cause, SyncJob, XeroConnection
from xero_sync.organisation import chart, chart_check
from xero_sync.outbox import Result

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER_TAKEN = Fault("Invoice # must be unique.")


def saved(bill: Invoice) -> None:
    bill.refresh_from_db()
    services.save_invoice(
        firm=bill.firm,
        actor=None,
        invoice=bill,
        expected_version=bill.version,
        values=InvoiceValues(contact_id=bill.contact_id, issue_date=bill.issue_date, number=bill.number),
        lines=[time_line(pk=line.pk, description="Corrected") for line in bill.lines.all()],
    )


def saved_meanwhile(fault: Fault) -> Callable[[SyncJob], Result]:
    """Each bill is refused, and was saved again before the answer came."""
    refused = bills_end(fault)

    def end(job: SyncJob) -> Result:
        if job.kind == "INVOICE":
            saved(Invoice.objects.get(pk=job.object_id))
        return refused(job)

    return end


def test_a_refusal_of_what_was_saved_again_meanwhile_opens_no_cause_that_nothing_closes(firm: Firm) -> None:
    connection = connect(firm)
    bill = InvoiceFactory(firm=firm, approved=True)
    lane = outbox.take_lane(firm=firm, holder="w", lease_seconds=60)
    assert lane is not None
    once(firm, connection, lane)
    once(firm, connection, lane, saved_meanwhile(ARCHIVED))
    assert job_of(bill).state == State.WAITING
    assert not Cause.objects.filter(closed_at=None).exists()


def once(firm: Firm, connection: XeroConnection, lane: Any, end: Any = None) -> None:
    """One batch, that of the contact or that of the bill."""
    claimed = outbox.claim(lane=lane, xero_connection=connection, now=timezone.now(), limit=50)
    assert claimed is not None
    entries = [outbox.Frozen(job=job, position=place) for place, job in enumerate(claimed.jobs)]
    outbox.freeze(lane=lane, claimed=claimed, entries=entries, body="{}", task_id="", worker="w")
    results = [(end or arrived)(job) for job in claimed.jobs]
    outbox.settle(batch=claimed.batch, results=results, answer=outbox.Answer(http_status=200), now=timezone.now())


def refused_again(firm: Firm, connection: XeroConnection, bills: int) -> int:
    """How many statements the second refusal of so many bills takes, each with a cause of its own."""
    client = ContactFactory(firm=firm)
    made = [InvoiceFactory(firm=firm, contact=client, approved=True) for _ in range(bills)]
    settle(firm, connection, bills_end(NUMBER_TAKEN))
    outbox.retry(firm=firm, job_ids=[job_of(bill).pk for bill in made], now=timezone.now())
    with counted_statements() as statements:
        settle(firm, connection, bills_end(NUMBER_TAKEN))
    assert {job_of(bill).state for bill in made} == {State.NEEDS_YOU}
    return len(statements)


def test_causes_met_again_take_the_same_statements_for_any_number(firm: Firm) -> None:
    connection = connect(firm)
    one, many = refused_again(firm, connection, 1), refused_again(firm, connection, 9)
    assert many <= one, "nine causes that go on"
    assert Cause.objects.filter(closed_at=None).count() == 10
    assert set(Cause.objects.values_list("returned", flat=True)) == {0}


def test_of_many_open_causes_only_those_that_are_met_are_read(firm: Firm) -> None:
    connection = connect(firm)
    Cause.objects.bulk_create(
        Cause(firm=firm, code="invoice-number-taken", subject=f"INVOICE:{pk}") for pk in range(10**6, 10**6 + 500)
    )
    InvoiceFactory(firm=firm, approved=True)
    read = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.startswith("SELECT") and 'FROM "xero_sync_cause"' in sql:
            read.append(context["cursor"].rowcount)
        return answer

    with database.execute_wrapper(watch):
        settle(firm, connection, bills_end(NUMBER_TAKEN))
    assert max(read) <= 2


def test_a_mapping_saved_while_the_chart_is_compared_leaves_nothing_watched(firm: Firm) -> None:
    """The comparison read the old code; the new one was saved before it wrote."""
    connection = connect(firm)
    travel: ExpenseCategory = CategoryFactory(firm=firm, name="Travel", account_code="420")
    known = chart.stored(firm=firm, xero_tenant_id=connection.xero_tenant_id)
    assert known is not None
    Cause.objects.all().delete()
    comparing = threading.Thread(target=_compare, args=(firm, known))
    with transaction.atomic():
        outbox.lock_firm(firm_id=firm.pk)
        comparing.start()
        _wait_until_somebody_waits()
        ExpenseCategory.objects.filter(pk=travel.pk).update(account_code="200")
        chart_check.compare_with_stored(firm=firm, now=timezone.now())
    comparing.join(10)
    assert not Cause.objects.filter(closed_at=None).exists()


def _compare(firm: Firm, known: Any) -> None:
    try:
        with firm_scope(firm):
            chart_check.compare(firm=firm, known=known, now=timezone.now())
    finally:
        database.close()


def _wait_until_somebody_waits() -> None:
    here = "(SELECT oid FROM pg_database WHERE datname = current_database())"

    def waits() -> bool:
        with database.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = {here}")
            return cursor.fetchone() is not None

    eventually(waits, within=10, what="the comparison waits for the firm's lock")
