"""Filters of the invoice list that other apps add, without billing knowing who they are."""

from collections.abc import Callable, Mapping

from django.db.models import QuerySet

from billing.models import Invoice

Filter = Callable[[QuerySet[Invoice], str], QuerySet[Invoice]]

_registered: dict[str, Filter] = {}


def register(name: str, apply: Filter) -> None:
    """Let `?name=value` on the invoice list be answered by `apply(queryset, value)`; call from AppConfig.ready."""
    _registered[name] = apply


def names() -> tuple[str, ...]:
    """The filters there are besides billing's own."""
    return tuple(_registered)


def apply_all(queryset: QuerySet[Invoice], values: Mapping[str, str]) -> QuerySet[Invoice]:
    """The invoices that pass every registered filter that has a value."""
    for name, apply in _registered.items():
        if values.get(name):
            queryset = apply(queryset, values[name])
    return queryset
