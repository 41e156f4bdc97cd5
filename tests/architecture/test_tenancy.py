"""Every address below a firm answers another firm's people as if it did not exist."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from firms.models import Firm, User
from firms.scope import firm_scope
from tests.factories import PASSWORD, FirmFactory, InvoiceFactory, MembershipFactory

pytestmark = pytest.mark.django_db

METHODS = ("get", "post")


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path


FIRM_PATHS = sorted({path for path in patterns() if path.startswith("<slug:firm>/")})
OPS_PATHS = sorted({path for path in patterns() if path.startswith("ops/")})


def sign_in(client: Client, user: User) -> None:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def asked(client: Client, address: str) -> Any:
    """Opened, or sent to where it only takes that."""
    answer = client.get(address)
    return client.post(address) if answer.status_code == 405 else answer


def filled(path: str, *, slug: str, pk: int) -> str:
    out = []
    for part in path.split("/"):
        if part == "<slug:firm>":
            out.append(slug)
        elif part.startswith("<int:"):
            out.append(str(pk))
        elif part.startswith("<"):
            out.append("x")
        else:
            out.append(part)
    return "/" + "/".join(out)


@pytest.fixture
def other() -> Firm:
    return FirmFactory(slug="the-other-firm")


@pytest.fixture
def stranger(client: Client, other: Firm) -> Client:
    """Somebody who is an admin, but of another firm."""
    mine = FirmFactory(slug="my-own-firm")
    sign_in(client, User.objects.get(memberships__firm=mine))
    return client


def test_the_product_has_pages_to_test() -> None:
    assert len(FIRM_PATHS) > 15
    assert len(OPS_PATHS) > 3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", FIRM_PATHS)
def test_another_firms_page_and_a_page_that_does_not_exist_answer_the_same(
    stranger: Client, other: Firm, path: str, method: str
) -> None:
    with firm_scope(other):
        invoice = InvoiceFactory(firm=other)
    theirs = getattr(stranger, method)(filled(path, slug=other.slug, pk=invoice.pk))
    nowhere = getattr(stranger, method)(filled(path, slug="no-such-firm-x", pk=invoice.pk))
    # An address that takes only the other method says so to everybody, whoever the firm is.
    assert theirs.status_code == nowhere.status_code
    assert theirs.status_code in {404, 405}
    assert theirs.content.replace(other.slug.encode(), b"") == nowhere.content.replace(b"no-such-firm-x", b"")


@pytest.mark.parametrize("path", FIRM_PATHS)
def test_no_address_of_another_firm_does_anything(stranger: Client, other: Firm, path: str) -> None:
    assert asked(stranger, filled(path, slug=other.slug, pk=1)).status_code == 404


@pytest.mark.parametrize("path", FIRM_PATHS + OPS_PATHS)
def test_nobody_gets_in_without_signing_in(client: Client, other: Firm, path: str) -> None:
    answer = asked(client, filled(path, slug=other.slug, pk=1))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", OPS_PATHS)
def test_operators_pages_do_not_exist_for_a_firms_people(stranger: Client, path: str, method: str) -> None:
    assert getattr(stranger, method)(filled(path, slug="x", pk=1)).status_code in {404, 405}


@pytest.mark.parametrize("path", FIRM_PATHS)
def test_a_firms_pages_do_not_exist_for_operators(client: Client, other: Firm, path: str) -> None:
    sign_in(client, User.objects.create_user(email="ops@example.com", password=PASSWORD, is_staff=True))
    assert asked(client, filled(path, slug=other.slug, pk=1)).status_code == 404


def test_rights_that_were_taken_away_end_with_the_next_request(client: Client, other: Firm) -> None:
    membership = MembershipFactory(firm=other)
    sign_in(client, membership.user)
    assert client.get(f"/{other.slug}/invoices/").status_code == 200
    membership.delete()
    assert client.get(f"/{other.slug}/invoices/").status_code == 404
