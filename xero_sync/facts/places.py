"""Where a fault is fixed: a known error's place as the address of the field, for one document and firm."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from expense_categories.models import ExpenseCategory
from firms.models import Firm
from xero_sync.domain.errors import Place
from xero_sync.domain.fixes import has_card
from xero_sync.domain.holds import Hold, NotSent
from xero_sync.domain.kinds import KindSpec
from xero_sync.facts.account_uses import AccountPlace, Category, find_places_of_account
from xero_sync.facts.remedy import Link, Remedy
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.registry import find_kind
from xero_sync.kinds.rows import find_contact_id
from xero_sync.models import BillSyncSettings, SyncJob

HOLD_PLACES = {
    Hold.NOT_CONNECTED.value: ("connect", "Connect Xero"),
    Hold.CONNECTION_LOST.value: ("connect", "Reconnect"),
    Hold.SWITCHED_OFF.value: ("syncing", "Switch it on"),
    Hold.UNCONFIRMED.value: ("first-send", "Look and confirm"),
    Hold.PAUSED.value: ("syncing", "Resume"),
    NotSent.BEFORE_START.value: ("start-date", "Look at the start date"),
}
LABELS = {
    Place.INVOICE: "Open the bill",
    Place.INVOICE_EDIT: "Edit the bill",
    Place.CONTACT_EDIT: "Edit the contact",
    Place.CATEGORY_EDIT: "Choose an account",
    Place.SETTINGS: "Open the setting",
    Place.CONNECTION: "Open the connection",
    Place.PREFERENCES: "Open the preferences",
    Place.ACTIVITY: "See the activity",
}
FIELD_LABELS = {
    "contact": "Change the contact",
    "currency": "Change the currency",
    "due_date": "Change the due date",
    "issue_date": "Change the date",
    "lines": "Edit the lines",
    "number": "Change the number",
    "country": "Change the country",
    "email": "Change the address",
    "name": "Change the name",
    "xero-link": "Link to a contact in Xero",
    "both-sides": "Look at both sides",
    "default-accounts": "Choose a default account",
    "tax-types": "Choose a tax type",
    "start-date": "Change the start date",
    "connect": "Connect Xero",
    "first-send": "Look and confirm",
}
# The anchor of a known error that is decided on the page with both sides.
BOTH_SIDES = "both-sides"
# Where in Xero: our own page of a bill or contact if there is one, else Xero's page of that name.
XERO_PATHS = {
    Place.XERO_CONTACTS: "/Contacts/",
    Place.XERO_INVOICE: "/AccountsReceivable/Search.aspx",
    Place.XERO_ACCOUNTS: "/GeneralLedger/ChartOfAccounts.aspx",
    Place.XERO_LOCK_DATES: "/Setup/FinancialSettings.aspx",
    Place.XERO_CURRENCIES: "/Setup/Currencies.aspx",
    Place.XERO_PLAN: "/Setup/Organisation.aspx",
    Place.XERO_USERS: "/Setup/Users.aspx",
    Place.XERO_TRACKING: "/Setup/Tracking.aspx",
    Place.XERO_STATUS: "/",
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """Which document a fault is about."""

    kind: str
    object_id: int
    contact_id: int | None
    cause_id: int | None = None

    @classmethod
    def of_job(cls, job: Any) -> "Target":
        """The target of a job; `contact_id` is taken from the row where the query has read it."""
        contact_id = job.contact_id if hasattr(job, "contact_id") else find_contact_id(job=job)
        return cls(kind=job.kind, object_id=job.object_id, contact_id=contact_id, cause_id=job.cause_id)


def locate_remedy(*, remedy: Remedy, target: Target, context: RequestContext) -> Remedy:
    """The remedy with links to each field that fixes it for this document, and to Xero. One query for an account."""
    links = tuple(find_every_link(remedy=remedy, target=target, firm=context.firm, chosen=context.settings))
    return replace(remedy, links=links, xero_link=find_xero_link(place=remedy.place, context=context))


def find_field_link(*, remedy: Remedy, target: Target, firm: Firm) -> Link | None:
    """The field that fixes the fault, without a query; for an account the link's own page (`fix`) finds the field."""
    anchor = remedy.fault.known.where.anchor
    label = FIELD_LABELS.get(anchor) or LABELS.get(remedy.place, "Open Xero")
    if remedy.place is Place.CATEGORY_EDIT:
        url = (
            reverse("xero_sync:fix", args=[firm.slug, target.cause_id])
            if target.cause_id
            else _build_settings_url(firm)
        )
        return Link(url, label)
    url = _build_page_url(remedy.place, anchor, target, firm)
    return Link(url, label) if url else None


def find_card_link(*, remedy: Remedy, target: Target, firm: Firm) -> Link | None:
    """The card of the document's cause, if the field that fixes it stands on it."""
    if target.cause_id is None or not has_card(remedy.code):
        return None
    return Link(build_card_url(firm=firm, cause_id=target.cause_id), "Fix it")


def find_xero_link(*, place: Place, context: RequestContext) -> Link | None:
    """Xero's own page of this name, for a connected firm; None for a page of ours."""
    if place not in XERO_PATHS or context.connection is None:
        return None
    return Link(build_xero_page_url(place=place, short_code=context.short_code), "Open Xero")


def build_card_url(*, firm: Firm, cause_id: int) -> str:
    """The address of a cause's card; the list opens the page that has the card."""
    return f"{reverse('xero_sync:needs-you', args=[firm.slug])}?cause={cause_id}#cause-{cause_id}"


def build_account_links(*, firm: Firm, found: Sequence[AccountPlace]) -> list[Link]:
    """The pages of the fields that name an account: the firm's defaults as one, then each category."""
    made = []
    if any(not place.is_category for place in found):
        made.append(Link(f"{_build_settings_url(firm)}#default-accounts", "Open the default accounts"))
    for place in found:
        if place.is_category:
            url = reverse("expense_categories:edit", args=[firm.slug, place.category_id])
            made.append(Link(f"{url}#id_account_code", f"Open {place.name}"))
    return made or [Link(reverse("expense_categories:list", args=[firm.slug]), "Look at the accounts")]


def find_every_link(*, remedy: Remedy, target: Target, firm: Firm, chosen: BillSyncSettings) -> list[Link]:
    """Every field that fixes the fault: on the cause's card, and on the field's own page. One query for an account."""
    here = find_card_link(remedy=remedy, target=target, firm=firm)
    if remedy.place is Place.CATEGORY_EDIT:
        own = build_account_links(firm=firm, found=_find_places_naming(chosen, remedy.fault.parts.get("account", "")))
    else:
        one = find_field_link(remedy=remedy, target=target, firm=firm)
        own = [one] if one else []
    return [here, *own] if here else own


def _find_places_naming(chosen: BillSyncSettings, account: str) -> list[AccountPlace]:
    if not account:
        return []
    rows = ExpenseCategory.objects.filter(firm=chosen.firm_id, account_code=account)
    categories = [Category(*row) for row in rows.values_list("pk", "name", "account_code", "version")]
    return find_places_of_account(account=account, settings=chosen, categories=categories)


def build_document_url(*, firm: Firm, kind: str, object_id: int, job_id: int) -> str:
    """The address of the document's own page; for a kind without pages, of the document's attempts."""
    page = find_kind(kind).labels.page
    if page:
        return reverse(page, args=[firm.slug, object_id])
    return f"{reverse('xero_sync:activity', args=[firm.slug])}?job={job_id}"


def build_sides_url(*, firm: Firm, kind: KindSpec, object_id: int) -> str:
    """The page on which a person decides about a document that was changed in Xero; empty for a kind without one."""
    page = kind.labels.sides_page
    return reverse(page, args=[firm.slug, object_id]) if page else ""


def build_waited_link(*, firm: Firm, job: Any) -> Link | None:
    """The page of the document that this one waits for; the job is a row of `status.select_shown_jobs`."""
    if job.waited_id is None:
        return None
    url = build_document_url(firm=firm, kind=job.waited_kind, object_id=job.waited_id, job_id=job.waits_for_id)
    return Link(url, f"Open the {find_kind(job.waited_kind).labels.noun}")


def build_hold_link(*, firm: Firm, hold: str) -> Link:
    """The link to the setting that ends a hold of the whole firm."""
    anchor, label = HOLD_PLACES[hold]
    return Link(f"{_build_settings_url(firm)}#{anchor}", label)


def build_import_link(*, firm: Firm, import_id: int) -> Link:
    """The link to the import that keeps a document back."""
    return Link(reverse("billing:import", args=[firm.slug, import_id]), "Open the import")


def build_xero_url(*, job: SyncJob, short_code: str) -> str:
    """The address of a document in Xero; empty for a document without a Xero id. A stand-in Xero has its own pages."""
    api, labels = settings.XERO.api, find_kind(job.kind).labels
    is_stand_in = api != "https://api.xero.com"
    page = (labels.stand_in_page if is_stand_in else labels.xero_page).format(xero_id=job.xero_id)
    if not job.xero_id or not page:
        return ""
    if is_stand_in:
        return f"{api}/organisations/{short_code}/{page}"
    return f"https://go.xero.com/organisationlogin/default.aspx?shortcode={short_code}&redirecturl={page}"


def build_xero_page_url(*, place: Place, short_code: str) -> str:
    """The address of Xero's own page of this name, for the organisation of the short code."""
    api = settings.XERO.api
    if api != "https://api.xero.com":
        return f"{api}/organisations/{short_code}"
    return f"https://go.xero.com/organisationlogin/default.aspx?shortcode={short_code}&redirecturl={XERO_PATHS[place]}"


def _build_page_url(place: Place, anchor: str, target: Target, firm: Firm) -> str:
    slug = firm.slug
    if place in (Place.SETTINGS, Place.CONNECTION):
        return f"{_build_settings_url(firm)}#{anchor or 'connection'}"
    if place is Place.PREFERENCES:
        return _reverse("xero_sync:preferences", slug)
    if place is Place.ACTIVITY:
        return reverse("xero_sync:activity", args=[slug])
    if anchor == BOTH_SIDES:
        return build_sides_url(firm=firm, kind=find_kind(target.kind), object_id=target.object_id)
    if anchor == "xero-link" and target.contact_id:
        return reverse("xero_sync:link-contact", args=[slug, target.contact_id])
    if place is Place.CONTACT_EDIT and target.contact_id:
        labels = CONTACT.labels
        return _add_anchor(reverse(labels.edit_page, args=[slug, target.contact_id]), labels.fields.get(anchor, ""))
    labels = find_kind(target.kind).labels
    if place.value == labels.edit_place:
        return _add_anchor(reverse(labels.edit_page, args=[slug, target.object_id]), labels.fields.get(anchor, ""))
    return reverse(labels.page, args=[slug, target.object_id]) if place.value == labels.place else ""


def _build_settings_url(firm: Firm) -> str:
    return _reverse("xero_sync:settings", firm.slug)


def _reverse(name: str, slug: str) -> str:
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return f"/{slug}/settings/bill-syncing/"


def _add_anchor(url: str, field: str) -> str:
    return f"{url}#{field}" if field else url
