"""Every change to contacts, matters and bills: one transaction each, sent as a signal, kept in the audit trail."""

from billing.services.contacts import save_contact, save_matter
from billing.services.corrections import correct_contact, correct_invoice
from billing.services.imports import ImportReport
from billing.services.invoices import save_invoice
from billing.services.numbers import next_client_number, next_invoice_number
from billing.services.states import LEGAL_MOVES, approve, return_to_draft, submit, void, void_together
from billing.services.values import ContactValues, InvoiceValues, LineValues, Phone
from firms.refusals import EditConflict, Refused

__all__ = [
    "LEGAL_MOVES",
    "ContactValues",
    "EditConflict",
    "ImportReport",
    "InvoiceValues",
    "LineValues",
    "Phone",
    "Refused",
    "approve",
    "correct_contact",
    "correct_invoice",
    "next_client_number",
    "next_invoice_number",
    "return_to_draft",
    "save_contact",
    "save_invoice",
    "save_matter",
    "submit",
    "void",
    "void_together",
]
