"""The differences between the sides of a bill, in words for people. Pure."""

from collections.abc import Sequence
from datetime import date

from xero_sync.domain.three_sides import Difference, FieldWords, part_of
from xero_sync.kinds.invoice.in_xero import InvoiceInXero, LineInXero
from xero_sync.kinds.invoice.side_fields import AMOUNT_LINE, TEXT_LINE

LABELS = {
    "number": "Number",
    "contact_id": "Client",
    "day": "Issue date",
    "due": "Due date",
    "reference": "Reference",
    "currency": "Currency",
    "amount_types": "Amounts with or without tax",
    "lines": "Lines",
}
DATES = frozenset({"day", "due"})
LINE_LABELS = {
    "description": "text",
    "quantity": "quantity",
    "unit_amount": "price",
    "discount_amount": "discount",
    "discount_rate": "discount in per cent",
    "account_code": "account",
    "tax_type": "tax type",
    "tax_amount": "tax",
    "item_code": "item",
}


def describe(
    differences: Sequence[Difference], agreed: InvoiceInXero | None, seen: InvoiceInXero | None
) -> list[FieldWords]:
    """The differences in words: a line is named by its place, and an added or removed one by its text and amount."""
    places = {line.line_item_id: at for at, line in enumerate(seen.lines if seen else (), 1)}
    lines = {line.line_item_id: line for side in (agreed, seen) if side for line in side.lines}
    contacts = {side.contact_id.lower(): side.contact for side in (agreed, seen) if side and side.contact}
    return [_in_words(each, places, lines, contacts) for each in differences]


def _in_words(
    each: Difference, places: dict[str, int], lines: dict[str, LineInXero], contacts: dict[str, str]
) -> FieldWords:
    part, name = part_of(each.field), each.field.rpartition(".")[2]
    line_item_id = part.rpartition(".")[2]
    values = [each.before, each.here, each.in_xero]
    if each.field == "contact_id":
        values = [contacts.get(value, "another contact") if value else "" for value in values]
    if each.field in DATES:
        values = [_day(value) for value in values]
    label = LABELS.get(each.field, each.field)
    if each.field.startswith("line."):
        place = f"Line {places[line_item_id]}" if line_item_id in places else "A line"
        label = place if part == each.field else f"{place}: {LINE_LABELS.get(name, name)}"
        values = [_line(value, lines.get(line_item_id)) for value in values] if part == each.field else values
    before, here, in_xero = values
    return FieldWords(field=each.field, label=label, before=before, here=here, in_xero=in_xero, both=each.both)


def _day(value: str) -> str:
    day = date.fromisoformat(value) if value else None
    return f"{day.day} {day:%b %Y}" if day else ""


def _line(presence: str, line: LineInXero | None) -> str:
    if presence not in (AMOUNT_LINE, TEXT_LINE) or line is None:
        return "no such line"
    return f"“{line.description}”, {line.amount:,.2f}" if line.amount else f"“{line.description}”"
