"""`import_contacts`: a firm's clients from a CSV file or a workbook."""

from billing.imports.client_layouts import LAYOUT_CODES
from billing.management.import_command import ImportCommand
from billing.models import ImportKind


class Command(ImportCommand):
    help = "Import contacts from a CSV file or a workbook, all or none; faults are listed by line."
    kind, noun, layouts = ImportKind.CONTACTS, "contact", tuple(LAYOUT_CODES)
