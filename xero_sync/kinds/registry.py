"""The one list of the kinds of documents that go to Xero, in the order they are sent."""

from xero_sync.domain.kinds import KindSpec
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE

# A kind whose documents wait for another kind stands after that kind.
KINDS: tuple[KindSpec, ...] = (CONTACT, INVOICE)
_BY_CODE = {spec.code: spec for spec in KINDS}


def find_kind(code: str) -> KindSpec:
    """The kind that rows name by this code. Raises KeyError for a code that no kind has."""
    return _BY_CODE[code]


def kinds_for_clients() -> tuple[KindSpec, ...]:
    """The kinds whose documents are made out to a client: all but the clients themselves."""
    return tuple(spec for spec in KINDS if not spec.is_client)


def kinds_waiting_for(code: str) -> tuple[KindSpec, ...]:
    """The kinds whose documents wait for one of this kind."""
    return tuple(spec for spec in KINDS if spec.waits_for == code)
