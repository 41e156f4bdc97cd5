"""Consent, codes and rotating refresh tokens. Source: xero-identity.yaml and Xero's OAuth guides."""

import base64
import json
from urllib.parse import urlencode

import pytest

from tests.emulator.client import CALLBACK, SCOPES, App, ManualClock, pkce_challenge
from xero_emulator import EmulatorServer


def test_consent_leads_back_with_a_code_and_the_state(emulator: EmulatorServer) -> None:
    back = App(server=emulator).authorise(state="what was sent")
    assert back["state"] == "what was sent"
    assert back["code"]


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("https://bills.example/callback", 302),
        ("http://localhost:8000/callback", 302),
        ("http://127.0.0.1:8000/callback", 400),
        ("http://bills.example/callback", 400),
        ("/callback", 400),
    ],
)
def test_only_https_and_localhost_are_led_back_to(emulator: EmulatorServer, uri: str, status: int) -> None:
    assert App(server=emulator).authorise_page(redirect_uri=uri).status == status


@pytest.mark.parametrize("scope", ["accounting.transactions", "accounting.reports.read", "made.up", ""])
def test_a_broad_or_unknown_scope_fails_the_whole_request(emulator: EmulatorServer, scope: str) -> None:
    assert App(server=emulator).authorise(scope=scope) == {"error": "invalid_scope", "state": "s-1"}


def test_a_person_chooses_organisations_or_cancels() -> None:
    with EmulatorServer(auto_consent=False) as server:
        app = App(server=server)
        page = app.authorise_page()
        assert page.status == 200
        assert b"Demo Organisation (UK)" in page.data
        asked = {"response_type": "code", "client_id": "app-one", "redirect_uri": CALLBACK, "scope": SCOPES}
        chosen = {"organisation": server.xero.demo("UK").organisation_id, "decision": "allow"}
        allowed = _submit(app, asked | chosen)
        assert "code=" in allowed
        assert [item.organisation_id for item in server.xero.authority.connections.values()] == [chosen["organisation"]]
        assert "error=access_denied" in _submit(app, asked | chosen | {"decision": "cancel"})


def _submit(app: App, form: dict[str, str]) -> str:
    answer = app.request(
        "POST",
        "/identity/connect/authorize",
        body=urlencode(form),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status == 302
    return str(answer.headers["Location"])


def test_the_consent_page_cannot_be_framed() -> None:
    with EmulatorServer(auto_consent=False) as server:
        assert App(server=server).authorise_page().headers["X-Frame-Options"] == "DENY"


def test_a_code_works_once(emulator: EmulatorServer) -> None:
    app = App(server=emulator)
    code = app.authorise()["code"]
    assert app.exchange(code).status == 200
    assert app.exchange(code).json == {"error": "invalid_grant"}


def test_a_code_belongs_to_its_app_and_address(emulator: EmulatorServer) -> None:
    app = App(server=emulator)
    assert App(server=emulator, client_id="app-two").exchange(app.authorise()["code"]).status == 400
    assert app.exchange(app.authorise()["code"], redirect_uri=CALLBACK + "x").json == {"error": "invalid_grant"}


def test_a_challenge_must_be_met(emulator: EmulatorServer) -> None:
    app = App(server=emulator)
    challenge = {"code_challenge": pkce_challenge("v" * 43), "code_challenge_method": "S256"}
    assert app.exchange(app.authorise(**challenge)["code"], code_verifier="v" * 43).status == 200
    assert app.exchange(app.authorise(**challenge)["code"], code_verifier="w" * 43).json == {"error": "invalid_grant"}
    assert app.exchange(app.authorise(**challenge)["code"]).json == {"error": "invalid_grant"}


def test_an_access_token_names_the_user_and_the_consent(app: App) -> None:
    payload = app.token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    connection = app.request("GET", "/connections", headers={"Authorization": f"Bearer {app.token}"}).json[0]
    assert claims["authentication_event_id"] == connection["authEventId"]
    assert claims["xero_userid"]


def test_without_offline_access_no_refresh_token_is_given(emulator: EmulatorServer) -> None:
    app = App(server=emulator)
    code = app.authorise(scope="accounting.contacts")["code"]
    assert "refresh_token" not in app.exchange(code).json


def test_a_refresh_rotates_and_the_old_token_has_thirty_minutes_grace(app: App, clock: ManualClock) -> None:
    first = app.refresh_token
    second = app.refresh().json["refresh_token"]
    assert second != first
    clock.advance(minutes=29, seconds=59)
    assert app.refresh(first).status == 200
    clock.advance(seconds=1)
    assert app.refresh(first).json == {"error": "invalid_grant"}
    assert app.refresh(second).status == 200


def test_a_refresh_token_ends_after_sixty_idle_days(app: App, clock: ManualClock) -> None:
    clock.advance(days=60)
    assert app.refresh().json == {"error": "invalid_grant"}


def test_an_access_token_ends_after_thirty_minutes(app: App, clock: ManualClock) -> None:
    clock.advance(minutes=29, seconds=59)
    assert app.call("GET", "Organisation").status == 200
    clock.advance(seconds=1)
    answer = app.call("GET", "Organisation")
    assert (answer.status, answer.json["Title"]) == (401, "Unauthorized")
    assert answer.json["Detail"].startswith("TokenExpired")
    assert set(answer.json) >= {"Type", "Title", "Status", "Detail", "Instance"}


def test_revoking_ends_the_token_and_every_connection_of_that_user(emulator: EmulatorServer, app: App) -> None:
    app.connect(emulator.xero.demo("UK"))
    form = {"token": app.refresh_token, "client_id": app.client_id, "client_secret": "x"}
    assert app.request("POST", "/connect/revocation", fields=form, encode_multipart=False).status == 200
    assert app.refresh().json == {"error": "invalid_grant"}
    assert app.request("GET", "/connections", headers={"Authorization": f"Bearer {app.token}"}).json == []
    assert app.call("GET", "Organisation").status == 403


def test_a_token_request_needs_a_client_and_a_known_grant(emulator: EmulatorServer, app: App) -> None:
    nobody = app.request("POST", "/connect/token", fields={"grant_type": "refresh_token"}, encode_multipart=False)
    assert nobody.json == {"error": "invalid_client"}
    assert app.tokens(grant_type="password").json == {"error": "unsupported_grant_type"}
