"""A file on its way in: kept, read and judged, written in slices, held or released, taken back."""

from billing.importing.foreground import import_contacts, import_file, import_ledes

__all__ = ["import_contacts", "import_file", "import_ledes"]
