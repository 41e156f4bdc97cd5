"""A database of its own, brought to an older state by the migrations, for tests of what later ones do with its rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@contextmanager
def old_database() -> Iterator[None]:
    """The connection leads to an empty database, dropped afterwards. For tests with `transaction=True`."""
    own = connection.settings_dict["NAME"]
    name = f"{own}_old"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


def migrate_to(*targets: tuple[str, str | None]) -> Any:
    """Migrate to these, or to the newest of every app; gives the models of that moment, as `apps.get_model` does."""
    executor = MigrationExecutor(connection)
    return executor.migrate(list(targets) or executor.loader.graph.leaf_nodes()).apps
