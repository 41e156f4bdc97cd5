"""The firm's tax rates that a fault is about, each with the name of the field in which its tax type is chosen."""

from decimal import Decimal

from xero_sync.domain import fixes
from xero_sync.domain.errors import Recognised
from xero_sync.facts.request_context import RequestContext

Rate = tuple[str, Decimal]


def find_tax_rates(*, known: Recognised, context: RequestContext) -> list[Rate]:
    """The firm's tax rates that a fault is about, each as its name and percent."""
    mapped = context.books.tax_types if context.books else {}
    if known.code in ("no-tax-type", "tax-rate-changed"):
        rate = fixes.rate_of(known.parts.get("rate", ""))
        return [rate] if rate else []
    named = known.parts.get("tax", "")
    if named:
        return [rate for rate, tax_type in mapped.items() if tax_type == named]
    usable = {rate.tax_type for rate in context.chart.usable_tax_rates()} if context.chart else set()
    return [rate for rate, tax_type in mapped.items() if tax_type not in usable] or list(mapped)


def name_tax_field(rate: Rate) -> str:
    """The name of the form field in which a rate's tax type is chosen."""
    return f"tax {rate[1]:f} {rate[0]}".strip()
