"""One cell of a spreadsheet's file: what programs put around a value is taken off, what Excel lost is recognised."""

import re
import unicodedata
from typing import Final

from identity.characters import is_invisible

_FORMULA: Final = re.compile(r'="(.*)"', re.DOTALL)
_SCIENTIFIC: Final = re.compile(r"[+-]?\d([.,]\d+)?E[+-]\d{2,3}", re.IGNORECASE)


def unwrapped(cell: str) -> str:
    """The value without blanks around it and without the formula ="..." by which programs keep Excel off it."""
    value = cell.strip()
    formula = _FORMULA.fullmatch(value)
    return formula[1].replace('""', '"').strip() if formula else value


def cleaned(value: str) -> str:
    """The value composed (NFC) and without format characters, which nobody sees: joiners, marks of direction."""
    if value.isascii():
        return value
    seen = "".join(character for character in value if not is_invisible(character))
    return unicodedata.normalize("NFC", seen).strip()


def has_invisible(value: str) -> bool:
    """Whether a format character stands in the value."""
    return not value.isascii() and any(map(is_invisible, value))


def is_scientific(value: str) -> bool:
    """Whether this is how Excel writes a number of more than eleven digits: 8.113E+11. Its last digits are lost."""
    return bool(_SCIENTIFIC.fullmatch(value))
