"""A consent changes nothing until it is complete; a refused one leaves every other firm as it was."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.utils import timezone

from firms.models import Firm, User
from firms.scope import all_firms, firm_scope
from tests.factories import FirmFactory, InvoiceFactory
from tests.integration.xero_sync.browsing import (
    alerts,
    begin,
    come_back,
    connected_by_page,
    consented,
    organisations_of,
    signed_in,
)
from tests.xero import Xero, job_of, sync
from xero_sync.actions import connect_organisation
from xero_sync.domain.states import State
from xero_sync.models import XeroConnection, XeroConsent, XeroCredential
from xero_sync.organisation import candidates, tokens
from xero_sync.organisation.connections import find_connection
from xero_sync.organisation.sealing import unseal

pytestmark = pytest.mark.django_db

OTHER_USER = "8195c580-b75a-5235-9743-c08546d57a01"


@pytest.fixture
def other(db: None) -> Firm:
    made: Firm = FirmFactory.create(name="Nosy & Partners")
    return made


@pytest.fixture
def browser(other: Firm) -> Client:
    """The other firm's admin, who uses the same Xero user as the firm that is connected."""
    return signed_in(User.objects.get(memberships__firm=other))


def consent_narrowly(browser: Client, firm: Firm, *organisations: str, user: str = "") -> Any:
    url = begin(browser, firm).replace("accounting.invoices+", "")
    return come_back(browser, consented(url, *organisations, user=user))


def revocations(xero: Xero) -> int:
    return sum(entry["path"] == "/connect/revocation" for entry in xero.control("GET", "ledger")["entries"])


def held_tokens() -> dict[str, str]:
    """The refresh token of each Xero user, as it is stored."""
    rows = XeroCredential.objects.exclude(sealed_tokens="")
    return {row.xero_user_id: unseal(owner=row.xero_user_id, sealed=row.sealed_tokens)["refresh_token"] for row in rows}


def sealed_on_consents() -> set[str]:
    with all_firms():
        return set(XeroConsent.objects.values_list("sealed_tokens", flat=True))


def test_a_refused_consent_leaves_the_tokens_of_another_firm_alone(
    connected: Firm, other: Firm, browser: Client, xero: Xero
) -> None:
    before = held_tokens()
    answer = consent_narrowly(browser, other, organisations_of(xero)[1])
    assert "every permission" in alerts(answer)
    assert held_tokens() == before
    assert sealed_on_consents() == {""}
    assert revocations(xero) == 0
    invoice = InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    assert job_of(invoice).state == State.IN_XERO


def test_a_consent_refused_for_its_organisation_leaves_the_tokens_of_its_firm_alone(
    connected: Firm, other: Firm, browser: Client, xero: Xero
) -> None:
    before = held_tokens()
    assert "another firm" in alerts(connected_by_page(browser, other, xero))
    assert held_tokens() == before
    assert sealed_on_consents() == {""}
    assert revocations(xero) == 0


def test_a_refused_consent_is_revoked_when_no_connection_stands_on_that_xero_user(
    connected: Firm, other: Firm, browser: Client, xero: Xero
) -> None:
    consent_narrowly(browser, other, organisations_of(xero)[1], user=OTHER_USER)
    assert revocations(xero) == 1
    assert sealed_on_consents() == {""}
    assert not XeroCredential.objects.filter(xero_user_id=OTHER_USER).exists()
    assert tokens.force_refresh(credential_id=find_credential(connected).pk, now=timezone.now())


def find_credential(firm: Firm) -> XeroCredential:
    with firm_scope(firm):
        return XeroConnection.objects.select_related("credential").get(firm=firm).credential


def test_a_lost_connection_still_stands_on_its_xero_user(
    connected: Firm, other: Firm, browser: Client, xero: Xero
) -> None:
    XeroConnection.objects.update(state="LOST", lost_code="connection-lost")
    consent_narrowly(browser, other, organisations_of(xero)[1])
    assert revocations(xero) == 0


def test_a_choice_that_is_still_open_changes_no_credential(
    connected: Firm, other: Firm, browser: Client, xero: Xero
) -> None:
    before = held_tokens()
    answer = come_back(browser, consented(begin(browser, other), *organisations_of(xero)))
    assert "/connect/" in answer["Location"]
    assert held_tokens() == before
    chosen = next(each for each in organisations_of(xero) if each != xero.organisation_id)
    browser.post(answer["Location"], {"organisation": chosen})
    with firm_scope(other):
        assert find_connection(firm=other) is not None
    assert held_tokens() != before
    assert len(held_tokens()) == 1
    assert sealed_on_consents() == {""}


def test_an_open_choice_survives_a_second_arrival_of_its_answer(other: Firm, browser: Client, xero: Xero) -> None:
    fields = consented(begin(browser, other), *organisations_of(xero))
    answer = come_back(browser, fields)
    assert "used already" in alerts(come_back(browser, fields))
    browser.post(answer["Location"], {"organisation": xero.organisation_id})
    with firm_scope(other):
        assert find_connection(firm=other) is not None


def test_a_choice_that_nobody_makes_is_dropped_after_half_an_hour(other: Firm, browser: Client, xero: Xero) -> None:
    come_back(browser, consented(begin(browser, other), *organisations_of(xero)))
    now = timezone.now()
    assert candidates.drop_abandoned(now=now) == 0
    assert sealed_on_consents() != {""}
    assert candidates.drop_abandoned(now=now + timedelta(minutes=31)) == 1
    assert sealed_on_consents() == {""}
    assert revocations(xero) == 1
    assert candidates.drop_abandoned(now=now + timedelta(minutes=36)) == 0


def test_nothing_is_revoked_while_another_consent_of_that_xero_user_is_open(
    firm: Firm, admin: User, other: Firm, browser: Client, xero: Xero
) -> None:
    first = signed_in(admin)
    answer = come_back(first, consented(begin(first, firm), *organisations_of(xero)))
    consent_narrowly(browser, other, organisations_of(xero)[1])
    assert revocations(xero) == 0
    first.post(answer["Location"], {"organisation": xero.organisation_id})
    assert tokens.force_refresh(credential_id=find_credential(firm).pk, now=timezone.now())


def test_disconnecting_does_not_end_the_consent_another_firm_is_about_to_finish(
    connected: Firm, admin: User, other: Firm, browser: Client, xero: Xero
) -> None:
    answer = come_back(browser, consented(begin(browser, other), *organisations_of(xero)))
    connect_organisation.disconnect_organisation(firm=connected, actor=admin, now=timezone.now())
    assert revocations(xero) == 0
    browser.post(answer["Location"], {"organisation": organisations_of(xero)[1]})
    assert tokens.force_refresh(credential_id=find_credential(other).pk, now=timezone.now())


def test_a_complete_consent_is_never_narrower_than_the_tokens_live_connections_use(
    connected: Firm, other: Firm, browser: Client, xero: Xero, settings: Any
) -> None:
    before = held_tokens()
    settings.XERO_SCOPES = settings.XERO_SCOPES.replace("accounting.invoices", "")
    answer = connected_by_page(browser, other, xero, organisations_of(xero)[1])
    assert "every permission" in alerts(answer)
    assert held_tokens() == before
    assert sealed_on_consents() == {""}
    with firm_scope(other):
        assert find_connection(firm=other) is None


def test_tokens_that_wait_on_a_consent_are_sealed(other: Firm, browser: Client, xero: Xero) -> None:
    come_back(browser, consented(begin(browser, other), *organisations_of(xero)))
    with all_firms():
        consent = XeroConsent.objects.get()
    pair = candidates.open_candidate(consent=consent, now=timezone.now())
    with database.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM xero_sync_xeroconsent c")
        dump = " ".join(row[0] for row in cursor.fetchall())
    assert consent.sealed_tokens in dump
    assert pair.access_token not in dump
    assert pair.refresh_token not in dump
