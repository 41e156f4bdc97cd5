"""What an import did, or why it did nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, OperationalError
from psycopg.errors import DeadlockDetected, UniqueViolation

from billing.imports.contacts_csv import ColumnUse
from billing.imports.files import FaultLog, FileRefused, LineFault
from billing.imports.ledes_tax import TaxGuess

BATCH = 5000
OVERTAKEN = "Somebody saved what this file would create while the file was read. Import it again."


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
    columns: tuple[ColumnUse, ...] = ()
    assigned: str = ""
    # Only of bills: how tax is treated and why, and what each new bill comes to.
    tax: TaxGuess | None = None
    bills: tuple[BillMoney, ...] = ()
    # Bills below zero, which are left out.
    credits: int = 0
    # What was taken though it is not quite as it should be, the first of note_count.
    notes: tuple[LineFault, ...] = ()
    note_count: int = 0

    @property
    def refused(self) -> bool:
        return self.fault_count > 0

    @property
    def sums(self) -> list[BillMoney]:
        """All new bills of each currency together."""
        currencies = dict.fromkeys(bill.currency for bill in self.bills)
        return [_sum(currency, [bill for bill in self.bills if bill.currency == currency]) for currency in currencies]

    @property
    def adds_tax(self) -> bool:
        """Some bill would come to more than the file says."""
        return any(bill.is_above_file for bill in self.bills)

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


def unless_overtaken(*, act: Callable[[], ImportReport], dry_run: bool) -> ImportReport:
    """What `act`, a whole transaction, reports; refused if somebody saved the same number before it ended."""
    try:
        return act()
    except (IntegrityError, OperationalError) as clash:
        if not isinstance(clash.__cause__, UniqueViolation | DeadlockDetected):
            raise
        faults = FaultLog()
        faults.add(line_number=1, message=OVERTAKEN)
        return refused_lines(faults=faults, dry_run=dry_run)


def refused_lines(*, faults: FaultLog, dry_run: bool) -> ImportReport:
    """The report of a file that can be read and must not be imported."""
    return ImportReport(dry_run=dry_run, faults=faults.shown, fault_count=faults.count)
