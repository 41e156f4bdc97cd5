"""OAuth 2.0 as Xero does it: consent, codes, rotating refresh tokens, connections."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from xero_emulator.domain.organisation import new_id

CODE_LIFE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(minutes=30)
REFRESH_LIFE = timedelta(days=60)
GRACE = timedelta(minutes=30)


@dataclass
class OAuthError(Exception):
    """A refusal of the token endpoint: ``error`` is OAuth's own code, answered with HTTP 400."""

    error: str


@dataclass(frozen=True)
class Grant:
    """What a person agreed to: one user, one app, some scopes, one moment of consent."""

    app: str
    user: str
    scopes: tuple[str, ...]
    event: str


@dataclass(frozen=True)
class Code:
    """An authorisation code."""

    grant: Grant
    redirect_uri: str
    challenge: str
    expires: datetime


@dataclass(frozen=True)
class AccessToken:
    """A bearer token and when it ends."""

    grant: Grant
    expires: datetime


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token; ``rotated`` is when it was first used, which starts its grace."""

    grant: Grant
    issued: datetime
    rotated: datetime | None = None


@dataclass(frozen=True)
class Connection:
    """One organisation one user connected to one app."""

    connection_id: str
    app: str
    user: str
    organisation_id: str
    event: str
    created: datetime
    updated: datetime


class Authority:
    """Who may use what; not locked, the caller holds Xero's lock."""

    def __init__(self) -> None:
        self.connections: dict[str, Connection] = {}
        self._codes: dict[str, Code] = {}
        self._access: dict[str, AccessToken] = {}
        self._refresh: dict[str, RefreshToken] = {}
        self._signing_key = secrets.token_bytes(32)

    def consent(
        self,
        *,
        app: str,
        user: str,
        scopes: tuple[str, ...],
        organisations: Sequence[str],
        redirect_uri: str,
        challenge: str,
        now: datetime,
    ) -> str:
        """Record a person's consent and return the code to hand over."""
        grant = Grant(app=app, user=user, scopes=scopes, event=new_id())
        for organisation_id in organisations:
            held = self.connection(app=app, user=user, organisation_id=organisation_id)
            made = Connection(
                connection_id=new_id(),
                app=app,
                user=user,
                organisation_id=organisation_id,
                event=grant.event,
                created=now,
                updated=now,
            )
            kept = made if held is None else replace(held, event=grant.event, updated=now)
            self.connections[kept.connection_id] = kept
        code = secrets.token_urlsafe(32)
        self._codes[code] = Code(grant=grant, redirect_uri=redirect_uri, challenge=challenge, expires=now + CODE_LIFE)
        return code

    def connection(self, *, app: str, user: str, organisation_id: str) -> Connection | None:
        """The connection of a user and app to an organisation."""
        wanted = (app, user, organisation_id)
        return next(
            (item for item in self.connections.values() if (item.app, item.user, item.organisation_id) == wanted), None
        )

    def exchange(self, *, app: str, code: str, redirect_uri: str, verifier: str, now: datetime) -> dict[str, object]:
        """Turn a code into tokens, once; raises OAuthError."""
        held = self._codes.pop(code, None)
        if held is None or held.grant.app != app or held.redirect_uri != redirect_uri or now >= held.expires:
            raise OAuthError("invalid_grant")
        if held.challenge and not _proves(verifier=verifier, challenge=held.challenge):
            raise OAuthError("invalid_grant")
        return self._issue(held.grant, now)

    def refresh(self, *, app: str, token: str, now: datetime) -> dict[str, object]:
        """Rotate a refresh token; the one before it still works for thirty minutes. Raises OAuthError."""
        held = self._refresh.get(token)
        if held is None or held.grant.app != app or now - held.issued >= REFRESH_LIFE:
            raise OAuthError("invalid_grant")
        if held.rotated is not None and now - held.rotated >= GRACE:
            raise OAuthError("invalid_grant")
        if held.rotated is None:
            self._refresh[token] = replace(held, rotated=now)
        return self._issue(held.grant, now)

    def revoke(self, *, app: str, token: str) -> None:
        """End a refresh token, and with it every connection of that user to the app."""
        held = self._refresh.get(token)
        if held is None or held.grant.app != app:
            return
        user = held.grant.user
        self._refresh = {
            key: item for key, item in self._refresh.items() if (item.grant.app, item.grant.user) != (app, user)
        }
        self.connections = {key: item for key, item in self.connections.items() if (item.app, item.user) != (app, user)}

    def access(self, token: str) -> AccessToken | None:
        """The access token behind a bearer string, ended ones too."""
        return self._access.get(token)

    def connections_of(self, grant: Grant, *, event: str = "") -> list[Connection]:
        """What this user connected to this app, or only what one consent added."""
        return [
            item
            for item in self.connections.values()
            if (item.app, item.user) == (grant.app, grant.user) and event.lower() in ("", item.event)
        ]

    def disconnect_organisation(self, organisation_id: str) -> int:
        """Remove every app from an organisation, as its owner can in Xero; returns how many."""
        gone = [key for key, item in self.connections.items() if item.organisation_id == organisation_id]
        for key in gone:
            del self.connections[key]
        return len(gone)

    def expire_access(self) -> None:
        """End every access token now."""
        self._access = {key: replace(item, expires=item.expires - ACCESS_LIFE) for key, item in self._access.items()}

    def _issue(self, grant: Grant, now: datetime) -> dict[str, object]:
        expires = now + ACCESS_LIFE
        access = self._signed(grant, now, expires)
        self._access[access] = AccessToken(grant=grant, expires=expires)
        answer: dict[str, object] = {
            "access_token": access,
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "token_type": "Bearer",
            "scope": " ".join(grant.scopes),
        }
        if "offline_access" in grant.scopes:
            refresh = secrets.token_urlsafe(32)
            self._refresh[refresh] = RefreshToken(grant=grant, issued=now)
            answer["refresh_token"] = refresh
        if "openid" in grant.scopes:
            answer["id_token"] = self._signed(grant, now, expires)
        return answer

    def _signed(self, grant: Grant, now: datetime, expires: datetime) -> str:
        header = {"alg": "HS256", "typ": "JWT"}
        claims = {
            "nbf": int(now.timestamp()),
            "exp": int(expires.timestamp()),
            "iss": "https://xero-emulator.invalid",
            "aud": "https://xero-emulator.invalid/resources",
            "client_id": grant.app,
            "sub": grant.user.replace("-", ""),
            "auth_time": int(now.timestamp()),
            "xero_userid": grant.user,
            "authentication_event_id": grant.event,
            "jti": secrets.token_hex(16),
            "scope": list(grant.scopes),
        }
        signed = ".".join(_segment(json.dumps(part).encode()) for part in (header, claims))
        return f"{signed}.{_segment(hmac.digest(self._signing_key, signed.encode(), 'sha256'))}"


def _segment(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _proves(*, verifier: str, challenge: str) -> bool:
    return hmac.compare_digest(_segment(hashlib.sha256(verifier.encode()).digest()), challenge)
