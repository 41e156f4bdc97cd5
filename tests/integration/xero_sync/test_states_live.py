"""What an open page asks every 1.5 s: only what changed, cheap while nothing has, and nothing of another firm."""

import re
from typing import Any

import pytest
from django.test import Client

from firms.models import Firm, User
from firms.scope import firm_scope
from tests.factories import FirmFactory, InvoiceFactory, admin_of
from tests.outcomes import arrived, connect, settle, signed_in
from xero_sync.domain.notes import Note
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import XeroConnection

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(firm: Firm) -> XeroConnection:
    return connect(firm)


@pytest.fixture
def page(admin: User) -> Client:
    return signed_in(admin)


def poll_of(html: str) -> tuple[str, str]:
    """The address and the name of what is shown, as the page's own poller has them."""
    found = re.search(r'id="live" hx-get="([^"]+)".*?hx-headers=\'\{"If-None-Match": "\\"(\w+)\\""\}\'', html)
    assert found is not None
    return found[1].replace("&amp;", "&"), f'"{found[2]}"'


def test_an_open_list_gets_nothing_while_nothing_changed(
    firm: Firm, connection: XeroConnection, page: Client, django_assert_max_num_queries: Any
) -> None:
    InvoiceFactory(firm=firm, approved=True)
    url, name = poll_of(page.get(f"/{firm.slug}/invoices/").content.decode())
    with django_assert_max_num_queries(4):  # session, user, membership, states
        answer = page.get(url, headers={"If-None-Match": name})
    assert answer.status_code == 304
    assert answer.content == b""


def test_an_open_list_gets_the_cells_that_changed(firm: Firm, connection: XeroConnection, page: Client) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    url, name = poll_of(page.get(f"/{firm.slug}/invoices/").content.decode())
    settle(firm, connection)
    answer = page.get(url, headers={"If-None-Match": name})
    html = answer.content.decode()
    assert f'<div id="state-INVOICE-{bill.pk}" hx-swap-oob="true"' in html
    assert "In Xero" in html
    assert "1 more is in Xero" in html
    assert 'hx-swap-oob="innerHTML:.nav-count-needs-you"' in html
    later_url, later_name = poll_of(html)
    assert page.get(later_url, headers={"If-None-Match": later_name}).status_code == 304


def test_an_open_bill_gets_its_badge_card_and_story_anew(firm: Firm, connection: XeroConnection, page: Client) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    url, _ = poll_of(page.get(f"/{firm.slug}/invoices/{bill.pk}/").content.decode())
    note = (Note("a", "The address was left out."),)
    settle(firm, connection, lambda job: arrived(job, notes=note if job.kind == INVOICE.code else ()))
    html = page.get(url).content.decode()
    for part in ("sync-head", "sync-card", "sync-story"):
        assert re.search(rf'id="{part}"[^>]*hx-swap-oob="true"', html)
    assert "Equal to the cent." in html
    assert "The address was left out." in html
    assert "reference-77" in html


def test_another_firms_bill_says_no_more_than_one_that_does_not_exist(firm: Firm, page: Client) -> None:
    other = FirmFactory()
    with firm_scope(other):
        theirs = InvoiceFactory(firm=other, approved=True)
    missing_pk = 987654321
    asked, missing = (
        page.get(f"/{firm.slug}/activity/states/?invoices={pk}").content.decode() for pk in (theirs.pk, missing_pk)
    )
    # Whole numbers only: the poller's own interval may hold the same digits.
    named = re.compile(rf"(?<!\d)(?:{theirs.pk}|{missing_pk})(?!\d|ms)|hx-headers='.*?'")
    assert named.sub("N", asked) == named.sub("N", missing)
    assert page.get(f"/{firm.slug}/activity/states/?page=INVOICE-{theirs.pk}").status_code == 404


@pytest.mark.parametrize("path", ["activity/states/", "activity/", "needs-you/", "needs-you/1/fix/"])
def test_a_stranger_meets_a_404(firm: Firm, path: str) -> None:
    stranger = signed_in(admin_of(FirmFactory()))
    assert stranger.get(f"/{firm.slug}/{path}").status_code == 404


def test_nonsense_in_the_address_is_left_out(firm: Firm, page: Client) -> None:
    answer = page.get(f"/{firm.slug}/activity/states/?invoices=x,,-1,99999999999999999999&page=MOON-1&in_xero=x")
    assert answer.status_code == 200
    assert answer.content == b""
