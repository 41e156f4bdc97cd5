"""What a document's page says of a person's decision: left out of Xero, or handled there with the proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from firms.models import Firm
from xero_sync.domain.holds import BY_A_PERSON
from xero_sync.domain.states import State
from xero_sync.facts import places
from xero_sync.facts.status import format_moment
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import SyncJob
from xero_sync.pages.cards import XERO_STATUS, SideRow


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A decision in words; `rows` are what stands here and what Xero was read to hold, empty without a proof."""

    sentence: str
    rows: tuple[SideRow, ...] = ()
    verdict: str = ""
    unequal: bool = False
    xero_url: str = ""


def describe_decision(*, job: Any, sentence: str, firm: Firm, short_code: str) -> Settled | None:
    """Of a row of `status.shown_jobs`; None for a document no person decided about."""
    if job is None or job.state != State.NOT_SENT or job.hold not in BY_A_PERSON:
        return None
    proof: Mapping[str, Any] = (getattr(job, "resolved", None) or {}).get("proof") or {}
    if not proof:
        return Settled(sentence=sentence)
    here, there = Decimal(proof["total_here"]), Decimal(proof["total"])
    rows = (
        SideRow(label="Number", here=proof["number_here"], xero=proof["number"]),
        SideRow(label="Client", here=proof["contact_here"], xero=proof["contact"]),
        SideRow(label="Total", here=f"{here:,.2f}", xero=f"{there:,.2f}", total=True, differs=here != there),
        SideRow(label="Status", here="Not sent", xero=XERO_STATUS.get(proof["status"], proof["status"].capitalize())),
    )
    read = f"Read from Xero at {format_moment(datetime.fromisoformat(proof['read_at']), firm=firm)}."
    apart = f"Xero has {abs(there - here):,.2f} {proof['currency']} {'more' if there > here else 'less'}. {read}"
    return Settled(
        sentence=sentence,
        rows=rows,
        verdict=apart if here != there else f"The total was the same. {read}",
        unequal=here != there,
        xero_url=places.in_xero(job=SyncJob(kind=INVOICE.code, xero_id=proof["xero_id"]), short_code=short_code),
    )
