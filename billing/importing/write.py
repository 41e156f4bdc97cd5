"""Read and judge a file, and write it in slices; a worker that takes over goes on with what is not here yet."""

from contextlib import closing
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from psycopg.errors import DeadlockDetected, UniqueViolation

from billing.domain.import_choices import Then
from billing.domain.import_states import ImportEvent
from billing.importing.csv_lines import REFUSED_HEADS, csv_lines
from billing.importing.files import FileNotKept, cut, store_file
from billing.importing.kinds import Judged
from billing.importing.leases import note_slice
from billing.importing.reports import report_from_json, report_to_json
from billing.importing.work import Work, report_file_gone
from billing.imports.files import LineFault
from billing.models import FilePurpose, Import, ImportFilePart, signals
from billing.services.import_ledes import JudgedBills
from billing.services.imports import ImportReport, Overtaken, overtaken

# How often a file is judged anew because of what was saved meanwhile, before the person is asked.
MOST_JUDGEMENTS = 3
CHANGED = "What the file would do has changed since it was shown. Nothing was imported: look at it again."
# Bills of a file of which it is asked what would become of them.
MOST_FORECAST = 500


def read_and_judge(work: Work) -> None:
    """What the file would do, on its row, and what of it is refused, as a file of its own."""
    forecast: dict[str, Any] = {}
    try:
        with closing(work.judge()) as judged:
            report = replace(judged.report, encoding_samples=work.encoding_samples())
            _keep_refused(work, judged)
            forecast = _forecast(work, judged)
    except FileNotKept:
        report = report_file_gone()
    stored = report_to_json(report) | {"forecast": forecast}
    work.move(ImportEvent.READ, report=stored, total=report.created, done=0)


def _forecast(work: Work, judged: Judged) -> dict[str, Any]:
    """What those above billing say would become of the first bills; empty where nobody says anything."""
    if not isinstance(judged, JudgedBills) or not judged.report.created:
        return {}
    unsaved = judged.unsaved(most=MOST_FORECAST)
    answers: list[tuple[Any, Any]] = signals.forecast_asked.send(
        sender=Import, firm=work.firm, bills=unsaved.bills, lines=unsaved.lines
    )
    found: dict[str, Any] = {"judged": len(unsaved.bills)}
    for _listener, answer in answers:
        found |= answer
    return found


def _keep_refused(work: Work, judged: Judged) -> None:
    with transaction.atomic():
        ImportFilePart.objects.filter(source_import=work.source, purpose=FilePurpose.REFUSED).delete()
        if judged.report.rows_refused:
            lines = csv_lines(heads=REFUSED_HEADS, rows=judged.refused_rows())
            store_file(source=work.source, parts=cut(lines), purpose=FilePurpose.REFUSED)


def write_file(work: Work) -> None:
    """Write everything that is not here yet; what a worker before us wrote counts as here."""
    try:
        write_judged(work, work.judge())
    except FileNotKept:
        _stop(work, report_file_gone())


def write_judged(work: Work, judged: Judged) -> ImportReport:
    """The same with the file judged already; what was written, or why nothing was."""
    for _ in range(MOST_JUDGEMENTS):
        with closing(judged):
            if _speaks_against(work, judged.report):
                return _stop(work, replace(judged.report, skipped=False))
            if not is_begun(work.source):
                if not _is_as_seen(work, judged.report):
                    return _stop(work, _with_note(judged.report))
                report = report_to_json(replace(judged.report, dry_run=False))
                note_slice(lease=work.lease, state=work.state, report=report, total=judged.report.created)
            try:
                _write_slices(work, judged)
            except Overtaken:
                judged = work.judge()
                continue
        work.move(ImportEvent.HELD if work.choices.then is Then.HOLD else ImportEvent.WRITTEN, done=0)
        return replace(judged.report, dry_run=False)
    return _stop(work, overtaken(report=judged.report))


def _speaks_against(work: Work, report: ImportReport) -> bool:
    """Whether something is refused that the person has not left out."""
    if not report.fault_count:
        return False
    if not report.skipped or not report.rows_refused:
        return True
    return not report.created and not is_begun(work.source)


def _is_as_seen(work: Work, report: ImportReport) -> bool:
    """Whether the file would do what the person saw: as many rows, the same money, the same rows left out.

    A rate of tax may have changed since, or somebody imported a part of the file.
    """
    seen = report_from_json(work.source.report)
    return _in_short(seen) == _in_short(report)


def _in_short(report: ImportReport) -> tuple[object, ...]:
    return (report.created, report.sums, report.rows_refused, report.refused_sums)


def _with_note(report: ImportReport) -> ImportReport:
    note = LineFault(1, "", CHANGED)
    return replace(report, skipped=False, notes=(note, *report.notes), note_count=report.note_count + 1)


def _write_slices(work: Work, judged: Judged) -> None:
    source = work.source
    for part in judged.slices():
        done = source.done + part.count
        try:
            with transaction.atomic():
                note_slice(lease=work.lease, state=work.state, done=done)
                part.write(firm=work.firm, actor=source.acted_by, source=source)
        except (IntegrityError, OperationalError) as clash:
            if not isinstance(clash.__cause__, UniqueViolation | DeadlockDetected):
                raise
            raise Overtaken from clash
        source.done = done


def is_begun(source: Import) -> bool:
    """Whether anything of the file is written."""
    return source.invoices.exists() or source.contacts.exists()


def _stop(work: Work, report: ImportReport) -> ImportReport:
    """What was saved meanwhile speaks against the file: take back what is written, or ask the person again."""
    event = ImportEvent.UNDO if is_begun(work.source) else ImportEvent.OVERTAKEN
    work.move(event, report=report_to_json(report), done=0)
    return report
