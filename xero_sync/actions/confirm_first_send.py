"""The first bills of a firm go once an admin has seen how many and said yes."""

from datetime import date, datetime

from django.db import transaction

from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused
from xero_sync import outbox
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.facts.first_send import count_first_send
from xero_sync.models import BillSyncSettings
from xero_sync.organisation.connections import find_connection


def confirm_first_send(
    *, firm: Firm, actor: User, start_date: date | None, expected_bills: int, now: datetime
) -> ActionOutcome:
    """Release the first bills, after an admin saw how many. Raises Refused if the number has changed meanwhile."""
    with transaction.atomic():
        settings = BillSyncSettings.objects.select_for_update().get(firm=firm)
        if find_connection(firm=firm) is None:
            raise Refused({"": "This firm is not connected to Xero. Connect it first."})
        going = count_first_send(firm=firm, start_date=start_date)
        if going.bills != expected_bills:
            count = "There is 1 bill" if going.bills == 1 else f"There are {going.bills} bills"
            raise Refused({"": f"{count} to send now, not {expected_bills}. Confirm again."})
        before = {"start_date": settings.start_date, "confirmed_at": settings.confirmed_at}
        settings.start_date, settings.confirmed_at = start_date, now
        settings.version += 1
        settings.save()
        audit.record(
            firm=firm,
            actor=actor,
            action="first-send.confirmed",
            target=settings,
            before=before,
            after={"start_date": start_date, "confirmed_at": now, "bills": going.bills},
        )
        outbox.rejudge(firm=firm, now=now)
    verb = "is" if going.documents == 1 else "are"
    return ActionOutcome(words=f"{going.words} {verb} on the way to Xero. Each shows its state on its page.")
