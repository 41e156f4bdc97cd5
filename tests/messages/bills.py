"""Messages about a bill: its number, its status in Xero, its lines."""

from typing import Any

from tests.messages.row import (
    Remedy,
    Row,
    bill_page_says,
    released,
    request_refused,
    retried,
    saved,
    sent_as_new,
    waited,
)
from tests.messages.world import Document, World, printed
from tests.xero import job_of
from xero_sync.domain.states import State

FIRST_LINE = "lines-0-"


def _entered(world: World, contact_id: str, price: int) -> None:
    world.act(
        "enter-invoice",
        InvoiceNumber="10417",
        Status="AUTHORISED",
        Date="2026-07-01",
        DueDate="2026-07-15",
        Contact={"ContactID": contact_id},
        LineItems=[{"Description": "By hand", "Quantity": 1, "UnitAmount": price, "AccountCode": "200"}],
    )


def _number_taken(world: World) -> Document:
    world.off("adopt_existing_invoices")
    contact = world.client()
    _entered(world, job_of(contact).xero_id, 100)
    bill = world.bill(contact, number="10417")
    world.syncs()
    return bill


def _found_but_differs(world: World) -> Document:
    contact = world.client()
    _entered(world, job_of(contact).xero_id, 99)
    bill = world.bill(contact, number="10417")
    world.syncs()
    return bill


def _renumber(world: World, bill: Document) -> None:
    world.edits(bill, number="10417-A")


def _edited_once_paid(world: World) -> Document:
    bill = world.bill_in_xero()
    world.act("payment", invoice=bill.number)
    world.describes(bill)
    world.syncs()
    return bill


def _edited_once_part_paid(world: World) -> Document:
    bill = world.bill_in_xero()
    world.act("payment", invoice=bill.number, amount="10")
    world.describes(bill)
    world.syncs()
    return bill


def _dated_anew_once_part_paid(world: World) -> Document:
    bill = world.bill_in_xero()
    world.act("payment", invoice=bill.number, amount="10")
    world.edits(bill, issue_date="2026-07-02")
    world.syncs()
    return bill


def _voided_once_part_paid(world: World) -> Document:
    bill = world.bill_in_xero()
    world.act("payment", invoice=bill.number, amount="10")
    _void_here(world, bill)
    world.syncs()
    return bill


def _void_here(world: World, bill: Document) -> None:
    world.person.opens(world.path("billing:invoice-void", bill.pk))
    world.person.presses("Void this bill")


def _edited_and_refused(code: str, remedy: Remedy = waited, **given: Any) -> Row:
    """Changed in Xero between our reading and our write, so that Xero refuses the write with these words."""

    def arrange(world: World) -> Document:
        bill = world.bill_in_xero()
        world.describes(bill)
        world.says(printed(code), method="POST")
        world.syncs()
        return bill

    return Row(code, arrange, remedy, by="words", **given)


def _unpay(world: World, bill: Document) -> None:
    world.act("remove-payments", invoice=bill.number)  # type: ignore[union-attr]
    world.retries(bill)


def _gone(world: World) -> Document:
    bill = world.bill_in_xero()
    world.act("forget-invoice", invoice=bill.number)
    world.describes(bill)
    world.syncs()
    return bill


def _voided_in_xero(world: World) -> Document:
    bill = world.bill_in_xero()
    world.act("void-invoice", invoice=bill.number)
    world.describes(bill)
    world.syncs()
    return bill


def _sent_as_new_under_another_number(world: World, document: Document) -> None:
    """Xero keeps the number of the voided one."""
    world.sends_as_new(document)
    world.syncs()
    world.edits(document, number=f"{document}-2")


def _plan_is_full(world: World) -> Document:
    bill = world.bill()
    world.act("approval-limit", limit="0")
    world.syncs()
    return bill


def _bigger_plan(world: World, bill: Document) -> None:
    world.act("approval-limit", limit="")
    world.presses_in_settings("Test now")


def _draft_without_lines(world: World) -> Document:
    world.off("only_approved")
    bill = world.bill(approved=False, lines=[])
    world.syncs()
    return bill


def _draft_below_zero(world: World) -> Document:
    world.off("only_approved")
    bill = world.bill(approved=False)
    world.edits(bill, **{f"{FIRST_LINE}unit_price": "-100.00"})
    world.syncs()
    return bill


def _price(world: World, bill: Document) -> None:
    world.edits(bill, **{f"{FIRST_LINE}unit_price": "120.00"})


def _first_line(world: World, bill: Document) -> None:
    line = {"kind": "TIME", "description": "Advice", "quantity": "1", "unit_price": "100.00"}
    world.edits(bill, **{f"{FIRST_LINE}{name}": value for name, value in line.items()})


ROWS = (
    Row("invoice-number-taken", _number_taken, _renumber),
    Row("found-but-differs", _found_but_differs, _renumber),
    Row("invoice-closed-in-xero", _edited_once_paid, _unpay),
    bill_page_says("status-not-for-creation"),
    _edited_and_refused("document-closed-in-xero", retried),
    Row("settled-in-xero", _edited_once_part_paid, _unpay),
    Row("void-with-payment", _voided_once_part_paid, _unpay),
    _edited_and_refused("status-with-payment", state=State.IN_XERO, seen="story"),
    Row("date-with-payment", _dated_anew_once_part_paid, _unpay),
    Row("missing-in-xero", _gone, sent_as_new),
    Row("voided-in-xero", _voided_in_xero, _sent_as_new_under_another_number),
    Row("plan-limit", _plan_is_full, _bigger_plan, State.ON_HOLD),
    bill_page_says("number-too-long"),
    Row("no-lines", _draft_without_lines, _first_line, by="here"),
    bill_page_says("description-missing"),
    bill_page_says("line-total-mismatch", released("line-total-mismatch")),
    bill_page_says("quantity-negative"),
    Row("negative-total", _draft_below_zero, _price, by="here"),
    bill_page_says("total-not-above-zero"),
    bill_page_says("lines-gone-in-xero", released("lines-gone-in-xero")),
    bill_page_says("discount-too-large"),
    bill_page_says("amount-too-large"),
    bill_page_says("text-too-long"),
    bill_page_says("due-date-missing"),
    bill_page_says("tax-too-large"),
    request_refused("character-not-allowed", saved),
    request_refused("xml-invalid", released("xml-invalid")),
    request_refused("json-invalid", released("json-invalid")),
    request_refused("number-format", saved),
    request_refused("key-reused", waited, state=State.TRYING_AGAIN),
    bill_page_says("request-refused", released("request-refused")),
)
