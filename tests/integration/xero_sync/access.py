"""Keys to the emulated Xero without rows of ours."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.xero import HTTP, VERIFIER, Xero
from xero_sync import gateway
from xero_sync.domain.kinds import Operation
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.organisation import oauth


def consent(xero: Xero, *, organisations: str = "", user: str = "", state: str = "a-state") -> str:
    """A code from the consent page, as this Xero user and for these organisations."""
    url = oauth.authorise_url(state=state, verifier=VERIFIER)
    answer = HTTP.request("GET", f"{url}&organisations={organisations}&user={user}", redirect=False)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def access(xero: Xero, *, organisation: str = "", user: str = "") -> gateway.Access:
    """The key of one Xero user to one organisation, the one in view unless named."""
    organisation = organisation or xero.organisation_id
    pair = oauth.exchange(code=consent(xero, organisations=organisation, user=user), verifier=VERIFIER)
    return gateway.Access(access_token=pair.access_token, xero_tenant_id=organisation)


def contacts(
    *documents: dict[str, Any], key: str = "a-key", operation: Operation = Operation.CREATE
) -> gateway.Request:
    return gateway.Request(CONTACT.calls, operation, json.dumps({"Contacts": documents}), key)


def invoices(
    *documents: dict[str, Any], key: str = "a-key", operation: Operation = Operation.CREATE
) -> gateway.Request:
    return gateway.Request(INVOICE.calls, operation, json.dumps({"Invoices": documents}), key)
