"""The endpoints of ``/api.xro/2.0``: who may use each, and what reads and writes it."""

from xero_emulator.web import reading, writing
from xero_emulator.web.route import Route

SETTINGS = "accounting.settings"
ROUTES: dict[str, Route] = {
    "organisation": Route(scope=SETTINGS, read=reading.read_organisations),
    "organisations": Route(scope="", read=reading.read_organisations),
    "accounts": Route(scope=SETTINGS, read=reading.read_accounts),
    "taxrates": Route(scope=SETTINGS, read=reading.read_tax_rates),
    "currencies": Route(scope=SETTINGS, read=reading.read_currencies),
    "trackingcategories": Route(scope=SETTINGS, read=reading.read_tracking_categories),
    "contacts": Route(scope="accounting.contacts", read=reading.read_contacts, writes=writing.CONTACTS),
    "invoices": Route(scope="accounting.invoices", read=reading.read_invoices, writes=writing.INVOICES),
}
