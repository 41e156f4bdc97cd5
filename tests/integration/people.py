"""A firm, its people, and pages opened as them."""

from collections.abc import Iterator

import pytest
from django.test import Client

from billing.models import Contact
from firms.models import Firm, User
from firms.scope import firm_scope
from tests.factories import ContactFactory, FirmFactory, MembershipFactory, admin_of


@pytest.fixture
def firm(db: None) -> Firm:
    return FirmFactory(name="Harrow & Lane LLP", slug="harrow-lane")


@pytest.fixture
def admin(firm: Firm) -> User:
    return admin_of(firm)


@pytest.fixture
def inside(firm: Firm) -> Iterator[None]:
    """The test itself reads inside the firm's scope."""
    with firm_scope(firm):
        yield


@pytest.fixture
def contact(firm: Firm) -> Contact:
    return ContactFactory(firm=firm, name="Meridian Shipping Ltd", client_number="C-1042")


@pytest.fixture
def staff_page(firm: Firm) -> Client:
    """A browser signed in as billing staff of the firm."""
    client = Client()
    client.force_login(MembershipFactory(firm=firm).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin_page(admin: User) -> Client:
    """A browser signed in as the firm's admin."""
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client
