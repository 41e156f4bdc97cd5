"""The kinds of documents that go to Xero, and what Xero calls them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    CONTACT = "CONTACT"
    INVOICE = "INVOICE"


class Operation(StrEnum):
    CREATE = "CREATE"
    UPDATE = "UPDATE"
    LOOK_UP = "LOOK_UP"


@dataclass(frozen=True)
class KindInfo:
    """How one kind is spelt in Xero's JSON and on our pages."""

    collection: str
    id_key: str
    number_key: str
    noun: str
    plural: str


# In the order they are sent: an invoice needs its contact's id.
KINDS: dict[Kind, KindInfo] = {
    Kind.CONTACT: KindInfo("Contacts", "ContactID", "ContactNumber", "contact", "contacts"),
    Kind.INVOICE: KindInfo("Invoices", "InvoiceID", "InvoiceNumber", "bill", "bills"),
}
