"""The records an organisation keeps: frozen, replaced as a whole when they change."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from xero_emulator.domain.sums import ZERO, to_places

CLASS_OF_TYPE = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET",
    "EQUITY": "EQUITY",
    "DEPRECIATN": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
    "EXPENSE": "EXPENSE",
    "OVERHEADS": "EXPENSE",
    "CURRLIAB": "LIABILITY",
    "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "PAYG": "LIABILITY",
    "OTHERINCOME": "REVENUE",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
}


@dataclass(frozen=True)
class Account:
    """One account of the chart."""

    account_id: str
    code: str
    name: str
    type: str
    tax_type: str
    updated: datetime
    status: str = "ACTIVE"
    system_account: str = ""
    description: str = ""
    takes_payments: bool = False

    @property
    def account_class(self) -> str:
        """ASSET, EQUITY, EXPENSE, LIABILITY or REVENUE."""
        return CLASS_OF_TYPE[self.type]


@dataclass(frozen=True)
class TaxRate:
    """One tax rate; ``applies_to`` holds the account classes it may be used with."""

    tax_type: str
    name: str
    percent: Decimal
    applies_to: frozenset[str]
    report_type: str
    status: str = "ACTIVE"


@dataclass(frozen=True)
class Currency:
    """A currency the organisation is subscribed to."""

    code: str
    description: str


@dataclass(frozen=True)
class Contact:
    """A customer or supplier; ``addresses``, ``phones`` and ``persons`` are kept as Xero's own field names.

    ``merged_to`` is the id of the contact it was merged into, where it was.
    """

    contact_id: str
    name: str
    created: datetime
    updated: datetime
    status: str = "ACTIVE"
    number: str = ""
    account_number: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    addresses: tuple[dict[str, str], ...] = ()
    phones: tuple[dict[str, str], ...] = ()
    persons: tuple[dict[str, object], ...] = ()
    is_customer: bool = False
    app: str = ""
    merged_to: str = ""

    @property
    def email(self) -> str:
        """The e-mail address, or an empty string."""
        return self.fields.get("EmailAddress", "")


@dataclass(frozen=True)
class Line:
    """One line of an invoice; amounts are None where the line is a description only."""

    line_id: str
    description: str
    quantity: Decimal | None
    unit_amount: Decimal | None
    amount: Decimal | None
    tax_type: str
    tax_amount: Decimal
    account_code: str = ""
    discount_rate: Decimal | None = None
    discount_amount: Decimal | None = None
    item_code: str = ""
    tracking: tuple[dict[str, str], ...] = ()

    @property
    def discount(self) -> Decimal:
        """What a discount takes off the line, in cents."""
        if self.quantity is None or self.unit_amount is None or self.amount is None:
            return ZERO
        return to_places(self.quantity * self.unit_amount, 2) - self.amount


@dataclass(frozen=True)
class Payment:
    """Money received against an invoice."""

    payment_id: str
    day: date
    amount: Decimal
    updated: datetime
    reference: str = ""


@dataclass(frozen=True)
class Invoice:
    """A sales invoice; ``app`` is the client id that created it, empty for one entered by a person."""

    invoice_id: str
    number: str
    contact_id: str
    day: date
    due: date | None
    status: str
    mode: str
    lines: tuple[Line, ...]
    currency: str
    created: datetime
    updated: datetime
    type: str = "ACCREC"
    reference: str = ""
    url: str = ""
    branding_theme_id: str = ""
    sent_to_contact: bool = False
    payments: tuple[Payment, ...] = ()
    credited: Decimal = ZERO
    app: str = ""

    @cached_property
    def tax(self) -> Decimal:
        """The sum of the lines' tax."""
        return sum((line.tax_amount for line in self.lines), ZERO)

    @cached_property
    def subtotal(self) -> Decimal:
        """The sum of the lines without tax."""
        amounts = sum((line.amount or ZERO for line in self.lines), ZERO)
        return amounts - self.tax if self.mode == "Inclusive" else amounts

    @cached_property
    def total(self) -> Decimal:
        """What the client is asked for."""
        return self.subtotal + self.tax

    @cached_property
    def paid(self) -> Decimal:
        """What has been received."""
        return sum((payment.amount for payment in self.payments), ZERO)

    @property
    def is_discounted(self) -> bool:
        """Whether a line has a discount."""
        return any(line.discount_rate or line.discount_amount for line in self.lines)

    @property
    def amount_due(self) -> Decimal:
        """What is still owed; nothing on a void or deleted invoice."""
        return ZERO if self.status in ("VOIDED", "DELETED") else self.total - self.paid - self.credited

    @property
    def is_settled_in_part(self) -> bool:
        """Whether a payment or a credit note is allocated to it."""
        return bool(self.payments) or self.credited > ZERO
