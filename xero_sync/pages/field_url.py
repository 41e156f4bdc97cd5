"""The address of the field that fixes a cause, found from the cause's row alone."""

from xero_sync.domain.errors import Place
from xero_sync.facts import account_uses, places
from xero_sync.facts.account_uses import Category
from xero_sync.facts.remedy import describe_cause
from xero_sync.facts.request_context import RequestContext
from xero_sync.models import Cause


def find_field_url(*, cause: Cause, context: RequestContext) -> str:
    """The address of the first field that fixes the cause; empty if the cause holds nothing, or has no field here."""
    remedy = describe_cause(cause)
    job = cause.jobs.select_related("waits_for").order_by("pk").first()
    if job is None:
        return ""
    if remedy.place is Place.CATEGORY_EDIT and context.chart is not None:
        rows = context.firm.expense_categories.values_list("pk", "name", "account_code", "version")
        every = [Category(*row) for row in rows]
        found = account_uses.find_account_uses(
            known=remedy.fault, settings=context.settings, categories=every, chart=context.chart
        )
        return places.build_account_links(firm=context.firm, found=found)[0].url
    link = places.find_field_link(remedy=remedy, target=places.Target.of_job(job), firm=context.firm)
    return link.url if link else ""
