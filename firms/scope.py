"""The fence between firms: every firm-owned query fails unless one of these is open."""

from collections.abc import Iterator
from contextlib import contextmanager

from django_scopes import scope, scopes_disabled

from firms.models import Firm


@contextmanager
def firm_scope(firm: Firm) -> Iterator[None]:
    """Open the fence for one firm. Raises TypeError for None: django-scopes would read it as "all firms"."""
    if not isinstance(firm, Firm):
        raise TypeError("A firm scope needs a firm.")
    with scope(firm=firm):
        yield


@contextmanager
def all_firms() -> Iterator[None]:
    """Open the fence for the platform itself: sweeps, and the operators' pages."""
    with scopes_disabled():
        yield
