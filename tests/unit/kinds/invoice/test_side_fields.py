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


def test_the_tax_of_a_line_is_a_field_where_it_is_stated() -> None:
    seen = replace(SEEN, lines=(replace(LINE, tax_amount=Decimal("10.010")), replace(LINE, line_item_id="b")))
    assert fields_in_xero(seen, stated={"a"})["line.a.tax_amount"] == "10.01"
    assert not [name for name in fields_in_xero(seen) if name.endswith("tax_amount")]
    rows = [{"Description": "One", "TaxAmount": Decimal(0)}, {"Description": "Two"}]
    fields = fields_of({"LineItems": rows}, ["a", "b"])
    assert fields["line.a.tax_amount"] == "0", "no tax at all is stated too"
    assert "line.b.tax_amount" not in fields


def test_lines_that_differ_in_their_stated_tax_alone_are_not_taken_for_each_other() -> None:
    taxes = {"a": Decimal("10.00"), "b": Decimal("10.01")}
    lines = tuple(replace(LINE, line_item_id=at, tax_amount=tax) for at, tax in taxes.items())
    row = {"Description": "Advice here", "Quantity": 2, "UnitAmount": 50, "TaxType": "OUTPUT"}
    rows = [{**row, "TaxAmount": Decimal("10.01")}, {**row, "TaxAmount": Decimal("10.00")}]
    assert place_lines(rows, replace(SEEN, lines=lines), loose={"a", "b"}) == ["b", "a"]


def test_all_lines_can_be_one_field() -> None:
    assert fields_in_xero(SEEN, whole=True)["lines"] == "Advice here, 2 50, OUTPUT"


def test_a_line_without_an_id_is_found_by_its_content_among_the_loose_ones_only() -> None:
    row = {"Description": "Advice here", "Quantity": 2, "UnitAmount": 50}
    assert place_lines([row], SEEN, loose={"a"}) == ["a"]
    assert place_lines([row], SEEN, loose=set()) == [""]
    assert place_lines([{**row, "LineItemID": "q"}], SEEN, loose={"a"}) == ["q"]
