"""The same pipeline without a worker, for commands: judged first, then written and released at once."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.domain.import_choices import ImportChoices
from billing.domain.import_states import ImportState
from billing.importing.files import KEPT, cut, store_file
from billing.importing.kinds import KINDS
from billing.importing.leases import Lease, leave_import, new_holder
from billing.importing.reports import report_to_json
from billing.importing.work import Work
from billing.importing.worker import work_on
from billing.importing.write import write_judged
from billing.imports.ledes import ReadingOptions
from billing.imports.ledes_tax import TaxTreatment
from billing.models import FilePurpose, Import, ImportKind
from billing.services.imports import ImportReport
from firms.models import Firm, User
from firms.scope import firm_scope

AS_THE_FILE_SHOWS = ImportChoices()


def import_contacts(
    *, firm: Firm, actor: User | None, data: bytes, dry_run: bool = False, choices: ImportChoices = AS_THE_FILE_SHOWS
) -> ImportReport:
    """Create the clients of a file that are not here yet; a client who is here and differs refuses the file."""
    return import_file(firm=firm, actor=actor, kind=ImportKind.CONTACTS, data=data, choices=choices, dry_run=dry_run)


def import_ledes(
    *,
    firm: Firm,
    actor: User | None,
    data: bytes,
    create_contacts: bool = False,
    names: Mapping[str, str] | None = None,
    tax: TaxTreatment | None = None,
    options: ReadingOptions | None = None,
    dry_run: bool = False,
    choices: ImportChoices = AS_THE_FILE_SHOWS,
) -> ImportReport:
    """Create the bills of a file, approved; a bill that is here with the same content is left alone.

    `names` are clients' names by number; `tax` is told from the file if None is given.
    """
    chosen = replace(
        choices,
        create_contacts=create_contacts,
        names=names or {},
        tax=tax.value if tax else "",
        encoding=options.encoding if options else "",
        layout=options.layout if options else "",
        dates=options.dates.value if options and options.dates else "",
    )
    return import_file(firm=firm, actor=actor, kind=ImportKind.BILLS, data=data, choices=chosen, dry_run=dry_run)


def import_file(
    *,
    firm: Firm,
    actor: User | None,
    kind: ImportKind,
    data: bytes,
    choices: ImportChoices,
    file_name: str = "file",
    dry_run: bool = False,
) -> ImportReport:
    """Import a file at once and report; of one that is refused, or that changes nothing, nothing is kept.

    A process that is killed meanwhile leaves its import to the workers.
    """
    with firm_scope(firm):
        judged = KINDS[kind].judge(firm=firm, file=io.BytesIO(data), choices=choices)
        if dry_run or judged.report.refused or not judged.report.created:
            judged.close()
            return replace(judged.report, dry_run=dry_run)
        source = Import(firm=firm, kind=kind, file_name=file_name, choices=choices.to_json())
        source.report = report_to_json(judged.report)
        lease = _begin(source, actor, data)
        report = write_judged(Work(firm, source, lease), judged)
        work_on(firm=firm, lease=lease)
        leave_import(lease=lease)
        source.refresh_from_db()
        if source.state == ImportState.CHECKED:
            # Nothing was written, and nobody looks at its page.
            source.delete()
        return replace(report, dry_run=False)


def _begin(source: Import, actor: User | None, data: bytes) -> Lease:
    holder = new_holder()
    source.file_size, source.file_sha256 = len(data), hashlib.sha256(data).hexdigest()
    source.file_until = timezone.now() + KEPT
    source.state = ImportState.IMPORTING.value
    source.uploaded_by, source.acted_by, source.uploaded_by_label = actor, actor, str(actor or "Bill Syncing")
    source.lease_holder, source.lease_until = holder, timezone.now() + timedelta(seconds=settings.IMPORT_LEASE_SECONDS)
    with transaction.atomic():
        source.save(force_insert=True)
        store_file(source=source, parts=cut([data]), purpose=FilePurpose.UPLOADED)
    return Lease(import_id=source.pk, firm_id=source.firm_id, holder=holder)
