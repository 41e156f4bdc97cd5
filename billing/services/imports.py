"""What an import did, or why it did nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError
from psycopg.errors import DeadlockDetected, UniqueViolation

from billing.imports.files import FaultLog, FileRefused, LineFault

BATCH = 5000
OVERTAKEN = "Somebody saved what this file would create while the file was read. Import it again."


@dataclass(frozen=True)
class ImportReport:
    """Counts of what was created, or of what would be in a dry run; with any fault nothing was."""

    dry_run: bool
    created: int = 0
    unchanged: int = 0
    contacts_created: int = 0
    matters_created: int = 0
    lines: int = 0
    faults: tuple[LineFault, ...] = ()
    fault_count: int = 0
    ignored_columns: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        return self.fault_count > 0

    @property
    def changed_nothing(self) -> bool:
        """The file was imported before, as it stands."""
        return not self.refused and not self.created


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
