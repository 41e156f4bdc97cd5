"""What an import did, or why it did nothing."""

from dataclasses import dataclass

from billing.files import FaultLog, FileRefused, LineFault

BATCH = 5000


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


def refused_lines(*, faults: FaultLog, dry_run: bool) -> ImportReport:
    """The report of a file that can be read and must not be imported."""
    return ImportReport(dry_run=dry_run, faults=faults.shown, fault_count=faults.count)
