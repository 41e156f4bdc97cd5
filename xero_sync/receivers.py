"""What billing, categories and firms did becomes what Xero must hear of, in the transaction that did it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.utils import timezone

from billing.models import Contact, Invoice
from billing.services.signals import contacts_saved, invoices_saved
from expense_categories.signals import account_codes_changed
from firms.models import Firm
from firms.signals import firm_created
from xero_sync import outbox
from xero_sync.domain.holds import BY_A_PERSON
from xero_sync.domain.kinds import Kind
from xero_sync.domain.releases import MAPPING_CHANGED
from xero_sync.domain.states import State
from xero_sync.models import SyncJob
from xero_sync.organisation import chart_check


@receiver(firm_created, dispatch_uid="xero_sync.start_firm")
def start_firm(firm: Firm, **_: Any) -> None:
    """A new firm gets its preferences from its own date of creation."""
    outbox.start_firm(firm=firm)


@receiver(contacts_saved, dispatch_uid="xero_sync.enqueue_contacts")
def enqueue_contacts(firm: Firm, contacts: Sequence[Contact], bulk: bool = False, **_: Any) -> None:
    """A saved contact is attempted again, and so is every bill of it that is not in Xero.

    Not those a person left out of Xero or handled there: sent unasked, they would stand there twice.
    """
    outbox.lock_firm(firm_id=firm.pk)
    _enqueue_contacts(firm, [contact.pk for contact in contacts], bulk)
    behind = SyncJob.objects.filter(
        firm=firm, kind=Kind.INVOICE, contact_job__object_id__in=[contact.pk for contact in contacts]
    ).exclude(state=State.IN_XERO)
    behind = behind.exclude(state=State.NOT_SENT, hold__in=BY_A_PERSON)
    held_back = Invoice.objects.filter(firm=firm, pk__in=list(behind.values_list("object_id", flat=True)))
    _enqueue_invoices(firm, list(held_back), bulk)


@receiver(invoices_saved, dispatch_uid="xero_sync.enqueue_invoices")
def enqueue_invoices(firm: Firm, invoices: Sequence[Invoice], bulk: bool = False, **_: Any) -> None:
    """A saved bill is attempted again, and so is its contact unless that is in Xero."""
    outbox.lock_firm(firm_id=firm.pk)
    contact_ids = {invoice.contact_id for invoice in invoices}
    settled = SyncJob.objects.filter(firm=firm, kind=Kind.CONTACT, object_id__in=contact_ids, state=State.IN_XERO)
    _enqueue_contacts(firm, sorted(contact_ids - set(settled.values_list("object_id", flat=True))), bulk)
    _enqueue_invoices(firm, invoices, bulk)


@receiver(account_codes_changed, dispatch_uid="xero_sync.release_mappings")
def release_mappings(firm: Firm, **_: Any) -> None:
    """Mappings are read when a bill is sent: what waited for one goes now, under its stored preferences."""
    now = timezone.now()
    outbox.release(firm=firm, codes=MAPPING_CHANGED, now=now)
    chart_check.compare_with_stored(firm=firm, now=now)


def _enqueue_contacts(firm: Firm, contact_ids: Sequence[int], bulk: bool) -> None:
    outbox.enqueue(
        firm=firm,
        kind=Kind.CONTACT,
        saved=[outbox.Saved(object_id=pk) for pk in contact_ids],
        now=timezone.now(),
        bulk=bulk,
        resend_after_s=settings.SYNC_RESEND_AFTER_SECONDS,
    )


def _enqueue_invoices(firm: Firm, invoices: Sequence[Invoice], bulk: bool) -> None:
    outbox.enqueue(
        firm=firm,
        kind=Kind.INVOICE,
        saved=[
            outbox.Saved(
                object_id=invoice.pk,
                contact_id=invoice.contact_id,
                state=invoice.state,
                issue_date=invoice.issue_date,
            )
            for invoice in invoices
        ],
        now=timezone.now(),
        bulk=bulk,
        resend_after_s=settings.SYNC_RESEND_AFTER_SECONDS,
    )
