"""A bill as Xero has it: as agreed with our last write, and as last read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xero_sync.domain.xero_json import read_amount, read_date, read_moment, read_money, read_text, to_stored

TEXTS = ("xero_id", "number", "contact_id", "contact", "reference", "currency", "status", "amount_types")
AMOUNTS = ("subtotal", "tax", "total", "paid", "credited")
# A bill that is void or deleted in Xero stays so.
ENDED = frozenset({"VOIDED", "DELETED"})
LINE_AMOUNTS = ("quantity", "unit_amount", "discount_amount", "discount_rate", "tax_amount", "amount")


@dataclass(frozen=True, kw_only=True)
class TrackingInXero:
    """A line's option of one tracking category, which a bookkeeper sets in Xero."""

    category_id: str = ""
    category: str = ""
    option_id: str = ""
    option: str = ""


@dataclass(frozen=True, kw_only=True)
class LineInXero:
    """One line of a bill. Amounts in the bill's currency; None where Xero has none, as for a line of text alone."""

    line_item_id: str = ""
    description: str = ""
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    discount_amount: Decimal | None = None
    discount_rate: Decimal | None = None
    account_code: str = ""
    item_code: str = ""
    tax_type: str = ""
    tax_amount: Decimal | None = None
    amount: Decimal | None = None
    tracking: tuple[TrackingInXero, ...] = ()


@dataclass(frozen=True, kw_only=True)
class InvoiceInXero:
    """Each field of a bill that we send or compare; `stamp` is when Xero last changed it.

    Amounts in the bill's currency, 2 places; `amount_types` says whether they include tax.
    """

    xero_id: str
    number: str
    contact_id: str
    contact: str = ""
    day: date | None = None
    due: date | None = None
    reference: str = ""
    currency: str = ""
    status: str = ""
    amount_types: str = ""
    lines: tuple[LineInXero, ...] = ()
    subtotal: Decimal = Decimal("0.00")
    tax: Decimal = Decimal("0.00")
    total: Decimal = Decimal("0.00")
    paid: Decimal = Decimal("0.00")
    credited: Decimal = Decimal("0.00")
    stamp: datetime | None = None

    @classmethod
    def from_xero(cls, document: Mapping[str, Any]) -> "InvoiceInXero":
        """The bill from Xero's JSON."""
        contact = document.get("Contact") or {}
        return cls(
            xero_id=read_text(document, "InvoiceID"),
            number=read_text(document, "InvoiceNumber"),
            contact_id=read_text(contact, "ContactID"),
            contact=read_text(contact, "Name"),
            day=read_date(document.get("DateString") or document.get("Date")),
            due=read_date(document.get("DueDateString") or document.get("DueDate")),
            reference=read_text(document, "Reference"),
            currency=read_text(document, "CurrencyCode"),
            status=read_text(document, "Status"),
            amount_types=read_text(document, "LineAmountTypes"),
            lines=tuple(read_line(row) for row in document.get("LineItems") or ()),
            subtotal=read_money(document, "SubTotal"),
            tax=read_money(document, "TotalTax"),
            total=read_money(document, "Total"),
            paid=read_money(document, "AmountPaid"),
            credited=read_money(document, "AmountCredited"),
            stamp=read_moment(document.get("UpdatedDateUTC")),
        )

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "InvoiceInXero":
        """The bill from a record's JSON."""
        day, due, stamp = (stored.get(name) for name in ("day", "due", "stamp"))
        amounts: Any = {name: Decimal(stored[name]) for name in AMOUNTS}
        return cls(
            **{name: stored.get(name, "") for name in TEXTS},
            **amounts,
            day=date.fromisoformat(day) if day else None,
            due=date.fromisoformat(due) if due else None,
            lines=tuple(_stored_line(row) for row in stored.get("lines", ())),
            stamp=datetime.fromisoformat(stamp) if stamp else None,
        )

    def as_stored(self) -> dict[str, Any]:
        """The bill as JSON for a record; empty values are left out."""
        return to_stored(self)

    @property
    def settled(self) -> Decimal:
        """The amount paid and credited, in the bill's currency."""
        return self.paid + self.credited


def read_line(row: Mapping[str, Any]) -> LineInXero:
    """One line from Xero's JSON."""
    return LineInXero(
        line_item_id=read_text(row, "LineItemID"),
        description=read_text(row, "Description"),
        quantity=read_amount(row, "Quantity"),
        unit_amount=read_amount(row, "UnitAmount"),
        discount_amount=read_amount(row, "DiscountAmount"),
        discount_rate=read_amount(row, "DiscountRate"),
        account_code=read_text(row, "AccountCode"),
        item_code=read_text(row, "ItemCode"),
        tax_type=read_text(row, "TaxType"),
        tax_amount=read_amount(row, "TaxAmount"),
        amount=read_amount(row, "LineAmount"),
        tracking=tuple(
            TrackingInXero(
                category_id=read_text(each, "TrackingCategoryID"),
                category=read_text(each, "Name"),
                option_id=read_text(each, "TrackingOptionID"),
                option=read_text(each, "Option"),
            )
            for each in row.get("Tracking") or ()
        ),
    )


def _stored_line(row: Mapping[str, Any]) -> LineInXero:
    amounts = {name: Decimal(value) for name, value in row.items() if name in LINE_AMOUNTS}
    tracking = tuple(TrackingInXero(**each) for each in row.get("tracking", ()))
    return LineInXero(**{**row, **amounts, "tracking": tracking})
