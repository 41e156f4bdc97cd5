"""Access to Xero: sealed at rest, refreshed by one process at a time, never lost by our fault.

CredentialDead      only a new consent helps
TokensUnavailable   not this time; the tokens we hold stay as they are
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from firms.scope import all_firms
from xero_sync.domain import scopes
from xero_sync.models import ConnectionState, XeroConnection, XeroConsent, XeroCredential
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
    "GrantRefused",
    "NarrowerPair",
    "Pair",
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
    "revoke_pair",
    "store_pair",
]

logger = logging.getLogger(__name__)

# A token is not used in its last minute: the call may take a while.
MARGIN = timedelta(seconds=60)
# Refresh tokens live 60 days unused; a day is well inside, and a dead one is noticed within it.
IDLE_AFTER = timedelta(days=1)
FRESH = timedelta(seconds=30)
# How long a transaction may rest in which Xero is called for tokens.
CALL_REST_SECONDS = 3 * oauth.DEADLINE_SECONDS


class CredentialDead(Exception):
    """Xero no longer accepts this user's tokens."""


class CredentialShared(Exception):
    """A connection, or a consent that is still open, stands on this Xero user: revoking would cut it off."""


class NarrowerPair(Exception):
    """The new tokens permit less than the ones that live connections use."""


def exchange(*, code: str, verifier: str) -> Pair:
    """Trade an authorisation code for tokens; nothing is stored. Raises GrantRefused and TokensUnavailable."""
    pair = oauth.exchange(code=code, verifier=verifier)
    if not pair.xero_user_id:
        raise TokensUnavailable("a token without its user")
    return pair


def store_pair(*, pair: Pair, now: datetime) -> XeroCredential:
    """Give this Xero user's credential these tokens, and keep its row locked. Raises NarrowerPair.

    Every firm that this user connected goes on with them: a Xero user has one pair for the app.
    """
    with all_firms(), transaction.atomic():
        credential = _credential_of(pair, now)
        if scopes.missing_scopes(asked=_scopes_in_use(credential), granted=pair.scopes):
            raise NarrowerPair
        _store(credential, pair, now)
    return credential


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
        live = _live_connections().values("credential_id")
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
    """End this user's tokens at Xero and here. Raises CredentialShared and TokensUnavailable."""
    with all_firms(), transaction.atomic(durable=True):
        _allow_call()
        credential = XeroCredential.objects.select_for_update().get(pk=credential_id)
        _refuse_shared(credential.xero_user_id)
        if credential.dead_at is None:
            oauth.revoke(refresh_token=_opened(credential)["refresh_token"])
        _end(credential, now)


def revoke_pair(*, pair: Pair, now: datetime) -> None:
    """End the tokens of a consent that was refused, at Xero. Raises CredentialShared and TokensUnavailable."""
    with all_firms(), transaction.atomic(durable=True):
        _allow_call()
        credential = XeroCredential.objects.select_for_update().filter(xero_user_id=pair.xero_user_id).first()
        _refuse_shared(pair.xero_user_id)
        oauth.revoke(refresh_token=pair.refresh_token)
        if credential is not None:
            # Xero ends all of this user's tokens for the app with one of them.
            _end(credential, now)


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


def _allow_call() -> None:
    """Xero is called inside this transaction: it may rest for as long as that takes, whatever the session's limit."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = %s", [round(CALL_REST_SECONDS * 1000)])


def _refuse_shared(xero_user_id: str) -> None:
    # In this order: a consent stops being open in the transaction that makes its connection.
    if XeroConsent.objects.filter(xero_user_id=xero_user_id).exclude(sealed_tokens="").exists():
        raise CredentialShared
    if _live_connections().filter(credential__xero_user_id=xero_user_id).exists():
        raise CredentialShared


def _live_connections() -> QuerySet[XeroConnection]:
    return XeroConnection.objects.exclude(state=ConnectionState.DISCONNECTED)


def _end(credential: XeroCredential, now: datetime) -> None:
    credential.sealed_tokens, credential.dead_at = "", now
    credential.save(update_fields=["sealed_tokens", "dead_at"])


def _scopes_in_use(credential: XeroCredential) -> tuple[str, ...]:
    """The scopes of the stored tokens that live connections need; none where they no longer permit anything."""
    live = _live_connections().filter(credential=credential).exists()
    if not live or credential.dead_at is not None or not credential.sealed_tokens:
        return ()
    try:
        granted = granted_scopes(_opened(credential)["access_token"])
    except TokensUnavailable:
        return ()
    return tuple(name for name in granted if name in scopes.ALLOWED)


def _credential_of(pair: Pair, now: datetime) -> XeroCredential:
    XeroCredential.objects.bulk_create(
        [XeroCredential(xero_user_id=pair.xero_user_id, sealed_tokens="", access_expires_at=now)],
        ignore_conflicts=True,
    )
    return XeroCredential.objects.select_for_update().get(xero_user_id=pair.xero_user_id)


def _refreshed(credential_id: int, now: datetime, is_good: Callable[[XeroCredential], bool]) -> str:
    """Refresh under the row's lock, unless the stored tokens are good by then."""
    token, dead = "", False
    # Durable: the new pair is committed before anyone uses it, or the rotated token could be lost with a rollback.
    with transaction.atomic(durable=True):
        credential = XeroCredential.objects.select_for_update().get(pk=credential_id)
        if credential.dead_at is not None:
            raise CredentialDead
        if is_good(credential):
            return _opened(credential)["access_token"]
        _allow_call()
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
