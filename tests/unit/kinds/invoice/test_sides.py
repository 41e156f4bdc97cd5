"""What of a bill is sent by an update, and what stays as it is in Xero."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_ON, BILL, BOOKS, COSTS, LINE
from xero_sync.domain.three_sides import OURS as HERE
from xero_sync.domain.three_sides import XEROS, Compared, Sent
from xero_sync.kinds.invoice.in_xero import InvoiceInXero, LineInXero, TrackingInXero
from xero_sync.kinds.invoice.mapping import map_invoice
from xero_sync.kinds.invoice.sides import SIDES

OURS = replace(
    BILL,
    xero_id="bill-1",
    xero_status="AUTHORISED",
    lines=(replace(LINE, line_item_id="line-1"), replace(COSTS, line_item_id="line-2")),
)
NORTH = (TrackingInXero(category_id="region", category="Region", option_id="north", option="North"),)


def payload_of(bill: Any) -> dict[str, Any]:
    return map_invoice(bill, preferences=ALL_ON, books=BOOKS).payload


def in_xero(bill: Any = OURS, **changes: Any) -> InvoiceInXero:
    return replace(InvoiceInXero.from_xero({**payload_of(bill), "Status": "AUTHORISED"}), **changes)


def with_line(place: int, **changes: Any) -> InvoiceInXero:
    lines = list(in_xero().lines)
    lines[place] = replace(lines[place], **changes)
    return in_xero(lines=tuple(lines))


def compare(bill: Any, agreed: InvoiceInXero | None, seen: InvoiceInXero, *bodies: Any, **given: Any) -> Compared:
    known = given.get("known", {})
    unconfirmed = [body if isinstance(body, Sent) else Sent(element=body) for body in bodies]
    return SIDES.compare(payload_of(bill), agreed, known, seen, unconfirmed, False, given.get("again", False))


def corrected(word: str = "Advice, corrected") -> Any:
    return replace(OURS, lines=(replace(OURS.lines[0], description=word), OURS.lines[1]))


def sent_lines(compared: Compared) -> list[dict[str, Any]]:
    assert compared.payload is not None
    lines: list[dict[str, Any]] = compared.payload["LineItems"]
    return lines


def stopped(compared: Compared) -> list[str]:
    return [each.field for each in compared.comparison.stopped]


def test_a_bill_that_xero_has_already_is_not_sent() -> None:
    assert compare(OURS, in_xero(), in_xero()).payload is None


def test_a_due_date_that_was_changed_here_goes_alone() -> None:
    found = compare(replace(OURS, due_date=date(2026, 9, 1)), in_xero(), in_xero())
    assert found.payload == {"InvoiceID": "bill-1", "DueDate": "2026-09-01"}


def test_a_corrected_line_goes_with_the_account_and_the_tracking_that_a_bookkeeper_gave_it() -> None:
    found = compare(corrected(), in_xero(), with_line(0, account_code="260", tracking=NORTH))
    first, second = sent_lines(found)
    assert (first["LineItemID"], first["Description"], first["AccountCode"]) == ("line-1", "Advice, corrected", "260")
    assert first["Tracking"] == [
        {"TrackingCategoryID": "region", "Name": "Region", "TrackingOptionID": "north", "Option": "North"}
    ]
    assert second["LineItemID"] == "line-2"
    assert [each.field for each in found.comparison.kept] == ["line.line-1.account_code"]


def test_a_line_that_only_xero_has_goes_back_whole() -> None:
    text = LineInXero(line_item_id="line-9", description="Thank you", account_code="200")
    found = compare(corrected(), in_xero(), in_xero(lines=(*in_xero().lines, text)))
    assert sent_lines(found)[-1] == {"LineItemID": "line-9", "Description": "Thank you", "AccountCode": "200"}


def test_a_line_that_was_removed_here_is_left_out() -> None:
    found = compare(replace(OURS, lines=OURS.lines[:1]), in_xero(), in_xero())
    assert [row["LineItemID"] for row in sent_lines(found)] == ["line-1"]


def test_a_new_line_goes_without_an_id() -> None:
    found = compare(replace(OURS, lines=(*OURS.lines, replace(LINE, line_id=13))), in_xero(), in_xero())
    assert ["LineItemID" in row for row in sent_lines(found)] == [True, True, False]


@pytest.mark.parametrize(
    "changes",
    [{"unit_amount": Decimal(60)}, {"quantity": Decimal(3)}, {"tax_type": "NONE"}, {"discount_amount": Decimal(1)}],
)
def test_an_amount_that_was_changed_in_xero_stops_the_bill(changes: dict[str, Any]) -> None:
    assert stopped(compare(corrected(), in_xero(), with_line(0, **changes))) == [f"line.line-1.{next(iter(changes))}"]


def test_tax_that_was_set_by_hand_stops_the_bill_and_tax_that_follows_from_a_price_is_one_difference() -> None:
    agreed = with_line(0, tax_amount=Decimal(10))
    by_hand = with_line(0, tax_amount=Decimal(11))
    assert stopped(compare(corrected(), agreed, by_hand)) == ["line.line-1.tax_amount"]
    dearer = with_line(0, tax_amount=Decimal(12), unit_amount=Decimal(60))
    assert stopped(compare(corrected(), agreed, dearer)) == ["line.line-1.unit_amount"]


def test_tax_that_was_taken_away_by_hand_stops_the_bill() -> None:
    agreed, without = with_line(0, tax_amount=Decimal(10)), with_line(0, tax_amount=Decimal(0))
    assert stopped(compare(corrected(), agreed, without)) == ["line.line-1.tax_amount"]
    assert not stopped(compare(corrected(), with_line(0, tax_amount=None), without))


STATED = replace(OURS, lines=(replace(OURS.lines[0], stated_tax=Decimal("10.01")), OURS.lines[1]))


def stated(**changes: Any) -> InvoiceInXero:
    return with_line(0, **{"tax_amount": Decimal("10.01"), **changes})


def test_a_stated_tax_that_xero_has_is_not_sent_again() -> None:
    assert compare(STATED, stated(), stated()).payload is None


def test_a_stated_tax_goes_with_its_line_whatever_of_the_line_was_changed() -> None:
    first = replace(STATED.lines[0], description="Advice, corrected")
    found = compare(replace(STATED, lines=(first, STATED.lines[1])), stated(), stated())
    assert [row.get("TaxAmount") for row in sent_lines(found)] == [Decimal("10.01"), None]


def test_a_stated_tax_that_xero_has_not_got_yet_is_sent() -> None:
    agreed = with_line(0, tax_amount=Decimal(10))
    found = compare(STATED, agreed, agreed)
    assert found.comparison.changed == {"line.line-1.tax_amount"}
    assert sent_lines(found)[0]["TaxAmount"] == Decimal("10.01")


def test_another_tax_than_the_stated_one_stops_the_bill() -> None:
    assert stopped(compare(STATED, stated(), stated(tax_amount=Decimal(11)))) == ["line.line-1.tax_amount"]


def test_tax_that_follows_from_another_price_in_xero_is_one_difference_where_a_tax_is_stated_too() -> None:
    dearer = stated(tax_amount=Decimal(12), unit_amount=Decimal(60))
    assert stopped(compare(STATED, stated(), dearer)) == ["line.line-1.unit_amount"]


def test_no_stated_tax_goes_with_a_price_that_a_person_left_as_it_is_in_xero() -> None:
    dearer = stated(tax_amount=Decimal(12), unit_amount=Decimal(60))
    known = {"line.line-1.unit_amount": {HERE: "50", XEROS: "60"}}
    first = replace(STATED.lines[0], description="Advice, corrected")
    found = compare(replace(STATED, lines=(first, STATED.lines[1])), stated(), dearer, known=known)
    assert found.comparison.changed == {"line.line-1.description"}
    assert (sent_lines(found)[0]["UnitAmount"], "TaxAmount" in sent_lines(found)[0]) == (60, False)


def test_a_tax_that_is_computed_from_now_on_is_left_to_xero() -> None:
    more = replace(OURS, lines=(replace(OURS.lines[0], quantity=Decimal(3)), OURS.lines[1]))
    first, _ = sent_lines(compare(more, stated(), stated()))
    assert (first["Quantity"], "TaxAmount" in first) == (3, False)


def test_a_stated_tax_of_an_unanswered_write_is_ours() -> None:
    agreed = with_line(0, tax_amount=Decimal(10))
    found = compare(STATED, agreed, stated(), payload_of(STATED))
    assert (found.payload, stopped(found)) == (None, [])


def test_a_tax_that_a_person_left_as_it_is_in_xero_stays_in_xero() -> None:
    by_hand = stated(tax_amount=Decimal("10.50"))
    known = {"line.line-1.tax_amount": {HERE: "10.01", XEROS: "10.5"}}
    assert compare(STATED, stated(), by_hand, known=known).payload is None
    first = replace(STATED.lines[0], description="Advice, corrected")
    found = compare(replace(STATED, lines=(first, STATED.lines[1])), by_hand, by_hand, known=known)
    assert sent_lines(found)[0]["TaxAmount"] == Decimal("10.50")


def test_a_stated_tax_of_a_linked_bill_is_compared_with_xeros() -> None:
    new = replace(STATED, lines=(replace(LINE, stated_tax=Decimal("10.01")), COSTS))
    assert compare(new, None, stated()).comparison.kept == ()
    [kept] = compare(new, None, with_line(0, tax_amount=Decimal(10))).comparison.kept
    assert (kept.field, kept.here, kept.in_xero) == ("line.line-1.tax_amount", "10.01", "10")


def test_a_stated_tax_that_xero_did_not_take_is_known_to_differ() -> None:
    ids = ["line-1", "line-2"]
    assert SIDES.note_known(payload_of(STATED), ids, stated(), []) == {}
    recoded = SIDES.note_known(payload_of(STATED), ids, stated(account_code="260"), [])
    assert recoded == {"line.line-1.account_code": {HERE: "200"}}
    computed = with_line(0, tax_amount=Decimal(10))
    known = SIDES.note_known(payload_of(STATED), ids, computed, [])
    assert known == {"line.line-1.tax_amount": {HERE: "10.01"}}
    assert compare(STATED, computed, computed, known=known).payload is None


def test_a_line_with_an_amount_that_was_added_or_removed_in_xero_stops_the_bill() -> None:
    courier = LineInXero(line_item_id="line-9", description="Courier", quantity=Decimal(1), unit_amount=Decimal(45))
    assert stopped(compare(corrected(), in_xero(), in_xero(lines=(*in_xero().lines, courier)))) == ["line.line-9"]
    assert stopped(compare(corrected(), in_xero(), in_xero(lines=in_xero().lines[:1]))) == ["line.line-2"]


def test_a_new_line_of_an_unanswered_write_is_ours() -> None:
    body = payload_of(replace(OURS, lines=(*OURS.lines, replace(LINE, line_id=13, description="More"))))
    arrived = LineInXero(line_item_id="line-3", description="More", quantity=Decimal(2), unit_amount=Decimal(50))
    seen = in_xero(lines=(*in_xero().lines, arrived))
    again = replace(OURS, lines=(*OURS.lines, replace(LINE, line_id=13, description="More")))
    assert compare(again, in_xero(), seen, body).ids == ("line-1", "line-2", "line-3")
    without = compare(OURS, in_xero(), seen, body)
    assert [row["LineItemID"] for row in sent_lines(without)] == ["line-1", "line-2"]
    assert not without.comparison.stopped


def test_all_lines_of_a_bill_that_were_replaced_here_are_one_by_one_where_an_answer_was_lost() -> None:
    """The lines of the lost write have no ids here, and Xero has the new ones first."""
    agreed, more = in_xero(), replace(LINE, line_id=13, description="More")
    body = payload_of(replace(OURS, lines=(*OURS.lines, more)))
    arrived = LineInXero(
        line_item_id="line-3", description="More", quantity=Decimal(2), unit_amount=Decimal(50), tracking=NORTH
    )
    seen = in_xero(lines=(arrived, *in_xero().lines))
    found = compare(replace(OURS, lines=(more,)), agreed, seen, body)
    assert not found.comparison.stopped
    assert [(row["LineItemID"], row.get("Tracking") is not None) for row in sent_lines(found)] == [("line-3", True)]
    newer = compare(replace(OURS, lines=(more, replace(LINE, line_id=14, description="Newest"))), agreed, seen, body)
    assert [row.get("LineItemID") for row in sent_lines(newer)] == ["line-3", None]
    changed = in_xero(lines=(arrived, replace(agreed.lines[0], unit_amount=Decimal(60)), agreed.lines[1]))
    assert stopped(compare(replace(OURS, lines=(more,)), agreed, changed, body)) == ["line.line-1.unit_amount"]


def test_lines_of_a_linked_bill_that_do_not_correspond_stay_as_they_are() -> None:
    new = replace(OURS, lines=(LINE, COSTS))
    other = in_xero(lines=(LineInXero(line_item_id="x", description="By hand", quantity=Decimal(1)),))
    found = compare(new, None, other)
    assert (found.payload, found.stays_apart) == (None, True)
    assert [each.field for each in found.comparison.kept] == ["lines"]
    # Their amounts differ for that very reason.
    assert compare(new, None, other, again=True).payload is None


def test_an_account_that_was_changed_here_goes_with_all_lines_where_they_do_not_correspond_once_a_person_said_so() -> (
    None
):
    other = in_xero(lines=(LineInXero(line_item_id="x", description="By hand", quantity=Decimal(1)),))
    first = replace(OURS, lines=(LINE, COSTS))
    known = SIDES.note_known(payload_of(first), ["", ""], other, ["lines"])
    assert compare(first, other, other, known=known).payload is None
    second = replace(first, lines=(replace(LINE, is_expense=True, category="Couriers", category_account="404"), COSTS))
    asked = compare(second, other, other, known=known)
    assert (asked.payload, [each.field for each in asked.comparison.stopped]) == (None, ["lines"])
    theirs = known["lines"]["xeros"]
    sent = sent_lines(compare(second, other, other, known={"lines": {"ours": theirs, "xeros": theirs}}))
    assert sent[0]["AccountCode"] == "405"


def test_lines_of_a_linked_bill_that_correspond_are_known_from_then_on() -> None:
    found = compare(replace(OURS, lines=(LINE, COSTS)), None, in_xero())
    assert (found.payload, found.ids) == (None, ("line-1", "line-2"))


def test_lines_go_again_where_xero_computed_other_amounts_from_them() -> None:
    assert len(sent_lines(compare(OURS, in_xero(), in_xero(), again=True))) == 2


def test_lines_do_not_go_again_where_a_person_accepted_the_amount_in_xero() -> None:
    dearer = with_line(0, unit_amount=Decimal(60), tax_amount=Decimal(11))
    known = SIDES.note_known(payload_of(OURS), ["line-1", "line-2"], dearer, ["line.line-1.unit_amount"])
    assert compare(OURS, dearer, dearer, known=known, again=True).payload is None


def test_a_void_bill_is_voided_whatever_it_says_in_xero() -> None:
    found = compare(replace(OURS, state="VOID"), in_xero(), with_line(0, unit_amount=Decimal(60)))
    assert found.payload == {"InvoiceID": "bill-1", "Status": "VOIDED"}


def test_a_bill_that_was_voided_or_deleted_in_xero_has_ended() -> None:
    assert [SIDES.has_ended(in_xero(status=each)) for each in ("VOIDED", "DELETED", "AUTHORISED", "PAID")] == [
        True,
        True,
        False,
        False,
    ]


def test_after_a_write_the_kept_fields_are_known() -> None:
    known = SIDES.note_known(
        payload_of(OURS), ["line-1", "line-2"], with_line(0, account_code="260"), ["line.line-1.account_code"]
    )
    assert known == {"line.line-1.account_code": {HERE: "200", XEROS: "260"}}
