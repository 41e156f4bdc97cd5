"""An admin voids what an import sent: the bills that nobody paid, locked or changed since, slice by slice."""

import hashlib
from collections.abc import Sequence

from django.db import transaction

from billing import services
from billing.models import Import, Invoice, InvoiceState
from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.facts.sent_import import SentImport, read_sent_import

# Bills in one transaction: other saves of the firm wait for no more.
SLICE = 200
CHANGED = "What may be voided has changed since you looked. Nothing was voided: look again."


def name_bills(sent: SentImport) -> str:
    """A short name of exactly these bills at these versions, so that a person confirms the set that was shown."""
    text = ",".join(f"{bill.pk}:{bill.version}" for bill in sent.bills)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def void_import(*, firm: Firm, actor: User, source: Import, seen: str) -> ActionOutcome:
    """Void the bills that were shown; in Xero they are voided as any void bill is. Raises Refused."""
    sent = read_sent_import(firm=firm, source=source)
    if not sent.bills or name_bills(sent) != seen:
        raise Refused({"": CHANGED})
    done = 0
    for start in range(0, len(sent.bills), SLICE):
        done += _void_slice(firm, actor, sent.bills[start : start + SLICE])
    audit.record(
        firm=firm, actor=actor, action="import.voided", target=source, after={"bills": done, "in_xero": sent.in_xero}
    )
    words = "1 bill is void" if done == 1 else f"{done:,} bills are void"
    return ActionOutcome(words=f"{words}. Those in Xero are voided there within a minute or so.")


def _void_slice(firm: Firm, actor: User, bills: Sequence[Invoice]) -> int:
    """Void those of the bills that nobody saved since they were looked at."""
    versions = {bill.pk: bill.version for bill in bills}
    with transaction.atomic():
        rows = firm.invoices.filter(pk__in=versions, state=InvoiceState.APPROVED)
        locked = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
        same = [bill for bill in locked if bill.version == versions[bill.pk]]
        services.void_together(firm=firm, actor=actor, bills=same)
    return len(same)
