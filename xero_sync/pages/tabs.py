"""The frame of the invoice list: the tabs by state, the chip of a filter, and the sentence on agreement with Xero."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.http import QueryDict

from billing.lists.listing import InvoiceFilter
from firms.models import Firm
from xero_sync.domain.states import State
from xero_sync.facts.remedy import describe_cause
from xero_sync.facts.status import LABELS, WITH_NOTES
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import Cause
from xero_sync.pages.filters import EARLIER


class StateTally(NamedTuple):
    """Bills in one state, with notes or without, and how many of them have the same total in Xero."""

    state: str
    noted: bool
    bills: int
    same: int


# Counts of one request by firm and filters: the sentence and the tabs often need the same ones.
KeptTallies = dict[tuple[int, str], list[StateTally]]


@dataclass(frozen=True, kw_only=True)
class StateTab:
    """One tab. `alert` colours a count above zero."""

    label: str
    url: str
    current: bool
    count: int
    alert: bool = False


def read_tabs(*, firm: Firm, wanted: InvoiceFilter, kept: KeptTallies | None = None) -> list[StateTab]:
    """All and the nine states, counted over the bills that pass the other filters: two queries, or one by `kept`."""
    others = replace(wanted, added={name: value for name, value in wanted.added.items() if name != "sync"})
    counts, total = _count_states(firm, others, kept)
    chosen = wanted.added.get("sync", "")
    tabs = [StateTab(label="All", url=others.address(), current=not chosen, count=total)]
    for state, label in LABELS.items():
        tabs.append(
            StateTab(
                label=label,
                url=others.address(sync=state),
                current=chosen == state,
                count=counts[state],
                alert=state == State.NEEDS_YOU,
            )
        )
    return tabs


def find_filter_chip(firm: Firm, query: QueryDict) -> dict[str, str] | None:
    """The chip of the filter by cause or by settings, with the address that removes the filter."""
    if query.get("settings") == EARLIER:
        return {"label": "Saved under", "value": "earlier settings", "url": _remove_filter(query, "settings")}
    pk = query.get("cause", "")
    cause = Cause.objects.filter(firm=firm, pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    if cause is None:
        return None
    return {"label": "Held back by", "value": describe_cause(cause).title, "url": _remove_filter(query, "cause")}


def _remove_filter(query: QueryDict, filtered: str) -> str:
    rest = query.copy()
    for name in (filtered, "older", "newer"):
        rest.pop(name, None)
    return f"?{rest.urlencode()}"


def describe_agreement(*, firm: Firm, wanted: InvoiceFilter, kept: KeptTallies | None = None) -> str:
    """The part of the list's first sentence that is about Xero, over the bills that pass the filters."""
    in_xero = [tally for tally in _read_tallies(firm, wanted, kept) if tally.state == State.IN_XERO]
    total, same = sum(tally.bills for tally in in_xero), sum(tally.same for tally in in_xero)
    if not total:
        return "" if wanted.narrows else "None is in Xero yet."
    is_are = "is" if same == 1 else "are"
    differs = f", {total - same:,} with another" if total > same else ""
    return f"{same:,} {is_are} in Xero with the same total{differs}."


def _count_states(firm: Firm, wanted: InvoiceFilter, kept: KeptTallies | None) -> tuple[dict[str, int], int]:
    total = wanted.invoices(firm=firm).count()
    counts = {state.value: 0 for state in State} | {WITH_NOTES: 0}
    for tally in _read_tallies(firm, wanted, kept):
        counts[tally.state] += tally.bills
        if tally.noted and tally.state == State.IN_XERO:
            counts[WITH_NOTES] += tally.bills
    judged = sum(counts[state.value] for state in State)
    # A bill without a job was never sent.
    counts[State.NOT_SENT.value] += max(total - judged, 0)
    return counts, total


# Billing knows no jobs, so the two tables are joined here by hand: once, not once a bill.
_TALLY = """
    SELECT job.state, COALESCE(record.notes <> '[]', false) AS noted, COUNT(*),
        COUNT(*) FILTER (WHERE record.total = bill.total)
    FROM xero_sync_syncjob job JOIN billing_invoice bill ON bill.id = job.object_id AND bill.firm_id = job.firm_id
    LEFT JOIN xero_sync_xerorecord record ON record.job_id = job.id
    WHERE job.firm_id = %s AND job.kind = %s {narrowed} GROUP BY 1, 2
"""


def _read_tallies(firm: Firm, wanted: InvoiceFilter, kept: KeptTallies | None) -> list[StateTally]:
    kept = {} if kept is None else kept
    key = (firm.pk, wanted.address(size=""))
    if key not in kept:
        kept[key] = _count_bills(firm, wanted)
    return kept[key]


def _count_bills(firm: Firm, wanted: InvoiceFilter) -> list[StateTally]:
    narrowed, values = "", ()
    if wanted.narrows:
        try:
            passing, values = wanted.invoices(firm=firm).order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return []
        narrowed = f"AND bill.id IN ({passing})"
    with connection.cursor() as cursor:
        cursor.execute(_TALLY.format(narrowed=narrowed), [firm.pk, INVOICE.code, *values])
        return [StateTally(*row) for row in cursor.fetchall()]
