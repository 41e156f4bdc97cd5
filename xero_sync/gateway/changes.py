"""The documents changed in an organisation since a moment, by us or by anybody else."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from xero_sync.domain.kinds import Calls
from xero_sync.gateway import client
from xero_sync.gateway.answers import Access, Headers, Reply
from xero_sync.gateway.calls import count_pages, page_options
from xero_sync.gateway.reading import reply_to_read


def read_changes(*, access: Access, calls: Calls, since: datetime | None, page: int) -> Reply:
    """One page of a kind's documents that changed since then, or of all of them.

    Archived, voided and deleted ones too, without lines and addresses; `page_count` says how many pages there are.
    """
    api = client.accounting(access.access_token)
    options: dict[str, Any] = {
        # By id: what changes while the pages are read then moves nothing to a page that was read already.
        "order": f"{calls.id_key} ASC",
        **calls.read_options,
        **({"where": calls.where} if calls.where else {}),
        **page_options(calls, page),
        **({calls.summary_option: "true"} if calls.summary_option else {}),
    }
    if since is not None:
        options["if_modified_since"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    answer = client.ask_xero(getattr(api, calls.read), access.xero_tenant_id, **options)
    return count_pages(reply_to_read(answer, calls.collection), calls, page)


def answered_at(headers: Headers) -> datetime | None:
    """When Xero gave an answer, by its own clock; nothing if it does not say."""
    try:
        moment = parsedate_to_datetime(headers.date)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
