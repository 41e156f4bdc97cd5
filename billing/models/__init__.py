"""Billing's rows."""

from billing.models.column_choice import ColumnChoice
from billing.models.contact import Contact, ContactKind, PhoneType
from billing.models.imports import FilePurpose, Import, ImportFilePart, ImportKind
from billing.models.invoice import Invoice, InvoiceLine, InvoiceState, LineKind, UsedInvoiceNumber
from billing.models.matter import Matter
from billing.models.tax import TaxRate

__all__ = [
    "ColumnChoice",
    "Contact",
    "ContactKind",
    "FilePurpose",
    "Import",
    "ImportFilePart",
    "ImportKind",
    "Invoice",
    "InvoiceLine",
    "InvoiceState",
    "LineKind",
    "Matter",
    "PhoneType",
    "TaxRate",
    "UsedInvoiceNumber",
]
