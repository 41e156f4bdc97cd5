"""A document is compared with Xero save after save: what each comparison leaves behind for the next."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Contact, Invoice
from firms.models import Firm
from tests.factories import ContactFactory, staff_of
from tests.integration.xero_sync.both_sides import (
    NUMBER,
    POST,
    bill_in_xero,
    client_in_xero,
    fate,
    line_in_xero,
    looks_again,
    price,
    save_bill,
    save_contact,
    tracking_in_xero,
    works,
)
from tests.outcomes import signed_in, words
from tests.xero import TIMING, Xero, job_of, sync, sync_batches
from xero_sync.domain.quota import Wait
from xero_sync.domain.states import Outcome, State
from xero_sync.models import FirmPreference, SyncBatch, SyncJob, XeroRecord
from xero_sync.organisation import limits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(connected: Firm) -> Contact:
    return client_in_xero(connected, name="Alder Hythe")


@pytest.fixture
def bill(client: Contact) -> Invoice:
    """A bill in Xero with the lines A and B."""
    return bill_in_xero(client)


def goes(firm: Firm, *, fresh_s: float = 0) -> None:
    """One turn, with what waits due now."""
    SyncJob.objects.filter(state=State.WAITING).update(due_at=timezone.now())
    sync(firm, timing=replace(TIMING, fresh_s=fresh_s))


def test_a_save_that_changed_nothing_is_no_reading_for_the_next(bill: Invoice, xero: Xero) -> None:
    XeroRecord.objects.update(confirmed_at=timezone.now() - timedelta(hours=1))
    xero.act("change-line", invoice=NUMBER, line=1, code="260")
    save_bill(bill)
    goes(bill.firm, fresh_s=5)
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    goes(bill.firm, fresh_s=5)
    assert line_in_xero(xero, "A, corrected")["AccountCode"] == "260"


@pytest.mark.parametrize("changed", ["due date", "text"])
def test_once_both_sides_made_the_same_change_the_next_one_here_is_sent(
    bill: Invoice, xero: Xero, changed: str
) -> None:
    day = bill.due_date + timedelta(days=3)
    if changed == "due date":
        xero.act("change-invoice", invoice=NUMBER, due=day.isoformat())
        first, then = {"due_date": day}, {"due_date": day + timedelta(days=1)}
    else:
        xero.act("change-line", invoice=NUMBER, line=1, description="A1")
        first, then = {"lines": {"A": {"description": "A1"}}}, {"lines": {"A1": {"description": "A2"}}}
    save_bill(bill, **first)
    works(bill.firm)
    save_bill(bill, **then)
    works(bill.firm)
    assert fate(bill) == (State.IN_XERO, [])
    document = xero.document(NUMBER)
    in_xero = (document["DueDateString"][:10], sorted(row["Description"] for row in document["LineItems"]))
    bill.refresh_from_db()
    assert in_xero == (bill.due_date.isoformat(), sorted(line.description for line in bill.lines.all()))


def test_a_draft_that_was_approved_in_xero_stays_approved_when_it_is_corrected_here(
    client: Contact, xero: Xero
) -> None:
    FirmPreference.objects.filter(firm=client.firm, key="only_approved").update(on=False)
    bill = bill_in_xero(client, "A", approved=False)
    shelf = xero.server.xero.organisation(xero.organisation_id).invoices
    draft = shelf.get(job_of(bill).xero_id)
    assert draft is not None
    assert draft.status == "DRAFT"
    shelf.put(replace(draft, status="AUTHORISED"))
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(client.firm)
    document = xero.document(NUMBER)
    assert fate(bill) == (State.IN_XERO, [])
    assert (document["Status"], document["LineItems"][0]["Description"]) == ("AUTHORISED", "A, corrected")


def test_a_client_linked_by_hand_empties_nothing_in_xero(connected: Firm, xero: Xero) -> None:
    page = signed_in(staff_of(connected))
    details = {"EmailAddress": "jon@smith.example", "FirstName": "Jon", "TaxNumber": "11 222 333 444"}
    xero.act("enter-contact", Name="Jon Smith", **details)
    contact = ContactFactory(firm=connected, name="John Smith", emails=(), tax_number="")
    works(connected)
    [chosen] = [row["id"] for row in xero.contacts if row["name"] == "Jon Smith"]
    page.post(f"/{connected.slug}/contacts/{contact.pk}/link/", {"chosen": chosen})
    works(connected)
    assert (job_of(contact).xero_id, job_of(contact).state) == (chosen, State.IN_XERO)
    found = xero.contact_named("Jon Smith")
    assert {key: found.get(key) for key in details} == details


def test_without_a_call_left_to_read_with_the_turn_ends(
    bill: Invoice, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    before = SyncBatch.objects.count()
    with monkeypatch.context() as without:
        without.setattr(limits, "take_call", lambda **_: Wait(60, "day"))
        goes(bill.firm)
    assert (SyncBatch.objects.count() - before, job_of(bill).state) == (1, State.WAITING)


@pytest.mark.parametrize("status", [503, 404])
def test_a_reading_that_failed_is_among_the_attempts_and_nothing_is_watched(
    bill: Invoice, xero: Xero, status: int
) -> None:
    """Of a list 404 is no answer of Xero's: the bill is not gone by it."""
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    xero.fault(kind="status", status=status, method="GET", path="Invoices")
    goes(bill.firm)
    job = job_of(bill)
    last = job.sync_attempts.latest("pk")
    assert (last.outcome, last.http_status, last.exception) == (Outcome.FAILED, status, "Unavailable")
    assert (job.state, job.watch_until) == (State.TRYING_AGAIN, None)
    works(bill.firm)
    assert fate(bill) == (State.IN_XERO, [])


def test_a_contact_that_says_it_was_merged_into_itself_is_not_followed_for_ever(client: Contact, xero: Xero) -> None:
    shelf = xero.server.xero.organisation(xero.organisation_id).contacts
    found = shelf.get(job_of(client).xero_id)
    assert found is not None
    shelf.put(replace(found, status="ARCHIVED", merged_to=found.contact_id))
    save_contact(client, city="Hobart")
    before = SyncBatch.objects.count()
    goes(client.firm)
    assert SyncBatch.objects.count() - before < 3


def test_a_line_that_only_xero_has_outlives_a_refusal_of_line_ids(bill: Invoice, xero: Xero) -> None:
    xero.act("add-line", invoice=NUMBER, description="Thank you")
    words = "Could not find line item(s) with the following id(s): 11111111-1111-1111-1111-111111111111"
    xero.fault(kind="refuse", method="POST", path="Invoices", messages=[words])
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    assert fate(bill) == (State.IN_XERO, [])
    texts = sorted(row["Description"] for row in xero.document(NUMBER)["LineItems"])
    assert texts == ["A, corrected", "B", "Thank you"]


@pytest.mark.parametrize("act", ["recoded", "text"])
def test_what_a_late_write_of_ours_undid_in_xero_is_shown_and_stays_shown(bill: Invoice, xero: Xero, act: str) -> None:
    price(bill, "200.00")
    xero.fault(kind="late", silence=0, seconds=3600, **POST)
    sync_batches(bill.firm, 1)
    if act == "recoded":
        xero.act("change-line", invoice=NUMBER, line=1, code="260")
    else:
        xero.act("add-line", invoice=NUMBER, description="Thank you")
    price(bill, "300.00")
    works(bill.firm)
    xero.work_late()
    for seconds in (61, 300):
        looks_again(bill.firm, seconds=seconds)
        assert fate(bill) == (State.IN_XERO, [])
        [note] = [row["text"] for row in job_of(bill).xero_record.notes if row["code"] == "changed-meanwhile"]
        assert ("Account of line 1 was “260”" if act == "recoded" else "was “Thank you”") in note


def test_lines_that_another_program_made_anew_as_they_were_are_still_the_same_lines(bill: Invoice, xero: Xero) -> None:
    for _ in range(2):
        row = xero.document(NUMBER)["LineItems"][0]
        figures = {"quantity": row["Quantity"], "price": row["UnitAmount"], "code": row["AccountCode"]}
        xero.act("add-line", invoice=NUMBER, description=row["Description"], tax_type=row["TaxType"], **figures)
        xero.act("remove-line", invoice=NUMBER, line=1)
    xero.act("track-line", invoice=NUMBER, line=2, category="Region", option="North")
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    assert fate(bill) == (State.IN_XERO, [])
    assert tracking_in_xero(xero) == {"A, corrected": [], "B": ["North"]}


def test_what_is_kept_in_xero_stays_noted_when_a_save_changes_nothing(bill: Invoice, xero: Xero) -> None:
    xero.act("change-invoice", invoice=NUMBER, due="2027-01-31")
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    before = job_of(bill).xero_record.notes
    save_bill(bill)
    works(bill.firm)
    assert [row["code"] for row in before] == ["kept-in-xero"]
    assert job_of(bill).xero_record.notes == before


def test_a_reading_from_before_our_last_write_does_not_make_a_bill_gone(client: Contact, xero: Xero) -> None:
    bill = bill_in_xero(client)
    xero.fault(kind="stale", seconds=60, method="GET", path="Invoices")
    save_bill(bill, due_date=bill.due_date + timedelta(days=3))
    works(client.firm)
    assert fate(bill) == (State.IN_XERO, [])


def test_going_back_to_what_was_agreed_on_does_not_hide_an_amount_that_xero_has_otherwise(
    bill: Invoice, xero: Xero
) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, price=120)
    price(bill, "130.00")
    works(bill.firm)
    assert fate(bill) == (State.NEEDS_YOU, ["bill-changed-in-xero"])
    price(bill, "100.00")
    works(bill.firm)
    assert fate(bill) == (State.NEEDS_YOU, ["bill-changed-in-xero"])


def test_the_totals_of_a_bill_that_waits_for_a_decision_are_those_read_in_xero(bill: Invoice, xero: Xero) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, price=120)
    save_bill(bill, lines={"B": {"description": "B, corrected"}})
    works(bill.firm)
    assert fate(bill) == (State.NEEDS_YOU, ["bill-changed-in-xero"])
    record = job_of(bill).xero_record
    assert (record.subtotal, record.tax, record.total) == (Decimal("220.00"), Decimal("22.00"), Decimal("242.00"))
    page = words(signed_in(staff_of(bill.firm)).get(f"/{bill.firm.slug}/invoices/{bill.pk}/"))
    assert "Not the same: subtotal, tax, total." in page
    assert "Read in Xero at" in page
