"""Settings > Bill Syncing as admins and staff see it, without script."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from expense_categories.models import CategoryKind
from firms.models import AuditEvent, Firm, Role, User
from firms.scope import firm_scope
from tests.factories import CategoryFactory, FirmFactory, InvoiceFactory
from tests.integration.xero_sync.browsing import alerts, join, signed_in
from tests.xero import Xero, connect_firm, job_of, sync
from xero_sync.domain.preferences import PREFERENCES
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, ConnectionState, FirmPreference, TaxMapping, XeroConnection
from xero_sync.organisation.connections import find_connection

pytestmark = pytest.mark.django_db

READY = [preference.key for preference in PREFERENCES if preference.ready]
NOT_READY = [preference.key for preference in PREFERENCES if not preference.ready]


@pytest.fixture
def browser(admin: User, xero: Xero) -> Client:
    return signed_in(admin)


@pytest.fixture
def staff(firm: Firm, admin: User, xero: Xero) -> Client:
    return signed_in(join(firm, Role.STAFF))


@pytest.fixture
def unconfirmed(firm: Firm, admin: User, xero: Xero) -> Firm:
    connect_firm(firm=firm, admin=admin, xero=xero, confirmed=False)
    return firm


def page(browser: Client, firm: Firm, query: str = "") -> str:
    answer = browser.get(f"/{firm.slug}/settings/bill-syncing/{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def press(browser: Client, firm: Firm, path: str, **fields: Any) -> Any:
    return browser.post(f"/{firm.slug}/settings/bill-syncing/{path}", fields)


def settings_of(firm: Firm) -> BillSyncSettings:
    return BillSyncSettings.objects.get(firm=firm)


def form_of(firm: Firm, **changes: Any) -> dict[str, Any]:
    stand = settings_of(firm)
    return {
        "version": stand.version,
        "enabled": "on",
        "start_date": "",
        "services_account": stand.services_account,
        "expenses_account": stand.expenses_account,
    } | changes


def test_before_connecting_the_page_says_what_will_be_sent_and_what_is_asked_for(browser: Client, firm: Firm) -> None:
    text = page(browser, firm)
    for words in (
        "Your clients as contacts, and your bills as sales invoices, each time",
        "What is not sent",
        "Read, never change, the chart of accounts",
        "Not connected",
    ):
        assert words in text
    # A link: a form's redirect to Xero would be stopped by form-action 'self'.
    assert f'href="/{firm.slug}/settings/bill-syncing/connect/"' in text


def test_staff_read_everything_and_can_press_nothing(staff: Client, connected: Firm) -> None:
    text = page(staff, connected)
    assert "You can read these settings" in text
    for words in ("Test now", "Disconnect", "Save settings", "Save switches"):
        assert words not in text
    for path in ("", "test/", "pause/", "resume/", "preferences/", "preferences/all/", "first-send/"):
        assert press(staff, connected, path).status_code == 403


def test_the_card_shows_the_organisation_who_linked_it_and_the_calls_left(browser: Client, connected: Firm) -> None:
    text = page(browser, connected)
    for words in (
        "Demo",
        "Australia, AUD",
        "Linked by Maya Kerr",
        "Calls left today",
        "Test now",
        "Pause",
        "Disconnect",
    ):
        assert words in text


def test_a_lost_connection_asks_an_admin_to_reconnect(browser: Client, connected: Firm) -> None:
    XeroConnection.objects.update(state=ConnectionState.LOST)
    text = page(browser, connected)
    assert "Connection lost" in text
    assert "Reconnect" in text


def test_the_first_send_is_confirmed_after_its_count_was_shown(browser: Client, unconfirmed: Firm) -> None:
    old = InvoiceFactory(firm=unconfirmed, approved=True, issue_date=date(2026, 6, 30), due_date=date(2026, 7, 30))
    new = InvoiceFactory(firm=unconfirmed, approved=True, issue_date=date(2026, 7, 1), due_date=date(2026, 7, 30))
    InvoiceFactory(firm=unconfirmed)
    assert "2 bills will go, whatever the date" in page(browser, unconfirmed)
    assert "1 bill will go, from 1 July 2026" in page(browser, unconfirmed, "?start=2026-07-01")
    answer = press(browser, unconfirmed, "first-send/", start_date="2026-07-01", bills=1)
    assert "1 bill" in alerts(answer)
    assert settings_of(unconfirmed).start_date == date(2026, 7, 1)
    sync(unconfirmed)
    assert job_of(new).state == State.IN_XERO
    assert job_of(old).state == State.NOT_SENT
    assert "will go" not in page(browser, unconfirmed)


def test_counting_again_sends_nothing(browser: Client, unconfirmed: Firm) -> None:
    answer = press(browser, unconfirmed, "first-send/", start_date="2026-07-01", bills=0, count="1")
    assert answer["Location"].endswith("?start=2026-07-01#first-send")
    assert settings_of(unconfirmed).confirmed_at is None


def test_a_count_that_changed_meanwhile_is_shown_again(browser: Client, unconfirmed: Firm) -> None:
    InvoiceFactory(firm=unconfirmed, approved=True)
    answer = press(browser, unconfirmed, "first-send/", start_date="", bills=0)
    assert "There is 1 bill to send now, not 0" in alerts(answer)
    assert settings_of(unconfirmed).confirmed_at is None


def test_default_accounts_are_chosen_from_the_accounts_that_take_bills(browser: Client, connected: Firm) -> None:
    text = page(browser, connected)
    assert '<option value="200" selected' in text
    assert '<option value="260"' in text
    assert '<option value="090"' not in text
    answer = press(browser, connected, "", **form_of(connected, services_account="260"))
    assert "saved" in alerts(answer)
    assert settings_of(connected).services_account == "260"
    event = AuditEvent.objects.get(firm=connected, action="bill-syncing.saved")
    assert (event.before, event.after) == ({"services_account": "200"}, {"services_account": "260"})


def test_an_account_that_takes_no_bills_is_refused(browser: Client, connected: Firm) -> None:
    answer = press(browser, connected, "", **form_of(connected, services_account="090"))
    assert answer.status_code == 200
    assert settings_of(connected).services_account == "200"


def test_an_account_archived_in_xero_is_marked_before_it_hurts(browser: Client, connected: Firm, xero: Xero) -> None:
    CategoryFactory(firm=connected, kind=CategoryKind.DISBURSEMENT, account_code="412")
    xero.act("archive-account", code="412")
    xero.act("archive-account", code="405")
    press(browser, connected, "test/")
    text = page(browser, connected)
    assert "Accounts 405, 412 no longer take bills in Xero" in text
    assert "405 " in text
    assert "(archived or not for bills)" in text
    # It may stay until somebody chooses another: saving the rest of the form is not held up.
    assert press(browser, connected, "", **form_of(connected, start_date="2026-07-01")).status_code == 302


def test_each_rate_is_mapped_to_one_of_the_same_percentage(browser: Client, connected: Firm) -> None:
    text = page(browser, connected)
    assert "GST on Income (10%)" in text
    press(browser, connected, "", **form_of(connected, tax_0="OUTPUT"))
    assert TaxMapping.objects.get(firm=connected).tax_type == "OUTPUT"
    assert press(browser, connected, "", **form_of(connected, tax_0="INVENTED")).status_code == 200


def test_two_admins_saving_the_settings_do_not_overwrite_each_other(browser: Client, connected: Firm) -> None:
    opened = form_of(connected, services_account="260")
    press(browser, connected, "", **form_of(connected, start_date="2026-01-01"))
    answer = press(browser, connected, "", **opened)
    assert "saved these settings since you opened them" in answer.content.decode()
    assert settings_of(connected).services_account == "200"


def test_the_master_switch_holds_everything_and_lets_it_go_again(browser: Client, connected: Firm) -> None:
    invoice = InvoiceFactory(firm=connected, approved=True)
    off = form_of(connected)
    del off["enabled"]
    press(browser, connected, "", **off)
    assert (job_of(invoice).state, job_of(invoice).hold) == (State.ON_HOLD, "switched-off")
    press(browser, connected, "", **form_of(connected))
    assert job_of(invoice).state == State.WAITING


def test_pausing_names_who_paused_and_resuming_lets_go(browser: Client, connected: Firm) -> None:
    invoice = InvoiceFactory(firm=connected, approved=True)
    press(browser, connected, "pause/")
    assert job_of(invoice).hold == "paused"
    assert "Paused by Maya Kerr" in page(browser, connected)
    press(browser, connected, "resume/")
    assert job_of(invoice).state == State.WAITING
    actions = AuditEvent.objects.filter(firm=connected).values_list("action", flat=True)
    assert {"bill-syncing.paused", "bill-syncing.resumed"} <= set(actions)


def test_test_now_says_that_xero_answers_or_why_not(browser: Client, connected: Firm, xero: Xero) -> None:
    assert "up to date" in alerts(press(browser, connected, "test/"))
    xero.act("disconnect")
    assert "Reconnect" in alerts(press(browser, connected, "test/"))
    connection = find_connection(firm=connected)
    assert connection is not None
    assert connection.state == ConnectionState.LOST


@pytest.fixture
def old_firm(db: None, xero: Xero) -> Any:
    made = FirmFactory(created_on=date(2017, 5, 2))
    with firm_scope(made):
        yield made


@pytest.fixture
def old_browser(old_firm: Firm) -> Client:
    return signed_in(User.objects.get(memberships__firm=old_firm))


def test_a_firm_from_before_july_2019_reads_why_its_improvements_are_off(old_browser: Client, old_firm: Firm) -> None:
    text = page(old_browser, old_firm)
    assert "Your firm joined in May 2017" in text
    assert "Switch all on" in text
    press(old_browser, old_firm, "preferences/all/")
    assert set(FirmPreference.objects.filter(firm=old_firm, on=True).values_list("key", flat=True)) >= set(READY)
    assert "Your firm joined in May 2017" not in page(old_browser, old_firm)


def test_a_newer_firm_reads_nothing_of_2019(browser: Client, firm: Firm) -> None:
    press(browser, firm, "preferences/", shown=READY[0], was_on=READY[0])
    assert "Your firm joined" not in page(browser, firm)


def test_every_firm_with_a_switch_off_can_switch_all_on(browser: Client, firm: Firm) -> None:
    assert "Switch all on" not in page(browser, firm)
    press(browser, firm, "preferences/", shown=READY[0], was_on=READY[0])
    assert "Switch all on" in page(browser, firm)
    press(browser, firm, "preferences/all/")
    assert "Switch all on" not in page(browser, firm)
    assert not FirmPreference.objects.filter(firm=firm, on=False, key__in=READY).exists()


def test_one_switch_is_moved_and_the_others_stay(old_browser: Client, old_firm: Firm) -> None:
    answer = press(old_browser, old_firm, "preferences/", shown=READY, on=["only_approved"])
    assert "bills saved from now on" in alerts(answer)
    assert list(FirmPreference.objects.filter(firm=old_firm, on=True).values_list("key", flat=True)) == [
        "only_approved"
    ]
    event = AuditEvent.objects.get(firm=old_firm, action="preference.switched")
    assert (event.before, event.after) == ({"only_approved": False}, {"only_approved": True})
    assert "by Maya Kerr" in page(old_browser, old_firm)


def test_a_switch_another_admin_moved_meanwhile_is_not_moved_back(old_browser: Client, old_firm: Firm) -> None:
    press(old_browser, old_firm, "preferences/", shown=READY, on=["only_approved"])
    press(old_browser, old_firm, "preferences/", shown=READY, on=["drop_invalid_emails"])
    on = set(FirmPreference.objects.filter(firm=old_firm, on=True).values_list("key", flat=True))
    assert on == {"only_approved", "drop_invalid_emails"}


@pytest.mark.promise("P32")
def test_after_a_switch_the_page_counts_the_bills_saved_under_the_old_setting(browser: Client, connected: Firm) -> None:
    InvoiceFactory(firm=connected, approved=True)
    answer = press(
        browser, connected, "preferences/", shown=["category_account_codes"], was_on=["category_account_codes"]
    )
    assert "This holds for bills saved from now on." in alerts(answer)
    assert "1 bill saved earlier still goes under the old settings." in page(browser, connected)


@pytest.mark.promise("P32")
def test_a_switch_changes_no_job_that_was_already_saved(browser: Client, connected: Firm) -> None:
    invoice = InvoiceFactory(firm=connected, approved=True)
    before = job_of(invoice).preferences
    press(browser, connected, "preferences/", shown=["category_account_codes"], was_on=["category_account_codes"])
    assert job_of(invoice).preferences == before


def test_only_what_acts_already_can_be_switched(browser: Client, firm: Firm) -> None:
    text = page(browser, firm)
    assert len(PREFERENCES) == 9
    for preference in PREFERENCES:
        assert (f'value="{preference.key}"' in text) == preference.ready
    for key in [*NOT_READY, "invented"]:
        assert "no preference called" in alerts(press(browser, firm, "preferences/", shown=key, on=key, was_on=""))


def test_the_pages_carry_no_inline_script_or_style(browser: Client, connected: Firm) -> None:
    text = page(browser, connected)
    assert " style=" not in text
    assert " onclick" not in text
    assert "<script>" not in text


def test_the_disconnect_page_says_what_stops_and_what_stays(browser: Client, connected: Firm) -> None:
    text = browser.get(f"/{connected.slug}/settings/bill-syncing/disconnect/").content.decode()
    assert "What stops" in text
    assert "What stays" in text
