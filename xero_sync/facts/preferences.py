"""The preferences that can be switched, and the bills still to go that were saved under other ones."""

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce

from xero_sync.domain.holds import NotSent
from xero_sync.domain.preferences import PREFERENCES
from xero_sync.domain.states import State
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import FirmPreference, SyncJob

SWITCHABLE = tuple(preference.key for preference in PREFERENCES if preference.ready)


def find_bills_saved_earlier() -> "QuerySet[SyncJob]":
    """Bills that are still to go and were saved under other preferences than today's; they go as saved."""
    was = Func(OuterRef("preferences"), F("key"), function="jsonb_extract_path_text", output_field=TextField())
    # Only a stored true is on, as `domain.preferences` reads it.
    apart = FirmPreference.objects.filter(firm_id=OuterRef("firm_id"), key__in=SWITCHABLE).exclude(
        on=Coalesce(Cast(was, BooleanField()), False)
    )
    to_go = SyncJob.objects.filter(kind=INVOICE.code).exclude(state=State.IN_XERO)
    never = Q(state=State.NOT_SENT) & ~Q(hold__in=[NotSent.DRAFT.value, NotSent.BEFORE_START.value])
    return to_go.exclude(never).filter(Exists(apart))
