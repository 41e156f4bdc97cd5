"""The FAQ, sentence by sentence: by the pages' forms, real workers and the emulated Xero."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from billing.models import Contact
from expense_categories.models import CategoryKind, ExpenseCategory
from firms.models import Role
from tests.factories import UserFactory
from tests.functional.faq import START_SECONDS, Office, client_of, office_of, workers_at_work
from tests.processes.eventually import eventually
from tests.processes.person import Person
from xero_emulator import EmulatorServer
from xero_sync.domain.preferences import BY_KEY, PREFERENCES
from xero_sync.domain.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]

HELP = "/help/xero-sync/"


@pytest.fixture(scope="module")
def at_work(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory, emulator: EmulatorServer
) -> Iterator[None]:
    """One workforce for the whole file."""
    with workers_at_work(folder=tmp_path_factory.mktemp("faq"), emulator=emulator):
        yield
    # They said that they live until they ended; the next test's tables are to be empty.
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)


@pytest.fixture
def older(at_work: None, transactional_db: None, emulator: EmulatorServer, settings: Any) -> Iterator[Office]:
    """A firm of 2017: every switch is off."""
    with office_of(created_on=date(2017, 5, 2), emulator=emulator, settings=settings) as office:
        yield office


@pytest.fixture
def newer(at_work: None, transactional_db: None, emulator: EmulatorServer, settings: Any) -> Iterator[Office]:
    """A firm of the first day: every switch is on."""
    with office_of(created_on=date(2019, 7, 1), emulator=emulator, settings=settings) as office:
        yield office


def category(office: Office, kind: CategoryKind, code: str = "") -> ExpenseCategory:
    """The first category of this kind; by the form it gets this account."""
    found = ExpenseCategory.objects.filter(firm=office.firm, kind=kind).order_by("pk")[0]
    if code:
        office.gives_account(found, code)
    return found


def in_xero(office: Office, **values: Any) -> Contact:
    """A client whom the workers have brought to Xero; waits for their start too."""
    client = client_of(office, **values)
    office.waits_for(client, State.IN_XERO, within=START_SECONDS)
    return client


def test_account_code_mapping_a_category_overrides_the_default_and_disbursements_stand_apart(newer: Office) -> None:
    client = in_xero(newer)
    newer.saves_settings(services_account="200", expenses_account="405")
    disbursement = newer.writes_expense(contact=client, category=category(newer, CategoryKind.DISBURSEMENT, "412"))
    recovery = newer.writes_expense(contact=client, category=category(newer, CategoryKind.EXPENSE_RECOVERY))
    fee = newer.writes_bill(contact=client)
    newer.arrives(disbursement, recovery, fee)
    assert [newer.accounts(bill) for bill in (disbursement, recovery, fee)] == [["412"], ["405"], ["200"]]


def test_account_code_mapping_without_default_and_category_code_the_bill_asks_for_an_admin(newer: Office) -> None:
    client = in_xero(newer)
    newer.saves_settings(expenses_account="")
    costs = category(newer, CategoryKind.DISBURSEMENT)
    bill = newer.writes_expense(contact=client, category=costs)
    newer.waits_for(bill, State.NEEDS_YOU)
    assert "A firm admin can do this." in newer.opens(bill)
    newer.gives_account(costs, "412")
    newer.arrives(bill)
    assert newer.accounts(bill) == ["412"]


def test_why_a_failure_means_a_missing_invoice_so_it_is_shown_with_the_field_that_fixes_it(older: Office) -> None:
    client = in_xero(older)
    older.xero.act("archive-account", code="200")
    bill = older.writes_bill(contact=client)
    older.waits_for(bill, State.NEEDS_YOU)
    assert older.xero.numbered(bill.number) == []
    page = older.opens(bill)
    assert "Account 200 was archived or deleted in Xero" in page
    assert f'href="{older.path("xero_sync:settings")}#default-accounts"' in page
    assert "holds back 1 bill" in older.admin.opens(older.path("xero_sync:needs-you"))
    older.saves_settings(services_account="260")
    older.arrives(bill)
    assert older.accounts(bill) == ["260"]


def test_which_errors_each_improvement_names_its_messages_and_each_failure_its_improvement(older: Office) -> None:
    page = older.admin.opens(f"{HELP}improvements/")
    assert len(PREFERENCES) == 9
    for preference in PREFERENCES:
        assert f'id="{preference.key}"' in page
        assert preference.prevents in page
    client = client_of(older, emails=("not an address",))
    older.waits_for(client, State.NEEDS_YOU, within=START_SECONDS)
    assert "Xero does not accept the e-mail address" in older.opens(client)
    assert f"{HELP}errors/email-invalid/" in older.admin.page
    assert BY_KEY["drop_invalid_emails"].label in older.admin.opens(f"{HELP}errors/email-invalid/")


def test_how_to_activate_one_by_one_or_all_at_once_under_settings_bill_syncing(older: Office) -> None:
    assert set(older.switches.values()) == {False}
    assert "Your firm joined in May 2017" in older.opens_settings()
    page = older.switches_on("category_account_codes")
    assert "This holds for bills saved from now on." in page
    assert [key for key, on in older.switches.items() if on] == ["category_account_codes"]
    assert "Your firm joined" not in older.admin.presses("Switch all on")
    assert set(older.switches.values()) == {True}


def test_how_to_activate_is_for_admins_and_staff_can_read(older: Office) -> None:
    colleague = UserFactory()
    older.firm.memberships.create(user=colleague, role=Role.STAFF)
    page = Person(user=colleague).opens(older.path("xero_sync:settings"))
    assert BY_KEY["category_account_codes"].label in page
    assert "Save switches" not in page
    assert "Switch all on" not in page


def test_accounts_of_july_2019_and_later_have_every_improvement_without_switching(newer: Office) -> None:
    assert set(newer.switches.values()) == {True}
    assert "Your firm joined" not in newer.opens_settings()
    client = in_xero(newer, emails=("not an address", "good@example.com"))
    assert "In Xero, with notes" in newer.opens(client)
    bill = newer.writes_expense(contact=client, category=category(newer, CategoryKind.DISBURSEMENT, "412"))
    newer.arrives(bill)
    assert newer.accounts(bill) == ["412"]


def test_not_retroactive_a_bill_in_xero_stays_as_it_is_until_it_is_edited(older: Office) -> None:
    client = in_xero(older)
    costs = category(older, CategoryKind.DISBURSEMENT, "412")
    bill = older.writes_expense(contact=client, category=costs)
    older.arrives(bill)
    sent = older.tries_of(bill)
    older.switches_on("category_account_codes")
    assert "Edit and save to use today" in older.opens(bill)
    assert f"{BY_KEY['category_account_codes'].label}: off then, on today" in older.admin.page
    later = older.writes_expense(contact=client, category=costs)
    older.arrives(later)
    assert (older.accounts(bill), older.accounts(later)) == (["405"], ["412"])
    assert older.tries_of(bill) == sent

    older.edits(bill, "Filing fee, paid to the court")
    older.arrives(bill)
    assert older.accounts(bill) == ["412"]
    assert len(older.xero.numbered(bill.number)) == 1


def test_not_retroactive_a_refused_bill_is_retried_as_it_was_saved_until_it_is_edited(older: Office) -> None:
    older.switches_on("category_account_codes")
    client = in_xero(older)
    costs = category(older, CategoryKind.DISBURSEMENT, "412")
    older.xero.act("archive-account", code="412")
    bill = older.writes_expense(contact=client, category=costs)
    older.waits_for(bill, State.NEEDS_YOU)
    tried = older.tries_of(bill)
    settings_page = older.switches_on("default_for_dead_accounts")
    assert "1 bill saved earlier still goes under the old setting" in settings_page

    assert (
        "Edit and save to use today&#x27;s" in older.opens(bill) or "Edit and save to use today's" in older.admin.page
    )
    older.admin.presses("Retry")
    eventually(lambda: older.tries_of(bill) > tried, within=10, what="the retry was answered")
    older.waits_for(bill, State.NEEDS_YOU)
    assert older.xero.numbered(bill.number) == []

    older.edits(bill, "Filing fee, paid to the court")
    older.arrives(bill)
    assert older.accounts(bill) == ["405"]
    assert "In Xero, with notes" in older.opens(bill)


@pytest.mark.promise("P09")
def test_edit_the_invoice_its_description_is_enough_and_its_contact_goes_first(older: Office) -> None:
    client = client_of(older, emails=("not an address",))
    bill = older.writes_bill(contact=client)
    older.waits_for(client, State.NEEDS_YOU, within=START_SECONDS)
    older.switches_on("drop_invalid_emails")
    older.edits(bill, "Advice on the charterparty")
    older.arrives(bill)
    older.waits_for(client, State.IN_XERO)
    assert len(older.xero.numbered(bill.number)) == 1


def test_edit_the_contact_every_bill_of_it_that_is_not_in_xero_goes_with_it(older: Office) -> None:
    client = client_of(older, emails=("not an address",))
    bills = [older.writes_bill(contact=client) for _ in range(2)]
    older.waits_for(client, State.NEEDS_YOU, within=START_SECONDS)
    older.switches_on("drop_invalid_emails")
    older.opens(client, edit=True)
    older.admin.presses("Save")
    older.waits_for(client, State.IN_XERO)
    older.arrives(*bills)
    assert [len(older.xero.numbered(bill.number)) for bill in bills] == [1, 1]


def test_where_to_learn_more_every_page_opens_and_is_linked_from_the_settings(older: Office) -> None:
    pages = ["configure/", "account-codes/", "improvements/", "errors/", "glossary/"]
    questions = older.admin.opens(HELP)
    section = questions.split('id="learn-more"')[1]
    for page in pages:
        assert f'href="{HELP}{page}' in section
    settings = older.opens_settings()
    assert f'href="{HELP}configure/' in settings
    assert len(PREFERENCES) == 9
    assert all(f"{HELP}improvements/?firm={older.firm.slug}#{each.key}" in settings for each in PREFERENCES)
    for page in pages:
        assert "Was this helpful?" in older.admin.opens(HELP + page)
