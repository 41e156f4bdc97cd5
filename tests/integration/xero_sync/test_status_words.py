"""The nine states say what happens next and who acts, in the firm's own time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from billing.models import Invoice
from firms.models import Firm
from tests.factories import InvoiceFactory
from tests.outcomes import ARCHIVED, LOCKED, NAME_TAKEN, UNREACHABLE, arrived, bills_end, connect, contacts_end, settle
from tests.xero import job_of
from xero_sync.domain.errors import Fault
from xero_sync.domain.notes import Note
from xero_sync.domain.states import Event, State
from xero_sync.facts import status
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import BillSyncSettings, SyncJob, SyncLane, XeroConnection

pytestmark = pytest.mark.django_db

NOON_IN_SYDNEY = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)


@pytest.fixture
def connection(firm: Firm) -> XeroConnection:
    return connect(firm)


def shown(invoice: Invoice) -> status.DocumentState:
    return status.read_states(firm=invoice.firm, kind=INVOICE.code, ids=[invoice.pk])[invoice.pk]


def test_a_bill_in_line_goes_within_seconds(firm: Firm, connection: XeroConnection) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    assert shown(bill).state == State.WAITING
    assert shown(bill).sentence == f"In line after its contact {bill.contact.name}."
    settle(firm, connection, bills_end(UNREACHABLE, event=Event.DEFERRED, due_at=timezone.now() + timedelta(seconds=9)))
    assert shown(bill).sentence == "In line. Goes within seconds."


def test_a_bill_that_waits_for_the_daily_limit_names_the_time(firm: Firm, connection: XeroConnection) -> None:
    with time_machine.travel(NOON_IN_SYDNEY, tick=False):
        bill = InvoiceFactory(firm=firm, approved=True)
        settle(firm, connection, bills_end(UNREACHABLE, event=Event.DEFERRED, due_at=timezone.now() + timedelta(9)))
        SyncLane.objects.filter(firm=firm).update(not_before=timezone.now() + timedelta(hours=2), waits_for="day")
        assert shown(bill).sentence == "Xero’s daily limit is used up. Goes at 14:00."


def test_a_draft_says_why_it_is_not_sent(firm: Firm, connection: XeroConnection) -> None:
    words = shown(InvoiceFactory(firm=firm))
    assert (words.state, words.sentence) == (
        State.NOT_SENT,
        "Drafts are not sent while “only approved bills” is on.",
    )


def test_a_bill_in_xero_matches_as_of_a_time_of_the_firm(firm: Firm, connection: XeroConnection) -> None:
    with time_machine.travel(NOON_IN_SYDNEY, tick=False):
        bill = InvoiceFactory(firm=firm, approved=True)
        settle(firm, connection)
        assert shown(bill).sentence == "Matches Xero as of 12:00."
    with time_machine.travel(NOON_IN_SYDNEY + timedelta(days=1), tick=False):
        assert shown(bill).sentence == "Matches Xero as of 18 Nov, 12:00."


def test_a_bill_in_xero_with_notes_says_the_first_and_how_many_more(firm: Firm, connection: XeroConnection) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    notes = (Note("a", "The address was left out"), Note("b", "The text was cut."))
    settle(firm, connection, lambda job: arrived(job, notes=notes if job.kind == INVOICE.code else ()))
    words = shown(bill)
    assert (words.label, words.sentence) == ("In Xero, with notes", "The address was left out. And 1 more.")


def test_a_bill_that_is_tried_again_names_the_next_time(firm: Firm, connection: XeroConnection) -> None:
    with time_machine.travel(NOON_IN_SYDNEY, tick=False):
        bill = InvoiceFactory(firm=firm, approved=True)
        due = timezone.now() + timedelta(minutes=5)
        settle(firm, connection, bills_end(UNREACHABLE, event=Event.FAILED, due_at=due))
        assert (shown(bill).state, shown(bill).sentence) == (
            State.TRYING_AGAIN,
            "Xero did not answer. Next try 12:05.",
        )


def test_a_bill_without_an_answer_is_looked_up_first(firm: Firm, connection: XeroConnection) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    due = timezone.now() + timedelta(minutes=5)
    settle(
        firm, connection, bills_end(Fault("", code="no-answer", source="transport"), event=Event.UNKNOWN, due_at=due)
    )
    assert shown(bill).state == State.CHECKING
    assert shown(bill).sentence == "Sent, but no answer came back. Asking Xero before sending again."


def test_a_refused_bill_links_to_what_puts_it_right(firm: Firm, connection: XeroConnection) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    words = shown(bill)
    assert (words.state, words.sentence) == (State.NEEDS_YOU, "Account 420 was archived or deleted in Xero.")
    assert words.link is not None
    assert words.link.label == "Choose another account"
    cause = job_of(bill).cause_id
    assert words.link.url == f"/{firm.slug}/needs-you/?cause={cause}#cause-{cause}"


def test_a_bill_in_a_locked_period_is_on_hold_and_links_to_its_date(firm: Firm, connection: XeroConnection) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(LOCKED, event=Event.HELD, hold="cause"))
    words = shown(bill)
    assert words.state == State.ON_HOLD
    assert "locked up to 15-Nov-2026" in words.sentence
    assert words.link is not None
    assert words.link.url == f"/{firm.slug}/invoices/{bill.pk}/edit/#id_issue_date"


def test_a_bill_held_by_its_contact_names_and_links_the_contact(firm: Firm, connection: XeroConnection) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, contacts_end(NAME_TAKEN))
    words = shown(bill)
    assert words.sentence == f"Its contact {bill.contact.name} has to get into Xero first."
    assert words.link is not None
    assert words.link.url == f"/{firm.slug}/contacts/{bill.contact_id}/"


@pytest.mark.parametrize(
    ("change", "words", "anchor"),
    [
        ({"enabled": False}, "Bill syncing is switched off. Goes once a firm admin switches it on.", "syncing"),
        ({"confirmed_at": None}, "Goes once a firm admin has confirmed the first send.", "first-send"),
        ({"paused_at": NOON_IN_SYDNEY, "paused_by": "Ann"}, "Bill syncing is paused by Ann.", "syncing"),
    ],
)
def test_what_holds_the_whole_firm_is_said_with_who_ends_it(
    firm: Firm, connection: XeroConnection, change: dict[str, Any], words: str, anchor: str
) -> None:
    BillSyncSettings.objects.filter(firm=firm).update(**change)
    bill = InvoiceFactory(firm=firm, approved=True)
    status = shown(bill)
    assert status.state == State.ON_HOLD
    assert status.sentence.startswith(words)
    assert status.link is not None
    assert status.link.url == f"/{firm.slug}/settings/bill-syncing/#{anchor}"


def test_a_bill_of_an_unconnected_firm_goes_once_somebody_connects(firm: Firm) -> None:
    status = shown(InvoiceFactory(firm=firm, approved=True))
    assert (status.state, status.sentence) == (State.ON_HOLD, "Goes once a firm admin connects Xero.")


def test_a_bill_from_before_bill_syncing_says_how_to_send_it(firm: Firm, connection: XeroConnection) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    SyncJob.objects.filter(kind=INVOICE.code).delete()
    assert shown(bill).sentence == "Saved before bill syncing. Save it once more to send it."


def test_every_state_has_a_label_for_its_tab() -> None:
    missing = {state.value for state in State} - set(status.LABELS)
    assert not missing
    assert len(status.LABELS) == 9


def test_any_number_of_bills_is_one_query(
    firm: Firm, connection: XeroConnection, django_assert_num_queries: Any
) -> None:
    bills = [InvoiceFactory(firm=firm, approved=True) for _ in range(6)]
    settle(firm, connection, bills_end(ARCHIVED))
    with django_assert_num_queries(1):
        found = status.read_states(firm=firm, kind=INVOICE.code, ids=[bill.pk for bill in bills])
    assert len(found) == 6
