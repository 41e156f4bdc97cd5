"""A person's decision as a document's page shows it: left out of Xero, or handled in Xero with the proof."""

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
class ShownDecision:
    """A decision in words; `rows` are both sides at the time of the decision, empty without a proof."""

    sentence: str
    rows: tuple[SideRow, ...] = ()
    verdict: str = ""
    unequal: bool = False
    xero_url: str = ""


def describe_decision(*, job: Any, sentence: str, firm: Firm, short_code: str) -> ShownDecision | None:
    """The decision of a row of `status.select_shown_jobs`; None for a document about which nobody decided."""
    if job is None or job.state != State.NOT_SENT or job.hold not in BY_A_PERSON:
        return None
    proof: Mapping[str, Any] = (getattr(job, "resolved", None) or {}).get("proof") or {}
    if not proof:
        return ShownDecision(sentence=sentence)
    here, in_xero = Decimal(proof["total_here"]), Decimal(proof["total"])
    rows = (
        SideRow(label="Number", here=proof["number_here"], xero=proof["number"]),
        SideRow(label="Client", here=proof["contact_here"], xero=proof["contact"]),
        SideRow(label="Total", here=f"{here:,.2f}", xero=f"{in_xero:,.2f}", total=True, differs=here != in_xero),
        SideRow(label="Status", here="Not sent", xero=XERO_STATUS.get(proof["status"], proof["status"].capitalize())),
    )
    read = f"Read from Xero at {format_moment(datetime.fromisoformat(proof['read_at']), firm=firm)}."
    apart = f"Xero has {abs(in_xero - here):,.2f} {proof['currency']} {'more' if in_xero > here else 'less'}. {read}"
    return ShownDecision(
        sentence=sentence,
        rows=rows,
        verdict=apart if here != in_xero else f"The total was the same. {read}",
        unequal=here != in_xero,
        xero_url=places.build_xero_url(job=SyncJob(kind=INVOICE.code, xero_id=proof["xero_id"]), short_code=short_code),
    )
