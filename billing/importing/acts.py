"""What a person does with an import: upload, choose, confirm, release, take back. Workers do the rest."""

from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from billing.domain.import_choices import ImportChoices, Then
from billing.domain.import_states import IllegalImportMove, ImportEvent, ImportState, state_after
from billing.importing.files import KEPT, cut, store_file
from billing.importing.reports import report_from_json
from billing.models import FilePurpose, Import, ImportKind
from billing.services.column_choices import remember_columns
from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused
from firms.scope import firm_scope

EMPTY = "The file is empty. Export it again."
MOVED_ON = "This import has moved on since the page was opened. Look at it again."
STILL_REFUSED = "The file cannot be imported as it is. Nothing was stored."
NOTHING_NEW = "Everything in this file is here already. Nothing is left to import."
_ACTIONS = {
    ImportEvent.CONFIRMED: "import.confirmed",
    ImportEvent.RELEASE: "import.released",
    ImportEvent.UNDO: "import.undone",
}


def receive_file(*, firm: Firm, actor: User, kind: ImportKind, file_name: str, chunks: Iterable[bytes]) -> Import:
    """Keep an uploaded file for a day, to be read by a worker. Raises Refused for an empty one."""
    now = timezone.now()
    with transaction.atomic(), firm_scope(firm):
        source = Import.objects.create(
            firm=firm,
            kind=kind,
            file_name=file_name[:255],
            file_size=0,
            file_until=now + KEPT,
            choices=ImportChoices().to_json(),
            uploaded_by=actor,
            uploaded_by_label=str(actor)[:254],
            acted_by=actor,
        )
        source.file_size, source.file_sha256 = store_file(
            source=source, parts=cut(chunks), purpose=FilePurpose.UPLOADED
        )
        if not source.file_size:
            raise Refused({"file": EMPTY})
        source.save(update_fields=["file_size", "file_sha256"])
        audit.record(
            firm=firm,
            actor=actor,
            action="import.uploaded",
            target=source,
            after={"sha256": source.file_sha256, "bytes": source.file_size},
        )
    return source


def choose(*, firm: Firm, actor: User, source: Import, choices: ImportChoices) -> None:
    """Have the file read again under other choices. Raises Refused."""
    _act(firm, actor, source, ImportEvent.CHOSEN, choices=choices.to_json(), done=0, total=0)


def confirm(*, firm: Firm, actor: User, source: Import, then: Then, skip_refused: bool = False) -> None:
    """Import the file as it was shown. Raises Refused while it is refused, or where it changes nothing."""
    report = report_from_json(source.report)
    if report.fault_count and not (skip_refused and report.can_skip):
        raise Refused({"": STILL_REFUSED})
    if not report.created:
        raise Refused({"": NOTHING_NEW})
    choices = replace(ImportChoices.from_json(source.choices), then=then, skip_refused=skip_refused)
    with transaction.atomic(), firm_scope(firm):
        _act(firm, actor, source, ImportEvent.CONFIRMED, choices=choices.to_json(), done=0, total=report.created)
        if choices.columns:
            # What was only tried is not kept.
            remember_columns(firm=firm, shape=report.shape, columns=report.columns)


def release(*, firm: Firm, actor: User, source: Import) -> None:
    """Let what the import holds go on. Raises Refused."""
    _act(firm, actor, source, ImportEvent.RELEASE, done=0)


def undo(*, firm: Firm, actor: User, source: Import) -> None:
    """Take back what the import wrote and nobody has released; of one that wrote nothing, put the file away."""
    total = source.invoices.filter(held=True).count() + source.contacts.count() + source.matters.count()
    over = {"finished_at": timezone.now()} if source.state == ImportState.CHECKED else {}
    _act(firm, actor, source, ImportEvent.UNDO, done=0, total=total, **over)


def _act(firm: Firm, actor: User, source: Import, event: ImportEvent, **changes: object) -> None:
    with transaction.atomic(), firm_scope(firm):
        # A worker in the middle of a slice is waited for; the next slice finds the import moved.
        row = firm.imports.select_for_update(no_key=True).get(pk=source.pk)
        try:
            state = state_after(ImportState(row.state), event)
        except IllegalImportMove as moved:
            raise Refused({"": MOVED_ON}) from moved
        values = {**changes, "state": state.value, "acted_by": actor, "changed_at": timezone.now(), "cursor": 0}
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
        if event in _ACTIONS:
            then = ImportChoices.from_json(row.choices).then
            audit.record(firm=firm, actor=actor, action=_ACTIONS[event], target=row, after={"then": then.value})
