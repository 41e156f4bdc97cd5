"""A bill as flat fields, for comparing: "due", or "line.<LineItemID>.account_code". Pure.

"line.<LineItemID>" is the line itself: its presence, and whether it has an amount.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from xero_sync.kinds.invoice.in_xero import InvoiceInXero, LineInXero, read_line
from xero_sync.kinds.invoice.line_ids import match_line_ids
from xero_sync.kinds.invoice.xero_lines import TAX, write_line

KEYS = {
    "number": "InvoiceNumber",
    "contact_id": "Contact",
    "day": "Date",
    "due": "DueDate",
    "reference": "Reference",
    "currency": "CurrencyCode",
    "amount_types": "LineAmountTypes",
}
TEXTS = ("number", "reference", "currency", "amount_types")
LINE_TEXTS = ("description", "account_code", "tax_type", "item_code")
LINE_NUMBERS = ("quantity", "unit_amount", "discount_amount", "discount_rate")
NEVER_SENT = (".discount_rate", ".item_code")
# The lines as one field, where no line here is known to be one in Xero.
ALL_LINES = "lines"
TEXT_LINE, AMOUNT_LINE = "text", "amount"
MONEY = ("quantity", "unit_amount", "discount_amount", "discount_rate", "tax_type")
# What Xero computes of a line, if the line does not state it.
DERIVED = ".tax_amount"
# Anyone of a firm decides about these, an admin about all else: amounts, lines, and who owes the bill from when.
FOR_ANYONE = frozenset({"number", "due", "reference"})
FOR_ANYONE_OF_LINES = frozenset({"description", "account_code", "item_code"})


def line_field(line_item_id: str) -> str:
    """The field of the line itself."""
    return f"line.{line_item_id}"


def needs_admin(field: str) -> bool:
    """Whether an admin decides about this field where the sides differ."""
    if field.count(".") > 1:
        return field.rpartition(".")[2] not in FOR_ANYONE_OF_LINES
    return field not in FOR_ANYONE


def has_amount(presence: str) -> bool:
    """Whether the value of such a field is that of a line with an amount."""
    return presence == AMOUNT_LINE


def fields_in_xero(
    invoice: InvoiceInXero,
    *,
    whole: bool = False,
    beside: InvoiceInXero | None = None,
    stated: Collection[str] = (),
) -> dict[str, str]:
    """The fields of a bill in Xero; `whole` has the lines as one field.

    The tax of a line is a field only where it is `stated` here, by the line's id, or where somebody may have set it by
    hand in Xero: the line is that of `beside` in all from which its tax follows, and its tax is not.
    """
    fields = {name: shorten(getattr(invoice, name)) for name in TEXTS}
    fields |= {"contact_id": invoice.contact_id.lower(), "day": _date(invoice.day), "due": _date(invoice.due)}
    if whole:
        return fields | {ALL_LINES: _summary(invoice.lines)}
    for line in invoice.lines:
        fields |= line_fields(line.line_item_id, line)
    taxes = {tax_field(line.line_item_id): _tax(line) for line in invoice.lines if line.line_item_id in stated}
    return fields | _taxes_by_hand(invoice, beside) | taxes


def line_taxes(invoice: InvoiceInXero) -> dict[str, str]:
    """The tax of each line in Xero as a field, whether it was computed there or not."""
    return {tax_field(line.line_item_id): _tax(line) for line in invoice.lines}


def tax_field(line_item_id: str) -> str:
    """The field of a line's tax."""
    return f"{line_field(line_item_id)}{DERIVED}"


def same_but_tax(line: LineInXero, other: LineInXero) -> bool:
    """Whether two lines are the same in all from which a tax is computed."""
    return all(getattr(line, name) == getattr(other, name) for name in MONEY)


def _taxes_by_hand(invoice: InvoiceInXero, beside: InvoiceInXero | None) -> dict[str, str]:
    if beside is None or invoice.amount_types != beside.amount_types:
        return {}
    before = {line.line_item_id: line for line in beside.lines}
    pairs = ((before[line.line_item_id], line) for line in invoice.lines if line.line_item_id in before)
    return {
        tax_field(line.line_item_id): _tax(line)
        for old, line in pairs
        if same_but_tax(old, line) and (old.tax_amount or 0) != (line.tax_amount or 0)
    }


def fields_of(
    payload: Mapping[str, Any], ids: Sequence[str], *, others: Collection[str] = (), whole: bool = False
) -> dict[str, str]:
    """The fields that a payload names. `ids` are the ids of its lines in Xero, empty for a new line.

    `others` are the ids of lines in Xero; those that are not among `ids` are none of the payload's.
    """
    read = fields_in_xero(InvoiceInXero.from_xero({**payload, "LineItems": ()}))
    fields = {name: read[name] for name, key in KEYS.items() if key in payload}
    if "LineItems" not in payload:
        return fields
    lines = [read_line(row) for row in payload["LineItems"]]
    if whole:
        return fields | {ALL_LINES: _summary(lines)}
    for line_item_id, line in zip(ids, lines, strict=True):
        if line_item_id:
            sent = line_fields(line_item_id, line)
            # What we never send is not ours: the payload does not say that there is none.
            fields |= {name: value for name, value in sent.items() if value or not name.endswith(NEVER_SENT)}
            fields |= {tax_field(line_item_id): _tax(line)} if line.tax_amount is not None else {}
    return fields | {line_field(each): "" for each in others if each not in ids}


def place_lines(lines: Sequence[Mapping[str, Any]], seen: InvoiceInXero, *, loose: Collection[str]) -> list[str]:
    """The id in Xero of each line, by the id that it carries, or by its content among the `loose` ones; else empty."""
    new = [at for at, line in enumerate(lines) if not line.get("LineItemID")]
    answered = [write_line(line) | {TAX: line.tax_amount} for line in seen.lines if line.line_item_id in loose]
    found = match_line_ids(keys=new, sent=[lines[at] for at in new], answered=answered) if answered else {}
    return [str(line.get("LineItemID") or found.get(str(at), "")) for at, line in enumerate(lines)]


def line_fields(line_item_id: str, line: LineInXero) -> dict[str, str]:
    """The fields of one line, the line itself among them."""
    field = line_field(line_item_id)
    fields = {f"{field}.{name}": shorten(getattr(line, name)) for name in LINE_TEXTS}
    fields |= {f"{field}.{name}": _number(getattr(line, name)) for name in LINE_NUMBERS}
    return {field: AMOUNT_LINE if _has_amount(line) else TEXT_LINE, **fields}


def _has_amount(line: LineInXero) -> bool:
    return bool((line.quantity or 0) * (line.unit_amount or 0)) or bool(line.amount)


def _summary(lines: Sequence[LineInXero]) -> str:
    """All lines as one text, a line each: its text and figures, its account and its tax type. Xero orders them anew."""
    texts = [(shorten(line.description), shorten(line.account_code), shorten(line.tax_type)) for line in lines]
    figures = [" ".join(filter(None, (_number(getattr(line, name)) for name in LINE_NUMBERS[:3]))) for line in lines]
    rows = zip(texts, figures, strict=True)
    return "\n".join(sorted(", ".join(filter(None, (text, sums, account, tax))) for (text, account, tax), sums in rows))


def shorten(text: str) -> str:
    """The text as it is compared: blanks and line breaks are one blank."""
    return " ".join(text.split())


def _tax(line: LineInXero) -> str:
    # A tax of 0 is a value of its own: somebody took the tax away.
    return _number(line.tax_amount) or "0"


def _number(value: Decimal | None) -> str:
    return f"{value.normalize():f}" if value else ""


def _date(value: Any) -> str:
    return value.isoformat() if value else ""
