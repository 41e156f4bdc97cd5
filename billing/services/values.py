"""The values that a person typed, frozen, before a service judges them."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from billing.domain.money import TaxMode
from billing.models import ContactKind, LineKind, PhoneType
from identity.text import clean_text


class _CleanTexts:
    """Values whose texts come in composed and without characters that nobody sees, whoever typed or sent them."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, str) and type(value) is str and not value.isascii():
                object.__setattr__(self, name, clean_text(value))


@dataclass(frozen=True)
class Phone(_CleanTexts):
    """One telephone number of a contact."""

    type: PhoneType
    number: str


@dataclass(frozen=True)
class ContactValues(_CleanTexts):
    """A contact as typed. An empty client number asks for the next free one; e-mails are kept as they are."""

    name: str
    kind: ContactKind = ContactKind.COMPANY
    client_number: str = ""
    first_name: str = ""
    last_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    address_line1: str = ""
    address_line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    tax_number: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "emails", tuple(map(clean_text, self.emails)))


@dataclass(frozen=True)
class InvoiceValues(_CleanTexts):
    """A bill's head as typed. An empty number asks for the next one, no due date for the firm's terms, no currency
    for the firm's; `new_matter_number` opens a matter for this contact.
    """

    contact_id: int | None
    issue_date: datetime.date | None
    number: str = ""
    matter_id: int | None = None
    new_matter_number: str = ""
    new_matter_name: str = ""
    description: str = ""
    due_date: datetime.date | None = None
    currency: str = ""
    tax_mode: TaxMode = TaxMode.EXCLUSIVE


@dataclass(frozen=True)
class LineValues(_CleanTexts):
    """A line as typed. `pk` names the saved line it changes; `tax_name` is one of the firm's rates, or empty."""

    kind: LineKind
    quantity: Decimal
    unit_price: Decimal
    description: str = ""
    pk: int | None = None
    date: datetime.date | None = None
    category_id: int | None = None
    timekeeper: str = ""
    discount: Decimal = Decimal(0)
    tax_name: str = ""
