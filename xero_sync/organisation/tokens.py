"""Access to Xero: sealed at rest, refreshed by one process at a time, never lost by our fault.

CredentialDead      only a new consent helps
TokensUnavailable   not this time; the tokens we hold stay as they are
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from firms.scope import all_firms
from xero_sync.models import ConnectionState, XeroConnection, XeroCredential
from xero_sync.organisation import oauth
from xero_sync.organisation.oauth import (
    GrantRefused,
    Pair,
    TokensUnavailable,
    authorise_url,
    new_state,
    new_verifier,
)
from xero_sync.organisation.sealing import (
    SealBroken,
    reseal,
    seal,
    unseal,
)

__all__ = [
    "CredentialDead",
    "CredentialShared",
    "Grant",
    "GrantRefused",
    "TokensUnavailable",
    "access_token",
    "authorise_url",
    "exchange",
    "force_refresh",
    "granted_scopes",
    "new_state",
    "new_verifier",
    "refresh_idle",
    "reseal_all",
    "revoke",
]

logger = logging.getLogger(__name__)

# A token is not used in its last minute: the call may take a while.
MARGIN = timedelta(seconds=60)
# Refresh tokens live 60 days unused; a day is well inside, and a dead one is noticed within it.
IDLE_AFTER = timedelta(days=1)
FRESH = timedelta(seconds=30)


class CredentialDead(Exception):
    """Xero no longer accepts this user's tokens."""


class CredentialShared(Exception):
    """Another connection uses the credential, and revoking it would cut that one off."""


@dataclass(frozen=True)
class Grant:
    """What a consent gave: whose tokens, under which event, with which permissions."""

    credential_id: int
    auth_event_id: str
    scopes: tuple[str, ...]


def exchange(*, code: str, verifier: str, now: datetime) -> Grant:
    """Trade an authorisation code for tokens and store them. Raises GrantRefused and TokensUnavailable."""
    pair = oauth.exchange(code=code, verifier=verifier)
    if not pair.xero_user_id:
        raise TokensUnavailable("a token without its user")
    with transaction.atomic():
        credential = _credential_of(pair, now)
        _store(credential, pair, now)
    return Grant(
        credential_id=credential.pk,
        auth_event_id=pair.auth_event_id,
        scopes=pair.scopes,
    )


def access_token(*, credential_id: int, now: datetime) -> str:
    """A token that is good for at least a minute. Raises CredentialDead and TokensUnavailable."""
    credential = XeroCredential.objects.get(pk=credential_id)
    if credential.dead_at is None and credential.access_expires_at > now + MARGIN:
        return _opened(credential)["access_token"]
    return _refreshed(
        credential_id,
        now,
        lambda credential: credential.access_expires_at > now + MARGIN,
    )


def granted_scopes(token: str) -> tuple[str, ...]:
    """The permissions an access token names; nothing if it names none."""
    named = oauth.claims(token).get("scope")
    return tuple(named.split()) if isinstance(named, str) else tuple(str(each) for each in named or ())


def force_refresh(*, credential_id: int, now: datetime, refused: str = "") -> str:
    """Another token than the one Xero refused (401); without it, than one that is older than half a minute.

    Raises CredentialDead and TokensUnavailable.
    """

    def is_good(credential: XeroCredential) -> bool:
        if refused:
            return _opened(credential)["access_token"] != refused
        return credential.refreshed_at > now - FRESH

    return _refreshed(credential_id, now, is_good)


def refresh_idle(*, now: datetime) -> int:
    """Refresh what was not used for a day, so that 60 days never pass; returns how many were."""
    with all_firms():
        live = XeroConnection.objects.exclude(state=ConnectionState.DISCONNECTED).values("credential_id")
        idle = XeroCredential.objects.filter(dead_at=None, refreshed_at__lte=now - IDLE_AFTER, pk__in=live)
        ids = list(idle.values_list("pk", flat=True))
    done = 0
    for credential_id in ids:
        try:
            _refreshed(
                credential_id,
                now,
                lambda credential: credential.refreshed_at > now - IDLE_AFTER,
            )
            done += 1
        except (CredentialDead, TokensUnavailable) as fault:
            logger.warning(
                "an idle credential was not refreshed",
                extra={"credential": credential_id, "why": str(fault)},
            )
    return done


def revoke(*, credential_id: int, now: datetime) -> None:
    """End this user's tokens at Xero and here. Raises CredentialShared while a connection uses them."""
    with all_firms(), transaction.atomic(durable=True):
        credential = XeroCredential.objects.select_for_update().get(pk=credential_id)
        if credential.connections.exclude(state=ConnectionState.DISCONNECTED).exists():
            raise CredentialShared
        if credential.dead_at is None:
            oauth.revoke(refresh_token=_opened(credential)["refresh_token"])
        credential.sealed_tokens, credential.dead_at = "", now
        credential.save(update_fields=["sealed_tokens", "dead_at"])


def reseal_all() -> tuple[int, int]:
    """Seal every credential with the first key; returns how many were, and how many could not be opened."""
    done = broken = 0
    for credential_id in XeroCredential.objects.exclude(sealed_tokens="").values_list("pk", flat=True):
        with transaction.atomic():
            credential = XeroCredential.objects.select_for_update().get(pk=credential_id)
            try:
                credential.sealed_tokens = reseal(owner=credential.xero_user_id, sealed=credential.sealed_tokens)
            except SealBroken:
                broken += 1
                continue
            credential.save(update_fields=["sealed_tokens"])
            done += 1
    return done, broken


def _credential_of(pair: Pair, now: datetime) -> XeroCredential:
    XeroCredential.objects.bulk_create(
        [XeroCredential(xero_user_id=pair.xero_user_id, sealed_tokens="", access_expires_at=now)],
        ignore_conflicts=True,
    )
    return XeroCredential.objects.select_for_update().get(xero_user_id=pair.xero_user_id)


def _refreshed(credential_id: int, now: datetime, is_good: Callable[[XeroCredential], bool]) -> str:
    """Refresh under the row's lock, unless what stands there by then is good already."""
    token, dead = "", False
    # Durable: the new pair is committed before anyone uses it, or the rotated token could be lost with a rollback.
    with transaction.atomic(durable=True):
        credential = XeroCredential.objects.select_for_update().get(pk=credential_id)
        if credential.dead_at is not None:
            raise CredentialDead
        if is_good(credential):
            return _opened(credential)["access_token"]
        try:
            pair = oauth.refresh(refresh_token=_opened(credential)["refresh_token"])
            _store(credential, pair, now)
            token = pair.access_token
        except GrantRefused:
            credential.dead_at = now
            credential.save(update_fields=["dead_at"])
            dead = True
    if dead:
        raise CredentialDead
    return token


def _store(credential: XeroCredential, pair: Pair, now: datetime) -> None:
    credential.sealed_tokens = seal(
        owner=credential.xero_user_id,
        secrets={
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
        },
    )
    credential.access_expires_at = now + timedelta(seconds=pair.expires_in)
    credential.refreshed_at = now
    credential.dead_at = None
    credential.save(update_fields=["sealed_tokens", "access_expires_at", "refreshed_at", "dead_at"])


def _opened(credential: XeroCredential) -> dict[str, str]:
    try:
        return unseal(owner=credential.xero_user_id, sealed=credential.sealed_tokens)
    except SealBroken:
        # Not the firm's fault, and a new consent would be sealed with the same wrong keys.
        logger.error(
            "sealed tokens cannot be opened: check TOKEN_ENCRYPTION_KEYS",
            extra={"credential": credential.pk},
        )
        raise TokensUnavailable("sealed with another key") from None
