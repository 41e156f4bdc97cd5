"""A line as Xero has it -> the LineItem that leaves it as it is, alone or with our changes. Pure."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from xero_sync.kinds.invoice.in_xero import LineInXero

# The fields of a line that are compared, by the key of Xero's JSON.
KEYS = {
    "description": "Description",
    "quantity": "Quantity",
    "unit_amount": "UnitAmount",
    "discount_amount": "DiscountAmount",
    "discount_rate": "DiscountRate",
    "account_code": "AccountCode",
    "tax_type": "TaxType",
    "item_code": "ItemCode",
}
TRACKING = {
    "TrackingCategoryID": "category_id",
    "Name": "category",
    "TrackingOptionID": "option_id",
    "Option": "option",
}
# Xero keeps a discount that is not named, as it keeps all else (XeroAPI/Xero-OpenAPI issue 429).
REMOVED: Mapping[str, Any] = {"discount_amount": Decimal(0)}


def write_line(line: LineInXero) -> dict[str, Any]:
    """The line as it is in Xero, with its id and its tracking."""
    values = {key: getattr(line, name) for name, key in KEYS.items()}
    row: dict[str, Any] = {"LineItemID": line.line_item_id}
    row |= {key: value for key, value in values.items() if value not in (None, "")}
    return row | _tracking(line)


def says_the_same(ours: Mapping[str, Any], line: LineInXero) -> bool:
    """Whether the line in Xero is ours to the letter, and has nothing that ours does not name."""
    return all(ours.get(key) == (getattr(line, name) or None) for name, key in KEYS.items())


def merge_line(ours: Mapping[str, Any], line: LineInXero, *, changed: Collection[str]) -> dict[str, Any]:
    """Our line, where only the changed fields ("line.<id>.<name>") are ours and the others stay as they are in Xero."""
    names = {field.rpartition(".")[2] for field in changed}
    if names & REMOVED.keys() and ours["UnitAmount"] < 0:
        # Xero takes no discount on a negative price, not even one of 0: it goes as a new line.
        return {key: value for key, value in ours.items() if key != "LineItemID"}
    theirs = write_line(line)
    merged: dict[str, Any] = {"LineItemID": line.line_item_id}
    for name, key in KEYS.items():
        source = ours if name in names else theirs
        if key in source:
            merged[key] = source[key]
        elif name in names and name in REMOVED:
            merged[key] = REMOVED[name]
    return merged | _tracking(line)


def _tracking(line: LineInXero) -> dict[str, Any]:
    rows = [{key: value for key, name in TRACKING.items() if (value := getattr(each, name))} for each in line.tracking]
    return {"Tracking": rows} if rows else {}
