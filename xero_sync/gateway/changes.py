"""What changed in an organisation since a moment, whoever changed it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from xero_sync.domain.kinds import KINDS, Kind
from xero_sync.gateway import client
from xero_sync.gateway.answers import Access, Headers, Reply
from xero_sync.gateway.calls import PAGE_SIZE, SALES_ONLY
from xero_sync.gateway.reading import reply_to_read

# By id: what changes while the pages are read then moves nothing to a page that was read already.
_QUESTIONS: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.CONTACT: {"order": "ContactID ASC", "include_archived": "true"},
    Kind.INVOICE: {"order": "InvoiceID ASC", "where": SALES_ONLY},
}


def read_changes(*, access: Access, kind: Kind, since: datetime | None, page: int) -> Reply:
    """One page of 1,000 of the contacts or sales invoices that changed since then, or of all of them.

    Archived, voided and deleted ones too, without lines and addresses; `page_count` says how many pages there are.
    """
    api = client.accounting(access.access_token)
    call = {Kind.CONTACT: api.get_contacts, Kind.INVOICE: api.get_invoices}[kind]
    options: dict[str, Any] = {**_QUESTIONS[kind], "page": page, "page_size": PAGE_SIZE, "summary_only": "true"}
    if since is not None:
        options["if_modified_since"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return reply_to_read(client.ask_xero(call, access.xero_tenant_id, **options), KINDS[kind].collection)


def answered_at(headers: Headers) -> datetime | None:
    """When Xero gave an answer, by its own clock; nothing if it does not say."""
    try:
        moment = parsedate_to_datetime(headers.date)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
