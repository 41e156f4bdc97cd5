"""The calls we make."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from xero_sync.domain.kinds import Calls, Operation
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
# As many as a batch has; at 36 characters each the address stays below 2,000.
MOST_IDS = 50
MOST_NUMBER_BYTES = 1800
SEARCHED = 100


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
        **request.calls.amount_options,
    }
    name = request.calls.create if request.operation is Operation.CREATE else request.calls.update
    answer = client.written(getattr(api, name), access.xero_tenant_id, request.body, **options)
    return reply_to_write(answer, request.calls, sent)


def _documents(request: Request) -> list[Mapping[str, Any]]:
    calls = request.calls
    documents = json.loads(request.body).get(calls.collection)
    if not isinstance(documents, list) or not documents:
        raise ValueError(f"A request needs documents under {calls.collection}.")
    if request.operation not in {Operation.CREATE, Operation.UPDATE}:
        raise ValueError(f"{request.operation} is not a write.")
    if not request.idempotency_key or len(request.idempotency_key) > 128:
        raise ValueError("A write needs an idempotency key of at most 128 characters.")
    with_id = [bool(document.get(calls.id_key)) for document in documents]
    if request.operation is Operation.UPDATE and not all(with_id):
        # A POST without a Xero id overwrites what a bookkeeper entered under the same number or name.
        raise ValueError(f"An update needs {calls.id_key} in each document.")
    if request.operation is Operation.CREATE and any(with_id):
        raise ValueError(f"A new document has no {calls.id_key} yet.")
    return documents


def split_numbers(numbers: Sequence[str]) -> list[list[str]]:
    """The numbers in groups that `find_numbered` takes; one with a comma is looked for alone."""
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


def find_numbered(*, access: Access, calls: Calls, numbers: Sequence[str]) -> Reply:
    """The documents of a kind with these numbers, lines included. Raises ValueError for more than one call takes."""
    if not numbers or len(numbers) > MOST_NUMBERS or _size(numbers) > MOST_NUMBER_BYTES:
        raise ValueError(f"Look up 1 to {MOST_NUMBERS} numbers of {MOST_NUMBER_BYTES} bytes at a time.")
    api = client.accounting(access.access_token)
    answer = client.ask_xero(
        getattr(api, calls.read),
        access.xero_tenant_id,
        **_number_filter(calls, numbers),
        **page_options(calls, 1),
        **calls.amount_options,
    )
    return _of_the_kind(reply_to_read(answer, calls.collection), calls)


def _of_the_kind(reply: Reply, calls: Calls) -> Reply:
    kept = tuple(each for each in reply.elements if calls.only.items() <= each.document.items())
    return replace(reply, elements=kept)


def _number_filter(calls: Calls, numbers: Sequence[str]) -> dict[str, Any]:
    where = {"where": calls.where} if calls.where else {}
    if not any("," in number for number in numbers):
        return {calls.numbers_option: list(numbers), **where}
    if len(numbers) > 1:
        raise ValueError("A number with a comma is looked for alone.")
    if '"' in numbers[0]:
        # A quotation mark has no escape in Xero's filters; the search finds more than asked, never less.
        return {"search_term": numbers[0]}
    named = f'{calls.number_key}=="{numbers[0]}"'
    return {"where": f"{calls.where} AND {named}" if calls.where else named}


def _size(numbers: Sequence[str]) -> int:
    return len(quote_plus(",".join(numbers)))


def find_changed(*, access: Access, calls: Calls, modified_since: datetime, page: int = 1) -> Reply:
    """One page of a kind's documents changed since then, archived ones too; `page_count` says how many pages."""
    moment = modified_since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    api = client.accounting(access.access_token)
    answer = client.ask_xero(
        getattr(api, calls.read),
        access.xero_tenant_id,
        if_modified_since=moment,
        **page_options(calls, page),
        **calls.read_options,
        **calls.amount_options,
        **({"where": calls.where} if calls.where else {}),
    )
    return count_pages(reply_to_read(answer, calls.collection), calls, page)


def find_by_ids(*, access: Access, calls: Calls, xero_ids: Sequence[str]) -> Reply:
    """The documents of a kind with these ids, archived ones too; one that Xero has no more is absent.

    Raises ValueError for none or for more than one call takes.
    """
    if not 0 < len(xero_ids) <= MOST_IDS:
        raise ValueError(f"Look up 1 to {MOST_IDS} ids at a time.")
    api = client.accounting(access.access_token)
    answer = client.ask_xero(
        getattr(api, calls.read),
        access.xero_tenant_id,
        i_ds=list(xero_ids),
        **page_options(calls, 1),
        **calls.read_options,
        **calls.amount_options,
    )
    return _of_the_kind(reply_to_read(answer, calls.collection), calls)


def page_options(calls: Calls, page: int) -> dict[str, Any]:
    """The options of a reading that ask for this page."""
    return {"page": page, **({calls.size_option: calls.page_size} if calls.size_option else {})}


def count_pages(reply: Reply, calls: Calls, page: int) -> Reply:
    """The reply to this page; where Xero does not count the pages, a full one is followed by another."""
    if calls.size_option:
        return reply
    return replace(reply, page_count=page + 1 if len(reply.elements) >= calls.page_size else page)


def find_contact_by_number(*, access: Access, number: str) -> Reply:
    """The contact with this contact number, or no element."""
    api = client.accounting(access.access_token)
    answer = client.ask_xero(api.get_contact_by_contact_number, access.xero_tenant_id, number)
    return reply_to_read(answer, "Contacts", of_one=True)


def read_contact(*, access: Access, xero_id: str) -> Reply:
    """The contact with this id in Xero, archived or not, or no element."""
    api = client.accounting(access.access_token)
    answer = client.ask_xero(api.get_contact, access.xero_tenant_id, xero_id)
    return reply_to_read(answer, "Contacts", of_one=True)


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
    """The connections of this Xero user to this app, to other things than organisations too."""
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
