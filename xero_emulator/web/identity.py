"""Sign-in, consent, tokens and connections: what login, identity and api.xero.com/connections answer."""

import base64
import binascii
import re
from urllib.parse import urlencode, urlsplit

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from xero_emulator.domain.oauth import Connection, Grant, OAuthError
from xero_emulator.domain.scopes import GRANULAR
from xero_emulator.domain.xero import DEMO_USER
from xero_emulator.web import answers
from xero_emulator.web.exchange import Exchange
from xero_emulator.web.templates import render

UUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")


def authorise(exchange: Exchange, *, auto_consent: bool) -> Response:
    """The consent page, or at once its outcome when consent is automatic."""
    asked = exchange.request.values
    uri = asked.get("redirect_uri", "")
    exchange.entry.app = asked.get("client_id", "")
    if not exchange.entry.app:
        return _broken("The request named no client_id.")
    if not may_redirect_to(uri):
        return _broken("The redirect_uri must be https, or http://localhost; http://127.0.0.1 is not accepted.")
    fault = _request_fault(exchange)
    if fault is not None:
        return _back(uri, {"error": fault, "state": asked.get("state")})
    if exchange.request.method == "POST":
        return _decided(exchange)
    if auto_consent:
        named = [part.strip().lower() for part in asked.get("organisations", "").split(",") if part.strip()]
        return _granted(exchange, named or list(exchange.xero.organisations))
    with exchange.xero.lock:
        organisations = list(exchange.xero.organisations.values())
    return render("consent.html", asked=asked, organisations=organisations, scopes=asked["scope"].split())


def _request_fault(exchange: Exchange) -> str | None:
    asked = exchange.request.values
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    scopes = asked.get("scope", "").split()
    if not scopes or not set(scopes) <= GRANULAR:
        return "invalid_scope"
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        return "invalid_request"
    return None


def may_redirect_to(uri: str) -> bool:
    """Whether Xero lets an app use this address: https anywhere, http on localhost only."""
    parts = urlsplit(uri)
    if parts.fragment or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost")


def _decided(exchange: Exchange) -> Response:
    asked = exchange.request.form
    chosen = asked.getlist("organisation")
    if asked.get("decision") != "allow" or not chosen:
        return _back(asked["redirect_uri"], {"error": "access_denied", "state": asked.get("state")})
    return _granted(exchange, chosen)


def _granted(exchange: Exchange, organisations: list[str]) -> Response:
    asked, xero = exchange.request.values, exchange.xero
    scopes = tuple(dict.fromkeys(asked["scope"].split()))
    with xero.lock:
        code = xero.authority.consent(
            app=asked["client_id"],
            user=asked.get("user") or DEMO_USER,
            scopes=scopes,
            organisations=[item for item in organisations if item in xero.organisations],
            redirect_uri=asked["redirect_uri"],
            challenge=asked.get("code_challenge", ""),
            now=xero.clock.now(),
        )
    back = {"code": code, "scope": " ".join(scopes), "state": asked.get("state")}
    return _back(asked["redirect_uri"], back)


def _back(uri: str, params: dict[str, str | None]) -> Response:
    query = urlencode({key: value for key, value in params.items() if value is not None})
    return redirect(f"{uri}{'&' if urlsplit(uri).query else '?'}{query}", code=302)


def _broken(reason: str) -> Response:
    return render("broken.html", status=400, reason=reason)


def token(exchange: Exchange) -> Response:
    """Exchange a code or refresh a token."""
    form = exchange.request.form
    app = _client(exchange)
    exchange.entry.app = app or ""
    try:
        if not app:
            raise OAuthError("invalid_client")
        with exchange.xero.lock:
            return answers.as_json(_tokens(exchange, app, form.get("grant_type", "")))
    except OAuthError as fault:
        exchange.entry.outcome = "refused"
        return answers.as_json({"error": fault.error}, status=400)


def _tokens(exchange: Exchange, app: str, kind: str) -> dict[str, object]:
    form, now = exchange.request.form, exchange.xero.clock.now()
    if kind == "authorization_code":
        return exchange.xero.authority.exchange(
            app=app,
            code=form.get("code", ""),
            redirect_uri=form.get("redirect_uri", ""),
            verifier=form.get("code_verifier", ""),
            now=now,
        )
    if kind == "refresh_token":
        return exchange.xero.authority.refresh(app=app, token=form.get("refresh_token", ""), now=now)
    raise OAuthError("unsupported_grant_type")


def _client(exchange: Exchange) -> str | None:
    """The client id, from basic authentication or the form; any secret will do."""
    scheme, _, encoded = exchange.request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(encoded, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return None
    return exchange.request.form.get("client_id")


def revoke(exchange: Exchange) -> Response:
    """End a refresh token and all of that user's connections to the app."""
    app = _client(exchange)
    if not app:
        return answers.as_json({"error": "invalid_client"}, status=400)
    exchange.entry.app = app
    with exchange.xero.lock:
        exchange.xero.authority.revoke(app=app, token=exchange.request.form.get("token", ""))
    return Response("", status=200)


def connections(exchange: Exchange, connection_id: str) -> Response:
    """List this user's connections, or remove one."""
    with exchange.xero.lock:
        grant = _bearer(exchange)
        if isinstance(grant, Response):
            return grant
        headers = exchange.xero.limits.app_headers(now=exchange.xero.clock.now())
        answer = _connections(exchange, grant, connection_id)
    answer.headers.update(headers)
    return answer


def _connections(exchange: Exchange, grant: Grant, connection_id: str) -> Response:
    authority = exchange.xero.authority
    if exchange.request.method == "GET" and not connection_id:
        event = exchange.request.args.get("authEventId", "")
        held = authority.connections_of(grant, event=event)
        return answers.as_json([_connection(exchange, item) for item in held])
    if exchange.request.method != "DELETE" or not connection_id:
        return Response("Not implemented", status=501)
    wanted = connection_id.lower()
    mine = {item.connection_id: item for item in authority.connections_of(grant)}
    if wanted in mine:
        del authority.connections[wanted]
        return answers.no_content()
    mistaken = any(wanted in (item.organisation_id, item.event) for item in mine.values())
    if mistaken or not UUID.match(wanted):
        return answers.problem(status=403, title="Forbidden", detail="AuthenticationUnsuccessful")
    return answers.not_found()


def _connection(exchange: Exchange, item: Connection) -> dict[str, str]:
    return {
        "id": item.connection_id,
        "authEventId": item.event,
        "tenantId": item.organisation_id,
        "tenantType": "ORGANISATION",
        "tenantName": exchange.xero.organisation(item.organisation_id).name,
        "createdDateUtc": item.created.replace(tzinfo=None).isoformat(timespec="microseconds"),
        "updatedDateUtc": item.updated.replace(tzinfo=None).isoformat(timespec="microseconds"),
    }


def _bearer(exchange: Exchange) -> Grant | Response:
    scheme, _, token = exchange.request.headers.get("Authorization", "").partition(" ")
    held = exchange.xero.authority.access(token.strip()) if scheme.lower() == "bearer" else None
    if held is None or exchange.xero.clock.now() >= held.expires:
        detail = "AuthenticationUnsuccessful" if held is None else "TokenExpired: token expired"
        return answers.problem(
            status=401,
            title="Unauthorized",
            detail=detail,
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    exchange.entry.app = held.grant.app
    return held.grant
