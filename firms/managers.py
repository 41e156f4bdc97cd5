"""The manager of every firm-owned model: its rows are those of the firm in scope, and without a scope there are none.

django-scopes keeps the scope. Its own disabled query set leaves some methods open (`exists`, `exclude`), and its
manager cannot be typed, so both are ours.
"""

from typing import Any, NoReturn, TypeVar

from django.db import models
from django_scopes import get_scope
from django_scopes.exceptions import ScopeError

Row = TypeVar("Row", bound=models.Model, covariant=True)

# The methods that neither read nor change an existing row.
_OPEN = frozenset({"as_manager", "bulk_create", "create", "none", "using"})
_SPECIAL = ("__and__", "__bool__", "__getitem__", "__iter__", "__len__", "__or__", "__aiter__")


class ClosedQuerySet(models.QuerySet[Row]):
    """The query set of a firm's rows while no firm is in scope: reading it raises."""

    def none(self) -> models.QuerySet[Row]:  # type: ignore[override]
        return models.QuerySet(model=self.model).none()


def _refuse(self: ClosedQuerySet[Any], *args: object, **kwargs: object) -> NoReturn:
    raise ScopeError(f"A firm must be in scope to query {self.model.__name__}: enter firm_scope(firm).")


for _name, _method in vars(models.QuerySet).items():
    if callable(_method) and _name not in _OPEN and (not _name.startswith("_") or _name in _SPECIAL):
        setattr(ClosedQuerySet, _name, _refuse)


class FirmManager(models.Manager[Row]):
    """Rows of the firm in scope; `objects = FirmManager()` on a model with a `firm` key."""

    def get_queryset(self) -> models.QuerySet[Row]:
        scope = get_scope()
        if not scope.get("_enabled", True):
            return super().get_queryset()
        firm = scope.get("firm")
        if firm is None:
            return ClosedQuerySet(self.model, using=self._db)
        return super().get_queryset().filter(firm=firm)

    def all(self) -> models.QuerySet[Row]:
        # Django's own returns the set unasked; asking it refuses without a scope, like every other query.
        return self.get_queryset().all()
