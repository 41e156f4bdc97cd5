"""Take back what an import wrote and nobody has released: bills become void, unused clients and matters are removed."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet
from django.utils import timezone

from billing import services
from billing.domain.import_states import ImportEvent
from billing.importing.leases import note_slice
from billing.importing.work import Work
from billing.models import Contact, Import, Invoice, InvoiceState, Matter
from billing.services.facts import contact_facts
from billing.services.imports import ROWS_A_SLICE
from firms import audit

VOID = InvoiceState.VOID.value


def take_back(work: Work) -> None:
    """Undo in slices of at most ROWS_A_SLICE rows; what was released, or changed by hand, stays."""
    for step in (_void_bills, _remove_matters, _remove_contacts):
        while _slice(work, step) == ROWS_A_SLICE:
            pass
    work.move(ImportEvent.UNDONE, finished_at=timezone.now())


def _slice(work: Work, step: Callable[[Work], int]) -> int:
    try:
        with transaction.atomic():
            note_slice(lease=work.lease, state=work.state)
            count = step(work)
            note_slice(lease=work.lease, state=work.state, done=work.source.done + count)
    except ProtectedError:
        # Somebody used one of these rows a moment ago: those that are left are looked for again.
        return ROWS_A_SLICE
    work.source.done += count
    return count


def _void_bills(work: Work) -> int:
    held = work.firm.invoices.filter(source_import=work.source, held=True).exclude(state=VOID)
    bills = list(held.select_for_update(of=("self",), no_key=True).order_by("pk")[:ROWS_A_SLICE])
    services.void_together(firm=work.firm, actor=work.source.acted_by, bills=bills)
    return len(bills)


def _taken_back(source: Import) -> QuerySet[Invoice]:
    return Invoice.objects.filter(source_import=source, state=VOID, held=True)


def _others(source: Import) -> QuerySet[Invoice]:
    """Bills that still need their client and matter."""
    return Invoice.objects.exclude(pk__in=_taken_back(source))


def _remove_matters(work: Work) -> int:
    used = _others(work.source).filter(matter=OuterRef("pk"))
    unused = work.firm.matters.filter(~Exists(used), source_import=work.source)
    matters = list(unused.select_for_update(of=("self",)).order_by("pk")[:ROWS_A_SLICE])
    _taken_back(work.source).filter(matter__in=matters).update(matter=None)
    changes: list[audit.Change] = [
        (matter, {"number": matter.number, "contact_id": matter.contact_id}, {}) for matter in matters
    ]
    return _remove(work, Matter.objects.filter(pk__in=[each.pk for each in matters]), "matter.removed", changes)


def _remove_contacts(work: Work) -> int:
    """A client whose page somebody saved since is somebody's by now, and stays."""
    billed = _others(work.source).filter(contact=OuterRef("pk"))
    matters = Matter.objects.filter(contact=OuterRef("pk"))
    unused = work.firm.contacts.filter(~Exists(billed), ~Exists(matters), source_import=work.source, version=1)
    contacts = list(unused.select_for_update(of=("self",)).order_by("pk")[:ROWS_A_SLICE])
    _taken_back(work.source).filter(contact__in=contacts).update(contact=None)
    changes: list[audit.Change] = [(contact, contact_facts(contact), {}) for contact in contacts]
    return _remove(work, Contact.objects.filter(pk__in=[each.pk for each in contacts]), "contact.removed", changes)


def _remove(
    work: Work, rows: QuerySet[Matter] | QuerySet[Contact], action: str, changes: Sequence[audit.Change]
) -> int:
    if changes:
        audit.record_all(firm=work.firm, actor=work.source.acted_by, action=action, changes=changes)
        rows.delete()
    return len(changes)
