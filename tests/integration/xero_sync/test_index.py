"""The index of Xero: what stands there, whoever entered it, read by what changed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from firms.models import Firm
from firms.scope import all_firms, firm_scope
from tests.factories import FirmFactory, InvoiceFactory
from tests.xero import Xero, job_of, sync
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.registry import KINDS
from xero_sync.models import OrganisationCalls, XeroChart, XeroConnection, XeroDocument, XeroIndex
from xero_sync.organisation import index, tokens
from xero_sync.organisation.reader import read_index
from xero_sync.organisation.upkeep import firms_to_refresh, refresh_connection

pytestmark = pytest.mark.django_db(transaction=True)


def read(firm: Firm) -> bool:
    connection = XeroConnection.objects.get(firm=firm)
    token = tokens.access_token(credential_id=connection.credential_id, now=timezone.now())
    return read_index(firm=firm, connection=connection, token=token)


def known(firm: Firm, kind: str) -> dict[str, str]:
    return dict(XeroDocument.objects.filter(firm=firm, kind=kind).values_list("number", "status"))


def enter(xero: Xero, number: str, **values: Any) -> str:
    made: dict[str, str] = xero.act("enter-contact", Name=f"Client {number}", ContactNumber=number, **values)
    return made["id"]


def bill(xero: Xero, contact: str, number: str, **values: Any) -> None:
    line = {"Description": "By hand", "Quantity": 1, "UnitAmount": 100.0, "AccountCode": "200"}
    usual = {"Status": "AUTHORISED", "Date": "2026-07-01", "DueDate": "2026-07-15", "LineItems": [line]}
    xero.act("enter-invoice", InvoiceNumber=number, Contact={"ContactID": contact}, **(usual | values))


def grown_old(firm: Firm, by: timedelta = timedelta(minutes=5)) -> None:
    """As if the last reading, and everything in Xero, were so much older."""
    for row in XeroIndex.objects.filter(firm=firm):
        XeroIndex.objects.filter(pk=row.pk).update(read_to=(row.read_to or timezone.now()) - by)


def age_in_xero(xero: Xero, by: timedelta) -> None:
    organisation = xero.server.xero.organisation(xero.organisation_id)
    for shelf in (organisation.contacts, organisation.invoices):
        for each in list(shelf):
            shelf.put(replace(each, created=each.created - by, updated=each.updated - by))
        shelf.settle()


def test_everything_in_xero_is_known_after_a_call_for_each_kind_whoever_entered_it(connected: Firm, xero: Xero) -> None:
    contact_id = enter(xero, "C-1", EmailAddress="ann@example.com")
    bill(xero, contact_id, "B-1")
    xero.forget_calls()
    assert read(connected)
    assert [call["path"].rpartition("/")[2] for call in xero.calls] == [kind.calls.collection for kind in KINDS]
    contact = XeroDocument.objects.get(kind="CONTACT")
    assert (contact.xero_id, contact.name_key, contact.email) == (contact_id, "client c-1", "ann@example.com")
    row = XeroDocument.objects.get(kind="INVOICE")
    assert (row.number, row.contact_xero_id, row.status, str(row.issued)) == (
        "B-1",
        contact_id,
        "AUTHORISED",
        "2026-07-01",
    )
    assert (f"{row.total}", f"{row.settled}") == ("110.00", "0.00")


def test_only_what_changed_is_read_again_and_a_change_of_each_kind_is_seen(connected: Firm, xero: Xero) -> None:
    kept, archived, renamed = (enter(xero, number) for number in ("C-1", "C-2", "C-3"))
    for number in ("B-1", "B-2", "B-3"):
        bill(xero, kept, number)
    read(connected)
    age_in_xero(xero, timedelta(hours=1))
    # Xero does not answer with an unchanged document again, so its row stays as it is.
    XeroDocument.objects.filter(number="B-1").update(status="AS IT WAS")
    xero.act("archive-contact", contact=archived)
    xero.act("rename-contact", contact=renamed, name="Somebody Else")
    xero.act("void-invoice", invoice="B-2")
    xero.act("payment", invoice="B-3", amount=40)
    xero.forget_calls()
    read(connected)
    assert len(xero.calls) == len(KINDS)
    assert known(connected, "CONTACT") == {"C-1": "ACTIVE", "C-2": "ARCHIVED", "C-3": "ACTIVE"}
    assert XeroDocument.objects.get(number="C-3").name_key == "somebody else"
    assert known(connected, "INVOICE") == {"B-1": "AS IT WAS", "B-2": "VOIDED", "B-3": "AUTHORISED"}
    assert f"{XeroDocument.objects.get(number='B-3').settled}" == "40.00"


def test_what_changed_while_the_last_reading_ran_is_not_missed(connected: Firm, xero: Xero) -> None:
    read(connected)
    # Xero's stamp lies just before the moment the last reading says it knows.
    contact_id = enter(xero, "C-9")
    age_in_xero(xero, timedelta(seconds=90))
    read(connected)
    assert XeroDocument.objects.filter(xero_id=contact_id).exists()


def test_two_thousand_five_hundred_contacts_are_three_pages_and_each_is_counted(connected: Firm, xero: Xero) -> None:
    for n in range(2500):
        enter(xero, f"C-{n}")
    xero.forget_calls()
    assert read(connected)
    assert len(xero.calls) == 2 + len(KINDS)
    assert XeroDocument.objects.filter(kind="CONTACT").count() == 2500
    assert index.freshness(firm=connected, xero_tenant_id=xero.organisation_id).oldest is not None


def test_a_reading_that_was_interrupted_goes_on_where_it_stopped(connected: Firm, xero: Xero) -> None:
    for n in range(1500):
        enter(xero, f"C-{n}")
    xero.fault(kind="status", status=503, method="GET", path="Contacts", skip=1)
    assert not read(connected)
    assert XeroDocument.objects.filter(kind="CONTACT").count() == 1000
    seen = index.freshness(firm=connected, xero_tenant_id=xero.organisation_id)
    assert seen.half_read
    assert seen.oldest is None
    XeroConnection.objects.update(checked_at=timezone.now())
    with all_firms():
        assert firms_to_refresh(now=timezone.now()) == [connected.pk]
    assert refresh_connection(firm=connected, now=timezone.now())
    assert XeroDocument.objects.filter(kind="CONTACT").count() == 1500
    assert not index.freshness(firm=connected, xero_tenant_id=xero.organisation_id).half_read


@pytest.mark.parametrize("status", [503, 429, 403])
def test_an_index_that_cannot_be_read_is_only_old_and_bills_still_go(connected: Firm, xero: Xero, status: int) -> None:
    xero.fault(kind="status", status=status, method="GET", path="Contacts")
    assert not read(connected)
    invoice = InvoiceFactory(firm=connected, approved=True)
    XeroConnection.objects.filter(firm=connected).update(state="ACTIVE")
    OrganisationCalls.objects.update(paused_until=None)
    sync(connected)
    assert job_of(invoice).state == "IN_XERO", job_of(invoice).faults


def test_a_reading_takes_no_call_that_is_not_left(connected: Firm, xero: Xero, settings: Any) -> None:
    read(connected)
    OrganisationCalls.objects.update(day_remaining=0)
    xero.forget_calls()
    assert not read(connected)
    assert xero.calls == []


def test_another_organisations_documents_are_never_among_a_firms(connected: Firm, xero: Xero) -> None:
    enter(xero, "C-1")
    read(connected)
    other = FirmFactory()
    found = index.alike(
        firm=connected, xero_tenant_id="another", ids={}, numbers={CONTACT.code: ["C-1"]}, names=["Client C-1"]
    )
    assert not any(found.values())
    with firm_scope(other):
        assert XeroDocument.objects.count() == 0


def test_upkeep_reads_it_hourly_while_busy_else_daily_though_the_chart_is_fresh(connected: Firm, xero: Xero) -> None:
    assert refresh_connection(firm=connected, now=timezone.now())
    xero.forget_calls()
    grown_old(connected, timedelta(hours=2))
    assert refresh_connection(firm=connected, now=timezone.now())
    assert xero.calls == []
    InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    XeroChart.objects.update(refreshed_at=timezone.now())
    xero.forget_calls()
    assert refresh_connection(firm=connected, now=timezone.now())
    assert len(xero.calls) == len(KINDS)
    grown_old(connected, timedelta(hours=25))
    assert refresh_connection(firm=connected, now=timezone.now())
    assert len(xero.calls) == 2 * len(KINDS)
