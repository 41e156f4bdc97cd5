"""One firm's turn against the emulated Xero, over HTTP with the real SDK, on the real database."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing import services
from billing.domain.money import TaxMode
from billing.models import LineKind
from billing.services import LineValues
from expense_categories.models import CategoryKind
from expense_categories.services import save_category
from firms.models import Firm
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, time_line
from tests.xero import TIMING, Xero, job_of, sync
from xero_sync import outbox
from xero_sync.domain.payloads import to_json
from xero_sync.domain.states import State
from xero_sync.engine import Turned
from xero_sync.models import FirmPreference, SyncAttempt, SyncLane, XeroConnection
from xero_sync.organisation import tokens
from xero_sync.organisation.reader import read_chart

pytestmark = pytest.mark.django_db(transaction=True)


def approved(firm: Firm, **values: Any) -> Any:
    return InvoiceFactory(firm=firm, approved=True, **values)


def expense(category: Any = None, price: str = "9.00", quantity: str = "1", **values: Any) -> LineValues:
    return LineValues(
        kind=LineKind.EXPENSE,
        category_id=category.pk if category else None,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        tax_name="GST",
        **values,
    )


def test_a_saved_bill_and_its_contact_arrive_in_xero_to_the_cent(connected: Firm, xero: Xero) -> None:
    invoice = approved(connected)
    assert sync(connected) is Turned.IDLE
    job = job_of(invoice)
    assert job.state == State.IN_XERO, job.faults
    [in_xero] = xero.numbered(invoice.number)
    assert Decimal(str(in_xero["total"])) == invoice.total == job.xero_record.total
    assert in_xero["status"] == "AUTHORISED"
    assert job_of(invoice.contact).state == State.IN_XERO
    assert [call["method"] for call in xero.calls] == ["PUT", "PUT"]


def test_a_bill_with_another_total_in_xero_is_sent_again_when_it_is_saved(connected: Firm, xero: Xero) -> None:
    invoice = approved(connected)
    xero.act("tax-rate-percent", tax_type="OUTPUT", percent="15")
    sync(connected)
    assert "total-differs" in [note["code"] for note in job_of(invoice).xero_record.notes]
    xero.act("tax-rate-percent", tax_type="OUTPUT", percent="10")
    services.correct_invoice(
        firm=connected, actor=None, invoice=invoice, expected_version=invoice.version, number=invoice.number
    )
    sync(connected)
    [in_xero] = xero.numbered(invoice.number)
    assert Decimal(str(in_xero["total"])) == invoice.total
    assert job_of(invoice).xero_record.notes == []


def test_another_tax_inside_the_same_total_is_a_note(connected: Firm, xero: Xero) -> None:
    invoice = approved(connected, tax_mode=TaxMode.INCLUSIVE, lines=[time_line(unit_price=Decimal(110))])
    xero.act("tax-rate-percent", tax_type="OUTPUT", percent="15")
    sync(connected)
    [in_xero] = xero.numbered(invoice.number)
    assert (Decimal(str(in_xero["total"])), invoice.total, invoice.tax_total) == (
        Decimal(110),
        Decimal(110),
        Decimal(10),
    )
    [note] = job_of(invoice).xero_record.notes
    assert (note["code"], note["text"][:43]) == ("tax-differs", "Our tax is 10.00, and Xero's is 14.35. Look")


def test_a_save_that_changed_nothing_sends_nothing_and_stays_in_xero(connected: Firm, xero: Xero) -> None:
    invoice = approved(connected)
    sync(connected)
    xero.forget_calls()
    services.save_contact(
        firm=connected,
        actor=None,
        contact=invoice.contact,
        expected_version=invoice.contact.version,
        values=services.ContactValues(name=invoice.contact.name, client_number=invoice.contact.client_number),
    )
    sync(connected)
    assert xero.calls == []
    assert job_of(invoice.contact).state == State.IN_XERO


def test_drafts_are_not_sent_while_only_approved_bills_is_on(connected: Firm, xero: Xero) -> None:
    invoice = InvoiceFactory(firm=connected)
    sync(connected)
    assert job_of(invoice).state == State.NOT_SENT
    assert xero.numbered(invoice.number) == []


def test_a_category_code_overrides_the_default_expense_account(connected: Firm, xero: Xero) -> None:
    court = CategoryFactory(firm=connected, kind=CategoryKind.DISBURSEMENT, account_code="412")
    invoice = approved(
        connected,
        lines=[
            time_line(),
            expense(court, "940.00"),
            expense(None, "0.50", "500", description="Copying"),
        ],
    )
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO, job_of(invoice).faults
    by_account = {code: Decimal(str(total)) for code, total in xero.summary["accounts"].items()}
    assert by_account == {"200": Decimal(100), "412": Decimal(940), "405": Decimal(250)}


def test_an_archived_account_needs_an_admin_and_its_repair_lets_the_bill_go(connected: Firm, xero: Xero) -> None:
    FirmPreference.objects.filter(firm=connected, key="default_for_dead_accounts").update(on=False)
    xero.act("archive-account", code="420")
    travel = CategoryFactory(firm=connected, account_code="420")
    invoice = approved(
        connected,
        lines=[expense(travel)],
    )
    sync(connected)
    sync(connected)
    job = job_of(invoice)
    assert (job.state, job.cause.code, job.cause.subject) == (State.NEEDS_YOU, "account-archived", "420")

    save_category(
        firm=connected,
        actor=None,
        category=travel,
        expected_version=travel.version,
        name=travel.name,
        kind=CategoryKind(travel.kind),
        account_code="425",
    )
    assert job_of(invoice).state == State.WAITING
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO
    assert job_of(invoice).cause is None


def test_an_account_archived_since_the_last_look_falls_back_to_the_default(connected: Firm, xero: Xero) -> None:
    travel = CategoryFactory(firm=connected, account_code="420")
    xero.act("archive-account", code="420")
    invoice = approved(
        connected,
        lines=[expense(travel)],
    )
    sync(connected)
    sync(connected)
    job = job_of(invoice)
    assert job.state == State.IN_XERO, job.faults
    assert [note["code"] for note in job.xero_record.notes] == ["default_for_dead_accounts"]


def test_an_invalid_address_is_left_out_with_a_note_or_holds_the_bill_waiting_on_its_contact(
    connected: Firm, xero: Xero
) -> None:
    good = ContactFactory(firm=connected, emails=("accounts(at)brandt",))
    sync(connected)
    assert job_of(good).state == State.IN_XERO
    assert [note["code"] for note in job_of(good).xero_record.notes] == ["drop_invalid_emails"]
    FirmPreference.objects.filter(firm=connected, key="drop_invalid_emails").update(on=False)
    invoice = approved(connected, contact=ContactFactory(firm=connected, emails=("accounts(at)brandt",)))
    sync(connected)
    assert job_of(invoice.contact).state == State.NEEDS_YOU
    assert (job_of(invoice).state, job_of(invoice).hold) == (State.ON_HOLD, "contact-refused")
    assert job_of(invoice).cause == job_of(invoice.contact).cause


def test_a_refused_bill_does_not_hold_back_its_neighbours(connected: Firm, xero: Xero) -> None:
    FirmPreference.objects.filter(firm=connected, key="adopt_existing_invoices").update(on=False)
    contact = ContactFactory(firm=connected)
    sync(connected)
    in_xero = next(row for row in xero.contacts if row["name"] == contact.name)
    xero.act(
        "enter-invoice",
        InvoiceNumber="10417",
        Contact={"ContactID": in_xero["id"]},
        LineItems=[{"Description": "x", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200"}],
    )
    taken = approved(connected, contact=contact, number="10417")
    fine = approved(connected, contact=contact)
    sync(connected)
    assert job_of(taken).state == State.NEEDS_YOU
    assert job_of(taken).faults[0]["code"] == "invoice-number-taken"
    assert job_of(fine).state == State.IN_XERO


def test_a_bill_dated_in_a_locked_period_waits_on_hold(connected: Firm, xero: Xero) -> None:

    xero.act("lock-dates", period="2026-07-31", year_end="")
    connection = XeroConnection.objects.get(firm=connected)
    token = tokens.access_token(credential_id=connection.credential_id, now=timezone.now())
    read_chart(firm=connected, connection=connection, token=token)
    invoice = approved(connected)
    sync(connected)
    assert job_of(invoice).state == State.ON_HOLD, job_of(invoice).faults
    xero.act("lock-dates", period="", year_end="")
    read_chart(firm=connected, connection=connection, token=token)
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO


@pytest.mark.promise("P04")
def test_a_lost_answer_is_looked_up_and_adopted_not_sent_twice(connected: Firm, xero: Xero) -> None:
    contact = ContactFactory(firm=connected)
    sync(connected)
    invoice = approved(connected, contact=contact)
    xero.fault(kind="cut_after", method="PUT", path="Invoices")
    sync(connected)
    assert job_of(invoice).state in {State.CHECKING, State.IN_XERO}
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO, job_of(invoice).faults
    assert len(xero.numbered(invoice.number)) == 1


@pytest.mark.promise("P05")
def test_a_contact_whose_answer_was_lost_is_adopted_too(connected: Firm, xero: Xero) -> None:
    xero.fault(kind="cut_after", method="PUT", path="Contacts")
    invoice = approved(connected)
    for _ in range(4):
        sync(connected)
    assert job_of(invoice.contact).state == State.IN_XERO
    assert job_of(invoice).state == State.IN_XERO
    assert [row["name"] for row in xero.contacts].count(invoice.contact.name) == 1


@pytest.mark.promise("P04")
def test_what_never_arrived_is_sent_again(connected: Firm, xero: Xero) -> None:
    contact = ContactFactory(firm=connected)
    sync(connected)
    invoice = approved(connected, contact=contact)
    xero.fault(kind="cut", method="PUT", path="Invoices")
    for _ in range(4):
        sync(connected)
    assert job_of(invoice).state == State.IN_XERO
    assert len(xero.numbered(invoice.number)) == 1


@pytest.mark.promise("P03")
def test_a_batch_whose_worker_died_is_looked_up_once_its_lease_has_run_out(
    connected: Firm, xero: Xero, no_firm: None
) -> None:

    contact = ContactFactory(firm=connected)
    sync(connected)
    invoice = approved(connected, contact=contact)
    lane = outbox.take_lane(firm=connected, holder="doomed", lease_seconds=60)
    assert lane is not None
    claimed = outbox.claim(lane=lane, xero_connection=XeroConnection.objects.get(), now=timezone.now(), limit=50)
    assert claimed is not None
    outbox.freeze(
        lane=lane,
        claimed=claimed,
        entries=[outbox.Frozen(job=claimed.jobs[0], position=0)],
        body=to_json({"Invoices": [{"InvoiceNumber": invoice.number}]}),
        task_id="",
        worker="doomed",
    )
    assert outbox.recover(now=timezone.now(), deadline_s=0, look_up_after_s=0) == 0
    SyncLane.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox.recover(now=timezone.now(), deadline_s=0, look_up_after_s=0) == 1
    assert job_of(invoice).state == State.CHECKING
    sync(connected, timing=TIMING)
    assert job_of(invoice).state == State.IN_XERO
    first = SyncAttempt.objects.filter(job=job_of(invoice)).order_by("pk").first()
    assert first is not None
    assert (first.outcome, first.exception) == ("UNKNOWN", "WorkerLost")


@pytest.mark.promise("P09")
def test_a_void_bill_is_voided_in_xero(connected: Firm, xero: Xero) -> None:
    invoice = approved(connected)
    sync(connected)
    services.void(firm=connected, actor=None, invoice=invoice, expected_version=invoice.version)
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO, job_of(invoice).faults
    assert xero.numbered(invoice.number)[0]["status"] == "VOIDED"


def test_an_edit_of_a_bill_in_xero_sends_the_difference_and_keeps_its_lines(connected: Firm, xero: Xero) -> None:
    invoice = approved(connected)
    sync(connected)
    before = job_of(invoice).xero_record.line_ids
    line = invoice.lines.get()
    services.save_invoice(
        firm=connected,
        actor=None,
        invoice=invoice,
        expected_version=invoice.version,
        values=services.InvoiceValues(
            contact_id=invoice.contact_id, issue_date=invoice.issue_date, number=invoice.number
        ),
        lines=[time_line(pk=line.pk, unit_price=Decimal("250.00"))],
    )
    sync(connected)
    assert job_of(invoice).xero_record.line_ids == before
    assert Decimal(str(xero.numbered(invoice.number)[0]["total"])) == Decimal("275.00")
