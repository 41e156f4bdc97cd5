"""An account with another code in Xero is the same account, and the codes here follow it."""

import pytest

from expense_categories.models import ExpenseCategory
from firms.models import AuditEvent, Firm, User
from tests.factories import CategoryFactory, InvoiceFactory, expense_line
from tests.integration.xero_sync.browsing import signed_in
from tests.xero import Xero, job_of, read_chart_of, sync
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, Cause, FirmPreference

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def travel(connected: Firm) -> ExpenseCategory:
    """A category that posts to account 412, and nothing posts to the default in its place."""
    FirmPreference.objects.filter(key="default_for_dead_accounts").update(on=False)
    made: ExpenseCategory = CategoryFactory(firm=connected, name="Trains", account_code="412")
    return made


def test_a_renumbered_account_is_the_same_account(connected: Firm, xero: Xero, travel: ExpenseCategory) -> None:
    xero.act("renumber-account", code="412", new_code="413")
    read_chart_of(connected)
    before = travel.version
    travel.refresh_from_db()
    assert (travel.account_code, travel.version) == ("413", before + 1)
    assert not Cause.objects.filter(closed_at=None).exists()
    bill = InvoiceFactory(firm=connected, approved=True, lines=[expense_line(travel)])
    sync(connected)
    assert job_of(bill).state == State.IN_XERO


def test_a_bill_that_was_refused_under_the_old_code_goes_by_itself(
    connected: Firm, xero: Xero, travel: ExpenseCategory
) -> None:
    """Xero says it first; the chart is read for it, and the code follows."""
    bill = InvoiceFactory(firm=connected, approved=True, lines=[expense_line(travel)])
    xero.act("renumber-account", code="412", new_code="413")
    sync(connected)
    sync(connected)
    assert job_of(bill).state == State.IN_XERO
    travel.refresh_from_db()
    assert travel.account_code == "413"
    assert not Cause.objects.filter(closed_at=None).exists()


def test_accounts_that_swap_their_codes_both_keep_what_posts_to_them(
    connected: Firm, xero: Xero, travel: ExpenseCategory
) -> None:
    BillSyncSettings.objects.filter(firm=connected).update(services_account="200", expenses_account="405")
    for old, new in (("405", "999"), ("412", "405"), ("999", "412")):
        xero.act("renumber-account", code=old, new_code=new)
    read_chart_of(connected)
    travel.refresh_from_db()
    assert travel.account_code == "405"
    assert BillSyncSettings.objects.get().expenses_account == "412"
    read_chart_of(connected)
    travel.refresh_from_db()
    assert travel.account_code == "405"


def test_a_new_account_under_the_old_code_is_another_one(connected: Firm, xero: Xero, travel: ExpenseCategory) -> None:
    xero.act("renumber-account", code="412", new_code="413")
    xero.act("add-account", code="412", name="Rent", type="REVENUE", tax_type="OUTPUT")
    read_chart_of(connected)
    travel.refresh_from_db()
    assert travel.account_code == "413"


def test_people_read_of_it_on_the_settings_page_and_the_trail_names_nobody(
    connected: Firm, xero: Xero, admin: User, travel: ExpenseCategory
) -> None:
    BillSyncSettings.objects.filter(firm=connected).update(expenses_account="405")
    version = BillSyncSettings.objects.get().version
    xero.act("renumber-account", code="412", new_code="413")
    xero.act("renumber-account", code="405", new_code="406")
    read_chart_of(connected)
    settings = BillSyncSettings.objects.get()
    assert (settings.expenses_account, settings.version) == ("406", version + 1)
    event = AuditEvent.objects.get(action="bill-syncing.accounts-followed")
    assert (event.actor, event.actor_label) == (None, "Bill Syncing")
    assert event.before == {"expenses_account": "405", "category Trains": "412"}
    assert event.after == {"expenses_account": "406", "category Trains": "413"}
    edited = AuditEvent.objects.get(action="expense_category.edited")
    assert (edited.actor, edited.before, edited.after) == (None, {"account_code": "412"}, {"account_code": "413"})
    page = " ".join(signed_in(admin).get(f"/{connected.slug}/settings/bill-syncing/").content.decode().split())
    assert "Accounts got new codes in Xero, and the codes here followed." in page
    assert "Default account for expenses: 406 instead of 405" in page
    assert "Account of category Trains: 413 instead of 412" in page


def test_nothing_is_followed_where_no_code_changed(connected: Firm, xero: Xero, travel: ExpenseCategory) -> None:
    xero.act("renumber-account", code="425", new_code="426")
    read_chart_of(connected)
    read_chart_of(connected)
    travel.refresh_from_db()
    assert travel.account_code == "412"
    assert not AuditEvent.objects.filter(action="bill-syncing.accounts-followed").exists()
