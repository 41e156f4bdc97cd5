"""A bill as the sync reads it: frozen input to the mapping."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from xero_sync.domain.amounts import Amounts
from xero_sync.domain.documents import Standing

VOID = "VOID"

# Inside a class with a field named date, the name no longer means the type.
Day = date


@dataclass(frozen=True, kw_only=True)
class LineDocument:
    """One line. Amounts in the bill's currency, 2 places; `discount` is an amount off, negative for a mark-up.

    `stated_tax` is the tax that the imported file states, None where the rate computes it.
    """

    line_id: int
    is_expense: bool
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    tax_name: str
    tax_percent: Decimal
    stated_tax: Decimal | None = None
    date: Day | None = None
    timekeeper: str = ""
    category: str = ""
    category_account: str = ""
    line_item_id: str = ""


@dataclass(frozen=True, kw_only=True)
class InvoiceDocument:
    """A bill. `state` is billing's; `contact_xero_id` is the only part of its contact that is sent."""

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

    kind: ClassVar[str] = "INVOICE"

    @property
    def standing(self) -> Standing:
        """The state and date: a draft may wait, and so may a bill older than the firm's start date."""
        return Standing(self.state, self.issue_date)

    @property
    def is_void(self) -> bool:
        """Whether the bill is void, and so voided or deleted in Xero."""
        return self.state == VOID

    @property
    def expected_amounts(self) -> Amounts | None:
        """The bill's amounts in its currency; a void bill has none to compare."""
        return None if self.is_void else Amounts(subtotal=self.subtotal, tax=self.tax_total, total=self.total)

    @property
    def line_keys(self) -> tuple[int, ...]:
        """The ids of the lines, in the order they are sent."""
        return tuple(line.line_id for line in self.lines)
