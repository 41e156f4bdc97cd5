"""Preflight on the pages: the same words before as after, for a bill, a contact, a month."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Invoice
from firms.models import Firm, User
from firms.scope import firm_scope
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, MembershipFactory, expense_line, time_line
from tests.integration.xero_sync.browsing import alerts, signed_in
from tests.many_bills import copies
from tests.outcomes import arrived, connect, settle
from tests.xero import Xero, job_of, sync
from xero_sync.kinds.registry import KINDS
from xero_sync.models import BillSyncSettings, FirmPreference, XeroChart, XeroConnection, XeroDocument, XeroIndex

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(firm: Firm) -> XeroConnection:
    """The firm with a chart read just now, and an index of an empty Xero."""
    made = connect(firm)
    for kind in ("CONTACT", "INVOICE"):
        XeroIndex.objects.create(
            firm=firm, xero_tenant_id=made.xero_tenant_id, kind=kind, read_to=timezone.now() - timedelta(minutes=5)
        )
    return made


@pytest.fixture
def page(admin: User) -> Client:
    return signed_in(admin)


def words(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def in_xero(linked: XeroConnection, kind: str, **values: Any) -> XeroDocument:
    keys = {"number_key": values.get("number", "").casefold(), "name_key": values.get("name", "").casefold()}
    made: XeroDocument = XeroDocument.objects.create(
        firm=linked.firm,
        xero_tenant_id=linked.xero_tenant_id,
        kind=kind,
        xero_id=f"there-{kind}-{values}"[:36],
        **keys,
        **values,
    )
    return made


def switch(firm: Firm, key: str, on: bool) -> None:
    FirmPreference.objects.filter(firm=firm, key=key).update(on=on)


def archived_category(firm: Firm) -> Any:
    switch(firm, "default_for_dead_accounts", False)
    return CategoryFactory(firm=firm, name="Travel", account_code="420")


def test_a_months_bills_are_grouped_by_cause_with_count_money_and_the_field(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    travel = archived_category(firm)
    for _ in range(3):
        InvoiceFactory(firm=firm, approved=True, lines=[expense_line(travel)])
    for _ in range(5):
        InvoiceFactory(firm=firm, approved=True)
    InvoiceFactory(firm=firm)
    InvoiceFactory(firm=firm, approved=True, issue_date=date(2026, 8, 1))
    shown = words(page, f"/{firm.slug}/preflight/?month=2026-07")
    assert "Of 9 bills 5 will go; 3 will be refused, for this 1 cause; 1 is not to be sent." in shown
    assert "Account 420 was archived or deleted in Xero" in shown
    assert "3 bills" in shown
    assert "165.00 AUD" in shown
    assert f"/{firm.slug}/expense-categories/{travel.pk}/edit/#id_account_code" in shown
    assert "Drafts are not sent while" in shown


def test_the_words_before_are_the_words_after(connected: Firm, xero: Xero, page: Client) -> None:
    category = CategoryFactory(firm=connected, name="Travel", account_code="420")
    switch(connected, "default_for_dead_accounts", False)
    xero.act("archive-account", code="420")
    assert page.post(f"/{connected.slug}/preflight/read/").status_code == 302
    bill = InvoiceFactory(firm=connected, lines=[expense_line(category)])
    before = words(page, f"/{connected.slug}/preflight/invoices/{bill.pk}/")
    answer = page.post(f"/{connected.slug}/invoices/{bill.pk}/approve/", {"version": bill.version})
    assert (
        alerts(answer)
        == f"{bill.number} is approved. Xero will refuse it: account 420 was archived or deleted in Xero."
    )
    sync(connected)
    title = job_of(bill).faults[0]["title"]
    assert title in before
    assert "If you approve it now, Xero will refuse it." in before


def test_approving_a_bill_that_can_go_says_so(firm: Firm, linked: XeroConnection, page: Client) -> None:
    bill = InvoiceFactory(firm=firm)
    answer = page.post(f"/{firm.slug}/invoices/{bill.pk}/approve/", {"version": bill.version})
    assert alerts(answer) == f"{bill.number} is approved. It goes to Xero now."


def test_approving_a_bill_of_a_paused_firm_says_what_it_waits_for(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    BillSyncSettings.objects.filter(firm=firm).update(paused_at=timezone.now(), paused_by="Ann")
    bill = InvoiceFactory(firm=firm)
    answer = page.post(f"/{firm.slug}/invoices/{bill.pk}/approve/", {"version": bill.version})
    assert alerts(answer) == f"{bill.number} is approved. Bill syncing is paused by Ann. Goes when it is resumed."


def test_what_is_typed_is_judged_after_recalculate_and_nothing_is_saved(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    in_xero(linked, "INVOICE", number="A-7", status="VOIDED", total=Decimal(5))
    client = ContactFactory(firm=firm)
    typed = {
        "contact_id": client.pk,
        "number": "a-7",
        "issue_date": "2026-07-01",
        "tax_mode": "EXCLUSIVE",
        "lines-TOTAL_FORMS": 1,
        "lines-INITIAL_FORMS": 0,
        "lines-0-kind": "TIME",
        "lines-0-quantity": "1",
        "lines-0-unit_price": "100",
        "lines-0-tax_name": "GST",
        "lines-0-description": "Advice",
        "recalculate": "1",
    }
    answer = page.post(f"/{firm.slug}/invoices/new/", typed)
    shown = " ".join(answer.content.decode().split())
    assert "If you save and approve it now, Xero will refuse it." in shown
    assert "Xero already has a bill with this number" in shown
    assert not Invoice.objects.exists()


def test_a_saved_bill_and_contact_tell_it_on_their_pages_also_without_script(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    in_xero(linked, "CONTACT", name="Smith", status="ACTIVE", number="another")
    for key in ("match_existing_contacts", "distinct_contact_names"):
        switch(firm, key, False)
    contact = ContactFactory(firm=firm, name="SMITH")
    bill = InvoiceFactory(firm=firm, contact=contact)
    link = f"/{firm.slug}/preflight/invoices/{bill.pk}/"
    for address in (f"invoices/{bill.pk}/", f"invoices/{bill.pk}/edit/"):
        assert f'href="{link}"' in words(page, f"/{firm.slug}/{address}")
    shown = words(page, link)
    assert "it waits for its contact, which Xero will refuse" in shown
    assert "Another contact in Xero already uses “SMITH”" in shown
    assert f"/{firm.slug}/contacts/{contact.pk}/edit/#id_name" in shown
    link = f"/{firm.slug}/preflight/contacts/{contact.pk}/"
    assert f'href="{link}"' in words(page, f"/{firm.slug}/contacts/{contact.pk}/edit/")
    assert "If you save it now, Xero will refuse it." in words(page, link)
    part = page.get(link, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<section class="card" id="preflight"')


def test_an_address_xero_refuses_is_a_note_where_it_would_be_left_out(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    contact = ContactFactory(firm=firm, emails=("not an address",))
    address = f"/{firm.slug}/preflight/contacts/{contact.pk}/"
    assert "it goes to Xero, with a note" in words(page, address)
    switch(firm, "drop_invalid_emails", False)
    assert "Xero does not accept the e-mail address" in words(page, address)


def test_a_bill_that_arrived_counts_as_in_xero_whatever_has_become_of_its_accounts(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    travel = archived_category(firm)
    XeroChart.objects.update(accounts=[{**row, "Status": "ACTIVE"} for row in XeroChart.objects.get().accounts])
    bill = InvoiceFactory(firm=firm, approved=True, lines=[expense_line(travel)])
    settle(firm, linked, lambda job: arrived(job, xero_tenant_id=linked.xero_tenant_id))
    XeroChart.objects.update(accounts=[{**row, "Status": "ARCHIVED"} for row in XeroChart.objects.get().accounts])
    assert "Of 1 bill none will go, 1 is in Xero already." in words(page, f"/{firm.slug}/preflight/")
    # Saved again it would be refused: that is what the other settings of the page ask.
    assert "Of 1 bill none will go; 1 will be refused" in words(page, f"/{firm.slug}/preflight/?under=today")
    assert job_of(bill).state == "IN_XERO"


def test_a_bill_that_was_paid_in_xero_would_be_left_alone_in_xero(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, linked, lambda job: arrived(job, xero_tenant_id=linked.xero_tenant_id))
    job = job_of(bill)
    in_xero(linked, "INVOICE", number=bill.number, status="AUTHORISED", total=bill.total, settled=Decimal(10))
    XeroDocument.objects.update(xero_id=job.xero_id, issued=bill.issue_date)
    shown = words(page, f"/{firm.slug}/preflight/invoices/{bill.pk}/")
    assert "The bill was paid or credited in Xero" in shown


def test_a_draft_says_what_approving_it_would_do(firm: Firm, linked: XeroConnection, page: Client) -> None:
    bill = InvoiceFactory(firm=firm)
    assert "If you approve it now, it goes to Xero." in words(page, f"/{firm.slug}/preflight/invoices/{bill.pk}/")


def test_a_draft_of_nothing_says_that_it_cannot_be_corrected_once_approved(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    bill = InvoiceFactory(firm=firm, lines=[time_line(unit_price=Decimal(0))])
    warning = "Xero marks a bill of 0.00 as paid as soon as it is approved, so it cannot be corrected there later."
    assert warning in words(page, f"/{firm.slug}/preflight/invoices/{bill.pk}/")


def test_it_says_how_old_its_knowledge_is_and_offers_to_read_again_when_that_is_old(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    InvoiceFactory(firm=firm, approved=True)
    address = f"/{firm.slug}/preflight/"
    assert "contacts and bills as of" in words(page, address)
    assert "Read from Xero again" not in words(page, address)
    XeroIndex.objects.update(read_to=timezone.now() - timedelta(hours=2))
    assert "Read from Xero again" not in words(page, address)
    settle(firm, linked, lambda job: arrived(job, xero_tenant_id=linked.xero_tenant_id))
    assert "Read from Xero again" in words(page, address)
    XeroIndex.objects.all().delete()
    assert "contacts and bills have not been read to the end yet" in words(page, address)


def test_reading_again_goes_back_to_the_question_and_nowhere_else(connected: Firm, xero: Xero, page: Client) -> None:
    question = f"/{connected.slug}/preflight/?month=2026-07"
    answer = page.post(f"/{connected.slug}/preflight/read/", {"next": question})
    assert answer["Location"] == question
    assert XeroIndex.objects.exclude(read_to=None).count() == len(KINDS)
    answer = page.post(f"/{connected.slug}/preflight/read/", {"next": "https://elsewhere.example/"})
    assert answer["Location"] == f"/{connected.slug}/preflight/"


def test_a_firm_that_is_not_connected_reads_what_is_not_known(firm: Firm, page: Client) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    for address in ("preflight/", f"preflight/invoices/{bill.pk}/"):
        shown = words(page, f"/{firm.slug}/{address}")
        assert "Before Xero is connected nobody can say what is in Xero" in shown
    assert "Goes once a firm admin connects Xero." in words(page, f"/{firm.slug}/preflight/")


def test_ticked_rows_and_the_lists_filters_lead_to_the_same_page(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    bills = [InvoiceFactory(firm=firm, approved=True) for _ in range(4)]
    listed = words(page, f"/{firm.slug}/invoices/?state=APPROVED")
    assert f'href="/{firm.slug}/preflight/?state=APPROVED"' in listed
    assert "Select all 4" in listed
    some = f"/{firm.slug}/preflight/?selected={bills[0].pk}&selected={bills[1].pk}"
    assert "Of 2 bills 2 will go." in words(page, some)
    assert "Of 4 bills 4 will go." in words(page, f"{some}&all_matching=1")
    assert "There is no bill among these." in words(page, f"/{firm.slug}/preflight/?q=nothing-like-it")


def test_another_firms_bills_are_never_judged(firm: Firm, linked: XeroConnection, page: Client) -> None:
    stranger = MembershipFactory()
    with firm_scope(stranger.firm):
        theirs = InvoiceFactory(firm=stranger.firm)
    assert "There is no bill among these." in words(page, f"/{firm.slug}/preflight/?selected={theirs.pk}")
    assert page.get(f"/{firm.slug}/preflight/invoices/{theirs.pk}/").status_code == 404


def test_odd_addresses_are_answered(firm: Firm, linked: XeroConnection, page: Client) -> None:
    for query in (
        "month=2026-13",
        "month=9999-12",
        "month=x",
        "selected=x&selected=99999999999999999999",
        "under=x",
    ):
        assert page.get(f"/{firm.slug}/preflight/?{query}").status_code == 200, query


def test_the_number_of_queries_is_the_same_for_one_ten_and_five_hundred_bills(
    firm: Firm, linked: XeroConnection, page: Client
) -> None:
    switch(firm, "default_for_dead_accounts", False)
    travel = CategoryFactory(firm=firm, account_code="420")
    bill = InvoiceFactory(firm=firm, approved=True, lines=[time_line(), expense_line(travel)])
    counts = []
    for more in (0, 9, 490):
        copies(bill, more)
        with CaptureQueriesContext(database) as asked:
            shown = words(page, f"/{firm.slug}/preflight/")
        counts.append(len(asked))
    assert "Of 500 bills" in shown
    assert counts == [counts[0]] * 3
    assert counts[0] <= 12
