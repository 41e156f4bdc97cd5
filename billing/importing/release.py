"""Let go what an import wrote: who listens hears of it slice by slice, and judges it anew."""

from django.db import transaction
from django.utils import timezone

from billing.domain.import_states import ImportEvent
from billing.importing.leases import note_slice
from billing.importing.work import Work
from billing.models import Contact, ImportKind, Invoice, signals
from billing.services.imports import ROWS_A_SLICE


def release_import(work: Work) -> None:
    """Release what is held, in slices of at most ROWS_A_SLICE."""
    release = _release_bills if work.source.kind == ImportKind.BILLS else _release_contacts
    while release(work) == ROWS_A_SLICE:
        pass
    work.move(ImportEvent.RELEASED, finished_at=timezone.now())


def _release_bills(work: Work) -> int:
    source = work.source
    with transaction.atomic():
        note_slice(lease=work.lease, state=work.state)
        rows = work.firm.invoices.filter(source_import=source, held=True)
        bills = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk")[:ROWS_A_SLICE])
        if bills:
            rows.filter(pk__in=[bill.pk for bill in bills]).update(held=False)
            for bill in bills:
                bill.held = False
            signals.invoices_saved.send(
                sender=Invoice, firm=work.firm, invoices=bills, actor=source.acted_by, bulk=True
            )
            note_slice(lease=work.lease, state=work.state, done=source.done + len(bills))
    source.done += len(bills)
    return len(bills)


def _release_contacts(work: Work) -> int:
    source = work.source
    with transaction.atomic():
        note_slice(lease=work.lease, state=work.state)
        rows = work.firm.contacts.filter(source_import=source, pk__gt=source.cursor)
        contacts = list(rows.order_by("pk")[:ROWS_A_SLICE])
        if contacts:
            signals.contacts_saved.send(
                sender=Contact, firm=work.firm, contacts=contacts, actor=source.acted_by, bulk=True
            )
            done = source.done + len(contacts)
            note_slice(lease=work.lease, state=work.state, cursor=contacts[-1].pk, done=done)
    if contacts:
        source.cursor = contacts[-1].pk
    source.done += len(contacts)
    return len(contacts)
