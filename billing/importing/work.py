"""An import in the hands of a worker: its file, what was chosen, and its moves."""

from dataclasses import dataclass

from billing.domain.import_choices import ImportChoices
from billing.domain.import_states import ImportEvent, ImportState
from billing.importing.files import open_file
from billing.importing.kinds import KINDS, Judged
from billing.importing.leases import Lease, move_import
from billing.imports.encodings import encoding_samples
from billing.imports.files import FaultLog
from billing.models import Import
from billing.services.imports import ImportReport, refused_lines
from firms.models import Firm

FILE_GONE = "The file was kept for a day and is deleted by now. Upload it again."


@dataclass(frozen=True)
class Work:
    """The import as it stood when the step began; the step counts on in `source`."""

    firm: Firm
    source: Import
    lease: Lease

    @property
    def state(self) -> ImportState:
        return ImportState(self.source.state)

    @property
    def choices(self) -> ImportChoices:
        return ImportChoices.from_json(self.source.choices)

    def judge(self) -> Judged:
        """The file as it is judged now, to be closed. Raises FileNotKept."""
        with open_file(source=self.source) as file:
            return KINDS[self.source.kind].judge(firm=self.firm, file=file, choices=self.choices)

    def encoding_samples(self) -> tuple[tuple[str, str], ...]:
        """How the file reads in each encoding it may have. Raises FileNotKept."""
        with open_file(source=self.source) as file:
            return encoding_samples(source=file)

    def move(self, event: ImportEvent, **changes: object) -> None:
        """Move on with the lease in hand. Raises LeaseLost."""
        move_import(lease=self.lease, state=self.state, event=event, **changes)


def report_file_gone() -> ImportReport:
    """The report of an import whose file was deleted."""
    faults = FaultLog()
    faults.add(line_number=1, message=FILE_GONE)
    return refused_lines(faults=faults, dry_run=True)
