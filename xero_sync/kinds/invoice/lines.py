"""One line of a bill -> one LineItem of Xero, to the cent."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xero_sync.domain import text
from xero_sync.domain.books import Books
from xero_sync.domain.errors import Fault
from xero_sync.domain.notes import Note
from xero_sync.domain.preferences import Preferences
from xero_sync.kinds.invoice.document import InvoiceDocument, LineDocument
from xero_sync.kinds.invoice.rules import account_for, tax_type_for

# Quantity and, with unitdp=4, UnitAmount keep four decimals.
# Source: LineItem in Xero's OpenAPI description 16.1.0 (github.com/XeroAPI/Xero-OpenAPI), read November 2026.
PLACES = 4
DESCRIPTION_LIMIT = 4000


@dataclass(frozen=True, kw_only=True)
class MappedLine:
    payload: dict[str, Any]
    notes: tuple[Note, ...]
    faults: tuple[Fault, ...]


def map_line(line: LineDocument, *, invoice: InvoiceDocument, books: Books, preferences: Preferences) -> MappedLine:
    """The line with its account and tax type, and the notes and faults from choosing them."""
    choice = account_for(line, books=books, preferences=preferences)
    tax_type = tax_type_for(line, tax_mode=invoice.tax_mode, account_code=choice.code, books=books)
    amounts, said = _amounts(line)
    description, cut = _description(line, said)
    notes = [choice.note] if choice.note else []
    if cut:
        notes.append(
            Note("text-fitted", "A description was longer than Xero's 4,000 characters; its end was left out.")
        )
    payload: dict[str, Any] = {"Description": description, **amounts, "AccountCode": choice.code}
    faults = list(choice.faults)
    if isinstance(tax_type, Fault):
        # Without an account there is nothing to compare a rate with; the account is asked for first.
        faults += [] if choice.faults else [tax_type]
    else:
        payload["TaxType"] = tax_type
        if line.stated_tax is not None:
            # In place of the tax that Xero computes; all other lines leave their tax to Xero.
            payload["TaxAmount"] = line.stated_tax
    return MappedLine(payload=payload, notes=tuple(notes), faults=tuple(faults))


def _amounts(line: LineDocument) -> tuple[dict[str, Decimal], str]:
    """Quantity and price as Xero computes them, or quantity 1 with our amount and the sum in words."""
    quantity, price = line.quantity, line.unit_price
    if quantity < 0:
        # Xero refuses a negative quantity; the price carries the sign.
        quantity, price = -quantity, -price
    fits = _fits(quantity) and _fits(price) and quantity != 0
    # Xero compares a discount with the exact product, not with the rounded one, and takes none on a negative price.
    # Source: github.com/XeroAPI/xero-php-oauth2, issue 288; github.com/XeroAPI/Xero-OpenAPI, issue 429.
    plain = line.discount == 0 or 0 < line.discount <= quantity * price
    if fits and plain:
        amounts = {"Quantity": _short(quantity), "UnitAmount": _short(price)}
        if line.discount:
            amounts["DiscountAmount"] = line.discount
        return amounts, ""
    said = f"{line.quantity.normalize():f} x {line.unit_price.normalize():f}"
    if line.discount:
        said += f", {'less' if line.discount > 0 else 'plus'} {abs(line.discount):f}"
    return {"Quantity": Decimal(1), "UnitAmount": line.amount}, said


def write_text(line: LineDocument) -> str:
    """The line's text in Xero."""
    return _description(line, _amounts(line)[1])[0]


def _fits(value: Decimal) -> bool:
    return value == round(value, PLACES)


def _short(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _description(line: LineDocument, said: str) -> tuple[str, bool]:
    own = text.clean(line.description).strip()
    if not own:
        label = line.category or ("Expense" if line.is_expense else "Professional services")
        own = f"{label}, {line.date:%d %b %Y}" if line.date else label
    tail = f" ({said})" if said else ""
    fitted, cut = text.fit_description(own, DESCRIPTION_LIMIT - len(tail))
    return fitted + tail, cut
