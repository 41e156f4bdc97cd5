"""The page of the field itself, for a cause of which only its row is known."""

from xero_sync.domain.errors import Place
from xero_sync.facts import account_uses, places
from xero_sync.facts.account_uses import Category
from xero_sync.facts.remedy import describe_cause
from xero_sync.facts.request_context import RequestContext
from xero_sync.models import Cause


def field_url(*, cause: Cause, sight: RequestContext) -> str:
    """The first field that puts it right, or empty if nothing waits behind the cause or there is no field here."""
    remedy = describe_cause(cause)
    job = cause.jobs.select_related("contact_job").order_by("pk").first()
    if job is None:
        return ""
    if remedy.place is Place.CATEGORY_EDIT and sight.chart is not None:
        rows = sight.firm.expense_categories.values_list("pk", "name", "account_code", "version")
        every = [Category(*row) for row in rows]
        found = account_uses.find_account_uses(
            known=remedy.fault, settings=sight.settings, categories=every, chart=sight.chart
        )
        return places.account_links(firm=sight.firm, found=found)[0].url
    link = places.find_field_link(remedy=remedy, target=places.Target.of_job(job), firm=sight.firm)
    return link.url if link else ""
