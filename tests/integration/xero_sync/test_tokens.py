"""Tokens: sealed, refreshed once, never lost."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.utils import timezone

from firms.models import Firm, User
from tests.integration.xero_sync.access import consent
from tests.xero import VERIFIER, Xero
from xero_sync import tasks
from xero_sync.models import ConnectionState, XeroConnection, XeroConsent, XeroCredential
from xero_sync.organisation import candidates, sealing, tokens

pytestmark = pytest.mark.django_db

OTHER_USER = "8195c580-b75a-5235-9743-c08546d57a01"


@pytest.fixture
def credential(xero: Xero, db: None) -> XeroCredential:
    return granted(xero)


def granted(xero: Xero, user: str = "") -> XeroCredential:
    code = consent(xero, organisations=xero.organisation_id, user=user)
    return tokens.store_pair(pair=tokens.exchange(code=code, verifier=VERIFIER), now=timezone.now())


def linked(firm: Firm, credential: XeroCredential, xero: Xero) -> XeroConnection:
    return XeroConnection.objects.create(
        firm=firm,
        credential=credential,
        xero_connection_id="c",
        xero_tenant_id=xero.organisation_id,
        organisation_name="Demo",
    )


def in_half_an_hour() -> datetime:
    return timezone.now() + timedelta(minutes=31)


def secrets_of(credential: XeroCredential) -> dict[str, str]:
    credential.refresh_from_db()
    return sealing.unseal(owner=credential.xero_user_id, sealed=credential.sealed_tokens)


def token_calls(xero: Xero) -> int:
    entries = xero.control("GET", "ledger")["entries"]
    return sum(1 for entry in entries if entry["path"] == "/connect/token")


def test_the_database_holds_no_token_in_the_clear(credential: XeroCredential) -> None:
    held = secrets_of(credential)
    with database.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM xero_sync_xerocredential c")
        dump = " ".join(row[0] for row in cursor.fetchall())
    assert set(held) == {"access_token", "refresh_token"}
    assert credential.xero_user_id in dump
    assert all(secret not in dump for secret in held.values())


def test_sealed_tokens_moved_to_another_credential_do_not_open(xero: Xero, credential: XeroCredential) -> None:
    other = granted(xero, user=OTHER_USER)
    XeroCredential.objects.filter(pk=other.pk).update(sealed_tokens=credential.sealed_tokens)
    with pytest.raises(tokens.TokensUnavailable):
        tokens.access_token(credential_id=other.pk, now=timezone.now())


def test_a_fresh_token_is_used_without_asking_xero(xero: Xero, credential: XeroCredential) -> None:
    xero.forget_calls()
    token = tokens.access_token(credential_id=credential.pk, now=timezone.now())
    assert token == secrets_of(credential)["access_token"]
    assert token_calls(xero) == 0


def test_an_old_token_is_refreshed_and_the_new_pair_kept(xero: Xero, credential: XeroCredential) -> None:
    before = secrets_of(credential)
    token = tokens.access_token(credential_id=credential.pk, now=in_half_an_hour())
    after = secrets_of(credential)
    assert token == after["access_token"]
    assert after["refresh_token"] != before["refresh_token"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("P19")
def test_eight_workers_with_one_expired_token_refresh_once(xero: Xero, credential: XeroCredential) -> None:
    xero.forget_calls()
    now, start = in_half_an_hour(), threading.Barrier(8)

    def ask(_: int) -> str:
        start.wait()
        try:
            return tokens.access_token(credential_id=credential.pk, now=now)
        finally:
            database.close()

    with ThreadPoolExecutor(8) as pool:
        got = set(pool.map(ask, range(8)))
    assert got == {secrets_of(credential)["access_token"]}
    assert token_calls(xero) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("P19")
def test_eight_workers_refused_with_one_token_refresh_once(xero: Xero, credential: XeroCredential) -> None:
    refused = secrets_of(credential)["access_token"]
    xero.forget_calls()

    def ask(_: int) -> str:
        try:
            return tokens.force_refresh(credential_id=credential.pk, refused=refused, now=timezone.now())
        finally:
            database.close()

    with ThreadPoolExecutor(8) as pool:
        assert refused not in set(pool.map(ask, range(8)))
    assert token_calls(xero) == 1


@pytest.mark.parametrize("fault", [{"kind": "cut_after"}, {"kind": "half"}, {"kind": "html", "after_work": True}])
@pytest.mark.promise("P19")
def test_a_lost_answer_to_a_refresh_loses_no_connection(
    xero: Xero, credential: XeroCredential, fault: dict[str, Any]
) -> None:
    before = secrets_of(credential)
    xero.fault(path="/connect/token", **fault)
    with pytest.raises(tokens.TokensUnavailable):
        tokens.access_token(credential_id=credential.pk, now=in_half_an_hour())
    assert secrets_of(credential) == before
    assert tokens.access_token(credential_id=credential.pk, now=in_half_an_hour())
    assert credential.dead_at is None


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 429},
        {"status": 503},
        {"status": 400, "body": '{"error": "invalid_client"}'},
        {"status": 400, "body": "<html>"},
        {"status": 200, "body": '{"access_token": "a.b.c"}'},
        {"status": 200, "body": "[]"},
    ],
)
def test_only_invalid_grant_ends_a_credential(xero: Xero, credential: XeroCredential, fault: dict[str, Any]) -> None:
    before = secrets_of(credential)
    xero.fault(kind="status", path="/connect/token", **fault)
    with pytest.raises(tokens.TokensUnavailable):
        tokens.access_token(credential_id=credential.pk, now=in_half_an_hour())
    assert secrets_of(credential) == before
    assert credential.dead_at is None


def test_a_slow_refresh_is_not_ended_by_the_limit_for_transactions_at_rest(
    credential: XeroCredential, xero: Xero
) -> None:
    """Its new tokens are nowhere else: the old ones end once Xero has given them."""
    before = secrets_of(credential)
    with database.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '100ms'")
    xero.fault(kind="delay", path="/connect/token", seconds=0.5)
    tokens.force_refresh(credential_id=credential.pk, now=in_half_an_hour())
    assert secrets_of(credential) != before


def test_invalid_grant_ends_it_for_good_and_xero_is_not_asked_again(xero: Xero, credential: XeroCredential) -> None:
    xero.fault(kind="status", status=400, path="/connect/token", body='{"error": "invalid_grant"}')
    for _ in range(2):
        with pytest.raises(tokens.CredentialDead):
            tokens.access_token(credential_id=credential.pk, now=in_half_an_hour())
    xero.forget_calls()
    with pytest.raises(tokens.CredentialDead):
        tokens.access_token(credential_id=credential.pk, now=in_half_an_hour())
    assert token_calls(xero) == 0


def test_a_new_consent_brings_a_dead_credential_back(xero: Xero, credential: XeroCredential) -> None:
    XeroCredential.objects.filter(pk=credential.pk).update(dead_at=timezone.now())
    again = granted(xero)
    assert again.pk == credential.pk
    assert tokens.access_token(credential_id=again.pk, now=timezone.now())


def test_a_used_code_and_a_wrong_verifier_give_nothing(xero: Xero, db: None) -> None:
    code = consent(xero)
    with pytest.raises(tokens.GrantRefused):
        tokens.exchange(code=code, verifier="w" * 64)
    with pytest.raises(tokens.GrantRefused):
        tokens.exchange(code=code, verifier=VERIFIER)
    assert not XeroCredential.objects.exists()


@pytest.mark.promise("P20")
def test_idle_firms_stay_connected_for_120_days(xero: Xero, firm: Firm, credential: XeroCredential) -> None:
    linked(firm, credential, xero)
    now = timezone.now()
    for _ in range(120):
        now += timedelta(days=1)
        xero.control("POST", "clock", advance=86400)
        assert tokens.refresh_idle(now=now) == 1
    assert tokens.refresh_idle(now=now) == 0


@pytest.mark.promise("P20")
def test_the_timed_task_keeps_an_idle_firm_connected(xero: Xero, firm: Firm, credential: XeroCredential) -> None:
    """Xero's refresh tokens live 60 days. The stand-in for Xero runs in this process, by the same clock."""
    linked(firm, credential, xero)
    for days in range(30, 150, 30):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            tasks.refresh_connections()
    with time_machine.travel(timezone.now() + timedelta(days=121)):
        assert tokens.access_token(credential_id=credential.pk, now=timezone.now())


def test_what_no_firm_uses_is_left_to_end(xero: Xero, credential: XeroCredential) -> None:
    assert tokens.refresh_idle(now=timezone.now() + timedelta(days=2)) == 0


def test_a_credential_in_use_is_never_revoked(xero: Xero, firm: Firm, credential: XeroCredential) -> None:
    link = linked(firm, credential, xero)
    with pytest.raises(tokens.CredentialShared):
        tokens.revoke(credential_id=credential.pk, now=timezone.now())
    assert tokens.access_token(credential_id=credential.pk, now=in_half_an_hour())
    link.state = ConnectionState.DISCONNECTED
    link.save()
    tokens.revoke(credential_id=credential.pk, now=timezone.now())
    with pytest.raises(tokens.CredentialDead):
        tokens.access_token(credential_id=credential.pk, now=timezone.now())


def test_keys_are_rotated_and_every_token_is_kept(credential: XeroCredential, settings: Any) -> None:
    held = secrets_of(credential)
    old, new = settings.TOKEN_ENCRYPTION_KEYS, Fernet.generate_key().decode()
    settings.TOKEN_ENCRYPTION_KEYS = [new, *old]
    call_command("rotate_tokens")
    settings.TOKEN_ENCRYPTION_KEYS = [new]
    assert secrets_of(credential) == held


def test_the_tokens_of_a_consent_that_waits_for_a_choice_are_rotated_too(
    xero: Xero, firm: Firm, admin: User, settings: Any
) -> None:
    pair = tokens.exchange(code=consent(xero, organisations=xero.organisation_id), verifier=VERIFIER)
    now = timezone.now()
    waiting = XeroConsent.objects.create(firm=firm, user=admin, state_hash="1", session_hash="1", created_at=now)
    candidates.keep_candidate(consent=waiting, pair=pair, now=now)
    old, new = settings.TOKEN_ENCRYPTION_KEYS, Fernet.generate_key().decode()
    settings.TOKEN_ENCRYPTION_KEYS = [new, *old]
    call_command("rotate_tokens")
    settings.TOKEN_ENCRYPTION_KEYS = [new]
    waiting.refresh_from_db()
    assert candidates.open_candidate(consent=waiting, now=now).refresh_token == pair.refresh_token
    settings.TOKEN_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="1 open consents cannot be opened"):
        call_command("rotate_tokens")


def test_with_the_wrong_keys_nothing_is_lost_and_an_operator_reads_of_it(
    credential: XeroCredential, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TOKEN_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with caplog.at_level(logging.ERROR), pytest.raises(tokens.TokensUnavailable):
        tokens.access_token(credential_id=credential.pk, now=timezone.now())
    assert "TOKEN_ENCRYPTION_KEYS" in caplog.text
    credential.refresh_from_db()
    assert credential.dead_at is None


def test_no_log_line_holds_a_token_a_code_or_the_secret(xero: Xero, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        code = consent(xero)
        pair = tokens.exchange(code=code, verifier=VERIFIER)
        credential = tokens.store_pair(pair=pair, now=timezone.now())
        held = secrets_of(credential)
        tokens.access_token(credential_id=credential.pk, now=in_half_an_hour())
        xero.fault(kind="cut", path="/connect/token")
        with pytest.raises(tokens.TokensUnavailable):
            tokens.force_refresh(
                credential_id=credential.pk, refused=secrets_of(credential)["access_token"], now=timezone.now()
            )
    product = " ".join(record.getMessage() for record in caplog.records if "/_emulator" not in record.getMessage())
    for secret in (*held.values(), *secrets_of(credential).values(), VERIFIER):
        assert secret not in product
