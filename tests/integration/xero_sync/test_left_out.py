"""Left out of Xero with a reason: counted first, kept with who and when, and undone by a save or a press."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from billing import services
from billing.models import Contact, Invoice
from billing.services import ContactValues, InvoiceValues
from firms.models import AuditEvent, Firm, User
from firms.scope import firm_scope
from tests.factories import (
    ContactFactory,
    FirmFactory,
    InvoiceFactory,
    admin_of,
    staff_of,
    time_line,
)
from tests.outcomes import ARCHIVED, NAME_TAKEN, arrived, bills_end, connect, contacts_end, settle, signed_in, words
from tests.xero import job_of
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, Cause, Resolution, XeroConnection
from xero_sync.outbox import Result

pytestmark = pytest.mark.django_db

WHY = "duplicate of 10480"


@pytest.fixture
def connection(firm: Firm) -> XeroConnection:
    return connect(firm)


@pytest.fixture
def ann(firm: Firm) -> User:
    """Billing staff."""
    return staff_of(firm)


@pytest.fixture
def page(ann: User) -> Client:
    return signed_in(ann)


@pytest.fixture
def bills(firm: Firm, connection: XeroConnection) -> list[Invoice]:
    """Three bills that one cause holds back."""
    made = [InvoiceFactory(firm=firm, approved=True, lines=[time_line(unit_price=Decimal(1000))]) for _ in range(3)]
    settle(firm, connection, bills_end(ARCHIVED))
    return made


def cause_of(bill: Invoice | Contact) -> Cause:
    found = job_of(bill).cause
    assert found is not None
    return found


def of_cause(cause: Cause) -> str:
    return f"/{cause.firm.slug}/needs-you/{cause.pk}/leave-out/"


def of_bill(bill: Invoice) -> str:
    return f"/{bill.firm.slug}/invoices/{bill.pk}/leave-out/"


def seen_at(page: Client, address: str) -> str:
    """What the page asks about, as its form sends it back."""
    found = re.search(r'name="seen" value="(\w+)"', page.get(address).content.decode())
    assert found is not None
    return found[1]


def left_out(page: Client, address: str, reason: str = WHY) -> str:
    return words(page.post(address, {"seen": seen_at(page, address), "reason": reason}, follow=True))


def test_everything_waiting_on_a_cause_is_counted_first(page: Client, bills: list[Invoice]) -> None:
    assert "Leave 3 bills, 3,300.00 AUD, out of Xero?" in words(page.get(of_cause(cause_of(bills[0]))))
    assert {job_of(bill).state for bill in bills} == {State.NEEDS_YOU}


def test_then_they_are_not_sent_with_who_when_and_why(
    firm: Firm, page: Client, ann: User, bills: list[Invoice]
) -> None:
    cause = cause_of(bills[0])
    assert "3 bills left out of Xero." in left_out(page, of_cause(cause))
    assert {(job_of(bill).state, job_of(bill).hold) for bill in bills} == {(State.NOT_SENT, "left-out")}
    assert Cause.objects.get(pk=cause.pk).closed_at is not None
    rows = Resolution.objects.filter(cause=cause)
    assert {(row.how, row.reason, row.by, row.by_label) for row in rows} == {("IGNORED", WHY, ann, "Ann Lee")}
    assert rows.count() == 3
    listed = words(page.get(f"/{firm.slug}/invoices/?sync=NOT_SENT"))
    assert re.search(rf"Left out of Xero by Ann Lee on \d+ \w+( \d+)?: {WHY}\.", listed)
    assert AuditEvent.objects.filter(action="invoice.left_out", actor=ann).count() == 3
    assert AuditEvent.objects.get(action="cause.left_out").after == {"documents": 3, "words": f"Reason: {WHY}"}
    cause_page = words(page.get(f"/{firm.slug}/needs-you/{cause.pk}/"))
    assert f"3 documents. Reason: {WHY}. By Ann Lee." in cause_page


def test_they_are_counted_as_not_sent(firm: Firm, page: Client, bills: list[Invoice]) -> None:
    left_out(page, of_cause(cause_of(bills[0])))
    out = StringIO()
    call_command("sync_status", firm.slug, "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["invoices"]["not_sent"], report["invoices"]["needs_you"], report["causes"]) == (3, 0, [])


def test_one_bill_is_left_out_and_its_neighbours_still_wait(page: Client, bills: list[Invoice]) -> None:
    cause = cause_of(bills[0])
    html = left_out(page, of_bill(bills[0]))
    assert "1 bill left out of Xero." in html
    assert f"Reason: {WHY} By Ann Lee." in html, "the story tells it"
    assert [job_of(bill).state for bill in bills] == [State.NOT_SENT, State.NEEDS_YOU, State.NEEDS_YOU]
    assert Cause.objects.get(pk=cause.pk).closed_at is None


def test_its_page_says_so_and_offers_to_send_it_after_all(
    firm: Firm, connection: XeroConnection, page: Client, bills: list[Invoice]
) -> None:
    html = left_out(page, of_bill(bills[0]))
    assert "If you edit and save it, it is sent." in html
    undo = f"/{firm.slug}/activity/{job_of(bills[0]).pk}/send-after-all/"
    assert f'action="{undo}"' in html
    answer = words(page.post(undo, follow=True))
    assert "is no longer left out." in answer
    assert "Sent after all" in answer
    assert job_of(bills[0]).state == State.WAITING
    settle(firm, connection)
    assert job_of(bills[0]).state == State.IN_XERO
    assert "there was nothing to do" in words(page.post(undo, follow=True))


def test_the_edit_page_says_that_a_save_sends_it_after_all(page: Client, bills: list[Invoice]) -> None:
    edit = f"/{bills[0].firm.slug}/invoices/{bills[0].pk}/edit/"
    warning = "If you save, it goes to Xero after all."
    assert warning not in words(page.get(edit))
    left_out(page, of_bill(bills[0]))
    assert warning in words(page.get(edit))


def test_the_next_save_of_the_bill_judges_it_anew(page: Client, ann: User, bills: list[Invoice]) -> None:
    left_out(page, of_bill(bills[0]))
    saved(bills[0], ann)
    assert job_of(bills[0]).state == State.WAITING
    assert Resolution.objects.filter(job__object_id=bills[0].pk).count() == 1, "what was decided stays on record"


def saved(bill: Invoice, actor: User) -> None:
    """Saved with another description."""
    bill.refresh_from_db()
    services.save_invoice(
        firm=bill.firm,
        actor=actor,
        invoice=bill,
        values=InvoiceValues(
            contact_id=bill.contact_id, issue_date=bill.issue_date, number=bill.number, description="Again"
        ),
        lines=[time_line()],
        expected_version=bill.version,
    )


def test_a_save_of_its_contact_leaves_it_out(page: Client, ann: User, bills: list[Invoice]) -> None:
    left_out(page, of_bill(bills[0]))
    contact = bills[0].contact
    services.save_contact(
        firm=contact.firm,
        actor=ann,
        contact=contact,
        values=ContactValues(name=contact.name, client_number=contact.client_number, city="Sydney"),
        expected_version=contact.version,
    )
    assert job_of(bills[0]).state == State.NOT_SENT


def test_a_contact_takes_the_bills_waiting_on_it_along(firm: Firm, connection: XeroConnection, page: Client) -> None:
    client = ContactFactory(firm=firm, name="John Smith")
    bill = InvoiceFactory(firm=firm, contact=client, approved=True)
    settle(firm, connection, contacts_end(NAME_TAKEN))
    address = f"/{firm.slug}/contacts/{client.pk}/leave-out/"
    assert "Leave 1 contact and 1 bill, 110.00 AUD, out of Xero?" in words(page.get(address))
    left_out(page, address)
    assert (job_of(client).state, job_of(bill).state) == (State.NOT_SENT, State.NOT_SENT)
    page.post(f"/{firm.slug}/activity/{job_of(bill).pk}/send-after-all/")
    assert (job_of(client).state, job_of(bill).state) == (State.WAITING, State.WAITING), "a bill needs its contact"
    settle(firm, connection)
    assert job_of(bill).state == State.IN_XERO


@pytest.fixture
def john(firm: Firm, connection: XeroConnection, page: Client) -> Contact:
    """A contact that Xero refused and a person left out."""
    client: Contact = ContactFactory(firm=firm, name="John Smith")
    settle(firm, connection, contacts_end(NAME_TAKEN))
    left_out(page, f"/{firm.slug}/contacts/{client.pk}/leave-out/")
    return client


def test_a_bill_of_a_contact_that_was_left_out_waits_says_so_and_leaves_the_contact_out(
    firm: Firm, connection: XeroConnection, page: Client, ann: User, john: Contact
) -> None:
    bill = InvoiceFactory(firm=firm, contact=john, approved=True)
    saved(bill, ann)
    settle(firm, connection)
    assert (job_of(john).state, job_of(john).hold) == (State.NOT_SENT, "left-out")
    assert (job_of(bill).state, job_of(bill).hold) == (State.ON_HOLD, "contact-refused")
    html = words(page.get(f"/{firm.slug}/invoices/{bill.pk}/"))
    assert "Its contact John Smith was left out of Xero. Send it after all, or leave this out too." in html
    assert "Open the contact" in html
    assert f'action="/{firm.slug}/activity/{job_of(bill).pk}/retry/"' not in html


def test_the_edit_page_of_the_bill_says_before_the_save_what_it_will_wait_for(
    firm: Firm, page: Client, john: Contact
) -> None:
    bill = InvoiceFactory(firm=firm, contact=john, approved=True)
    html = words(page.get(f"/{firm.slug}/preflight/invoices/{bill.pk}/"))
    assert "it waits for its contact, which was left out of Xero." in html
    assert "it waits" not in words(page.get(f"/{firm.slug}/preflight/contacts/{john.pk}/"))


def test_a_retry_of_the_bill_sends_neither_it_nor_the_contact_that_was_left_out(
    firm: Firm, page: Client, john: Contact
) -> None:
    bill = InvoiceFactory(firm=firm, contact=john, approved=True)
    html = words(page.post(f"/{firm.slug}/activity/{job_of(bill).pk}/retry/", follow=True))
    assert "there was nothing to retry" in html
    assert (job_of(john).state, job_of(bill).state) == (State.NOT_SENT, State.ON_HOLD)


@pytest.mark.parametrize("how", ["after all", "by a save"])
def test_once_the_contact_is_sent_its_bills_follow(
    firm: Firm, connection: XeroConnection, page: Client, ann: User, john: Contact, how: str
) -> None:
    bill = InvoiceFactory(firm=firm, contact=john, approved=True)
    if how == "after all":
        page.post(f"/{firm.slug}/activity/{job_of(john).pk}/send-after-all/")
    else:
        services.save_contact(
            firm=firm,
            actor=ann,
            contact=john,
            values=ContactValues(name="John Smith", client_number=john.client_number),
            expected_version=john.version,
        )
    settle(firm, connection)
    assert (job_of(john).state, job_of(bill).state) == (State.IN_XERO, State.IN_XERO)


def test_under_a_pause_what_is_sent_after_all_is_held(firm: Firm, page: Client, bills: list[Invoice]) -> None:
    left_out(page, of_bill(bills[0]))
    BillSyncSettings.objects.filter(firm=firm).update(paused_at=bills[0].created_at, paused_by="Ann")
    page.post(f"/{firm.slug}/activity/{job_of(bills[0]).pk}/send-after-all/")
    assert (job_of(bills[0]).state, job_of(bills[0]).hold) == (State.ON_HOLD, "paused")


def test_a_change_that_xero_refused_is_left_out_and_the_words_say_that_it_is_in_xero(
    firm: Firm, connection: XeroConnection, page: Client, ann: User
) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, in_this_organisation(connection))
    saved(bill, ann)
    settle(firm, connection, bills_end(ARCHIVED))
    assert "Its last change was left out of Xero by Ann Lee" in left_out(page, of_bill(bill))
    assert job_of(bill).xero_id


def in_this_organisation(connection: XeroConnection) -> Callable[[Any], Result]:
    return lambda job: arrived(job, xero_tenant_id=connection.xero_tenant_id)


@pytest.mark.parametrize("reason", ["", "   ", "\0", "x" * 201])
def test_without_a_good_reason_nothing_is_left_out(page: Client, bills: list[Invoice], reason: str) -> None:
    html = left_out(page, of_bill(bills[0]), reason)
    assert "Nothing was changed" in html
    assert 'aria-invalid="true"' in html
    assert job_of(bills[0]).state == State.NEEDS_YOU


def test_what_is_typed_as_a_reason_is_text_wherever_it_is_shown(firm: Firm, page: Client, bills: list[Invoice]) -> None:
    nasty = "\0<script>alert(1)</script>\"'{{ 7|add:7 }}\r\nSet-Cookie: a=b"
    cause = cause_of(bills[0])
    left_out(page, of_cause(cause), nasty)
    for path in ("invoices/?sync=NOT_SENT", f"invoices/{bills[0].pk}/", f"needs-you/{cause.pk}/", "activity/"):
        html = page.get(f"/{firm.slug}/{path}").content.decode()
        assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.get(f"/{firm.slug}/invoices/{bills[0].pk}/").content.decode()
    assert "\n" not in Resolution.objects.filter(cause=cause).latest("pk").reason


def test_who_came_meanwhile_is_not_left_out_unseen(
    firm: Firm, connection: XeroConnection, page: Client, bills: list[Invoice]
) -> None:
    address = of_cause(cause_of(bills[0]))
    seen = seen_at(page, address)
    InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    html = words(page.post(address, {"seen": seen, "reason": WHY}))
    assert "Something changed since you opened this page" in html
    assert "Leave 4 bills" in html
    assert not Resolution.objects.exists()


def test_what_is_on_its_way_meanwhile_is_not_left_out(firm: Firm, page: Client, bills: list[Invoice]) -> None:
    address = of_bill(bills[0])
    seen = seen_at(page, address)
    page.post(f"/{firm.slug}/activity/{job_of(bills[0]).pk}/retry/")
    html = words(page.post(address, {"seen": seen, "reason": WHY}, follow=True))
    assert "there is nothing to leave out" in html
    assert job_of(bills[0]).state == State.WAITING


def test_nobody_of_another_firm_leaves_anything_out(page: Client, bills: list[Invoice]) -> None:
    seen = seen_at(page, of_bill(bills[0]))
    own = FirmFactory()
    stranger = signed_in(admin_of(own))
    for slug in (own.slug, bills[0].firm.slug):
        for path in (f"invoices/{bills[0].pk}/leave-out/", f"activity/{job_of(bills[0]).pk}/send-after-all/"):
            assert stranger.post(f"/{slug}/{path}", {"seen": seen, "reason": WHY}).status_code == 404
    with firm_scope(bills[0].firm):
        assert job_of(bills[0]).state == State.NEEDS_YOU
