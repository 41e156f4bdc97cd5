"""Fix one, release all: the field on the card, what the field changes, and each document that the cause held back goes."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Invoice
from expense_categories.models import ExpenseCategory
from firms.models import AuditEvent, Firm, User
from tests.factories import (
    CategoryFactory,
    ContactFactory,
    InvoiceFactory,
    MembershipFactory,
    expense_line,
)
from tests.outcomes import ARCHIVED, LOCKED, NAME_TAKEN, bills_end, connect, contacts_end, settle, signed_in
from tests.processes.person import Person
from tests.xero import Xero, job_of, sync
from xero_sync.domain.errors import Fault, preflight
from xero_sync.domain.states import State
from xero_sync.engine import Turned
from xero_sync.facts.status import format_moment
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import (
    BillSyncSettings,
    Cause,
    FirmPreference,
    Release,
    SyncJob,
    TaxMapping,
    XeroChart,
    XeroConnection,
    XeroDocument,
    XeroRecord,
)

pytestmark = pytest.mark.django_db

NUMBER_TAKEN = Fault("Invoice # must be unique.")
BAD_EMAIL = Fault("Email address must be valid.")
MANY = 60


@pytest.fixture
def connection(firm: Firm) -> XeroConnection:
    return connect(firm)


@pytest.fixture
def maya(admin: User) -> Person:
    """The firm's admin at the pages."""
    return Person(user=admin)


@pytest.fixture
def travel(firm: Firm) -> ExpenseCategory:
    category: ExpenseCategory = CategoryFactory(firm=firm, name="Travel by air", account_code="420")
    return category


def refused(firm: Firm, connection: XeroConnection, fault: Fault = ARCHIVED, count: int = 2) -> list[Invoice]:
    """Bills that Xero refused for this fault."""
    bills = [InvoiceFactory(firm=firm, approved=True) for _ in range(count)]
    settle(firm, connection, bills_end(fault))
    return bills


def states(bills: Sequence[Invoice]) -> set[str]:
    return {job_of(bill).state for bill in bills}


def work(firm: Firm) -> None:
    """Turns until one leaves nothing to do; after a refusal the accounts are read again, which ends a turn."""
    assert any(sync(firm) is Turned.IDLE for _ in range(5))


def opens(person: Person, firm: Firm) -> str:
    return person.opens(f"/{firm.slug}/needs-you/")


def test_the_card_suggests_an_account_and_one_press_changes_it_and_sends_the_bills(
    firm: Firm, connection: XeroConnection, maya: Person, travel: ExpenseCategory
) -> None:
    bills = refused(firm, connection)
    page = opens(maya, firm)
    assert "Choose an account for Travel by air" in page
    assert "We suggest 405 Expenses recovered" in page
    page = maya.presses("Use it and send 2 bills", account="412")
    travel.refresh_from_db()
    assert travel.account_code == "412"
    assert states(bills) == {State.WAITING}
    assert "Account 412 for Travel by air. 2 documents go now, each under the settings of its save." in page
    assert "0 of 2 in Xero, 2 on the way" in page
    settle(firm, connection)
    page = maya.opens(maya.address)
    assert "2 of 2 in Xero" in page
    assert "All 2 are in Xero." in page


def test_one_choice_puts_every_place_right_that_names_the_account(
    firm: Firm, connection: XeroConnection, maya: Person, travel: ExpenseCategory
) -> None:
    hotels = CategoryFactory(firm=firm, name="Hotels", account_code="420")
    BillSyncSettings.objects.filter(firm=firm).update(expenses_account="420")
    refused(firm, connection)
    page = opens(maya, firm)
    assert "Default for expenses" in page
    maya.presses("Use it and send 2 bills", account="405", place=["expenses", f"category-{hotels.pk}"])
    travel.refresh_from_db()
    hotels.refresh_from_db()
    assert (travel.account_code, hotels.account_code) == ("420", "405")
    assert BillSyncSettings.objects.get(firm=firm).expenses_account == "405"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"account": "420"}, "Xero takes no bills on account 420. Choose one of the list."),
        ({"account": ""}, "No account is chosen. Choose one of the list."),
        ({"account": "412", "place": []}, "Nothing is ticked that this account is for."),
    ],
)
def test_a_bad_choice_comes_back_on_its_card_with_the_reason_and_nothing_lost(
    firm: Firm, connection: XeroConnection, maya: Person, travel: ExpenseCategory, typed: Any, words: str
) -> None:
    bills = refused(firm, connection)
    opens(maya, firm)
    page = maya.presses("Use it and send 2 bills", **typed)
    assert words in page
    assert "Error: Needs you" in page
    travel.refresh_from_db()
    assert travel.account_code == "420"
    assert states(bills) == {State.NEEDS_YOU}
    assert not Release.objects.exists()


def test_a_card_that_is_older_than_the_category_changes_nothing(
    firm: Firm, connection: XeroConnection, maya: Person, travel: ExpenseCategory
) -> None:
    bills = refused(firm, connection)
    opens(maya, firm)
    ExpenseCategory.objects.filter(pk=travel.pk).update(version=9)
    page = maya.presses("Use it and send 2 bills", account="412")
    assert "since you opened it. Nothing was changed. Choose again." in page
    assert states(bills) == {State.NEEDS_YOU}
    assert "in Xero" in maya.presses("Use it and send 2 bills", account="412")


def test_billing_staff_read_who_can_choose_an_account_and_cannot_press_it(
    firm: Firm, connection: XeroConnection, travel: ExpenseCategory
) -> None:
    refused(firm, connection)
    staff = signed_in(MembershipFactory(firm=firm).user)
    page = staff.get(f"/{firm.slug}/needs-you/").content.decode()
    assert "A firm admin can do this." in page
    assert 'name="account"' not in page
    cause = Cause.objects.get(closed_at=None)
    answer = staff.post(f"/{firm.slug}/needs-you/{cause.pk}/fix/", {"fix": "account", "account": "412"})
    assert answer.status_code == 403
    travel.refresh_from_db()
    assert travel.account_code == "420"


def test_a_line_without_any_account_gets_a_default(firm: Firm, connection: XeroConnection, maya: Person) -> None:
    BillSyncSettings.objects.filter(firm=firm).update(services_account="")
    bills = refused(firm, connection, preflight("no-account-code", what="services"))
    assert "We suggest 200 Legal fees" in opens(maya, firm)
    maya.presses("Use it and send 2 bills")
    assert BillSyncSettings.objects.get(firm=firm).services_account == "200"
    assert states(bills) == {State.WAITING}


def test_a_rate_without_a_tax_type_gets_one_of_its_percentage(
    firm: Firm, connection: XeroConnection, maya: Person
) -> None:
    bills = refused(firm, connection, preflight("no-tax-type", rate="GST (10%)"))
    page = opens(maya, firm)
    assert "Xero’s tax rate for GST (10%)" in page
    maya.presses("Use this tax type and send 2 bills")
    mapping = TaxMapping.objects.get(firm=firm)
    assert (mapping.tax_name, mapping.tax_percent, mapping.tax_type) == ("GST", Decimal(10), "OUTPUT")
    assert states(bills) == {State.WAITING}


def test_a_taken_number_is_answered_with_the_nearest_that_nobody_has(
    firm: Firm, connection: XeroConnection, maya: Person
) -> None:
    bill = InvoiceFactory(firm=firm, approved=True, number="10480")
    InvoiceFactory(firm=firm, number="10480-2")
    XeroDocument.objects.create(
        firm=firm, xero_tenant_id=connection.xero_tenant_id, kind=INVOICE.code, xero_id="there", number="10480-3"
    )
    settle(firm, connection, bills_end(NUMBER_TAKEN))
    assert "Another number for bill 10480" in opens(maya, firm)
    assert "Give another number than 10480." in maya.presses("Give it this number and send 1 bill", number=" 10480 ")
    assert "Xero already has a bill 10480-3." in maya.presses("Give it this number and send 1 bill", number="10480-3")
    assert "Numbers are never used twice" in maya.presses("Give it this number and send 1 bill", number="10480-2")
    opens(maya, firm)
    page = maya.presses("Give it this number and send 1 bill")
    bill.refresh_from_db()
    assert bill.number == "10480-4"
    assert "Number 10480-4 instead of 10480. 1 document goes now, under today’s settings." in page
    assert job_of(bill).state == State.WAITING
    event = AuditEvent.objects.filter(action="invoice.edited").latest("pk")
    assert (event.before["number"], event.after["number"]) == ("10480", "10480-4")


def test_a_bill_that_is_in_xero_under_its_number_keeps_it(
    firm: Firm, connection: XeroConnection, admin: User, maya: Person
) -> None:
    [bill] = refused(firm, connection, NUMBER_TAKEN, count=1)
    job = job_of(bill)
    SyncJob.objects.filter(pk=job.pk).update(xero_id="there")
    XeroRecord.objects.update_or_create(
        job=job, defaults={"firm": bill.firm, "xero_id": "there", "number": bill.number}
    )
    assert 'name="number"' not in opens(maya, firm)
    where = f"/{firm.slug}/needs-you/{job_of(bill).cause_id}/fix/"
    typed = {"fix": "number", "number": "77", "version": bill.version}
    assert "The bill is in Xero under its number" in signed_in(admin).post(where, typed).content.decode()
    bill.refresh_from_db()
    assert bill.number != "77"


@pytest.mark.parametrize(
    ("fault", "field", "typed", "stands"),
    [
        (NAME_TAKEN, "name", "John Smith of Perth", "John Smith of Perth"),
        (BAD_EMAIL, "emails", "a@example.com, b@example.com", ["a@example.com", "b@example.com"]),
    ],
)
def test_a_contacts_field_is_corrected_on_the_card_and_its_bills_go_with_it(
    firm: Firm, connection: XeroConnection, maya: Person, fault: Fault, field: str, typed: str, stands: Any
) -> None:
    client = ContactFactory(firm=firm, name="John Smith", emails=("a@",))
    bills = [InvoiceFactory(firm=firm, contact=client, approved=True) for _ in range(2)]
    settle(firm, connection, contacts_end(fault))
    opens(maya, firm)
    assert "It is the same as before." in maya.presses("Save it and send 1 contact and 2 bills")
    maya.presses("Save it and send 1 contact and 2 bills", **{field: typed})
    client.refresh_from_db()
    assert getattr(client, field) == stands
    assert job_of(client).state == State.WAITING
    settle(firm, connection)
    assert "3 of 3 in Xero" in maya.opens(maya.address)
    assert states(bills) == {State.IN_XERO}


def lock(firm: Firm, day: str) -> None:
    chart = XeroChart.objects.get(firm=firm)
    chart.organisation = {**chart.organisation, "PeriodLockDate": day}
    chart.save()


def test_one_bill_in_a_locked_period_can_be_dated_anew(firm: Firm, connection: XeroConnection, maya: Person) -> None:
    lock(firm, "2026-11-15")
    [bill] = refused(firm, connection, LOCKED, count=1)
    term = bill.due_date - bill.issue_date
    page = opens(maya, firm)
    assert "Xero is locked to 15 Nov 2026." in page
    assert 'value="2026-11-16"' in page
    page = maya.presses("Change the date and send 1 bill", issue_date="2026-11-15")
    assert "Choose a later day." in page
    assert "Give a day, month and year." in maya.presses("Change the date and send 1 bill", issue_date="soon")
    opens(maya, firm)
    maya.presses("Change the date and send 1 bill")
    bill.refresh_from_db()
    assert (str(bill.issue_date), bill.due_date - bill.issue_date) == ("2026-11-16", term)
    assert job_of(bill).state == State.WAITING


def test_several_bills_in_a_locked_period_are_for_the_bookkeeper(
    firm: Firm, connection: XeroConnection, maya: Person
) -> None:
    refused(firm, connection, LOCKED)
    page = opens(maya, firm)
    assert 'name="issue_date"' not in page
    assert "Look again in Xero" in page
    assert "Retry all 2" in page


@pytest.mark.promise("P32")
def test_a_release_keeps_the_settings_of_each_save_unless_the_person_asks_for_todays(
    firm: Firm, connection: XeroConnection, maya: Person, travel: ExpenseCategory
) -> None:
    older, newer = refused(firm, connection)
    SyncJob.objects.filter(pk=job_of(older).pk).update(
        preferences={**job_of(older).preferences, "matter_as_reference": False}
    )
    page = opens(maya, firm)
    assert "Use today’s settings for these 2 (1 was saved under others)" in page
    page = maya.presses("Use it and send 2 bills", account="412", todays="on")
    assert "2 documents go now, each under today’s settings." in page
    assert job_of(older).preferences == job_of(newer).preferences
    assert job_of(older).preferences["matter_as_reference"] is True
    event = AuditEvent.objects.get(action="cause.fixed")
    assert event.after["settings"] == "today's"
    assert event.after["fix"] == "Account 412 for Travel by air"


def test_without_the_tick_nothing_is_stamped_anew(
    firm: Firm, connection: XeroConnection, maya: Person, travel: ExpenseCategory
) -> None:
    older, _ = refused(firm, connection)
    SyncJob.objects.filter(pk=job_of(older).pk).update(preferences={})
    opens(maya, firm)
    maya.presses("Use it and send 2 bills", account="412")
    assert job_of(older).preferences == {}


def test_where_all_were_saved_under_todays_settings_no_box_is_offered(
    firm: Firm, connection: XeroConnection, maya: Person
) -> None:
    refused(firm, connection)
    assert 'name="todays"' not in opens(maya, firm)
    # A switch that came after the save counts as off then; off today too, it makes no difference.
    FirmPreference.objects.filter(firm=firm, key="matter_as_reference").update(on=False)
    for job in SyncJob.objects.all():
        job.preferences.pop("matter_as_reference")
        job.save()
    assert 'name="todays"' not in opens(maya, firm)


def test_retry_all_can_be_under_todays_settings_too(firm: Firm, connection: XeroConnection, maya: Person) -> None:
    bills = refused(firm, connection)
    SyncJob.objects.filter(kind=INVOICE.code).update(preferences={})
    assert "these 2 (2 were saved under others)" in opens(maya, firm)
    maya.presses("Retry all 2", todays="on")
    assert job_of(bills[0]).preferences["only_approved"] is True


@pytest.mark.parametrize("fault", [ARCHIVED, LOCKED])
def test_todays_settings_reach_retry_from_the_page_of_the_cause_too(
    firm: Firm, connection: XeroConnection, maya: Person, fault: Fault
) -> None:
    bills = refused(firm, connection, fault)
    SyncJob.objects.filter(kind=INVOICE.code).update(preferences={})
    page = maya.opens(f"/{firm.slug}/needs-you/{job_of(bills[0]).cause_id}/")
    assert page.count('name="todays"') == 1
    maya.presses("Retry all 2", todays="on")
    assert [job_of(bill).preferences.get("only_approved") for bill in bills] == [True, True]


def test_a_fix_from_the_page_of_the_cause_goes_under_todays_settings_if_asked(
    firm: Firm, connection: XeroConnection, maya: Person, travel: ExpenseCategory
) -> None:
    bills = refused(firm, connection)
    SyncJob.objects.filter(kind=INVOICE.code).update(preferences={})
    maya.opens(f"/{firm.slug}/needs-you/{job_of(bills[0]).cause_id}/")
    maya.presses("Use it and send 2 bills", account="412", todays="on")
    travel.refresh_from_db()
    assert travel.account_code == "412"
    assert [job_of(bill).preferences.get("only_approved") for bill in bills] == [True, True]


def test_what_is_refused_again_is_said_with_the_way_to_its_card(
    firm: Firm, connection: XeroConnection, maya: Person
) -> None:
    refused(firm, connection, count=3)
    opens(maya, firm)
    maya.presses("Retry all 3")
    release = Release.objects.get()
    last = release.job_ids[-1]
    settle(
        firm,
        connection,
        lambda job: bills_end(ARCHIVED)(job) if job.pk == last else bills_end(NUMBER_TAKEN)(job),
    )
    page = maya.opens(f"/{firm.slug}/needs-you/releases/{release.pk}/")
    assert "0 of 3 in Xero, 3 refused again" in page
    when = format_moment(release.at, firm=firm)
    assert f"Fixed lately</a> / {when}" in page
    assert f"3 documents, by Maya Kerr, {when}" in maya.opens(f"/{firm.slug}/needs-you/fixed/")
    cause = SyncJob.objects.get(pk=last).cause_id
    assert f'1 refused again: <a href="/{firm.slug}/needs-you/?cause={cause}#cause-{cause}">' in page
    assert "What is left needs somebody." in page


def test_under_a_pause_a_release_waits_and_says_for_what(
    firm: Firm, connection: XeroConnection, maya: Person, travel: ExpenseCategory
) -> None:
    refused(firm, connection)
    BillSyncSettings.objects.filter(firm=firm).update(paused_at=timezone.now(), paused_by="Ann")
    opens(maya, firm)
    page = maya.presses("Use it and send 2 bills", account="412")
    assert "2 documents go when bill syncing is resumed" in page
    assert "0 of 2 in Xero, 2 on hold" in page
    assert "Bill syncing is paused. Goes when it is resumed." in page


def test_an_open_page_of_a_release_asks_cheaply_what_became_of_it(
    firm: Firm, connection: XeroConnection, maya: Person, admin: User, django_assert_max_num_queries: Any
) -> None:
    refused(firm, connection)
    opens(maya, firm)
    maya.presses("Retry all 2")
    browser = signed_in(admin)
    where = f"/{firm.slug}/needs-you/releases/{Release.objects.get().pk}/states/"
    with django_assert_max_num_queries(6):
        first = browser.get(where)
    assert "0 of 2 in Xero, 2 on the way" in first.content.decode()
    assert browser.get(where, headers={"If-None-Match": first["ETag"]}).status_code == 304
    settle(firm, connection)
    after = browser.get(where, headers={"If-None-Match": first["ETag"]}).content.decode()
    assert "2 of 2 in Xero" in after
    assert "hx-get" not in after, "nothing is left to ask for"


def test_what_was_put_right_lately_says_who_did_it(
    firm: Firm, connection: XeroConnection, maya: Person, travel: ExpenseCategory
) -> None:
    refused(firm, connection)
    opens(maya, firm)
    maya.presses("Use it and send 2 bills", account="412")
    gone = Cause.objects.create(
        firm=firm, code="locked-period", parts={"date": "15-Nov-2026"}, closed_at=timezone.now()
    )
    Cause.objects.create(firm=firm, code="plan-limit", closed_at=timezone.now() - timedelta(days=8))
    page = maya.opens(f"/{firm.slug}/needs-you/fixed/")
    assert "Account 412 for Travel by air, by Maya Kerr." in page
    assert gone.pk
    assert "locked up to 15-Nov-2026" in page
    assert "It closed by itself" in page
    assert "Your Xero plan" not in page
    assert "Released lately" in opens(maya, firm)


@pytest.mark.django_db(transaction=True)  # PostgreSQL's now() stands still inside one transaction.
def test_looking_again_in_xero_lets_go_what_a_bookkeeper_put_right(connected: Firm, xero: Xero, maya: Person) -> None:
    xero.act("lock-dates", period="2026-08-31")
    bill = InvoiceFactory(firm=connected, approved=True)
    work(connected)
    assert job_of(bill).cause is not None
    xero.act("lock-dates", period="")
    opens(maya, connected)
    page = maya.presses("Look again in Xero")
    assert "Accounts, tax rates and lock dates were read from Xero." in page
    work(connected)
    assert "1 of 1 in Xero" in maya.opens(maya.address)


@pytest.mark.django_db(transaction=True)  # PostgreSQL's now() stands still inside one transaction.
def test_looking_again_where_nothing_has_changed_puts_nothing_on_record(
    connected: Firm, xero: Xero, admin: User
) -> None:
    FirmPreference.objects.filter(firm=connected).update(on=False)
    xero.act("enter-contact", Name="Smith")
    contact = ContactFactory(firm=connected, name="Smith")
    work(connected)
    cause = job_of(contact).cause
    answer = signed_in(admin).post(f"/{connected.slug}/needs-you/{cause.pk}/fix/", {"fix": "look"}, follow=True)
    assert "Nothing of what these documents wait for has changed." in answer.content.decode()
    assert job_of(contact).cause == cause
    assert not Release.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="cause.").exists()


@pytest.mark.django_db(transaction=True)  # PostgreSQL's now() stands still inside one transaction.
def test_sixty_bills_waiting_on_one_account_are_in_xero_with_two_calls(
    connected: Firm, xero: Xero, maya: Person, django_assert_max_num_queries: Any
) -> None:
    category = CategoryFactory(firm=connected, name="Travel by air", account_code="420")
    FirmPreference.objects.filter(firm=connected, key="default_for_dead_accounts").update(on=False)
    client = ContactFactory(firm=connected)
    work(connected)
    xero.act("archive-account", code="420")
    for _ in range(MANY):
        InvoiceFactory(firm=connected, contact=client, approved=True, lines=[expense_line(category)])
    work(connected)
    assert SyncJob.objects.filter(kind=INVOICE.code, state=State.NEEDS_YOU).count() == MANY
    opens(maya, connected)
    xero.forget_calls()
    with django_assert_max_num_queries(120):
        maya.presses(f"Use it and send {MANY} bills", account="260")
    assert xero.calls == []
    work(connected)
    assert f"{MANY} of {MANY} in Xero" in maya.opens(maya.address)
    assert len(xero.calls) == 2
    assert xero.summary["accounts"] == {"260": f"{MANY * 50}.00"}


def test_a_cause_that_closed_meanwhile_is_left_alone(
    firm: Firm, connection: XeroConnection, admin: User, travel: ExpenseCategory
) -> None:
    refused(firm, connection, count=1)
    cause = Cause.objects.get(closed_at=None)
    settle(firm, connection)
    Cause.objects.update(closed_at=timezone.now())
    typed = {"fix": "account", "account": "412", "place": f"category-{travel.pk}"}
    answer = signed_in(admin).post(f"/{firm.slug}/needs-you/{cause.pk}/fix/", typed, follow=True)
    assert "This cause has changed meanwhile." in answer.content.decode()
    travel.refresh_from_db()
    assert travel.account_code == "420"
