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
# Named by a line of ours only where it is stated here; all other taxes are computed by Xero.
TAX = "TaxAmount"
# What a line's tax is computed from; Xero works out the rate of a discount from its amount.
TAXED = ("Quantity", "UnitAmount", "DiscountAmount", "TaxType")
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
    if TAX in ours and ours[TAX] != line.tax_amount:
        return False
    return all(ours.get(key) == (getattr(line, name) or None) for name, key in KEYS.items())


def merge_line(
    ours: Mapping[str, Any], line: LineInXero, *, changed: Collection[str], keeps_tax: bool = False
) -> dict[str, Any]:
    """Our line, where only the changed fields ("line.<id>.<name>") are ours and the others stay as they are in Xero.

    `keeps_tax`: of a tax that is stated here, the one in Xero stays.
    """
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
    return merged | _stated_tax(ours, line, merged, keeps_tax=keeps_tax) | _tracking(line)


def _stated_tax(
    ours: Mapping[str, Any], line: LineInXero, merged: Mapping[str, Any], *, keeps_tax: bool
) -> dict[str, Any]:
    """The tax of a line that states one, while the line goes with what the tax was stated for."""
    is_theirs = any((merged.get(key) or 0) != (ours.get(key) or 0) for key in TAXED)
    if TAX not in ours or is_theirs or ("DiscountRate" in merged and "DiscountAmount" not in ours):
        return {}
    return {TAX: line.tax_amount if keeps_tax else ours[TAX]}


def _tracking(line: LineInXero) -> dict[str, Any]:
    rows = [{key: value for key, name in TRACKING.items() if (value := getattr(each, name))} for each in line.tracking]
    return {"Tracking": rows} if rows else {}
