"""All known errors, joined; the order is the order of matching."""

from collections.abc import Sequence
from typing import Final

from xero_sync.domain.errors import (
    accounts,
    both_sides,
    connection,
    contacts,
    dates,
    invoices,
    lines,
    ours,
    payments,
    setup,
)
from xero_sync.domain.errors.model import KnownError

UNKNOWN: Final = ours.UNKNOWN


class TableFault(Exception):
    """Two entries of the table claim the same code or the same row of Xero's messages."""


def _joined(groups: Sequence[Sequence[KnownError]]) -> tuple[KnownError, ...]:
    entries = [entry for group in groups for entry in group]
    _check_unique([entry.code for entry in entries])
    _check_unique([str(entry.number) for entry in entries if entry.number])
    # Xero appends its general sentences to particular ones, so the general ones are looked for last.
    return tuple(sorted(entries, key=lambda entry: entry.generic))


def _check_unique(keys: list[str]) -> None:
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise TableFault(f"used twice: {', '.join(twice)}")


TABLE: Final = _joined(
    (
        contacts.ENTRIES,
        payments.ENTRIES,
        invoices.ENTRIES,
        lines.ENTRIES,
        dates.ENTRIES,
        accounts.ENTRIES,
        setup.ENTRIES,
        connection.ENTRIES,
        ours.ENTRIES,
        both_sides.ENTRIES,
    )
)
BY_CODE: Final = {entry.code: entry for entry in TABLE}
UNREACHABLE: Final = BY_CODE["xero-unavailable"]
BY_NUMBER: Final = {entry.number: entry for entry in TABLE if entry.number}
