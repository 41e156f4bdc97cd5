"""A bill as flat fields."""

from dataclasses import replace
from decimal import Decimal

from tests.unit.kinds.documents import ALL_ON, BILL, BOOKS
from xero_sync.kinds.invoice.in_xero import InvoiceInXero, LineInXero
from xero_sync.kinds.invoice.mapping import map_invoice
from xero_sync.kinds.invoice.side_fields import fields_in_xero, fields_of, has_amount, line_field, place_lines

LINE = LineInXero(
    line_item_id="a",
    description="Advice  here",
    quantity=Decimal("2.00"),
    unit_amount=Decimal("50.0"),
    tax_type="OUTPUT",
)
SEEN = InvoiceInXero(xero_id="1", number="10421", contact_id="ABC", lines=(LINE,))


def test_numbers_and_blanks_compare_as_xero_would_call_them_equal() -> None:
    fields = fields_in_xero(SEEN)
    assert (fields["line.a.quantity"], fields["line.a.unit_amount"], fields["contact_id"]) == ("2", "50", "abc")
    assert fields["line.a.description"] == "Advice here"


def test_a_line_has_an_amount_or_is_a_text() -> None:
    text = replace(LINE, line_item_id="b", quantity=None, unit_amount=None)
    fields = fields_in_xero(replace(SEEN, lines=(LINE, text)))
    assert [has_amount(fields[line_field(each)]) for each in ("a", "b")] == [True, False]


def test_a_payload_names_the_fields_it_sends_and_denies_the_lines_that_are_not_its_own() -> None:
    payload = map_invoice(replace(BILL, xero_id="1"), preferences=ALL_ON, books=BOOKS).payload
    fields = fields_of(payload, ["a"], others={"a", "z"})
    assert (fields["line.z"], fields["line.a.description"]) == ("", "Advice")
    assert "line.a.item_code" not in fields
    assert set(fields_of({"DueDate": "2026-11-03"}, [])) == {"due"}


def test_all_lines_can_be_one_field() -> None:
    assert fields_in_xero(SEEN, whole=True)["lines"] == "Advice here, 2 50, OUTPUT"


def test_a_line_without_an_id_is_found_by_its_content_among_the_loose_ones_only() -> None:
    row = {"Description": "Advice here", "Quantity": 2, "UnitAmount": 50}
    assert place_lines([row], SEEN, loose={"a"}) == ["a"]
    assert place_lines([row], SEEN, loose=set()) == [""]
    assert place_lines([{**row, "LineItemID": "q"}], SEEN, loose={"a"}) == ["q"]
