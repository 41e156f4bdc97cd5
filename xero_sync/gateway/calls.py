"""The calls we make."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from xero_sync.domain.kinds import KINDS, Kind, Operation
from xero_sync.gateway import client
from xero_sync.gateway.answers import (
    Access,
    OrganisationChoice,
    Reply,
    Request,
    Unavailable,
)
from xero_sync.gateway.reading import (
    Unreadable,
    parse,
    raise_unless_success,
    reply_to_read,
    reply_to_write,
    trace_of,
)

MOST_NUMBERS = 40
MOST_NUMBER_BYTES = 1800
PAGE_SIZE = 1000
SEARCHED = 100
SALES_ONLY = 'Type=="ACCREC"'


def send(*, access: Access, request: Request) -> Reply:
    """Create (PUT, which refuses what exists) or update (POST, each document with its Xero id) one batch.

    Each element of the reply answers the document at the same place. Raises ValueError for a request that must never
    be sent, else the exceptions of `gateway.answers`.
    """
    sent = _documents(request)
    api = client.accounting(access.access_token)
    options: dict[str, Any] = {
        "summarize_errors": "false",
        "idempotency_key": request.idempotency_key,
    }
    if request.kind is Kind.INVOICE:
        # Without it an update rounds the unit prices of the lines that are there to two places.
        options["unitdp"] = 4
    calls = {
        (Kind.CONTACT, Operation.CREATE): api.create_contacts,
        (Kind.CONTACT, Operation.UPDATE): api.update_or_create_contacts,
        (Kind.INVOICE, Operation.CREATE): api.create_invoices,
        (Kind.INVOICE, Operation.UPDATE): api.update_or_create_invoices,
    }
    call = calls[request.kind, request.operation]
    answer = client.written(call, access.xero_tenant_id, request.body, **options)
    return reply_to_write(answer, request.kind, sent)


def _documents(request: Request) -> list[Mapping[str, Any]]:
    info = KINDS[request.kind]
    documents = json.loads(request.body).get(info.collection)
    if not isinstance(documents, list) or not documents:
        raise ValueError(f"A request needs documents under {info.collection}.")
    if request.operation not in {Operation.CREATE, Operation.UPDATE}:
        raise ValueError(f"{request.operation} is not a write.")
    if not request.idempotency_key or len(request.idempotency_key) > 128:
        raise ValueError("A write needs an idempotency key of at most 128 characters.")
    with_id = [bool(document.get(info.id_key)) for document in documents]
    if request.operation is Operation.UPDATE and not all(with_id):
        # A POST without a Xero id overwrites what a bookkeeper entered under the same number or name.
        raise ValueError(f"An update needs {info.id_key} in each document.")
    if request.operation is Operation.CREATE and any(with_id):
        raise ValueError(f"A new document has no {info.id_key} yet.")
    return documents


def split_numbers(numbers: Sequence[str]) -> list[list[str]]:
    """The numbers in groups that `find_invoices` takes; one with a comma is looked for alone."""
    groups: list[list[str]] = []
    room: list[str] = []
    for number in numbers:
        if "," in number:
            groups.append([number])
        elif room and (len(room) == MOST_NUMBERS or _size([*room, number]) > MOST_NUMBER_BYTES):
            groups.append(room)
            room = [number]
        else:
            room.append(number)
    return [*groups, room] if room else groups


def find_invoices(*, access: Access, numbers: Sequence[str]) -> Reply:
    """Our sales invoices with these numbers, lines included. Raises ValueError for more than one call can carry."""
    if not numbers or len(numbers) > MOST_NUMBERS or _size(numbers) > MOST_NUMBER_BYTES:
        raise ValueError(f"Look up 1 to {MOST_NUMBERS} numbers of {MOST_NUMBER_BYTES} bytes at a time.")
    api = client.accounting(access.access_token)
    answer = client.ask_xero(
        api.get_invoices,
        access.xero_tenant_id,
        **_number_filter(numbers),
        page=1,
        page_size=PAGE_SIZE,
        unitdp=4,
    )
    reply = reply_to_read(answer, "Invoices")
    sales = tuple(element for element in reply.elements if element.document.get("Type") == "ACCREC")
    return replace(reply, elements=sales)


def _number_filter(numbers: Sequence[str]) -> dict[str, Any]:
    if not any("," in number for number in numbers):
        # Numbers of purchase bills are not unique, and none of our business.
        return {"invoice_numbers": list(numbers), "where": SALES_ONLY}
    if len(numbers) > 1:
        raise ValueError("A number with a comma is looked for alone.")
    if '"' in numbers[0]:
        # A quotation mark has no escape in Xero's filters; the search finds more than asked, never less.
        return {"search_term": numbers[0]}
    return {"where": f'{SALES_ONLY} AND InvoiceNumber=="{numbers[0]}"'}


def _size(numbers: Sequence[str]) -> int:
    return len(quote_plus(",".join(numbers)))


def find_contacts(*, access: Access, modified_since: datetime, page: int = 1) -> Reply:
    """One page of the contacts changed since then, archived ones included; `page_count` says how many pages."""
    moment = modified_since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    api = client.accounting(access.access_token)
    answer = client.ask_xero(
        api.get_contacts,
        access.xero_tenant_id,
        if_modified_since=moment,
        page=page,
        page_size=PAGE_SIZE,
        include_archived="true",
    )
    return reply_to_read(answer, "Contacts")


def find_contact_by_number(*, access: Access, number: str) -> Reply:
    """The contact with this contact number, or no element."""
    api = client.accounting(access.access_token)
    answer = client.ask_xero(api.get_contact_by_contact_number, access.xero_tenant_id, number)
    return reply_to_read(answer, "Contacts")


def read_contact(*, access: Access, xero_id: str) -> Reply:
    """The contact with this id in Xero, archived or not, or no element."""
    api = client.accounting(access.access_token)
    return reply_to_read(client.ask_xero(api.get_contact, access.xero_tenant_id, xero_id), "Contacts")


def search_contacts(*, access: Access, term: str) -> Reply:
    """Contacts whose name, numbers or e-mail address hold this text, archived ones included; the first 100."""
    api = client.accounting(access.access_token)
    answer = client.ask_xero(
        api.get_contacts,
        access.xero_tenant_id,
        search_term=term,
        include_archived="true",
        page=1,
        page_size=SEARCHED,
    )
    return reply_to_read(answer, "Contacts")


def read_organisation(*, access: Access) -> Reply:
    """The organisation itself: name, country, currency, lock dates."""
    api = client.accounting(access.access_token)
    return reply_to_read(client.ask_xero(api.get_organisations, access.xero_tenant_id), "Organisations")


def read_accounts(*, access: Access) -> Reply:
    """The whole chart of accounts, archived ones included."""
    api = client.accounting(access.access_token)
    return reply_to_read(client.ask_xero(api.get_accounts, access.xero_tenant_id), "Accounts")


def read_tax_rates(*, access: Access) -> Reply:
    """All tax rates."""
    api = client.accounting(access.access_token)
    return reply_to_read(client.ask_xero(api.get_tax_rates, access.xero_tenant_id), "TaxRates")


def read_currencies(*, access: Access) -> Reply:
    """The currencies switched on in the organisation."""
    api = client.accounting(access.access_token)
    return reply_to_read(client.ask_xero(api.get_currencies, access.xero_tenant_id), "Currencies")


def connections(*, access_token: str) -> tuple[OrganisationChoice, ...]:
    """What this Xero user has connected to this app; what is not an organisation is among it."""
    answer = client.ask_xero(client.identity(access_token).get_connections)
    trace = trace_of(answer)
    raise_unless_success(answer, trace, writing=False)
    try:
        rows = parse(answer)
        return tuple(_choice(row) for row in rows)
    except (Unreadable, TypeError, AttributeError, KeyError):
        raise Unavailable("no list of connections", trace=trace) from None


def _choice(row: Mapping[str, Any]) -> OrganisationChoice:
    return OrganisationChoice(
        connection_id=str(row["id"]),
        tenant_id=str(row["tenantId"]),
        name=str(row.get("tenantName") or ""),
        tenant_type=str(row.get("tenantType") or ""),
        auth_event_id=str(row.get("authEventId") or ""),
    )


def delete_connection(*, access_token: str, connection_id: str) -> None:
    """Take one organisation off the app; one that is gone already is fine."""
    answer = client.ask_xero(client.identity(access_token).delete_connection, connection_id)
    if answer.status != 404:
        raise_unless_success(answer, trace_of(answer), writing=False)
