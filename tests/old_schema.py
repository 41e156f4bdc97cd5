"""A database of its own with the tables as they were before a migration, in place of the usual one meanwhile.

Each schema is migrated once in a process, as a template; the databases of the tests are copies of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.utils import ProgrammingError
from django.utils import timezone
from psycopg.errors import InsufficientPrivilege

Execute = Callable[..., Any]
# The release on whose tables all the others are built, and the apps that were made after it.
OLDEST = "0007_mails"
LATER_APPS = {"help_center", "notifications"}


@cache
def _apps(at: str) -> Any:
    """All models as the code of this migration of xero_sync knew them."""
    return MigrationLoader(None).project_state([("xero_sync", at)]).apps


class OldSchema:
    """The database, and the migrations that are tried on it."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def migrate(self, *names: str) -> None:
        """Go to these migrations of xero_sync, forwards or backwards."""
        for name in names:
            MigrationExecutor(self.connection).migrate([("xero_sync", name)])

    def migrate_apps(self, **names: str | None) -> None:
        """Go to these migrations of these apps, or before the first of them; without any, to the newest of every app."""
        executor = MigrationExecutor(self.connection)
        executor.migrate(list(names.items()) or executor.loader.graph.leaf_nodes())

    def migrate_other_apps(self) -> None:
        """Have the newest tables of the apps that xero_sync stands on, and of Django's own."""
        executor = MigrationExecutor(self.connection)
        leaves = executor.loader.graph.leaf_nodes()
        executor.migrate([leaf for leaf in leaves if leaf[0] not in {"xero_sync", *LATER_APPS}])

    def model(self, name: str, *, at: str, app: str = "xero_sync") -> Any:
        """A model as the code of that migration knew it."""
        return _apps(at).get_model(app, name)

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


class OldSchemas:
    """The databases of old releases beside the usual one, and the templates from which they are copied."""

    def __init__(self, usual: BaseDatabaseWrapper) -> None:
        self._usual = usual
        self._templates: dict[str, str] = {}

    @contextmanager
    def database_at(self, migration: str, *, name: str) -> Iterator[OldSchema]:
        """Make the database, let it take the place of the default one, and drop it afterwards.

        `name` is put behind the usual database's.
        """
        full_name = self._name(name)
        self._copy(self._template(migration), full_name)
        try:
            with self._in_place(full_name) as schema:
                yield schema
        finally:
            self._drop(full_name)

    def drop(self) -> None:
        """Drop the templates."""
        while self._templates:
            self._drop(self._templates.popitem()[1])

    def _template(self, migration: str) -> str:
        """The name of the database with the empty tables of this migration, to which nobody is connected."""
        if migration in self._templates:
            return self._templates[migration]
        name = self._name(f"at_{migration[:4]}")
        self._copy("template1" if migration == OLDEST else self._template(OLDEST), name)
        with self._in_place(name) as schema:
            if migration == OLDEST:
                schema.migrate_other_apps()
            schema.migrate(migration)
        self._templates[migration] = name
        return name

    def _name(self, ending: str) -> str:
        return f"{self._usual.settings_dict['NAME']}_{ending}"

    @contextmanager
    def _in_place(self, name: str) -> Iterator[OldSchema]:
        before = connections["default"]
        own = self._usual.copy()
        own.settings_dict = {**self._usual.settings_dict, "NAME": name}
        connections["default"] = own
        try:
            yield OldSchema(own)
        finally:
            own.close()
            connections["default"] = before

    def _copy(self, template: str, name: str) -> None:
        self._drop(name)
        with self._usual._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def _drop(self, name: str) -> None:
        with self._usual._nodb_cursor() as cursor:
            try:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            except ProgrammingError as refusal:
                if not isinstance(refusal.__cause__, InsufficientPrivilege):
                    raise
                # An autovacuum is at work in it, which ends for a plain drop and is not ours to end by force.
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
