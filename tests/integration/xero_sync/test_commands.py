"""`sync_status` and `sync_firm`: figures and work without a page or a worker."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from firms.models import Firm
from tests.factories import InvoiceFactory, time_line
from tests.outcomes import ARCHIVED, bills_end, connect, settle
from tests.xero import Xero, job_of
from xero_sync.domain.states import State
from xero_sync.kinds.registry import KINDS
from xero_sync.models import BillSyncSettings, Cause

COUNTS = {
    "total",
    "not_sent",
    "waiting",
    "sending",
    "in_xero",
    "in_xero_with_notes",
    "trying_again",
    "checking",
    "on_hold",
    "needs_you",
}


def status(firm: Firm) -> dict[str, object]:
    out = StringIO()
    call_command("sync_status", firm.slug, "--json", stdout=out)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


@pytest.mark.django_db
def test_the_status_is_one_object_of_the_published_shape(firm: Firm) -> None:
    connection = connect(firm)
    InvoiceFactory(firm=firm, approved=True, lines=[time_line(unit_price=Decimal(100))])
    settle(firm, connection)
    bill = InvoiceFactory(firm=firm, approved=True, lines=[time_line(unit_price=Decimal(200))])
    settle(firm, connection, bills_end(ARCHIVED))
    InvoiceFactory(firm=firm, lines=[time_line(unit_price=Decimal(400))])
    found = status(firm)
    assert list(found) == [
        "firm",
        "currency",
        "connected",
        *(kind.labels.live for kind in reversed(KINDS)),
        "causes",
        "total_here",
        "total_in_xero",
        "oldest_waiting_s",
        "calls_today",
        "calls_left_today",
    ]
    invoices, contacts = found["invoices"], found["contacts"]
    assert isinstance(invoices, dict)
    assert isinstance(contacts, dict)
    assert set(invoices) == set(contacts) == COUNTS
    assert invoices["total"] == sum(count for name, count in invoices.items() if name != "total") == 3
    assert (invoices["in_xero"], invoices["needs_you"], invoices["not_sent"]) == (1, 1, 1)
    held = {kind.labels.live: 0 for kind in KINDS} | {"invoices": 1}
    assert found["causes"] == [{"code": "account-archived", "subject": "420", **held}]
    assert (found["total_here"], found["total_in_xero"]) == ("330.00", "110.00")
    assert bill.total == Decimal("220.00")


@pytest.mark.django_db
def test_the_status_reads_as_words_without_json(firm: Firm) -> None:
    connection = connect(firm)
    InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    out = StringIO()
    call_command("sync_status", firm.slug, stdout=out)
    assert "Bills: 1 (1 needs you)" in out.getvalue()
    assert "Account 420 was archived or deleted in Xero: " in out.getvalue()
    assert "1 bills, 0 contacts\n" in out.getvalue()
    assert Cause.objects.filter(closed_at=None).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["sync_status", "sync_firm"])
def test_a_firm_that_does_not_exist_is_refused_in_words(command: str) -> None:
    with pytest.raises(CommandError, match="no firm") as refusal:
        call_command(command, "no-such-firm")
    assert refusal.value.returncode == 1


@pytest.mark.django_db(transaction=True)
def test_sync_firm_does_a_workers_work(connected: Firm, xero: Xero) -> None:
    bill = InvoiceFactory(firm=connected, approved=True)
    out = StringIO()
    call_command("sync_firm", connected.slug, stdout=out)
    assert out.getvalue() == "Nothing is due any more.\n"
    assert job_of(bill).state == State.IN_XERO
    assert len(xero.numbered(bill.number)) == 1


@pytest.mark.django_db
def test_sync_firm_says_what_holds_the_firm(firm: Firm) -> None:
    connection = connect(firm)
    BillSyncSettings.objects.filter(firm=firm).update(paused_at=connection.connected_at, paused_by="Ann")
    InvoiceFactory(firm=firm, approved=True)
    with pytest.raises(CommandError, match="paused by Ann"):
        call_command("sync_firm", firm.slug)
