"""The permissions we may ask a Xero user for, and each in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """One permission: Xero's name for it and what we use it for."""

    name: str
    words: str


SCOPES = (
    Scope(
        "offline_access",
        "Stay connected until you disconnect, so that nobody has to sign in every half hour.",
    ),
    Scope(
        "accounting.contacts",
        "Read and write contacts, to create and update your clients.",
    ),
    Scope(
        "accounting.invoices",
        "Read and write invoices, to create and update your bills.",
    ),
    Scope(
        "accounting.settings.read",
        "Read, never change, the chart of accounts, tax rates, currencies and lock dates.",
    ),
)
ALLOWED = frozenset(scope.name for scope in SCOPES)


class ScopeNotAllowed(Exception):
    """The settings ask for more than the product needs."""


def read_scopes(text: str) -> tuple[str, ...]:
    """The scopes of a setting, in its order. Raises ScopeNotAllowed for one that the product has no use for."""
    names = tuple(dict.fromkeys(text.split()))
    extra = [name for name in names if name not in ALLOWED]
    if extra:
        raise ScopeNotAllowed(f"XERO_SCOPES asks for {', '.join(extra)}, which Bill Syncing has no use for.")
    return names


def missing_scopes(*, asked: Sequence[str], granted: Sequence[str]) -> tuple[str, ...]:
    """The permissions that were asked for and not granted."""
    return tuple(name for name in asked if name not in granted)
