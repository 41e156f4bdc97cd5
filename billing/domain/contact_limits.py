"""How long a client's values may be, how many, and what no value is: one table for forms and files. Pure."""

import re
from collections.abc import Mapping
from typing import Final

# Field -> the most characters its value may have: what our tables and Xero's contacts hold.
LONGEST: Final[Mapping[str, int]] = {
    "client_number": 50,
    "name": 255,
    "first_name": 255,
    "last_name": 255,
    "emails": 255,
    "phones": 50,
    "address_line1": 500,
    "address_line2": 500,
    "city": 255,
    "region": 255,
    "postal_code": 50,
    "country": 50,
    "tax_number": 50,
}
# Field -> how many values it may have, and what they are called.
MOST: Final[Mapping[str, tuple[int, str]]] = {"emails": (10, "e-mail addresses"), "phones": (10, "telephone numbers")}
# Where Excel's shortened numbers would be taken for real ones.
_DIGITS: Final = frozenset({"client_number", "phones", "tax_number"})
_SCIENTIFIC: Final = re.compile(r"[+-]?\d([.,]\d+)?E[+-]\d{2,3}", re.IGNORECASE)
_ERRORS: Final = frozenset({"#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"})


def value_fault(*, field: str, value: str) -> str:
    """The fault of one value of a field, as a sentence, or ""."""
    if "\0" in value:
        return "This text holds a NUL character, which cannot be stored. Type it again."
    if len(value) > LONGEST[field]:
        return f"Use at most {LONGEST[field]} characters; these are {len(value)}."
    if field in _DIGITS and _SCIENTIFIC.fullmatch(value):
        return (
            "Excel shortens a long number so when it opens and saves a CSV file, and the digits it left out are lost. "
            "Import the file as it was exported, or set the column to Text in Excel and put the number in again."
        )
    if value in _ERRORS:
        return "This is an error of Excel's in place of the value. Correct the cell in the workbook."
    return ""


def number_of_values_fault(*, field: str, count: int) -> str:
    """The fault of the number of values of a field, as a sentence, or ""."""
    most, name = MOST[field]
    return f"Keep at most {most} {name}; these are {count}." if count > most else ""
