"""Sensible first choices from a chart that was just read; a person's choices stay."""

from datetime import datetime
from decimal import Decimal

from billing.models import InvoiceLine, TaxRate
from firms import audit
from firms.models import Firm, User
from xero_sync import outbox
from xero_sync.domain.chart import Chart, suggest_expenses, suggest_services
from xero_sync.domain.releases import MAPPING_CHANGED
from xero_sync.domain.states import State
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import BillSyncSettings, SyncJob, TaxMapping

MOST_JOBS = 1000


def firm_rates(*, firm: Firm) -> list[tuple[str, Decimal]]:
    """The rates that need one of Xero's: those the firm charges, and those of bills that need someone."""
    rates = list(TaxRate.objects.filter(firm=firm).values_list("name", "percent"))
    stuck = SyncJob.objects.filter(firm=firm, kind=INVOICE.code, state=State.NEEDS_YOU)
    used = InvoiceLine.objects.filter(firm=firm, invoice__in=stuck.values("object_id")[:MOST_JOBS])
    rates += list(used.exclude(tax_name="").order_by().values_list("tax_name", "tax_percent").distinct())
    return list(dict.fromkeys((name, percent.quantize(Decimal("0.0001"))) for name, percent in rates))


def fill_gaps(*, firm: Firm, actor: User, chart: Chart, now: datetime) -> None:
    """Choose default accounts and tax types where none is chosen and one fits; the person sees and may change them."""
    settings = BillSyncSettings.objects.select_for_update().get(firm=firm)
    before = {"services": settings.services_account, "expenses": settings.expenses_account}
    _fill_accounts(settings, chart)
    after = {"services": settings.services_account, "expenses": settings.expenses_account}
    mapped = _fill_taxes(firm, chart)
    if after == before and not mapped:
        return
    settings.version += 1
    settings.save()
    audit.record(
        firm=firm,
        actor=actor,
        action="bill-syncing.suggested",
        target=settings,
        before=before,
        after={**after, **({"tax_types": mapped} if mapped else {})},
    )
    outbox.release(firm=firm, codes=MAPPING_CHANGED, now=now)


def _fill_accounts(settings: BillSyncSettings, chart: Chart) -> None:
    if not settings.services_account:
        services = suggest_services(chart.accounts)
        settings.services_account = services.account.code if services else ""
    if not settings.expenses_account:
        expenses = suggest_expenses(chart.accounts, services=settings.services_account)
        settings.expenses_account = expenses.account.code if expenses else ""


def _fill_taxes(firm: Firm, chart: Chart) -> dict[str, str]:
    known = {(each.tax_name, each.tax_percent) for each in TaxMapping.objects.filter(firm=firm)}
    fitting = {rate: suggest_tax_type(chart=chart, name=rate[0], percent=rate[1]) for rate in firm_rates(firm=firm)}
    new = {rate: tax_type for rate, tax_type in fitting.items() if tax_type and rate not in known}
    TaxMapping.objects.bulk_create(
        TaxMapping(firm=firm, tax_name=name, tax_percent=percent, tax_type=tax_type)
        for (name, percent), tax_type in new.items()
    )
    return {f"{name} {percent.normalize():f}%": tax_type for (name, percent), tax_type in new.items()}


def suggest_tax_type(*, chart: Chart, name: str, percent: Decimal) -> str:
    """Xero's tax type of this rate: of its name, else the only one of its percentage; empty if neither."""
    rates = chart.tax_types_for_rate(percent)
    by_name = [rate for rate in rates if rate.name.casefold() == name.casefold()]
    if len(by_name) == 1:
        return by_name[0].tax_type
    return rates[0].tax_type if len(rates) == 1 else ""
