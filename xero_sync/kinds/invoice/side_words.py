"""The differences between the sides of a bill, in words for people. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from xero_sync.domain.three_sides import Difference, FieldWords, part_of
from xero_sync.kinds.invoice.in_xero import InvoiceInXero, LineInXero
from xero_sync.kinds.invoice.side_fields import AMOUNT_LINE, TEXT_LINE

# As they stand within a sentence.
LABELS = {
    "number": "number",
    "contact_id": "client",
    "day": "issue date",
    "due": "due date",
    "reference": "reference",
    "currency": "currency",
    "amount_types": "amounts with or without tax",
    "lines": "lines",
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
AMOUNTS = frozenset({"unit_amount", "discount_amount", "tax_amount"})
AMOUNT_TYPES = {"Exclusive": "without tax", "Inclusive": "with tax", "NoTax": "no tax"}


def describe(
    differences: Sequence[Difference], agreed: InvoiceInXero | None, seen: InvoiceInXero | None
) -> list[FieldWords]:
    """The differences in words: a line is named by its place, and an added or removed one by its text and amount."""
    before, now = _lines_of(agreed), _lines_of(seen)
    places = {at: place for side in (before, now) for place, at in enumerate(side, 1)}
    contacts = {side.contact_id.lower(): side.contact for side in (agreed, seen) if side and side.contact}
    return [_in_words(each, places, (before or now, now or before), contacts) for each in differences]


def name_group(field: str) -> str:
    """The words for this field of many bills: "due date", "line price"."""
    part, name = part_of(field), field.rpartition(".")[2]
    if part != field:
        return f"line {LINE_LABELS.get(name, name)}"
    return "line" if field.startswith("line.") else LABELS.get(field, field)


def _lines_of(side: InvoiceInXero | None) -> dict[str, LineInXero]:
    return {line.line_item_id: line for line in (side.lines if side else ())}


def _in_words(
    each: Difference,
    places: Mapping[str, int],
    lines: tuple[Mapping[str, LineInXero], Mapping[str, LineInXero]],
    contacts: Mapping[str, str],
) -> FieldWords:
    part, name = part_of(each.field), each.field.rpartition(".")[2]
    line_item_id = part.rpartition(".")[2]
    label = LABELS.get(each.field, each.field).capitalize()
    if each.field.startswith("line."):
        place = f"line {places[line_item_id]}" if line_item_id in places else "a line"
        label = place.capitalize() if part == each.field else f"{LINE_LABELS.get(name, name).capitalize()} of {place}"
    if part == each.field and each.field.startswith("line."):
        old, new = (side.get(line_item_id) for side in lines)
        before, here, in_xero = _line(each.before, old), _line(each.here, old or new), _line(each.in_xero, new)
    else:
        before, here, in_xero = (
            _value(each.field, name, text, contacts) for text in (each.before, each.here, each.in_xero)
        )
    if name == "tax_amount":
        before, here = before or "as computed", here or "as computed"
    return FieldWords(field=each.field, label=label, before=before, here=here, in_xero=in_xero, both=each.both)


def _value(field: str, name: str, text: str, contacts: Mapping[str, str]) -> str:
    if not text:
        return ""
    if field == "contact_id":
        return contacts.get(text, "another contact")
    if field in DATES:
        day = date.fromisoformat(text)
        return f"{day.day} {day:%b %Y}"
    if field == "amount_types":
        return AMOUNT_TYPES.get(text, text)
    if name == "discount_rate":
        return f"{text}%"
    return _amount(Decimal(text)) if name in AMOUNTS else text


def _amount(value: Decimal) -> str:
    """With two decimals, or as many as it has beyond them."""
    places = max(2, -int(value.as_tuple().exponent))
    return f"{value:,.{places}f}"


def _line(presence: str, line: LineInXero | None) -> str:
    if presence not in (AMOUNT_LINE, TEXT_LINE) or line is None:
        return "no such line"
    return f"{line.description}, {line.amount:,.2f}" if line.amount else line.description
