"""Signals of billing, expense categories and firms become sync jobs, in the transaction that sent the signal.

Billing's `contacts_saved` and `invoices_saved` reach `enqueue_saved` through the rows of each kind
(kinds/<kind>/snapshot.py).
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from billing.models import Invoice, InvoiceLine
from billing.models.signals import client_names_asked, forecast_asked
from expense_categories.signals import account_codes_changed
from firms.models import Firm
from firms.signals import firm_created
from xero_sync import outbox
from xero_sync.domain.holds import BY_A_PERSON
from xero_sync.domain.kinds import KindSpec, SavedDocument
from xero_sync.domain.releases import MAPPING_CHANGED
from xero_sync.domain.states import State
from xero_sync.kinds.registry import KINDS, find_kind, kinds_waiting_for
from xero_sync.models import SyncJob
from xero_sync.organisation import chart_check
from xero_sync.organisation.contact_names import names_by_number
from xero_sync.pages.import_forecast import forecast_unsaved

IN_XERO = Q(state=State.IN_XERO)
DECIDED = Q(state=State.NOT_SENT, hold__in=BY_A_PERSON)


@receiver(firm_created, dispatch_uid="xero_sync.start_firm")
def start_firm(firm: Firm, **_: Any) -> None:
    """Give a new firm its preferences, by its date of creation."""
    outbox.start_firm(firm=firm)


@receiver(account_codes_changed, dispatch_uid="xero_sync.release_mappings")
def release_mappings(firm: Firm, **_: Any) -> None:
    """Release the bills that waited for a mapping; each goes under its stored preferences."""
    now = timezone.now()
    outbox.release(firm=firm, codes=MAPPING_CHANGED, now=now)
    chart_check.compare_with_stored(firm=firm, now=now)


@receiver(client_names_asked, dispatch_uid="xero_sync.client_names")
def answer_client_names(firm: Firm, client_numbers: Sequence[str], **_: Any) -> dict[str, str]:
    """The names under which Xero has clients whom a file names by number alone."""
    return names_by_number(firm=firm, numbers=client_numbers)


@receiver(forecast_asked, dispatch_uid="xero_sync.forecast")
def answer_forecast(
    firm: Firm, bills: Sequence[Invoice], lines: Mapping[int, Sequence[InvoiceLine]], **_: Any
) -> dict[str, Any]:
    """What would become in Xero of bills that nobody has imported yet."""
    return forecast_unsaved(firm=firm, bills=bills, lines=lines)


def enqueue_saved(kind: KindSpec, *, firm: Firm, saved: Sequence[SavedDocument], bulk: bool) -> None:
    """Enqueue saved documents, the documents they wait for and those that wait for them, unless these are in Xero.

    Documents that a person left out of Xero or handled in Xero stay out, also where a saved one waits for them: the
    decision has a reason, and only a save of their own or a person undoes it.
    """
    outbox.lock_firm(firm_id=firm.pk)
    if kind.waits_for:
        # A held document is not on its way, so what it waits for is not sent for its sake.
        going = [document for document in saved if not document.is_held]
        waited = {document.waits_for for document in going if document.waits_for is not None}
        settled = SyncJob.objects.filter(IN_XERO | DECIDED, firm=firm, kind=kind.waits_for, object_id__in=waited)
        ids = waited - set(settled.values_list("object_id", flat=True))
        before = find_kind(kind.waits_for)
        _enqueue(before, firm, before.rows.read_saved(firm=firm, object_ids=ids), bulk)
    _enqueue(kind, firm, saved, bulk)
    for after in kinds_waiting_for(kind.code):
        waiting = SyncJob.objects.filter(
            firm=firm, kind=after.code, waits_for__object_id__in=[document.object_id for document in saved]
        ).exclude(IN_XERO | DECIDED)
        held_back = list(waiting.values_list("object_id", flat=True))
        _enqueue(after, firm, after.rows.read_saved(firm=firm, object_ids=held_back), bulk)


def _enqueue(kind: KindSpec, firm: Firm, saved: Sequence[SavedDocument], bulk: bool) -> None:
    outbox.enqueue(
        firm=firm,
        kind=kind,
        saved=saved,
        now=timezone.now(),
        bulk=bulk,
        resend_after_s=settings.SYNC_RESEND_AFTER_SECONDS,
    )


for _kind in KINDS:
    _kind.rows.connect(partial(enqueue_saved, _kind), name=f"xero_sync.enqueue.{_kind.code}")
