"""One cell of a spreadsheet's file without what programs put around its value."""

import re
from typing import Final

_FORMULA: Final = re.compile(r'="(.*)"', re.DOTALL)


def unwrapped(cell: str) -> str:
    """The value without blanks around it and without the formula ="..." by which programs keep Excel off it."""
    value = cell.strip()
    if not value.startswith('="'):
        return value
    formula = _FORMULA.fullmatch(value)
    return formula[1].replace('""', '"').strip() if formula else value
