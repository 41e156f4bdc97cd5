"""What an endpoint of ``/api.xro/2.0`` is; ``routes`` is the list of them."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.wrappers import Response

from xero_emulator.domain.organisation import Organisation
from xero_emulator.web.exchange import Exchange
from xero_emulator.web.writing import Endpoint


@dataclass(frozen=True, kw_only=True)
class Route:
    """One endpoint. ``scope`` opens it, ``read`` answers a GET, whole or by an id; ``writes`` is what takes writes."""

    scope: str
    read: Callable[[Exchange, Organisation, str], Response]
    writes: Endpoint | None = None
