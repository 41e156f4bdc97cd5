"""What a LEDES 1998B file says, frozen: bills with their lines, each with the physical line it came from."""

import hashlib
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billing.imports.files import FileRefused, LineFault


class EntryType(StrEnum):
    """EXP/FEE/INV_ADJ_TYPE: a fee, an expense, or an adjustment of the whole bill's fees or expenses."""

    FEE = "F"
    EXPENSE = "E"
    FEE_ADJUSTMENT = "IF"
    EXPENSE_ADJUSTMENT = "IE"


@dataclass(frozen=True, slots=True)
class LedesLine:
    """One record. `units`, `unit_cost`, `adjustment` are the file's; the bill's line is `quantity` times `unit_price`
    minus `discount`, at most 6, 6 and 2 decimals, which by `money.line_amount` is exactly `amount`.
    """

    line_number: int
    item_number: str
    entry_type: EntryType
    date: date | None
    matter_id: str
    client_matter_id: str
    description: str
    task_code: str
    activity_code: str
    expense_code: str
    timekeeper_id: str
    timekeeper_name: str
    timekeeper_classification: str
    units: Decimal
    unit_cost: Decimal
    adjustment: Decimal
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    # What the international forms say of it: the line's tax beside its amount, or None if nothing is said.
    tax: Decimal | None = None
    tax_percent: Decimal = Decimal(0)
    tax_name: str = ""
    matter_name: str = ""

    @property
    def is_time(self) -> bool:
        """Time line (a fee or its adjustment), or else an expense line."""
        return self.entry_type in (EntryType.FEE, EntryType.FEE_ADJUSTMENT)


@dataclass(frozen=True)
class LedesInvoice:
    """One bill; `total` is INVOICE_TOTAL and equals the sum of its lines' amounts and taxes. `currency` and
    `client_name` are "" where the file says nothing of them.
    """

    line_number: int
    number: str
    client_id: str
    invoice_date: date
    total: Decimal
    billing_start: date | None
    billing_end: date | None
    description: str
    lines: tuple[LedesLine, ...]
    currency: str = ""
    client_name: str = ""
    file: str = ""

    @property
    def matter_names(self) -> dict[str, str]:
        """The name of each matter that has one, by its number."""
        return {line.matter_id: line.matter_name for line in reversed(self.lines) if line.matter_name}

    @property
    def matter_ids(self) -> tuple[str, ...]:
        """The bill's matters, usually one, in order of appearance."""
        return tuple(dict.fromkeys(line.matter_id for line in self.lines if line.matter_id))

    @property
    def fingerprint(self) -> str:
        """The same 64 hexadecimal digits for the same content, wherever it stands in a file and however it is typed."""
        head = (self.number, self.client_id, self.invoice_date, self.total, self.billing_start, self.billing_end)
        lines = sorted(_canonical(*(getattr(line, name) for name in _MEANING)) for line in self.lines)
        if self.currency or any(line.tax is not None for line in self.lines):
            lines += [self.currency, *sorted(_canonical(line.item_number, line.tax) for line in self.lines)]
        return hashlib.sha256("\x1e".join([_canonical(*head, self.description), *lines]).encode()).hexdigest()


@dataclass(frozen=True)
class BillRead:
    """One bill of a file: as a document, or None with the faults that stand against it, the first of `fault_count`.

    `total` is what the file says it comes to, as far as that can be read; `notes` say what was taken though it is not
    quite as it should be. `file` is the file within a ZIP, or "".
    """

    number: str
    file: str
    line_number: int
    total: Decimal
    bill: LedesInvoice | None
    faults: tuple[LineFault, ...] = ()
    fault_count: int = 0
    notes: tuple[LineFault, ...] = ()
    note_count: int = 0


@dataclass(frozen=True)
class LedesRefused(FileRefused):
    """The file is not LEDES 1998B, is damaged or does not add up."""


# The bill's own figures follow from the file's, and a line's place in the file means nothing. What the international
# forms add is no part of what LEDES 1998B says, whose bills keep the fingerprints they were imported with.
_WITHOUT_MEANING = frozenset({"line_number", "quantity", "unit_price", "discount"})
_INTERNATIONAL = frozenset({"tax", "tax_percent", "tax_name", "matter_name"})
_MEANING = tuple(field.name for field in fields(LedesLine) if field.name not in _WITHOUT_MEANING | _INTERNATIONAL)


def _canonical(*values: object) -> str:
    return "\x1f".join(
        f"{value.normalize():f}" if isinstance(value, Decimal) and value else "" if not value else str(value)
        for value in values
    )
