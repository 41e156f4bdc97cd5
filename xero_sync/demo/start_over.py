"""Delete a demo firm from the database, for an emulator that has forgotten the firm."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction

from firms.models import Firm


def delete_demo_firm(*, firm: Firm) -> None:
    """Delete everything of one demo firm. People stay, for they may belong elsewhere too."""
    with transaction.atomic(), connection.cursor() as cursor:
        # The foreign keys are checked at the commit, so the order of the tables does not matter.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in _list_tables_of_firms():
            # The names are our own models'.
            sql = f"DELETE FROM {connection.ops.quote_name(table)} WHERE firm_id = %s"  # noqa: S608
            cursor.execute(sql, [firm.pk])
        cursor.execute("DELETE FROM firms_firm WHERE id = %s", [firm.pk])


def _list_tables_of_firms() -> Iterator[str]:
    for model in apps.get_models():
        if any(field.attname == "firm_id" for field in model._meta.concrete_fields):
            yield model._meta.db_table
