"""Documents: frozen input to the mapping, read from rows in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# Inside a class with a field named date, the name no longer means the type.
Day = date


@dataclass(frozen=True, kw_only=True)
class ContactDocument:
    """A client as it stood when it was read. `number_sent` is the client number Xero first heard."""

    object_id: int
    client_number: str
    name: str
    is_person: bool
    first_name: str = ""
    last_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[tuple[str, str], ...] = ()
    address_lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    tax_number: str = ""
    xero_id: str = ""
    xero_status: str = ""
    number_sent: str = ""
    # What it is called there if not by its own name, and the number somebody else gave it there.
    name_there: str = ""
    number_there: str = ""
    # The contact in Xero that it was linked to before keeps its number, and Xero takes each number once.
    without_number: bool = False


@dataclass(frozen=True, kw_only=True)
class LineDocument:
    """One line. Amounts in the bill's currency, 2 places; `discount` is an amount off, negative for a mark-up."""

    line_id: int
    is_expense: bool
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    tax_name: str
    tax_percent: Decimal
    date: Day | None = None
    timekeeper: str = ""
    category: str = ""
    category_account: str = ""
    line_item_id: str = ""


@dataclass(frozen=True, kw_only=True)
class InvoiceDocument:
    """A bill. `state` is billing's; `contact_xero_id` is all Xero is told of its contact."""

    object_id: int
    number: str
    description: str
    issue_date: date
    due_date: date
    currency: str
    tax_mode: str
    state: str
    subtotal: Decimal
    tax_total: Decimal
    total: Decimal
    lines: tuple[LineDocument, ...]
    contact_xero_id: str
    matter_number: str = ""
    # Whether the reference in Xero was written by us, as the matter's number.
    reference_is_ours: bool = False
    xero_id: str = ""
    xero_status: str = ""


Document = ContactDocument | InvoiceDocument
