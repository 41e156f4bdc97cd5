"""What a worker does: take the import that has waited longest, and go on until a person decides or it is over."""

import logging
import traceback
from collections.abc import Callable, Mapping

from django.db.models import F
from django.utils import timezone

from billing.domain.import_states import ImportEvent, ImportState, state_after
from billing.importing.leases import Lease, LeaseLost, leave_import, take_import
from billing.importing.release import release_import
from billing.importing.undo import take_back
from billing.importing.work import Work
from billing.importing.write import read_and_judge, write_file
from billing.models import Import
from firms.models import Firm
from firms.scope import all_firms, firm_scope

logger = logging.getLogger(__name__)

MOST_TRIES = 3

STEPS: Mapping[ImportState, Callable[[Work], None]] = {
    ImportState.READING: read_and_judge,
    ImportState.IMPORTING: write_file,
    ImportState.RELEASING: release_import,
    ImportState.UNDOING: take_back,
}


def work_once() -> bool:
    """Take one import as far as it goes without a person; False if none waits for a worker."""
    with all_firms():
        lease = take_import()
    if lease is None:
        return False
    firm = Firm.objects.get(pk=lease.firm_id)
    with firm_scope(firm):
        try:
            work_on(firm=firm, lease=lease)
        except LeaseLost:
            logger.info("An import is in other hands by now", extra={"import": lease.import_id})
        except Exception as fault:  # noqa: BLE001  (the boundary of the task)
            # The exception's own text may hold a client's data.
            place = traceback.extract_tb(fault.__traceback__)[-1]
            logger.error(
                "An import failed",
                extra={
                    "import": lease.import_id,
                    "fault": type(fault).__name__,
                    "place": f"{place.name}:{place.lineno}",
                },
            )
            note_failure(lease=lease)
            return True
        leave_import(lease=lease)
    return True


def work_on(*, firm: Firm, lease: Lease) -> None:
    """All steps until a person decides or the import is over, in the firm's scope. Raises LeaseLost."""
    while True:
        source = Import.objects.select_related("acted_by").get(pk=lease.import_id)
        step = STEPS.get(ImportState(source.state))
        if step is None:
            return
        step(Work(firm, source, lease))


def note_failure(*, lease: Lease) -> None:
    """Our own software failed: the import is tried again when its lease is over, and given up after MOST_TRIES."""
    rows = Import.objects.filter(pk=lease.import_id, lease_holder=lease.holder)
    rows.update(tries=F("tries") + 1)
    source = rows.filter(tries__gte=MOST_TRIES).first()
    if source is not None:
        failed = state_after(ImportState(source.state), ImportEvent.FAILED).value
        rows.update(state=failed, lease_until=None, lease_holder="", changed_at=timezone.now())
