"""Whom a run of wrong passwords locks out: one account from one place, however either is written."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

# Whoever has one IPv6 address usually has the 64 bits below it as well.
_IPV6_PLACE = 64


def account(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The address that was typed, as `User` looks it up: capitals and blanks start no new count of tries."""
    name = settings.AXES_USERNAME_FORM_FIELD
    typed = (credentials or {}).get(name) or request.POST.get(name, "")
    return str(typed).strip().lower()


def address(request: HttpRequest) -> str | None:
    """Where a request comes from; of IPv6 the network.

    Behind a proxy every request comes from the proxy, so that ten wrong tries would lock the account for everybody;
    PROXY_ADDRESS_HEADER names the header in which it says whose request it is (the last entry is the proxy's own).
    """
    peer = _place(request.META.get("REMOTE_ADDR", ""))
    header = settings.PROXY_ADDRESS_HEADER
    named = request.headers.get(header, "").rpartition(",")[2] if header else ""
    return _place(named) or peer


def _place(text: str) -> str | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found.packed, _IPV6_PLACE), strict=False).network_address)
    return str(found)
