"""The values of a field that differs, as pages show them: accounts, tax types and clients by their names."""

from dataclasses import dataclass, replace
from typing import Any

from xero_sync.domain.chart import Chart
from xero_sync.domain.side_decisions import BY, REASON, ShownDifference, read_differences
from xero_sync.domain.three_sides import OURS
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.rows import find_rows
from xero_sync.models import SyncJob, XeroRecord

EMPTY = "empty"
KEPT_WHY = "Only Xero changed it. Your next save does not undo it."
AT_FIRST_WHY = "Xero had it so before. Your saves do not undo it."
GOES_WHY = "Only you changed it. It goes with the next update."


@dataclass(frozen=True, kw_only=True)
class KeptValue:
    """One field that nobody is asked about: its values, and why it stays or goes."""

    label: str
    here: str
    in_xero: str
    why: str


def name_values(*, difference: ShownDifference, chart: Chart | None) -> ShownDifference:
    """The difference with the names of accounts and tax types, and a word for what is empty."""
    before, here, in_xero = (
        _name(difference.field, value, chart) for value in (difference.before, difference.here, difference.in_xero)
    )
    return replace(difference, before=before, here=here, in_xero=in_xero)


def name_client(*, difference: ShownDifference, job: SyncJob) -> ShownDifference:
    """The difference of the document that is waited for, with our document's name. Three queries, else none."""
    xero_id = difference.bases.get(difference.field, {}).get(OURS, "")
    record = XeroRecord.objects.select_related("job").filter(firm=job.firm_id, xero_id__iexact=xero_id).first()
    if not xero_id or record is None:
        return difference
    row: Any = find_rows(firm=job.firm, jobs=[record.job]).get(record.job_id)
    return replace(difference, here=str(row)) if row else difference


def list_kept(*, job: SyncJob, context: RequestContext) -> tuple[KeptValue, ...]:
    """The fields that stay in Xero without asking, then those that go with the next update."""
    known = job.xero_record.known_differences
    found = [each for each in read_differences(job.xero_record.open_differences) if not each.is_open]
    return tuple(_describe(each, known.get(each.field, {}), context) for each in found)


def _describe(difference: ShownDifference, known: dict[str, str], context: RequestContext) -> KeptValue:
    shown = name_values(difference=difference, chart=context.chart)
    why = GOES_WHY if shown.goes else KEPT_WHY
    if known.get(REASON):
        why = f"Left by {known.get(BY, 'somebody')}: {known[REASON].rstrip('.')}."
    elif known.get(BY):
        why = f"Accepted from Xero by {known[BY]}."
    elif shown.kept and shown.before == EMPTY:
        why = AT_FIRST_WHY
    return KeptValue(label=shown.label, here=shown.here, in_xero=shown.in_xero, why=why)


def _name(field: str, value: str, chart: Chart | None) -> str:
    if not value:
        return EMPTY
    name = ""
    if chart is not None and field.endswith(".account_code"):
        account = chart.account(value)
        name = account.name if account else ""
    elif chart is not None and field.endswith(".tax_type"):
        rate = chart.tax_rate(value)
        return rate.name if rate else value
    return f"{value} {name}" if name else value
