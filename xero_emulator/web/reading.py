"""GET under ``/api.xro/2.0``."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from werkzeug.wrappers import Response

from xero_emulator.domain import queries, wire
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.queries import Getter, QueryPage
from xero_emulator.domain.records import Account, Contact, Invoice, TaxRate
from xero_emulator.domain.values import Json
from xero_emulator.web import answers
from xero_emulator.web.exchange import Exchange

T = TypeVar("T")

CONTACT_FIELDS: dict[str, Getter[Contact]] = {
    "contactid": lambda contact: contact.contact_id,
    "name": lambda contact: contact.name,
    "emailaddress": lambda contact: contact.email,
    "contactnumber": lambda contact: contact.number,
    "accountnumber": lambda contact: contact.account_number,
    "contactstatus": lambda contact: contact.status,
}
INVOICE_FIELDS: dict[str, Getter[Invoice]] = {
    "invoiceid": lambda invoice: invoice.invoice_id,
    "invoicenumber": lambda invoice: invoice.number,
    "reference": lambda invoice: invoice.reference,
    "status": lambda invoice: invoice.status,
    "type": lambda invoice: invoice.type,
    "contact.contactid": lambda invoice: invoice.contact_id,
    "date": lambda invoice: invoice.day,
    "duedate": lambda invoice: invoice.due,
    "amountdue": lambda invoice: invoice.amount_due,
    "amountpaid": lambda invoice: invoice.paid,
    "total": lambda invoice: invoice.total,
}
ACCOUNT_FIELDS: dict[str, Getter[Account]] = {
    "code": lambda account: account.code,
    "name": lambda account: account.name,
    "status": lambda account: account.status,
    "type": lambda account: account.type,
    "class": lambda account: account.account_class,
    "systemaccount": lambda account: account.system_account,
}
TAX_RATE_FIELDS: dict[str, Getter[TaxRate]] = {
    "taxtype": lambda rate: rate.tax_type,
    "name": lambda rate: rate.name,
    "status": lambda rate: rate.status,
}
CONTACT_ORDER: dict[str, Callable[[Contact], Any]] = {
    "name": lambda contact: contact.name.casefold(),
    "updateddateutc": lambda contact: contact.updated,
    "contactid": lambda contact: contact.contact_id,
    "emailaddress": lambda contact: contact.email,
}
INVOICE_ORDER: dict[str, Callable[[Invoice], Any]] = {
    "invoicenumber": lambda invoice: invoice.number,
    "updateddateutc": lambda invoice: invoice.updated,
    "invoiceid": lambda invoice: invoice.invoice_id,
    "date": lambda invoice: invoice.day,
}
SEARCHED_CONTACT_FIELDS = ("FirstName", "LastName", "CompanyNumber", "EmailAddress")


def places(exchange: Exchange) -> int:
    """The decimals of a price in this call: 4 with ``unitdp=4``, else 2."""
    return 4 if exchange.request.args.get("unitdp") == "4" else 2


def _is_on(exchange: Exchange, key: str) -> bool:
    return exchange.request.args.get(key, "").lower() == "true"


def _hidden_after(exchange: Exchange) -> datetime | None:
    """The moment up to which a stale read knows the books."""
    if exchange.fault is None or exchange.fault.kind != "stale":
        return None
    return exchange.xero.clock.now() - timedelta(seconds=exchange.fault.seconds)


def read_organisations(exchange: Exchange, organisation: Organisation, wanted: str) -> Response:
    """The organisation itself."""
    return answer_with(exchange, "Organisations", [wire.organisation(organisation)])


def read_accounts(exchange: Exchange, organisation: Organisation, wanted: str) -> Response:
    """The chart of accounts."""
    since = queries.since(exchange.request.headers.get("If-Modified-Since"))
    listed = [
        account
        for account in organisation.accounts.values()
        # A deleted account is no longer listed.
        if account.status != "DELETED"
        and (since is None or account.updated >= since)
        and wanted.lower() in ("", account.account_id)
    ]
    if wanted and not listed:
        return answers.not_found()
    found = queries.where(listed, clause=exchange.request.args.get("where"), fields=ACCOUNT_FIELDS)
    return answer_with(exchange, "Accounts", [wire.account(account) for account in found])


def read_tax_rates(exchange: Exchange, organisation: Organisation, wanted: str) -> Response:
    """The tax rates."""
    rates = [rate for rate in organisation.tax_rates.values() if wanted.upper() in ("", rate.tax_type)]
    found = queries.where(rates, clause=exchange.request.args.get("where"), fields=TAX_RATE_FIELDS)
    return answer_with(exchange, "TaxRates", [wire.tax_rate(rate) for rate in found])


def read_currencies(exchange: Exchange, organisation: Organisation, wanted: str) -> Response:
    """The currencies."""
    return answer_with(exchange, "Currencies", [wire.currency(item) for item in organisation.currencies.values()])


def read_tracking_categories(exchange: Exchange, organisation: Organisation, wanted: str) -> Response:
    """The tracking categories."""
    return answer_with(exchange, "TrackingCategories", list(organisation.tracking))


def read_contacts(exchange: Exchange, organisation: Organisation, wanted: str) -> Response:
    """One contact by its id or number, or those that the filters name."""
    if wanted:
        one = organisation.contacts.get(wanted) or organisation.contacts.find(key="number", value=wanted)
        return answers.not_found() if one is None else answer_with(exchange, "Contacts", [wire.contact(one)])
    args = exchange.request.args
    found = list_changed(exchange, organisation.contacts, lambda contact: (contact.created, contact.updated))
    ids = queries.identifiers(args.get("IDs"))
    term = args.get("searchTerm", "").casefold()
    archived = _is_on(exchange, "includeArchived")
    found = [
        contact
        for contact in found
        if (archived or contact.status == "ACTIVE")
        and (not ids or contact.contact_id in ids)
        and (not term or _mentions(contact, term))
    ]
    found = queries.where(found, clause=args.get("where"), fields=CONTACT_FIELDS)
    page = _paged(exchange, queries.ordered(found, order=args.get("order"), fields=CONTACT_ORDER))
    summary = _is_on(exchange, "summaryOnly")
    return answer_with(
        exchange,
        "Contacts",
        [_contact(item, summary=summary, paged=page.number is not None) for item in page.items],
        page,
    )


def _contact(record: Contact, *, summary: bool, paged: bool) -> Json:
    body = wire.contact(record)
    if not paged:
        # Only pages and single contacts say where a merged one went.
        body.pop("MergedToContactID", None)
    if summary:
        del body["IsCustomer"], body["IsSupplier"]
    return body


def _mentions(contact: Contact, term: str) -> bool:
    texts = (contact.name, contact.number, *(contact.fields.get(key, "") for key in SEARCHED_CONTACT_FIELDS))
    return any(term in text.casefold() for text in texts)


def read_invoices(exchange: Exchange, organisation: Organisation, wanted: str) -> Response:
    """One invoice by its id or number, or those that the filters name."""
    decimals = places(exchange)
    if wanted:
        one = organisation.invoices.get(wanted) or organisation.invoices.find(key="number", value=wanted)
        if one is None:
            return answers.not_found()
        body = wire.invoice(one, organisation=organisation, places=decimals, with_lines=True)
        return answer_with(exchange, "Invoices", [body])
    args = exchange.request.args
    found = list_changed(exchange, organisation.invoices, lambda invoice: (invoice.created, invoice.updated))
    found = queries.where(_listed_invoices(exchange, found), clause=args.get("where"), fields=INVOICE_FIELDS)
    page = _paged(exchange, queries.ordered(found, order=args.get("order"), fields=INVOICE_ORDER))
    # Only pages carry lines, and a summary never does.
    with_lines = "page" in args and not _is_on(exchange, "summaryOnly")
    bodies = [
        wire.invoice(item, organisation=organisation, places=decimals, with_lines=with_lines) for item in page.items
    ]
    if _is_on(exchange, "summaryOnly"):
        for body in bodies:
            del body["LineItems"], body["Payments"], body["HasAttachments"]
    return answer_with(exchange, "Invoices", bodies, page)


def _listed_invoices(exchange: Exchange, invoices: list[Invoice]) -> list[Invoice]:
    args = exchange.request.args
    app = exchange.entry.app if _is_on(exchange, "createdByMyApp") else ""
    lists: tuple[tuple[set[str], Callable[[Invoice], str]], ...] = (
        (queries.identifiers(args.get("IDs")), lambda invoice: invoice.invoice_id),
        (queries.identifiers(args.get("InvoiceNumbers")), lambda invoice: invoice.number.lower()),
        (queries.identifiers(args.get("ContactIDs")), lambda invoice: invoice.contact_id),
        (queries.identifiers(args.get("Statuses")), lambda invoice: invoice.status.lower()),
    )
    term = args.get("searchTerm", "").casefold()
    return [
        invoice
        for invoice in invoices
        if all(not wanted or key(invoice) in wanted for wanted, key in lists)
        and (not term or term in invoice.number.casefold() or term in invoice.reference.casefold())
        and app in ("", invoice.app)
    ]


def list_changed(exchange: Exchange, items: Iterable[T], stamps: Callable[[T], tuple[datetime, datetime]]) -> list[T]:
    """The items changed since If-Modified-Since; a stale read does not know those just created."""
    since = queries.since(exchange.request.headers.get("If-Modified-Since"))
    hidden = _hidden_after(exchange)
    if since is None and hidden is None:
        return list(items)
    kept = []
    for item in items:
        created, updated = stamps(item)
        if (since is None or updated >= since) and (hidden is None or created <= hidden):
            kept.append(item)
    return kept


def _paged(exchange: Exchange, items: list[T]) -> QueryPage[T]:
    args = exchange.request.args
    always = _is_on(exchange, "summaryOnly")
    return queries.cut_page(items, number=args.get("page"), size=args.get("pageSize"), always=always)


def answer_with(exchange: Exchange, plural: str, items: list[Json], page: QueryPage[T] | None = None) -> Response:
    """These items under their plural, with where the page stands among all pages."""
    content: Json = {plural: items}
    if page is not None and page.number is not None:
        content["pagination"] = {
            "page": page.number,
            "pageSize": page.size,
            "pageCount": page.count,
            "itemCount": page.total,
        }
    return answers.envelope(content, now=exchange.xero.clock.now())
