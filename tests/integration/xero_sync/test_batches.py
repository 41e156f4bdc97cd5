"""One batch on its way: what is refused whole, what is too large, what Xero is too busy for, and what is never done."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice
from expense_categories.models import CategoryKind
from expense_categories.services import save_category
from firms.models import Firm
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, expense_line, time_line
from tests.xero import Xero, job_of, sync
from xero_sync import outbox
from xero_sync.domain.states import Outcome, State
from xero_sync.engine import Turned, batch
from xero_sync.gateway import http
from xero_sync.kinds.invoice import spec
from xero_sync.models import (
    Cause,
    ConnectionState,
    FirmPreference,
    SyncAttempt,
    SyncBatch,
    SyncJob,
    XeroConnection,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(connected: Firm) -> Contact:
    """A client who is in Xero."""
    contact: Contact = ContactFactory(firm=connected)
    sync(connected)
    return contact


def approved(client: Contact, **values: Any) -> Invoice:
    invoice: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True, **values)
    return invoice


def states(*invoices: Invoice) -> list[str]:
    return [job_of(invoice).state for invoice in invoices]


def puts(xero: Xero) -> int:
    return len([call for call in xero.calls if call["method"] == "PUT" and "Invoices" in call["path"]])


def test_a_request_refused_whole_is_halved_until_its_one_bad_document_is_found(client: Contact, xero: Xero) -> None:
    FirmPreference.objects.filter(key="default_for_dead_accounts").update(on=False)
    stopped = approved(client, lines=[expense_line(CategoryFactory(firm=client.firm, account_code="999"))])
    bills = [approved(client) for _ in range(8)]
    xero.fault(kind="status", method="PUT", path="Invoices", status=400, times=99, contains=bills[2].number)
    xero.forget_calls()
    for _ in range(2):
        sync(client.firm)
    assert states(*bills).count(State.IN_XERO) == 7
    assert states(bills[2], stopped) == [State.NEEDS_YOU, State.NEEDS_YOU]
    assert puts(xero) == 7
    assert not SyncBatch.objects.filter(closed_at=None).exists()


def test_a_limit_in_the_middle_of_halving_leaves_no_open_batch(
    client: Contact, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    bills = [approved(client) for _ in range(4)]
    xero.fault(kind="status", method="PUT", path="Invoices", status=400)
    calls = iter([True, False, False])
    monkeypatch.setattr("xero_sync.engine.turn._allowed", lambda turn, person: next(calls))
    sync(client.firm)
    assert states(*bills) == [State.WAITING] * 4
    assert not SyncBatch.objects.filter(closed_at=None).exists()


def test_a_body_that_is_too_large_goes_in_several(client: Contact, xero: Xero, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "BODY_LIMIT", 10_000)
    bills = [approved(client, lines=[time_line(description="x" * 3900)]) for _ in range(5)]
    xero.forget_calls()
    sync(client.firm)
    assert states(*bills) == [State.IN_XERO] * 5
    assert puts(xero) == 3


def test_the_limit_of_a_body_leaves_room_below_xeros() -> None:
    assert batch.BODY_LIMIT < 3_500_000


@pytest.mark.parametrize("limit", ["minute", "day", "concurrent", "appminute", ""])
@pytest.mark.promise("P13")
def test_a_limit_costs_no_attempt_and_is_waited_out_in_the_lane(client: Contact, xero: Xero, limit: str) -> None:
    invoice = approved(client)
    xero.fault(kind="status", status=429, limit=limit, method="PUT", path="Invoices")
    assert sync(client.firm) is Turned.WAITING
    job = job_of(invoice)
    assert (job.state, job.attempts) == (State.WAITING, 0)
    assert sync(client.firm) is Turned.BUSY
    assert SyncAttempt.objects.filter(job=job).get().outcome == Outcome.DEFERRED


def test_a_refused_token_is_renewed_once_and_then_the_connection_is_lost(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    xero.fault(kind="status", status=401, method="PUT", path="Invoices")
    sync(client.firm)
    assert job_of(invoice).state == State.IN_XERO
    another = approved(client)
    own_words = json.dumps({"Title": "Unauthorized", "Status": 401, "Detail": "AuthenticationUnsuccessful"})
    xero.fault(kind="status", status=401, body=own_words, method="PUT", path="Invoices", times=9)
    xero.forget_calls()
    sync(client.firm)
    assert puts(xero) == 2
    assert XeroConnection.objects.get().state == ConnectionState.LOST
    assert (job_of(another).state, job_of(another).hold) == (State.ON_HOLD, "connection-lost")


@pytest.mark.promise("P16")
def test_xeros_own_trouble_with_one_document_is_tried_again_by_itself(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    words = "An error occurred in Xero. Check the API Status page for current service status."
    answer = f'{{"Invoices":[{{"InvoiceNumber":"{invoice.number}","ValidationErrors":[{{"Message":"{words}"}}]}}]}}'
    xero.fault(kind="status", status=200, method="PUT", path="Invoices", body=answer)
    sync(client.firm)
    job = job_of(invoice)
    assert (job.state, job.attempts) == (State.TRYING_AGAIN, 1)
    assert job.due_at > timezone.now()


def test_no_network_inside_a_transaction(client: Contact, xero: Xero, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = []

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def exchange(**given: Any) -> Any:
            inside.append((given["url"], connection.in_atomic_block))
            return original(**given)

        return exchange

    monkeypatch.setattr(http, "exchange", watched(http.exchange))
    xero.fault(kind="cut_after", method="PUT", path="Invoices")
    approved(client)
    ContactFactory(firm=client.firm, name=client.name)
    for _ in range(3):
        sync(client.firm)
    assert len(inside) >= 4
    assert [url for url, atomic in inside if atomic] == []


def test_no_idempotency_key_is_ever_used_twice(client: Contact, xero: Xero) -> None:
    bills = [approved(client) for _ in range(4)]
    xero.fault(kind="status", method="PUT", path="Invoices", status=400)
    xero.fault(kind="status", method="PUT", path="Invoices", status=503)
    xero.fault(kind="cut", method="PUT", path="Invoices")
    for _ in range(4):
        sync(client.firm)
    assert states(*bills) == [State.IN_XERO] * 4
    keys = list(SyncBatch.objects.exclude(idempotency_key="").values_list("idempotency_key", flat=True))
    assert len(keys) == len(set(keys))
    assert all(key.startswith(f"{xero.organisation_id}:") and len(key) <= 128 for key in keys)


def test_every_attempt_is_on_record_before_it_is_made(
    client: Contact, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = approved(client)
    seen = []
    original = http.exchange

    def exchange(**given: Any) -> Any:
        seen.append(list(SyncAttempt.objects.filter(job=job_of(invoice)).values_list("outcome", "closed_at")))
        return original(**given)

    monkeypatch.setattr(http, "exchange", exchange)
    sync(client.firm)
    assert seen == [[("", None)]]


@pytest.mark.promise("P22")
def test_a_poisoned_document_does_not_hold_back_its_neighbours(
    client: Contact, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, fine = approved(client), approved(client)
    original = spec.map_invoice

    def mapped(document: Any, **given: Any) -> Any:
        if document.number == poison.number:
            raise ArithmeticError
        return original(document, **given)

    monkeypatch.setattr(spec, "map_invoice", mapped)
    sync(client.firm)
    assert states(poison, fine) == [State.NEEDS_YOU, State.IN_XERO]
    assert job_of(poison).faults[0]["code"] == "our-fault"


def test_a_contact_that_stays_archived_whatever_we_do_does_not_go_round(
    client: Contact, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether Xero restores a contact when asked is unverified."""
    contact_id = job_of(client).xero_id
    xero.act("archive-contact", contact=contact_id)
    invoice = approved(client)
    original = outbox.settle

    def settle(**given: Any) -> None:
        original(**given)
        xero.act("archive-contact", contact=contact_id)

    monkeypatch.setattr(outbox, "settle", settle)
    xero.forget_calls()
    for _ in range(6):
        sync(client.firm)
    assert job_of(invoice).state == State.NEEDS_YOU
    assert [call["method"] for call in xero.calls] == ["PUT", "GET", "POST", "PUT"]


def test_a_contact_distinguished_goes_by_its_new_name_when_it_is_renamed(connected: Firm, xero: Xero) -> None:
    xero.act("enter-contact", Name="John Smith", EmailAddress="john@smith.example")
    contact = ContactFactory(firm=connected, name="John Smith", client_number="C-1042")
    for _ in range(2):
        sync(connected)
    values = services.ContactValues(name="John Smithe", client_number="C-1042")
    services.save_contact(firm=connected, actor=None, contact=contact, expected_version=contact.version, values=values)
    for _ in range(2):
        sync(connected)
    assert sorted(row["name"] for row in xero.contacts if "Smith" in row["name"]) == ["John Smith", "John Smithe"]


def test_a_cause_is_closed_with_the_last_document_waiting_on_it(connected: Firm, xero: Xero) -> None:
    FirmPreference.objects.filter(key="drop_invalid_emails").update(on=False)
    contact = ContactFactory(firm=connected, emails=("accounts(at)brandt",))
    bill = approved(contact)
    sync(connected)
    assert job_of(bill).cause == job_of(contact).cause
    SyncJob.objects.update(preferences={"drop_invalid_emails": True, "only_approved": True})
    outbox.retry(firm=connected, job_ids=[job_of(contact).pk], now=timezone.now())
    sync(connected)
    assert states(bill) == [State.IN_XERO]
    assert not Cause.objects.filter(closed_at=None).exists()


def test_a_cause_opened_by_many_documents_is_one(client: Contact) -> None:
    FirmPreference.objects.filter(key="default_for_dead_accounts").update(on=False)
    travel = CategoryFactory(firm=client.firm, account_code="999")
    bills = [approved(client, lines=[expense_line(travel)]) for _ in range(3)]
    sync(client.firm)
    assert len({job_of(bill).cause_id for bill in bills}) == 1
    save_category(
        firm=client.firm,
        actor=None,
        category=travel,
        expected_version=travel.version,
        name=travel.name,
        kind=CategoryKind(travel.kind),
        account_code="425",
    )
    sync(client.firm)
    assert states(*bills) == [State.IN_XERO] * 3
    assert not Cause.objects.filter(closed_at=None).exists()
