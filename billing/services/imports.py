"""What an import did, or why it did nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from billing.imports.contacts_csv import ColumnUse
from billing.imports.files import FaultLog, FileRefused, LineFault
from billing.imports.ledes_tax import TaxGuess

# Bills or clients that one transaction of an import writes, and lines of these bills, which cost little: short enough
# that other saves of the firm hardly wait.
ROWS_A_SLICE, LINES_A_SLICE = 500, 2000
# Rows shown as they will look here.
SAMPLES = 5
OVERTAKEN = "Somebody saved what this file would create while the file was read. Import it again."


class Overtaken(Exception):
    """Somebody saved meanwhile what speaks against the file: nothing of the slice stands, and it is judged anew."""


@dataclass(frozen=True)
class BillMoney:
    """What one new bill comes to: in the file, its tax (added, or inside the file's total already), and here."""

    number: str
    currency: str
    total_in_file: Decimal
    tax: Decimal
    total_here: Decimal

    @property
    def is_above_file(self) -> bool:
        """The client would owe more than the file says."""
        return self.total_here > self.total_in_file


class NewClient(NamedTuple):
    """A client whom the import would create: the number in the file, and the name; empty if it has to be asked for."""

    number: str
    name: str


@dataclass(frozen=True)
class ImportReport:
    """Counts of what was created, or of what would be in a dry run; with any fault nothing was.

    `layout` names what the file was read as, `assigned` says which client numbers were given, or is empty.
    """

    dry_run: bool
    created: int = 0
    unchanged: int = 0
    contacts_created: int = 0
    matters_created: int = 0
    lines: int = 0
    faults: tuple[LineFault, ...] = ()
    fault_count: int = 0
    ignored_columns: tuple[str, ...] = ()
    layout: str = ""
    # As it was read and, by its code, as a person chose it; `shape` is the key of a table's header.
    encoding: str = ""
    chosen_encoding: str = ""
    # Where the bytes do not tell: encoding, and how a line of the file reads in it.
    encoding_samples: tuple[tuple[str, str], ...] = ()
    shape: str = ""
    columns: tuple[ColumnUse, ...] = ()
    assigned: str = ""
    # Only of bills: how tax is treated and why, and what each new bill comes to. A stored report keeps the first bills
    # and the sums of all.
    tax: TaxGuess | None = None
    bills: tuple[BillMoney, ...] = ()
    stored_sums: tuple[BillMoney, ...] = ()
    # Bills below zero, which are left out.
    credits: int = 0
    new_clients: tuple[NewClient, ...] = ()
    # The first rows as they will look here, under these heads.
    sample_heads: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    # Bills or clients of the file that are refused, and what the bills come to in the file, by currency. A file that is
    # refused whole has none. With `skipped` they are left out and the others come in.
    rows_refused: int = 0
    refused_sums: tuple[tuple[str, Decimal], ...] = ()
    skipped: bool = False
    # What was taken though it is not quite as it should be, the first of note_count.
    notes: tuple[LineFault, ...] = ()
    note_count: int = 0

    @property
    def refused(self) -> bool:
        return self.fault_count > 0 and not self.skips

    @property
    def skips(self) -> bool:
        """Whether what is refused is left out, and anything comes in."""
        return self.skipped and self.can_skip

    @property
    def can_skip(self) -> bool:
        """Whether the file's form is in order, and some of it may come in without the rest."""
        return self.rows_refused > 0 and self.created > 0

    @property
    def sums(self) -> tuple[BillMoney, ...]:
        """All new bills of each currency together."""
        currencies = dict.fromkeys(bill.currency for bill in self.bills)
        return self.stored_sums or tuple(
            _sum(currency, [bill for bill in self.bills if bill.currency == currency]) for currency in currencies
        )

    @property
    def adds_tax(self) -> bool:
        """Some bill would come to more than the file says."""
        return any(bill.is_above_file for bill in (*self.bills, *self.sums))

    @property
    def changed_nothing(self) -> bool:
        """The file was imported before, as it stands."""
        return not self.refused and not self.created and not self.credits


def _sum(currency: str, bills: Sequence[BillMoney]) -> BillMoney:
    return BillMoney(
        "",
        currency,
        sum((bill.total_in_file for bill in bills), Decimal(0)),
        sum((bill.tax for bill in bills), Decimal(0)),
        sum((bill.total_here for bill in bills), Decimal(0)),
    )


def refused_file(*, refusal: FileRefused, dry_run: bool) -> ImportReport:
    """The report of a file that cannot be read."""
    return ImportReport(dry_run=dry_run, faults=refusal.faults, fault_count=refusal.fault_count)


def refused_lines(*, faults: FaultLog, dry_run: bool) -> ImportReport:
    """The report of a file that can be read and must not be imported."""
    return ImportReport(dry_run=dry_run, faults=faults.shown, fault_count=faults.count)


def overtaken(*, report: ImportReport) -> ImportReport:
    """The report of a file that fitted when it was judged and not when it was written."""
    faults = FaultLog()
    faults.add(line_number=1, message=OVERTAKEN)
    return replace(report, dry_run=True, faults=faults.shown, fault_count=faults.count)
