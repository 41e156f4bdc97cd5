"""What a page shows of an import: its step, how far it is, and what its report says, in words."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from billing.domain.import_choices import ImportChoices, Then
from billing.domain.import_states import AT_WORK, ImportState
from billing.importing.kinds import KINDS, KindOfImport
from billing.importing.reports import report_from_json
from billing.lists.import_outcome import ThenOption, count_words, describe_outcome, list_options, skip_words
from billing.models import Import, ImportKind
from billing.services.import_words import money_words, refusal, sentence
from billing.services.imports import ImportReport, NewClient

STEPS = ("The file", "What we understood", "What would happen", "Import")
UNDERSTOOD, HAPPENS, IMPORTED = 2, 3, 4
AT_WORK_WORDS: Mapping[ImportState, str] = {
    ImportState.READING: "Reading the file",
    ImportState.IMPORTING: "Importing",
    ImportState.RELEASING: "Releasing",
    ImportState.UNDOING: "Taking back",
}
# Badge: words, tone, icon.
BADGES: Mapping[ImportState, tuple[str, str, str]] = {
    ImportState.READING: ("Reading", "blue", "hourglass"),
    ImportState.CHECKED: ("Waits for you", "amber", "eye"),
    ImportState.IMPORTING: ("Importing", "blue", "hourglass"),
    ImportState.RELEASING: ("Releasing", "blue", "hourglass"),
    ImportState.HELD: ("Held", "amber", "pause"),
    ImportState.DONE: ("Imported", "green", "check"),
    ImportState.UNDOING: ("Taking back", "blue", "hourglass"),
    ImportState.UNDONE: ("Taken back", "slate", "rotate-cw"),
    ImportState.FAILED: ("Failed", "red", "triangle-alert"),
}
TEMPLATES = {UNDERSTOOD: "billing/import_understood.html", HAPPENS: "billing/import_happens.html"}


@dataclass(frozen=True)
class Step:
    """One of the four steps, as the line of steps shows it."""

    number: int
    label: str
    current: bool
    done: bool


@dataclass(frozen=True)
class ImportPage:
    """An import and the step that its page shows."""

    source: Import
    step: int

    @classmethod
    def from_import(cls, source: Import, step: str = "") -> "ImportPage":
        """The page of this import; `step` is "3" to look at what would happen."""
        state = ImportState(source.state)
        if state is ImportState.READING:
            return cls(source, UNDERSTOOD)
        if state is not ImportState.CHECKED:
            return cls(source, IMPORTED)
        return cls(source, HAPPENS if step == str(HAPPENS) else UNDERSTOOD)

    @property
    def state(self) -> ImportState:
        return ImportState(self.source.state)

    @property
    def template(self) -> str:
        return (
            "billing/import_progress.html"
            if self.is_at_work
            else TEMPLATES.get(self.step, "billing/import_result.html")
        )

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def work_words(self) -> str:
        return AT_WORK_WORDS.get(self.state, "")

    @property
    def progress_words(self) -> str:
        """ "1,500 of 30,000 bills"; nothing while the file is read, which has no measure."""
        source = self.source
        return f"{source.done:,} of {source.total:,} {self.kind.noun}s" if source.total and source.done else ""

    @property
    def badge(self) -> tuple[str, str, str]:
        return BADGES[self.state]

    @property
    def steps(self) -> list[Step]:
        over = self.state in (ImportState.DONE, ImportState.HELD, ImportState.UNDONE)
        return [
            Step(number, label, number == self.step, number < self.step or over)
            for number, label in enumerate(STEPS, start=1)
        ]

    @property
    def kind(self) -> KindOfImport:
        return KINDS[self.source.kind]

    @property
    def is_of_bills(self) -> bool:
        return self.source.kind == ImportKind.BILLS

    @cached_property
    def report(self) -> ImportReport:
        return report_from_json(self.source.report)

    @property
    def choices(self) -> ImportChoices:
        return ImportChoices.from_json(self.source.choices)

    @property
    def words(self) -> str:
        """What would be done or was done, or why nothing can be."""
        return refusal(self.report) if self.report.refused else sentence(report=self.report, noun=self.kind.noun)

    @property
    def bills(self) -> list[tuple[str, str]]:
        """The first bills with what each comes to."""
        return [(bill.number, money_words(bill)) for bill in self.report.bills]

    @property
    def bills_more(self) -> int:
        return self.report.created - len(self.report.bills)

    @property
    def can_import(self) -> bool:
        return self.state is ImportState.CHECKED and not self.report.refused and bool(self.report.created)

    @property
    def can_skip(self) -> bool:
        """Whether the refused rows may be left out and the others come in."""
        return self.state is ImportState.CHECKED and self.report.refused and self.report.can_skip

    @property
    def nameless(self) -> list[str]:
        """The numbers of new clients of whom nobody knows a name yet."""
        return [client.number for client in self.report.new_clients if not client.name]

    @property
    def named(self) -> list[NewClient]:
        """The new clients who would be created."""
        return [client for client in self.report.new_clients if client.name]

    @property
    def is_done(self) -> bool:
        return self.state is ImportState.DONE

    @property
    def is_held(self) -> bool:
        return self.state is ImportState.HELD

    @property
    def has_failed(self) -> bool:
        return self.state is ImportState.FAILED

    @property
    def can_stop(self) -> bool:
        """Whether the writing may be stopped: what is written is taken back then."""
        return self.state is ImportState.IMPORTING

    @property
    def live_url(self) -> str:
        return reverse("billing:import-live", args=[self.source.firm.slug, self.source.pk])

    @property
    def etag(self) -> str:
        return page_etag(self.source)

    @property
    def samples(self) -> list[list[tuple[str, str]]]:
        """The first rows, each cell with its head."""
        report = self.report
        return [list(zip(report.sample_heads, row, strict=False)) for row in report.samples]

    @property
    def then_options(self) -> list[ThenOption]:
        """What may become of the rows; the first file of a layout is proposed to be held."""
        proposed = Then.SEND if self._layout_is_known() else Then.HOLD
        return list_options(of_bills=self.is_of_bills, proposed=proposed)

    def _layout_is_known(self) -> bool:
        finished = [ImportState.HELD.value, ImportState.RELEASING.value, ImportState.DONE.value]
        others = self.source.firm.imports.exclude(pk=self.source.pk).filter(kind=self.source.kind, state__in=finished)
        return others.filter(report__layout=self.report.layout).exists()

    @property
    def import_words(self) -> str:
        """The main button: "Import 40 bills (34,610.00)"."""
        return f"Import {self._count_words()}"

    @property
    def skip_words(self) -> str:
        """The second button: "Import the 38 good bills (31,200.00), leave out 2 (3,410.00)"."""
        return skip_words(report=self.report, noun=self.kind.noun)

    @property
    def release_words(self) -> str:
        """The button that ends a hold: "Release 40 bills (34,610.00)"."""
        return f"Release {self._count_words()}"

    def _count_words(self) -> str:
        return count_words(report=self.report, noun=self.kind.noun)

    @property
    def result_words(self) -> str:
        """What came of the import, in a sentence."""
        return describe_outcome(state=self.state, report=self.report, choices=self.choices, noun=self.kind.noun)

    @property
    def has_file(self) -> bool:
        """Whether the file itself is still kept."""
        return self.source.file_until > timezone.now()


def first_steps() -> list[Step]:
    """The line of steps before there is a file."""
    return [Step(number, label, number == 1, done=False) for number, label in enumerate(STEPS, start=1)]


def page_etag(source: Import) -> str:
    """A text that differs whenever the page of the import must change."""
    return hashlib.sha256(f"{source.pk} {source.state} {source.done} {source.total}".encode()).hexdigest()[:20]
