"""The names under which Xero has clients, by client number."""

from collections.abc import Sequence

from firms.models import Firm
from identity import fold_number_as_xero
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.organisation import index
from xero_sync.organisation.connections import find_connection


def names_by_number(*, firm: Firm, numbers: Sequence[str]) -> dict[str, str]:
    """As last read from the connected organisation; a number that Xero does not have is left out."""
    connection = find_connection(firm=firm)
    if connection is None:
        return {}
    tenant, wanted = connection.xero_tenant_id, {CONTACT.code: [*numbers]}
    entries = index.alike(firm=firm, xero_tenant_id=tenant, ids={}, numbers=wanted, names=())[CONTACT.code]
    by_key = {fold_number_as_xero(entry.number): entry.name for entry in entries if entry.number}
    found = {number: by_key.get(fold_number_as_xero(number), "") for number in numbers}
    return {number: name for number, name in found.items() if name}
