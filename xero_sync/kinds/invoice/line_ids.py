"""Which line in Xero is which of ours. Pure.

Xero answers an update with new lines first (XeroAPI/Xero-NetStandard issue 374, xero-python issues 111 and 198), so a
line is never known by its place. A line taken for another would carry a bookkeeper's tracking to the wrong line.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from xero_sync.domain.xero_json import read_plain_number, read_text

# The fields that identify a line, the strictest set first: a line that Xero rounded or trimmed is found by fewer.
CONTENT = (
    ("Description", "Quantity", "UnitAmount", "DiscountAmount", "AccountCode", "TaxType"),
    ("Description", "Quantity", "UnitAmount"),
    ("Description",),
)
# First of all where lines state their tax: two that are otherwise the same may differ by a cent of it.
WITH_TAX = (*CONTENT[0], "TaxAmount")
AMOUNTS = frozenset({"Quantity", "UnitAmount", "DiscountAmount", "TaxAmount"})
Line = Mapping[str, Any]


def match_lines(keys: Sequence[int], sent: Line, document: Line) -> dict[str, str]:
    """The ids of a bill's lines from its sent payload and Xero's document; empty where either has no lines."""
    lines = sent.get("LineItems") or []
    if len(lines) != len(keys):
        return {}
    return match_line_ids(keys=keys, sent=lines, answered=document.get("LineItems") or [])


def match_line_ids(*, keys: Sequence[int], sent: Sequence[Line], answered: Sequence[Line]) -> dict[str, str]:
    """Our line's id -> Xero's LineItemID, for `keys` and the lines sent under them in the same order.

    By the id that a line was sent with, then by its content. Lines that say the same are taken in Xero's order: which
    of them is which makes no difference. A line that is not found has no id, and goes as a new one next time.
    """
    theirs = {read_text(line, "LineItemID"): line for line in answered}
    theirs.pop("", None)
    found: dict[str, str] = {}
    for key, line in zip(keys, sent, strict=True):
        line_id = read_text(line, "LineItemID")
        if line_id in theirs:
            del theirs[line_id]
            found[str(key)] = line_id
    states_tax = any("TaxAmount" in line for line in sent)
    for names in (WITH_TAX, *CONTENT) if states_tax else CONTENT:
        for key, line in zip(keys, sent, strict=True):
            if str(key) in found:
                continue
            line_id = next((each for each, in_xero in theirs.items() if _same(line, in_xero, names)), "")
            if line_id:
                del theirs[line_id]
                found[str(key)] = line_id
    return found


def _same(ours: Line, theirs: Line, names: Sequence[str]) -> bool:
    # Most values are the same as they stand, which is quickly told.
    return all(ours.get(name) == theirs.get(name) or _value(ours, name) == _value(theirs, name) for name in names)


def _value(line: Line, name: str) -> Any:
    return read_plain_number(line, name) if name in AMOUNTS else " ".join(read_text(line, name).split())
