"""New rows by the thousand: each batch is one parameter, where bulk_create sends every value as one of its own.

With bulk_create most of the time for 20,000 clients, their audit trail and sync jobs goes into building and reading
statements.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Field, Model

ROWS_AT_ONCE = 5000


def insert_rows(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Insert unsaved rows of one model in the caller's transaction, two statements for each 5,000, and set their keys.

    With `ignore_conflicts` it is one statement; rows that are there already are left out, and no keys are set. No
    signals are sent.
    """
    remaining = iter(rows)
    while batch := list(islice(remaining, ROWS_AT_ONCE)):
        _insert(batch, ignore_conflicts)


def _insert(batch: Sequence[Model], ignore_conflicts: bool) -> None:
    meta = batch[0]._meta
    fields: Sequence[Field[Any, Any]] = [field for field in meta.concrete_fields if not field.primary_key]
    values = [{field.column: getattr(row, field.attname) for field in fields} for row in batch]
    with connection.cursor() as cursor:
        if not ignore_conflicts:
            keys = _new_keys(cursor, meta.db_table, str(meta.pk.column), len(batch))
            for row, value, key in zip(batch, values, keys, strict=True):
                value[meta.pk.column] = row.pk = key
            fields = meta.concrete_fields
        cursor.execute(_statement(meta.db_table, fields, ignore_conflicts), [json.dumps(values, default=_plain)])
    for row in () if ignore_conflicts else batch:
        row._state.adding, row._state.db = False, connection.alias


def _statement(table: str, fields: "Sequence[Field[Any, Any]]", ignore_conflicts: bool) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    # Of a key it is the type of what points to it: bigint, not the identity.
    kinds = (field.rel_db_type(connection) if field.primary_key else field.db_type(connection) for field in fields)
    typed = ", ".join(f"{quote(str(field.column))} {kind}" for field, kind in zip(fields, kinds, strict=True))
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    return (
        f"INSERT INTO {quote(table)} ({columns}) "  # noqa: S608  (names of our own models only)
        f"SELECT {columns} FROM jsonb_to_recordset(%s::jsonb) AS v({typed}){ending}"
    )


def _new_keys(cursor: Any, table: str, column: str, count: int) -> list[int]:
    """The next keys of the table, in order: which row got which key is then known without asking."""
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, count])
    return [key for (key,) in cursor.fetchall()]


def _plain(value: Any) -> Any:
    """Times with all their microseconds, amounts with all their digits."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} is not inserted so")
