"""A browser on its way to Xero's consent page and back."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib.messages import get_messages
from django.test import Client

from firms.models import Firm, Role, User
from tests.factories import UserFactory
from tests.xero import HTTP, Xero

BACKEND = "django.contrib.auth.backends.ModelBackend"


def join(firm: Firm, role: Role) -> User:
    """Somebody new at the firm."""
    user: User = UserFactory.create()
    firm.memberships.create(user=user, role=role)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def begin(browser: Client, firm: Firm) -> str:
    """Press Connect; the address of the consent page."""
    answer = browser.get(f"/{firm.slug}/settings/bill-syncing/connect/")
    assert answer.status_code == 302
    return str(answer["Location"])


def consented(url: str, *organisations: str, user: str = "") -> dict[str, str]:
    """Say yes on the consent page; the fields that come back."""
    answer = HTTP.request("GET", f"{url}&organisations={','.join(organisations)}&user={user}", redirect=False)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {key: values[0] for key, values in query.items()}


def come_back(browser: Client, fields: dict[str, str]) -> Any:
    return browser.get("/xero/callback/", fields)


def alerts(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def organisations_of(xero: Xero) -> list[str]:
    return [row["id"] for row in xero.control("GET", "organisations")["organisations"]]


def connected_by_page(browser: Client, firm: Firm, xero: Xero, organisation: str = "") -> Any:
    return come_back(browser, consented(begin(browser, firm), organisation or xero.organisation_id))
