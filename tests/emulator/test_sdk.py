"""Xero's own Python SDK against the emulator: requests as the SDK builds them, replies through its models."""

from datetime import date
from typing import Any

import pytest
from xero_python.accounting import AccountingApi, Contact, Contacts, Invoice, Invoices, LineAmountTypes, LineItem
from xero_python.api_client import ApiClient, Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.exceptions import AccountingBadRequestException, HTTPStatusException, RateLimitException
from xero_python.identity import IdentityApi

from tests.emulator.client import App, ManualClock
from xero_emulator import EmulatorServer

TIMEOUT = (3, 10)


def _client(app: App) -> ApiClient:
    # The SDK's Configuration is a hidden singleton: the token object is assigned, never passed.
    configuration = Configuration()
    configuration.oauth2_token = OAuth2Token("app-one", "secret")
    token = {
        "access_token": app.token,
        "refresh_token": app.refresh_token,
        "scope": ["accounting.invoices"],
        "expires_in": 1800,
        "expires_at": 9999999999,
        "token_type": "Bearer",
    }
    client = ApiClient(configuration, oauth2_token_getter=lambda: token, oauth2_token_saver=lambda _: None)
    client.rest_client.pool_manager.connection_pool_kw["retries"] = False
    return client


@pytest.fixture
def api(app: App, emulator: EmulatorServer) -> AccountingApi:
    return AccountingApi(_client(app), base_url=f"{emulator.url}/api.xro/2.0")


def _invoice(contact_id: str, number: str, **fields: object) -> Invoice:
    lines = [LineItem(description="Advice", quantity=1.5, unit_amount=33.3333, account_code="200")]
    made: dict[str, Any] = {
        "type": "ACCREC",
        "status": "AUTHORISED",
        "date": date(2026, 11, 10),
        "due_date": date(2026, 12, 10),
    }
    return Invoice(
        **made
        | {"contact": Contact(contact_id=contact_id), "invoice_number": number, "line_items": lines}
        | {"line_amount_types": LineAmountTypes.EXCLUSIVE}
        | fields
    )


def test_the_sdk_creates_updates_and_reads_invoices(app: App, api: AccountingApi) -> None:
    tenant = app.organisation_id
    people = Contacts(contacts=[Contact(name="Ada"), Contact(name="Bela", email_address="bad")])
    saved = api.create_contacts(tenant, people, summarize_errors="false", _request_timeout=TIMEOUT).contacts
    assert [contact.has_validation_errors for contact in saved] == [False, True]
    sent = Invoices(
        invoices=[_invoice(saved[0].contact_id, "B-1"), _invoice(saved[0].contact_id, "B-2", status="PAID")]
    )
    answer, status, headers = api.create_invoices(
        tenant,
        sent,
        summarize_errors="false",
        unitdp=4,
        idempotency_key="k-1",
        _request_timeout=TIMEOUT,
        _return_http_data_only=False,
    )
    assert (status, headers["X-MinLimit-Remaining"]) == (200, "58")
    first, second = answer.invoices
    assert (first.status_attribute_string, float(first.total)) == ("OK", 55.0)
    assert second.validation_errors[0].message == "Invoice not of valid status for creation"
    void = Invoices(invoices=[Invoice(invoice_id=first.invoice_id, status="VOIDED")])
    updated = api.update_or_create_invoices(tenant, void, summarize_errors="false", unitdp=4, _request_timeout=TIMEOUT)
    assert updated.invoices[0].status == "VOIDED"
    page = api.get_invoices(tenant, page=1, page_size=10, statuses=["VOIDED"], _request_timeout=TIMEOUT)
    assert [item.invoice_number for item in page.invoices] == ["B-1"]
    assert page.invoices[0].date.isoformat() == "2026-11-10"


def test_the_sdk_reads_the_settings(app: App, api: AccountingApi) -> None:
    tenant = app.organisation_id
    assert api.get_organisations(tenant, _request_timeout=TIMEOUT).organisations[0].base_currency.value == "AUD"
    assert "200" in [account.code for account in api.get_accounts(tenant, _request_timeout=TIMEOUT).accounts]
    assert "OUTPUT" in [rate.tax_type for rate in api.get_tax_rates(tenant, _request_timeout=TIMEOUT).tax_rates]
    assert len(api.get_currencies(tenant, _request_timeout=TIMEOUT).currencies) == 2


def test_the_sdk_lists_connections_through_its_capital_letter(app: App, emulator: EmulatorServer) -> None:
    api = IdentityApi(_client(app), base_url=emulator.url)
    (connection,) = api.get_connections(_request_timeout=TIMEOUT)
    assert connection.tenant_id == app.organisation_id
    api.delete_connection(connection.id, _request_timeout=TIMEOUT)
    assert api.get_connections(_request_timeout=TIMEOUT) == []


def test_the_sdk_recognises_each_kind_of_refusal(app: App, api: AccountingApi, clock: ManualClock) -> None:
    tenant = app.organisation_id
    with pytest.raises(AccountingBadRequestException) as refused:
        api.create_contacts(tenant, Contacts(contacts=[Contact(name="<")]), _request_timeout=TIMEOUT)
    assert refused.value.status == 400
    app.control("POST", "limits", {"minute": 1})
    with pytest.raises(RateLimitException) as limited:
        api.get_currencies(tenant, _request_timeout=TIMEOUT)
    assert limited.value.headers["X-Rate-Limit-Problem"] == "minute"
    clock.advance(minutes=31)
    with pytest.raises(HTTPStatusException) as expired:
        api.get_currencies(tenant, _request_timeout=TIMEOUT)
    assert expired.value.status == 401
