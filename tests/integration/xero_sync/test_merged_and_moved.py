"""Contacts that were merged or archived in Xero and bills that were moved there: followed once, and never undone."""

from dataclasses import replace

import pytest
from django.utils import timezone

from firms.models import Firm
from tests.factories import InvoiceFactory, staff_of
from tests.integration.xero_sync.both_sides import client_in_xero, enter_contact, fate, save_bill, save_contact, works
from tests.outcomes import signed_in
from tests.statements import counted_statements
from tests.xero import TIMING, Xero, job_of, sync
from xero_sync.domain.states import State
from xero_sync.models import FirmPreference, SyncJob

pytestmark = pytest.mark.django_db(transaction=True)


def count_works(firm: Firm) -> int:
    """The statements of one turn, with what waits due now."""
    SyncJob.objects.filter(state=State.WAITING).update(due_at=timezone.now())
    with counted_statements() as sent:
        sync(firm)
    return len(sent)


def test_of_two_clients_merged_into_one_contact_the_first_follows_and_the_second_is_for_a_person(
    connected: Firm, xero: Xero
) -> None:
    two = [client_in_xero(connected, name=name) for name in ("Alder Hythe", "Alder Hythe Pty")]
    survivor = enter_contact(xero, Name="Alder Hythe Group")
    for each in two:
        xero.act("merge-contacts", contact=job_of(each).xero_id, into=survivor)
        save_contact(each, city="Hobart")
    works(connected)
    assert [fate(each) for each in two] == [(State.IN_XERO, []), (State.NEEDS_YOU, ["contact-merged-with-client"])]
    assert [job_of(each).xero_id == survivor for each in two] == [True, False]


def test_clients_that_were_merged_in_xero_need_as_many_statements_for_ten_as_for_two(
    connected: Firm, xero: Xero
) -> None:
    counts = {}
    for number in (2, 10):
        merged = [client_in_xero(connected, name=f"Old {number} {at}") for at in range(number)]
        for at, each in enumerate(merged):
            xero.act(
                "merge-contacts", contact=job_of(each).xero_id, into=enter_contact(xero, Name=f"New {number} {at}")
            )
            save_contact(each, city="Hobart")
        counts[number] = count_works(connected)
        assert [fate(each) for each in merged] == [(State.IN_XERO, [])] * number
    assert len(set(counts.values())) == 1, counts


def test_bills_that_were_moved_in_xero_need_as_many_statements_for_ten_as_for_two(connected: Firm, xero: Xero) -> None:
    client, other = (client_in_xero(connected, name=name) for name in ("Alder Hythe", "Somebody Else"))
    counts = {}
    for number in (2, 10):
        bills = [InvoiceFactory(firm=connected, contact=client, approved=True) for _ in range(number)]
        works(connected)
        for bill in bills:
            xero.act("change-invoice", invoice=bill.number, contact=job_of(other).xero_id)
            save_bill(bill, due_date=bill.issue_date.replace(year=2028))
        counts[number] = count_works(connected)
        assert [fate(each) for each in bills] == [(State.NEEDS_YOU, ["bill-changed-in-xero"])] * number
        SyncJob.objects.filter(kind="INVOICE").update(state=State.NOT_SENT)
    # The first ones open their cause.
    assert counts[10] <= counts[2], counts


def test_a_contact_that_was_merged_a_moment_after_our_last_write_is_not_restored(connected: Firm, xero: Xero) -> None:
    client = client_in_xero(connected, name="Alder Hythe")
    save_contact(client, city="Hobart")
    works(connected)
    survivor = enter_contact(xero, Name="Alder Hythe Group")
    xero.act("merge-contacts", contact=job_of(client).xero_id, into=survivor)
    bill = InvoiceFactory(firm=connected, contact=client, approved=True)
    for _ in range(6):
        SyncJob.objects.filter(state=State.WAITING).update(due_at=timezone.now())
        sync(connected, timing=replace(TIMING, fresh_s=60))
    assert xero.contact_named("Alder Hythe")["ContactStatus"] == "ARCHIVED"
    assert job_of(client).xero_id == survivor
    assert [fate(each) for each in [client, bill]] == [(State.IN_XERO, [])] * 2


@pytest.mark.parametrize("restores", [True, False])
def test_an_archived_contact_is_restored_by_a_save_only_where_the_firm_wants_it(
    connected: Firm, xero: Xero, restores: bool
) -> None:
    FirmPreference.objects.filter(firm=connected, key="restore_archived_contacts").update(on=restores)
    client = client_in_xero(connected, name="Alder Hythe")
    address = {"AddressType": "POBOX", "City": "Hobart"}
    both = [address, {**address, "AddressType": "STREET"}]
    xero.act("change-contact", contact=job_of(client).xero_id, Addresses=both)
    xero.act("archive-contact", contact=job_of(client).xero_id)
    save_contact(client, city="Hobart")
    works(connected)
    save_contact(client, city="Perth")
    works(connected)
    status = xero.contact_named("Alder Hythe")["ContactStatus"]
    assert status == ("ACTIVE" if restores else "ARCHIVED")


def test_a_merged_contact_is_followed_for_a_new_bill_though_the_firm_restores_none(connected: Firm, xero: Xero) -> None:
    FirmPreference.objects.filter(firm=connected, key="restore_archived_contacts").update(on=False)
    client = client_in_xero(connected, name="Alder Hythe")
    survivor = enter_contact(xero, Name="Alder Hythe Group")
    xero.act("merge-contacts", contact=job_of(client).xero_id, into=survivor)
    bill = InvoiceFactory(firm=connected, contact=client, approved=True)
    works(connected)
    assert [fate(each) for each in (client, bill)] == [(State.IN_XERO, [])] * 2
    assert job_of(client).xero_id == survivor


def test_a_bill_for_a_contact_that_stays_archived_is_for_a_person_after_one_look(connected: Firm, xero: Xero) -> None:
    FirmPreference.objects.filter(firm=connected, key="restore_archived_contacts").update(on=False)
    client = client_in_xero(connected, name="Alder Hythe")
    xero.act("archive-contact", contact=job_of(client).xero_id)
    bill = InvoiceFactory(firm=connected, contact=client, approved=True)
    xero.forget_calls()
    works(connected)
    works(connected)
    assert fate(bill) == (State.NEEDS_YOU, ["contact-archived"])
    assert xero.contact_named("Alder Hythe")["ContactStatus"] == "ARCHIVED"
    assert [call["method"] for call in xero.calls] == ["PUT", "GET", "PUT"]


def test_the_bills_of_a_client_merged_with_another_client_s_wait_for_the_decision(connected: Firm, xero: Xero) -> None:
    client, other = (client_in_xero(connected, name=name) for name in ("Alder Hythe", "Somebody Else"))
    xero.act("merge-contacts", contact=job_of(client).xero_id, into=job_of(other).xero_id)
    save_contact(client, city="Hobart")
    works(connected)
    bill = InvoiceFactory(firm=connected, contact=client, approved=True)
    works(connected)
    assert fate(client) == (State.NEEDS_YOU, ["contact-merged-with-client"])
    waiting = job_of(bill)
    assert (waiting.state, waiting.hold, waiting.cause_id) == (
        State.ON_HOLD,
        "contact-refused",
        job_of(client).cause_id,
    )
    chosen = enter_contact(xero, Name="Alder Hythe anew")
    page = signed_in(staff_of(connected))
    page.post(f"/{connected.slug}/contacts/{client.pk}/link/", {"chosen": chosen})
    works(connected)
    assert [fate(each) for each in (client, bill)] == [(State.IN_XERO, [])] * 2
    assert xero.document(bill.number)["Contact"]["ContactID"] == chosen
