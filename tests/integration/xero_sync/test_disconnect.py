"""The way out: what stops, what stays, and how it goes on afterwards."""

import pytest
from django.test import Client
from django.utils import timezone

from firms.models import AuditEvent, Firm, Role, User
from firms.scope import firm_scope
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory
from tests.integration.xero_sync.browsing import (
    alerts,
    connected_by_page,
    organisations_of,
    signed_in,
)
from tests.xero import Xero, job_of, sync, sync_batches
from xero_sync.actions.check_connection import check_connection
from xero_sync.domain.states import State
from xero_sync.models import XeroCredential
from xero_sync.organisation.connections import find_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(admin: User, xero: Xero) -> Client:
    return signed_in(admin)


def test_disconnecting_keeps_the_links_and_reconnecting_goes_on_where_it_stopped(
    browser: Client, connected: Firm, admin: User, xero: Xero
) -> None:
    sent = InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    browser.post(f"/{connected.slug}/settings/bill-syncing/disconnect/")
    assert find_connection(firm=connected) is None
    assert job_of(sent).xero_id
    later = InvoiceFactory(firm=connected, approved=True, contact=sent.contact)
    assert (job_of(later).state, job_of(later).hold) == (State.ON_HOLD, "not-connected")
    connected_by_page(browser, connected, xero)
    sync(connected)
    assert job_of(later).state == State.IN_XERO
    assert len(xero.numbered(sent.number)) == 1


def test_disconnecting_takes_the_app_off_in_xero_and_ends_the_tokens(browser: Client, firm: Firm, xero: Xero) -> None:
    connected_by_page(browser, firm, xero)
    browser.post(f"/{firm.slug}/settings/bill-syncing/disconnect/")
    assert xero.server.xero.authority.connections == {}
    credential = XeroCredential.objects.get()
    assert credential.dead_at is not None
    assert credential.sealed_tokens == ""
    assert AuditEvent.objects.filter(firm=firm, action="xero.disconnected").count() == 1


def test_disconnecting_one_firm_leaves_the_other_firm_of_the_same_person_connected(
    browser: Client, firm: Firm, admin: User, xero: Xero
) -> None:
    connected_by_page(browser, firm, xero)
    other = FirmFactory()
    other.memberships.create(user=admin, role=Role.ADMIN)
    second = next(each for each in organisations_of(xero) if each != xero.organisation_id)
    connected_by_page(browser, other, xero, second)
    browser.post(f"/{firm.slug}/settings/bill-syncing/disconnect/")
    with firm_scope(other):
        assert "answers" in check_connection(firm=other, actor=admin, now=timezone.now()).words
    assert XeroCredential.objects.get().dead_at is None


def test_when_xero_cannot_be_reached_the_page_says_what_to_do_in_xero(browser: Client, firm: Firm, xero: Xero) -> None:
    connected_by_page(browser, firm, xero)
    xero.fault(kind="status", status=503, path="/connections")
    answer = browser.post(f"/{firm.slug}/settings/bill-syncing/disconnect/")
    assert "Connected apps" in alerts(answer)
    assert find_connection(firm=firm) is None


@pytest.mark.promise("P21")
def test_a_lost_connection_is_brought_back_by_reconnecting(browser: Client, connected: Firm, xero: Xero) -> None:
    xero.act("disconnect")
    invoice = InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    assert job_of(invoice).hold == "connection-lost"
    connected_by_page(browser, connected, xero)
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO


def test_a_bill_that_was_never_answered_keeps_the_firm_with_its_organisation(
    browser: Client, connected: Firm, xero: Xero
) -> None:
    xero.fault(kind="cut_after", method="PUT", path="Contacts")
    client = ContactFactory(firm=connected)
    sync_batches(connected, 1)
    assert job_of(client).state == State.CHECKING
    browser.post(f"/{connected.slug}/settings/bill-syncing/disconnect/")
    second = next(each for each in organisations_of(xero) if each != xero.organisation_id)
    connected_by_page(browser, connected, xero, second)
    assert find_connection(firm=connected) is None
    connected_by_page(browser, connected, xero)
    assert find_connection(firm=connected) is not None
