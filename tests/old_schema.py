"""A database of its own with the tables as they were before a migration, in place of the usual one meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

Execute = Callable[..., Any]


class OldSchema:
    """The database, and the migrations that are tried on it."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self._apps: dict[str, Any] = {}

    def migrate(self, *names: str) -> None:
        """Go to these migrations of xero_sync, forwards or backwards."""
        for name in names:
            MigrationExecutor(self.connection).migrate([("xero_sync", name)])

    def migrate_apps(self, **names: str | None) -> None:
        """Go to these migrations of these apps, or before the first of them; without any, to the newest of every app."""
        executor = MigrationExecutor(self.connection)
        executor.migrate(list(names.items()) or executor.loader.graph.leaf_nodes())

    def model(self, name: str, *, at: str, app: str = "xero_sync") -> Any:
        """A model as the code of that migration knew it."""
        if at not in self._apps:
            self._apps[at] = MigrationExecutor(self.connection).loader.project_state([("xero_sync", at)]).apps
        return self._apps[at].get_model(app, name)

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """The rows a query returns."""
        with self.connection.cursor() as cursor:
            cursor.execute(query, values)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def execute(self, statement: str, *values: object) -> None:
        """One statement, committed."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)

    @contextmanager
    def another_session(self) -> Iterator["OldSchema"]:
        """A second connection, as another process has one; any thread may use it."""
        other = self.connection.copy()
        other.inc_thread_sharing()
        try:
            yield OldSchema(other)
        finally:
            other.close()

    @contextmanager
    def before_each(self, words: str, act: Callable[[int], None]) -> Iterator[None]:
        """Call `act` with 1, 2, 3 ... right before each statement that has these words in it."""
        count = 0

        def wrapper(execute: Execute, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal count
            if words in sql:
                count += 1
                act(count)
            return execute(sql, params, many, context)

        with self.connection.execute_wrapper(wrapper):
            yield

    def add_firm(self, *, at: str) -> Any:
        """A firm of that time; only the columns that must be given."""
        return self.model("Firm", at=at, app="firms").objects.create(
            name="Harrow", slug=f"harrow-{timezone.now():%H%M%S%f}", created_on=timezone.now().date()
        )


@contextmanager
def database_before(migration: str, *, name: str) -> Iterator[OldSchema]:
    """Make the database `name`, let it take the place of the default one, and drop it afterwards."""
    usual = connections["default"]
    quoted = usual.ops.quote_name(name)
    with usual._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {quoted}")
    own = usual.copy()
    own.settings_dict = {**usual.settings_dict, "NAME": name}
    connections["default"] = own
    try:
        schema = OldSchema(own)
        schema.migrate(migration)
        yield schema
    finally:
        own.close()
        connections["default"] = usual
        with usual._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")
