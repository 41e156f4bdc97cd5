"""An import's report as its row keeps it: one writer and one reader."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from billing.imports.contacts_csv import ColumnUse
from billing.imports.files import LineFault
from billing.imports.ledes_tax import TaxGuess, TaxTreatment
from billing.services.imports import BillMoney, ImportReport, NewClient

# What a page shows of a list; the rest is counted.
BILLS_KEPT = 200
CLIENTS_KEPT = 500


def report_to_json(report: ImportReport) -> dict[str, Any]:
    """The report without the bills and clients that no page shows; their sum and number stay."""
    stored = {each.name: _plain(getattr(report, each.name)) for each in fields(report)}
    stored["bills"] = stored["bills"][:BILLS_KEPT]
    stored["new_clients"] = stored["new_clients"][:CLIENTS_KEPT]
    stored["stored_sums"] = _plain(report.sums)
    return stored


def report_from_json(stored: Mapping[str, Any]) -> ImportReport:
    """What `report_to_json` wrote; a key of another release is passed over. An import that was not read has none."""
    known = {each.name for each in fields(ImportReport)} & set(stored)
    values: dict[str, Any] = {name: _READERS.get(name, _read_plain)(stored[name]) for name in known}
    return ImportReport(**{"dry_run": True, **values})


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, TaxGuess):
        return [value.treatment.value, value.why]
    if isinstance(value, LineFault):
        return [value.line_number, value.field, value.message, value.file]
    if isinstance(value, BillMoney):
        return [_plain(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _read_plain(value: Any) -> Any:
    return tuple(_read_plain(each) for each in value) if isinstance(value, list) else value


def _read_bill(stored: Sequence[str]) -> BillMoney:
    return BillMoney(stored[0], stored[1], *(Decimal(amount) for amount in stored[2:]))


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "faults": lambda stored: tuple(LineFault(*each) for each in stored),
    "notes": lambda stored: tuple(LineFault(*each) for each in stored),
    "columns": lambda stored: tuple(ColumnUse(name, field, tuple(values)) for name, field, values in stored),
    "new_clients": lambda stored: tuple(NewClient(*each) for each in stored),
    "bills": lambda stored: tuple(_read_bill(each) for each in stored),
    "refused_sums": lambda stored: tuple((currency, Decimal(total)) for currency, total in stored),
    "stored_sums": lambda stored: tuple(_read_bill(each) for each in stored),
    "tax": lambda stored: TaxGuess(TaxTreatment(stored[0]), stored[1]) if stored else None,
}
