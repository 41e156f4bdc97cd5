"""A JSON column that holds a Link, so that no reader or writer handles its keys."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression

from xero_sync.domain.link import Link


class LinkField(models.JSONField):
    """A column of links; to migrations it is a plain JSON column, so that they do not depend on today's code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "default": Link})

    def deconstruct(self) -> Any:
        """As JSON that is empty by default."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.JSONField", arguments, {**options, "default": dict}

    def from_db_value(self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper) -> Link:
        """The link of a row."""
        return Link.from_stored(super().from_db_value(value, expression, connection))

    def get_prep_value(self, value: Any) -> Any:
        """The link as it is stored."""
        return super().get_prep_value(value.as_stored() if isinstance(value, Link) else value)
