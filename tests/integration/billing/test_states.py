"""A bill's way from draft to approved or void."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from billing import services
from billing.models import Invoice, InvoiceState
from billing.services import LEGAL_MOVES, EditConflict, InvoiceValues, Refused
from firms.models import AuditEvent, Firm
from tests.factories import InvoiceFactory, time_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

DRAFT, AWAITING, APPROVED, VOID = InvoiceState
MOVES: dict[InvoiceState, Callable[..., Invoice]] = {
    DRAFT: services.return_to_draft,
    AWAITING: services.submit,
    APPROVED: services.approve,
    VOID: services.void,
}
LEGAL = {
    (DRAFT, AWAITING),
    (DRAFT, APPROVED),
    (DRAFT, VOID),
    (AWAITING, DRAFT),
    (AWAITING, APPROVED),
    (AWAITING, VOID),
    (APPROVED, VOID),
}


def bill_in(firm: Firm, state: InvoiceState) -> Invoice:
    invoice: Invoice = InvoiceFactory(firm=firm)
    if state is DRAFT:
        return invoice
    return MOVES[state](firm=firm, actor=None, invoice=invoice, expected_version=1)


@pytest.mark.parametrize("start", list(InvoiceState))
@pytest.mark.parametrize("end", list(InvoiceState))
def test_only_the_legal_moves_are_made(firm: Firm, start: InvoiceState, end: InvoiceState) -> None:
    invoice = bill_in(firm, start)
    move = MOVES[end]
    if (start, end) in LEGAL:
        assert move(firm=firm, actor=None, invoice=invoice, expected_version=invoice.version).state == end
    else:
        with pytest.raises(Refused):
            move(firm=firm, actor=None, invoice=invoice, expected_version=invoice.version)
        invoice.refresh_from_db()
        assert invoice.state == start


def test_the_table_says_the_same() -> None:
    assert {(start, end) for start, ends in LEGAL_MOVES.items() for end in ends} == LEGAL


def test_a_void_bill_cannot_be_edited(firm: Firm) -> None:
    invoice = bill_in(firm, VOID)
    with pytest.raises(Refused, match="A void bill stays as it is"):
        services.save_invoice(
            firm=firm,
            actor=None,
            invoice=invoice,
            expected_version=invoice.version,
            values=InvoiceValues(contact_id=invoice.contact_id, issue_date=invoice.issue_date),
            lines=[time_line()],
        )


def test_a_bill_without_lines_cannot_be_approved(firm: Firm) -> None:
    invoice = InvoiceFactory(firm=firm, lines=[])
    with pytest.raises(Refused, match="has no lines"):
        services.approve(firm=firm, actor=None, invoice=invoice, expected_version=1)


def test_a_bill_below_zero_cannot_be_approved(firm: Firm) -> None:
    invoice = InvoiceFactory(firm=firm, lines=[time_line(quantity=Decimal(-1))])
    with pytest.raises(Refused, match="below zero"):
        services.approve(firm=firm, actor=None, invoice=invoice, expected_version=1)


def test_an_approved_bill_cannot_lose_its_last_line(firm: Firm) -> None:
    invoice = bill_in(firm, APPROVED)
    with pytest.raises(Refused, match="at least one line"):
        services.save_invoice(
            firm=firm,
            actor=None,
            invoice=invoice,
            expected_version=invoice.version,
            values=InvoiceValues(contact_id=invoice.contact_id, issue_date=invoice.issue_date),
            lines=[],
        )


def test_a_bill_is_moved_as_it_was_seen(firm: Firm) -> None:
    invoice = bill_in(firm, AWAITING)
    with pytest.raises(EditConflict):
        services.approve(firm=firm, actor=None, invoice=invoice, expected_version=1)


def test_each_move_is_on_record(firm: Firm) -> None:
    bill_in(firm, APPROVED)
    event = AuditEvent.objects.get(action="invoice.approved")
    assert (event.before, event.after) == ({"state": "DRAFT"}, {"state": "APPROVED"})
