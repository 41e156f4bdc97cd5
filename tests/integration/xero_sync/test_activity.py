"""The activity page: every attempt, newest first, with filters in the address."""

import re

import pytest
from django.test import Client

from firms.models import Firm, User
from firms.scope import firm_scope
from tests.factories import FirmFactory, InvoiceFactory
from tests.outcomes import ARCHIVED, bills_end, connect, settle, signed_in
from tests.xero import job_of
from xero_sync.pages import activity

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(admin: User) -> Client:
    return signed_in(admin)


def words(page: Client, path: str) -> str:
    answer = page.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def documents(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', html)


def test_an_attempt_says_its_document_outcome_and_reference(firm: Firm, page: Client) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connect(firm), bills_end(ARCHIVED))
    html = words(page, f"/{firm.slug}/activity/")
    assert documents(html) == [bill.number, bill.contact.name]
    assert "Account 420 was archived or deleted in Xero." in html
    assert "reference-77" in html
    assert "0.42 s" in html


def test_filters_stand_in_the_address(firm: Firm, page: Client) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connect(firm), bills_end(ARCHIVED))
    assert documents(words(page, f"/{firm.slug}/activity/?kind=INVOICE&outcome=REFUSED")) == [bill.number]
    assert documents(words(page, f"/{firm.slug}/activity/?kind=CONTACT")) == [bill.contact.name]
    assert documents(words(page, f"/{firm.slug}/activity/?job={job_of(bill).pk}")) == [bill.number]
    assert "No attempt passes these filters" in words(page, f"/{firm.slug}/activity/?outcome=LATE")
    assert len(documents(words(page, f"/{firm.slug}/activity/?kind=moon&outcome=%00&job=x&older=x"))) == 2


def test_pages_follow_each_other_by_key(firm: Firm, page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "SIZE", 2)
    for _ in range(2):
        InvoiceFactory(firm=firm, approved=True)
    settle(firm, connect(firm))
    first = words(page, f"/{firm.slug}/activity/")
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = words(page, f"/{firm.slug}/activity/{older[1].replace('&amp;', '&')}")
    assert len(documents(first)) == len(documents(second)) == 2
    assert not set(documents(first)) & set(documents(second))


def test_nobody_sees_another_firms_attempts(firm: Firm, page: Client) -> None:
    other = FirmFactory()
    with firm_scope(other):
        InvoiceFactory(firm=other, approved=True)
        settle(other, connect(other))
    assert "Nothing was sent yet" in words(page, f"/{firm.slug}/activity/")
