"""A bill that somebody else entered in Xero in other lines: a person decides before ours take their place."""

import pytest
from django.db.models import Q
from django.utils import timezone

from billing.models import Invoice
from firms.models import Firm, User
from tests.integration.xero_sync.both_sides import (
    NUMBER,
    client_in_xero,
    fate,
    new_bill,
    save_bill,
    tracking_in_xero,
    works,
)
from tests.xero import Xero, job_of
from xero_sync import outbox
from xero_sync.actions import decide_sides
from xero_sync.actions.decide_sides import SideChoice
from xero_sync.domain.side_decisions import SideDecision
from xero_sync.domain.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P10")]
THEIRS = {"By the bookkeeper": ["North"]}


@pytest.fixture
def adopted(connected: Firm, xero: Xero) -> Invoice:
    """A bill of two lines that a bookkeeper entered as one, with tracking."""
    client = client_in_xero(connected)
    line = {"Description": "By the bookkeeper", "Quantity": 1, "UnitAmount": 200, "AccountCode": "200"}
    contact = {"ContactID": job_of(client).xero_id}
    head = {"InvoiceNumber": NUMBER, "Status": "AUTHORISED", "Date": "2026-07-01", "DueDate": "2026-07-15"}
    xero.act("enter-invoice", **head, Contact=contact, LineItems=[line])
    xero.act("track-line", invoice=NUMBER, line=1, category="Region", option="North")
    bill = new_bill(client)
    works(connected)
    assert (fate(bill), tracking_in_xero(xero)) == ((State.IN_XERO, []), THEIRS)
    return bill


def correct_a_word(bill: Invoice) -> None:
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)


def decide(bill: Invoice, admin: User, decision: SideDecision) -> None:
    chosen = Q(pk=job_of(bill).pk)
    decide_sides.decide_document(
        firm=bill.firm,
        actor=admin,
        is_admin=True,
        job=job_of(bill),
        choice=SideChoice(by_field={"lines": decision}, reason="As agreed"),
        seen=outbox.select_changed(firm=bill.firm, chosen=chosen).name,
        now=timezone.now(),
    )
    works(bill.firm)


def test_a_word_that_is_corrected_here_replaces_no_line_of_the_bookkeepers(adopted: Invoice, xero: Xero) -> None:
    correct_a_word(adopted)
    assert fate(adopted) == (State.NEEDS_YOU, ["bill-changed-in-xero"])
    assert tracking_in_xero(xero) == THEIRS


def test_what_is_no_line_goes_without_a_question(adopted: Invoice, xero: Xero) -> None:
    save_bill(adopted, due_date=adopted.due_date.replace(year=2029))
    works(adopted.firm)
    assert (fate(adopted), tracking_in_xero(xero)) == ((State.IN_XERO, []), THEIRS)


@pytest.mark.parametrize(
    ("decision", "texts"),
    [
        (SideDecision.SEND_OURS, ["A, corrected", "B"]),
        (SideDecision.ACCEPT_XEROS, list(THEIRS)),
        (SideDecision.LEAVE, list(THEIRS)),
    ],
)
def test_a_person_decides_once_whose_lines_stand_in_xero(
    adopted: Invoice, xero: Xero, admin: User, decision: SideDecision, texts: list[str]
) -> None:
    correct_a_word(adopted)
    decide(adopted, admin, decision)
    assert (fate(adopted), sorted(tracking_in_xero(xero))) == ((State.IN_XERO, []), texts)
    save_bill(adopted)
    works(adopted.firm)
    assert (fate(adopted), sorted(tracking_in_xero(xero))) == ((State.IN_XERO, []), texts)
