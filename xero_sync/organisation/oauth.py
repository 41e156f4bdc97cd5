"""Xero's token endpoint, spoken to directly: the SDK's refresh has no lock, no timeout and loses rotated tokens."""

import base64
import binascii
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from xero_sync.domain import scopes
from xero_sync.gateway import http

# The lock on the credential is held meanwhile.
DEADLINE_SECONDS = 10.0


class TokensUnavailable(Exception):
    """Xero gave no tokens this time; the tokens we hold stay valid. `reason` is a short word of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"tokens unavailable: {reason}")
        self.reason = reason


class GrantRefused(Exception):
    """Xero says invalid_grant: the code or the refresh token is spent, expired or revoked."""


@dataclass(frozen=True)
class Pair:
    """A fresh access token with the refresh token that follows it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    scopes: tuple[str, ...]
    xero_user_id: str
    auth_event_id: str


def new_state() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def new_verifier() -> str:
    """A PKCE verifier of 256 random bits."""
    return secrets.token_urlsafe(32)


def authorise_url(*, state: str, verifier: str) -> str:
    """Xero's consent page, with PKCE S256. Raises ScopeNotAllowed."""
    digest = hashlib.sha256(verifier.encode()).digest()
    question = {
        "response_type": "code",
        "client_id": settings.XERO_CLIENT_ID,
        "redirect_uri": settings.XERO_REDIRECT_URI,
        "scope": " ".join(scopes.read_scopes(settings.XERO_SCOPES)),
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{settings.XERO.login}/identity/connect/authorize?{urlencode(question)}"


def exchange(*, code: str, verifier: str) -> Pair:
    """Tokens for an authorisation code. Raises GrantRefused and TokensUnavailable."""
    return _pair(
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.XERO_REDIRECT_URI,
            "code_verifier": verifier,
        }
    )


def refresh(*, refresh_token: str) -> Pair:
    """A new pair. If the answer is lost the same refresh token may be tried again for 30 minutes."""
    return _pair({"grant_type": "refresh_token", "refresh_token": refresh_token})


def revoke(*, refresh_token: str) -> None:
    """End the refresh token and all of this Xero user's connections to the app. Raises TokensUnavailable."""
    answer = _post("/connect/revocation", {"token": refresh_token})
    if answer.status != 200:
        raise TokensUnavailable(f"HTTP {answer.status}")


def _pair(fields: dict[str, str]) -> Pair:
    answer = _post("/connect/token", fields)
    payload = _json(answer.body)
    if answer.status == 400 and payload.get("error") == "invalid_grant":
        raise GrantRefused
    if answer.status != 200:
        error = payload.get("error")
        reason = error if isinstance(error, str) and error.isidentifier() else f"HTTP {answer.status}"
        raise TokensUnavailable(reason)
    access, following = payload.get("access_token"), payload.get("refresh_token")
    if not isinstance(access, str) or not isinstance(following, str) or not access or not following:
        raise TokensUnavailable("an answer without tokens")
    known = claims(access)
    return Pair(
        access_token=access,
        refresh_token=following,
        expires_in=int(payload.get("expires_in") or 1800),
        scopes=tuple(str(payload.get("scope") or "").split()),
        xero_user_id=str(known.get("xero_userid") or known.get("sub") or ""),
        auth_event_id=str(known.get("authentication_event_id") or payload.get("authentication_event_id") or ""),
    )


def _post(path: str, fields: dict[str, str]) -> http.Answer:
    secret = f"{settings.XERO_CLIENT_ID}:{settings.XERO_CLIENT_SECRET}".encode()
    headers = {
        "Authorization": f"Basic {base64.b64encode(secret).decode()}",
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "bill-syncing",
    }
    try:
        return http.exchange(
            method="POST",
            url=f"{settings.XERO.identity}{path}",
            headers=headers,
            body=urlencode(fields).encode(),
            deadline=DEADLINE_SECONDS,
        )
    except http.WireFault as fault:
        raise TokensUnavailable(fault.reason) from None


def _json(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}


def claims(access_token: str) -> dict[str, Any]:
    """The claims of a token that came straight from Xero over TLS, so its signature says nothing more."""
    parts = access_token.split(".")
    if len(parts) != 3:
        return {}
    try:
        return _json(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
