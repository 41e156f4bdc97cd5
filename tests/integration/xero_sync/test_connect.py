"""Connecting: to Xero's consent page and back, and the fourteen ways somebody may tamper with it."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from firms.models import AuditEvent, Firm, Role, User
from firms.scope import firm_scope
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory
from tests.integration.xero_sync.browsing import (
    alerts,
    begin,
    come_back,
    connected_by_page,
    consented,
    join,
    organisations_of,
    signed_in,
)
from tests.xero import Xero, job_of, sync
from xero_sync.actions import connect_organisation
from xero_sync.domain.states import State
from xero_sync.models import (
    BillSyncSettings,
    ConnectionState,
    SyncJob,
    TaxMapping,
    XeroConnection,
    XeroConsent,
    XeroCredential,
)
from xero_sync.organisation.connections import find_connection
from xero_sync.organisation.consents import ConnectRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(admin: User, xero: Xero) -> Client:
    return signed_in(admin)


def test_an_admin_connects_the_one_organisation_that_was_chosen(browser: Client, firm: Firm, xero: Xero) -> None:
    answer = connected_by_page(browser, firm, xero)
    assert answer.status_code == 302
    assert answer["Location"] == f"/{firm.slug}/settings/bill-syncing/"
    connection = find_connection(firm=firm)
    assert connection is not None
    assert (connection.xero_tenant_id, connection.state) == (xero.organisation_id, ConnectionState.ACTIVE)
    assert connection.organisation_name == "Demo Organisation (AU)"
    assert AuditEvent.objects.filter(firm=firm, action="xero.connected").count() == 1


def test_the_question_to_xero_has_state_pkce_and_only_the_scopes_we_need(browser: Client, firm: Firm) -> None:
    asked = parse_qs(urlsplit(begin(browser, firm)).query)
    assert len(asked["state"][0]) >= 43
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert set(asked["scope"][0].split()) == {
        "offline_access",
        "accounting.contacts",
        "accounting.invoices",
        "accounting.settings.read",
    }


def test_the_callback_only_redirects_and_holds_no_page(browser: Client, firm: Firm, xero: Xero) -> None:
    good = connected_by_page(browser, firm, xero)
    bad = come_back(browser, {"state": "x", "code": "y"})
    stranger = come_back(Client(), {"state": "x", "code": "secret-code"})
    for answer in (good, bad, stranger):
        assert answer.status_code == 302
        assert answer.content == b""
        assert "code" not in answer["Location"]


def test_nothing_goes_before_the_first_send_is_confirmed(browser: Client, firm: Firm, xero: Xero) -> None:
    invoice = InvoiceFactory(firm=firm, approved=True)
    connected_by_page(browser, firm, xero)
    assert job_of(invoice).state == State.ON_HOLD
    assert job_of(invoice).hold == "first-send-unconfirmed"


def test_sensible_accounts_and_the_only_fitting_rate_are_suggested(browser: Client, firm: Firm, xero: Xero) -> None:
    connected_by_page(browser, firm, xero)
    settings = BillSyncSettings.objects.get(firm=firm)
    assert settings.services_account == "200"
    assert settings.expenses_account not in {"", "200"}
    assert TaxMapping.objects.filter(firm=firm, tax_type="OUTPUT", tax_percent=10).exists()


def test_what_a_person_chose_is_never_replaced_by_a_suggestion(browser: Client, firm: Firm, xero: Xero) -> None:
    BillSyncSettings.objects.filter(firm=firm).update(services_account="260", expenses_account="412")
    connected_by_page(browser, firm, xero)
    settings = BillSyncSettings.objects.get(firm=firm)
    assert (settings.services_account, settings.expenses_account) == ("260", "412")


def test_of_several_organisations_one_is_chosen(browser: Client, firm: Firm, xero: Xero) -> None:
    answer = come_back(browser, consented(begin(browser, firm), *organisations_of(xero)))
    assert "/connect/" in answer["Location"]
    assert find_connection(firm=firm) is None
    browser.post(answer["Location"], {"organisation": organisations_of(xero)[1]})
    connection = find_connection(firm=firm)
    assert connection is not None
    assert connection.xero_tenant_id == organisations_of(xero)[1]


def test_a_practice_is_no_organisation(browser: Client, firm: Firm, xero: Xero) -> None:
    fields = consented(begin(browser, firm), xero.organisation_id)
    row = f'[{{"id": "c", "tenantId": "{xero.organisation_id}", "tenantType": "PRACTICE", "tenantName": "P"}}]'
    xero.fault(kind="status", status=200, path="/connections", body=row)
    answer = come_back(browser, fields)
    assert "No organisation was chosen" in alerts(answer)


def test_cancelling_in_xero_changes_nothing_and_says_so(browser: Client, firm: Firm) -> None:
    state = parse_qs(urlsplit(begin(browser, firm)).query)["state"][0]
    answer = come_back(browser, {"state": state, "error": "access_denied"})
    assert answer["Location"] == f"/{firm.slug}/settings/bill-syncing/"
    assert "cancelled" in alerts(answer)
    assert not XeroCredential.objects.exists()


@pytest.fixture
def answer_fields(browser: Client, firm: Firm, xero: Xero) -> dict[str, str]:
    return consented(begin(browser, firm), xero.organisation_id)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"state": ""}, id="no state"),
        pytest.param({"state": "f" * 43}, id="an invented state"),
        pytest.param({"code": ""}, id="no code"),
        pytest.param({"code": "invented"}, id="an invented code"),
        pytest.param({"error": "server_error"}, id="an error beside a code"),
        pytest.param({"error": "<script>"}, id="an unknown error"),
        pytest.param({"iss": "https://login.example.com"}, id="another issuer"),
    ],
)
def test_an_altered_answer_connects_nothing(
    browser: Client, firm: Firm, answer_fields: dict[str, str], change: dict[str, str]
) -> None:
    answer = come_back(browser, answer_fields | change)
    assert answer.status_code == 302
    assert find_connection(firm=firm) is None
    assert "Start again" in alerts(answer)
    assert "<script>" not in alerts(answer)


def test_another_session_of_the_same_person_cannot_use_the_answer(
    admin: User, firm: Firm, answer_fields: dict[str, str]
) -> None:
    come_back(signed_in(admin), answer_fields)
    assert find_connection(firm=firm) is None


def test_another_person_cannot_use_the_answer(firm: Firm, answer_fields: dict[str, str]) -> None:
    come_back(signed_in(join(firm, Role.ADMIN)), answer_fields)
    assert find_connection(firm=firm) is None


def test_an_admin_who_lost_the_role_meanwhile_cannot_use_the_answer(
    browser: Client, admin: User, firm: Firm, answer_fields: dict[str, str]
) -> None:
    firm.memberships.filter(user=admin).update(role=Role.STAFF)
    come_back(browser, answer_fields)
    assert find_connection(firm=firm) is None


def test_the_answer_connects_the_firm_it_was_asked_for_and_no_other(
    browser: Client, admin: User, firm: Firm, answer_fields: dict[str, str]
) -> None:
    other = FirmFactory()
    other.memberships.create(user=admin, role=Role.ADMIN)
    begin(browser, other)
    come_back(browser, answer_fields)
    assert find_connection(firm=firm) is not None
    with firm_scope(other):
        assert find_connection(firm=other) is None


def test_an_answer_is_used_once(browser: Client, firm: Firm, answer_fields: dict[str, str]) -> None:
    come_back(browser, answer_fields)
    again = come_back(browser, answer_fields)
    assert "used already" in alerts(again)
    assert XeroConnection.objects.filter(firm=firm).count() == 1


def test_an_answer_is_good_for_ten_minutes(browser: Client, firm: Firm, answer_fields: dict[str, str]) -> None:
    XeroConsent.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert "more than ten minutes" in alerts(come_back(browser, answer_fields))
    assert find_connection(firm=firm) is None


def test_a_code_of_another_consent_does_not_fit_the_verifier(
    browser: Client, firm: Firm, xero: Xero, answer_fields: dict[str, str]
) -> None:
    other = consented(begin(browser, firm), xero.organisation_id)
    come_back(browser, answer_fields | {"code": other["code"]})
    assert find_connection(firm=firm) is None


def test_an_organisation_that_was_not_consented_to_cannot_be_slipped_in(
    browser: Client, admin: User, firm: Firm, xero: Xero
) -> None:
    first, second, third = organisations_of(xero)
    answer = come_back(browser, consented(begin(browser, firm), first, second))
    browser.post(answer["Location"], {"organisation": third})
    assert find_connection(firm=firm) is None
    consent = XeroConsent.objects.get(firm=firm)
    with pytest.raises(ConnectRefused):
        connect_organisation.choose_organisation(
            firm=firm, actor=admin, consent_id=consent.pk, tenant_id=third, now=timezone.now()
        )


def test_a_return_address_in_the_answer_is_not_followed(
    browser: Client, firm: Firm, answer_fields: dict[str, str]
) -> None:
    answer = come_back(browser, answer_fields | {"next": "https://evil.example.com", "redirect_uri": "https://evil"})
    assert answer["Location"].startswith(f"/{firm.slug}/")


def test_a_token_with_fewer_permissions_is_refused(browser: Client, firm: Firm, xero: Xero, settings: Any) -> None:
    url = begin(browser, firm).replace("accounting.invoices+", "")
    answer = come_back(browser, consented(url, xero.organisation_id))
    assert "every permission" in alerts(answer)
    assert find_connection(firm=firm) is None


def test_an_organisation_of_another_firm_is_refused_without_naming_that_firm(connected: Firm, xero: Xero) -> None:
    other = FirmFactory(name="Nosy & Partners")
    with firm_scope(other):
        admin = User.objects.get(memberships__firm=other)
        answer = connected_by_page(signed_in(admin), other, xero)
        assert find_connection(firm=other) is None
    assert "another firm" in alerts(answer)
    assert connected.name not in alerts(answer)


@pytest.mark.promise("P21")
def test_reconnecting_to_another_organisation_is_refused_once_bills_were_sent(
    browser: Client, connected: Firm, admin: User, xero: Xero
) -> None:
    invoice = InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO
    connect_organisation.disconnect_organisation(firm=connected, actor=admin, now=timezone.now())
    other = next(each for each in organisations_of(xero) if each != xero.organisation_id)
    answer = connected_by_page(browser, connected, xero, other)
    assert "Choose that organisation" in alerts(answer)
    assert find_connection(firm=connected) is None


def test_an_unreadable_chart_does_not_undo_the_link(browser: Client, firm: Firm, xero: Xero) -> None:
    fields = consented(begin(browser, firm), xero.organisation_id)
    xero.fault(kind="status", status=503, path="/Accounts")
    come_back(browser, fields)
    assert find_connection(firm=firm) is not None


def test_billing_staff_cannot_connect_choose_or_disconnect(connected: Firm, xero: Xero) -> None:
    browser = signed_in(join(connected, Role.STAFF))
    for path in ("connect/", "connect/1/", "disconnect/"):
        assert browser.get(f"/{connected.slug}/settings/bill-syncing/{path}").status_code == 403
    assert browser.post(f"/{connected.slug}/settings/bill-syncing/disconnect/").status_code == 403
    assert find_connection(firm=connected) is not None


def test_another_firms_connect_is_a_page_that_does_not_exist(connected: Firm, browser: Client) -> None:
    other = FirmFactory()
    for path in ("", "connect/", "connect/1/", "disconnect/", "preferences/"):
        assert browser.get(f"/{other.slug}/settings/bill-syncing/{path}").status_code == 404


def test_a_contact_waits_for_the_connection_too(firm: Firm) -> None:
    contact = ContactFactory(firm=firm)
    assert SyncJob.objects.get(kind="CONTACT", object_id=contact.pk).hold == "not-connected"
