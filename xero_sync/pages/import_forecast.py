"""What would become of the bills of a file that nobody has imported yet, as one sentence and one group a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.models import Invoice, InvoiceLine
from firms.models import Firm
from xero_sync.domain.holds import SENTENCES
from xero_sync.engine.preflight import STOPPED, Judged, Verdict
from xero_sync.engine.preflight.check import PreflightQuestion, check
from xero_sync.facts.remedy import Remedy
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.pages.forecast import build_ground, describe_firm_hold, describe_knowledge
from xero_sync.pages.preflight import describe_selection


@dataclass(kw_only=True)
class ForecastGroup:
    """The bills that one thing stops, keeps out or adds a note to."""

    kind: str
    title: str
    words: str
    count: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        money = " and ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(self.money.items()))
        return {"kind": self.kind, "title": self.title, "words": self.words, "count": self.count, "money": money}


def forecast_unsaved(
    *, firm: Firm, bills: Sequence[Invoice], lines: Mapping[int, Sequence[InvoiceLine]]
) -> dict[str, Any]:
    """Judge bills of which no row exists, as if each were saved and sent now; a fixed number of queries, no lock.

    Each bill has a key of its own below zero, and so have the clients who would be new.
    """
    context = RequestContext.of_request(None, firm)
    checked = check(firm=firm, ground=build_ground(context), asked=PreflightQuestion(bills=bills, lines=lines))
    counts = dict.fromkeys(("goes", "in_xero", "stopped", "held", "not_sent"), 0)
    groups: dict[tuple[str, str, str], ForecastGroup] = {}
    for bill in bills:
        judged = checked.bills[bill.pk]
        counts["goes"] += judged.verdict in (Verdict.GOES, Verdict.NOTES)
        counts["stopped"] += judged.verdict in STOPPED
        counts["held"] += judged.verdict is Verdict.HELD
        counts["not_sent"] += judged.verdict is Verdict.NOT_SENT
        if (key := _group_of(judged)) is not None:
            group = groups.setdefault(key, ForecastGroup(kind=key[0], title=key[1], words=key[2]))
            group.count += 1
            group.money[bill.currency] = group.money.get(bill.currency, Decimal(0)) + bill.total
    stopped = sum(1 for kind, *_ in groups if kind == "stopped")
    knowledge = describe_knowledge(checked=checked, context=context, now=timezone.now())
    return {
        "sentence": describe_selection(total=len(bills), counts=counts, causes=stopped),
        "groups": [each.to_json() for each in sorted(groups.values(), key=lambda group: -group.count)],
        "hold": describe_firm_hold(context),
        "knowledge": knowledge.missing or knowledge.words,
    }


def _group_of(judged: Judged) -> tuple[str, str, str] | None:
    """The kind, title and words of what stands in the bill's way or goes along with it; None where nothing does."""
    if judged.verdict in STOPPED and judged.leading is not None:
        remedy = Remedy(fault=judged.leading)
        return ("stopped", remedy.title, remedy.sentence)
    if judged.verdict is Verdict.NOT_SENT and judged.reason is not None:
        return ("not-sent", SENTENCES[judged.reason].format(noun=INVOICE.labels.noun), "")
    if judged.verdict is Verdict.NOTES:
        note = next(note for note in judged.notes if not note.quiet)
        return ("note", note.text, "")
    return None
