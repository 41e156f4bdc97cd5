"""What every test may use: a firm of its own, and an emulated Xero of its own, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connections
from django.db.models.signals import post_migrate
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

import config.celery  # noqa: F401  (nudges go through this application)
from firms.models import Firm, User
from firms.scope import all_firms, firm_scope
from tests.browser.absent import pytest_collection_modifyitems, pytest_sessionfinish, pytest_terminal_summary
from tests.emptied_tables import delete_on_flush
from tests.factories import FirmFactory
from tests.old_schema import OldSchemas
from tests.xero import Xero, connect_firm
from xero_emulator import EmulatorServer

# Hooks, here because pytest asks no conftest below this one when workers share the tests.
__all__ = ["pytest_collection_modifyitems", "pytest_sessionfinish", "pytest_terminal_summary"]


@pytest.fixture(autouse=True, scope="session")
def fast_passwords() -> Iterator[None]:
    """Argon2 is slow on purpose; what it guards is not tested here."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """The test database; tables are emptied after most tests, and nothing of ours uses what Django would refill."""
    post_migrate.disconnect(create_permissions, dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    delete_on_flush(connections["default"])


@pytest.fixture(scope="session")
def old_schemas(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[OldSchemas]:
    """Databases of old releases; who uses one unblocks the database meanwhile."""
    schemas = OldSchemas(connections["default"])
    yield schemas
    with django_db_blocker.unblock():
        schemas.drop()


@pytest.fixture(scope="session")
def emulator() -> Iterator[EmulatorServer]:
    """One emulator for the process; each test that asks for `xero` finds it as new."""
    with EmulatorServer(clock=lambda: datetime.now(UTC)) as server:
        yield server


@pytest.fixture
def xero(emulator: EmulatorServer, settings: Any) -> Xero:
    """The emulated Xero, empty, and the product pointed at it."""
    return Xero.started(emulator, settings)


@pytest.fixture
def firm(db: None) -> Iterator[Firm]:
    """A firm of 2021, in its scope; every preference is on."""
    made = FirmFactory()
    with firm_scope(made):
        yield made


@pytest.fixture
def admin(firm: Firm) -> User:
    """The firm's first admin."""
    return User.objects.get(memberships__firm=firm)


@pytest.fixture
def connected(firm: Firm, admin: User, xero: Xero) -> Firm:
    """The firm connected to the Australian demo organisation, its first send confirmed, its accounts chosen."""
    connect_firm(firm=firm, admin=admin, xero=xero)
    return firm


@pytest.fixture
def no_firm() -> Iterator[None]:
    """The platform's own view, as the sweep has it."""
    with all_firms():
        yield


@pytest.fixture
def later() -> Any:
    """A moment so many seconds from now."""

    def moment(seconds: float) -> datetime:
        return timezone.now() + timedelta(seconds=seconds)

    return moment
