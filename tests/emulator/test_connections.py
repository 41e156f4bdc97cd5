"""Connections and who may call. Source: xero-identity.yaml; Xero-OpenAPI issue 585; xero-node issue 403."""

import pytest

from tests.emulator.client import API, App
from xero_emulator import EmulatorServer


def _connections(app: App, path: str = "/connections", method: str = "GET") -> tuple[int, bytes]:
    answer = app.request(method, path, headers={"Authorization": f"Bearer {app.token}"})
    return answer.status, answer.data


def test_paths_are_matched_without_regard_to_case(app: App) -> None:
    assert _connections(app, "/Connections") == _connections(app)
    assert app.call("GET", "organisation").status == 200


def test_one_consent_lists_only_what_it_added(emulator: EmulatorServer, app: App) -> None:
    app.connect(emulator.xero.demo("UK"))
    headers = {"Authorization": f"Bearer {app.token}"}
    listed = app.request("GET", "/connections", headers=headers).json
    assert [item["tenantName"] for item in listed] == ["Demo Organisation (AU)", "Demo Organisation (UK)"]
    assert {item["tenantType"] for item in listed} == {"ORGANISATION"}
    event = listed[1]["authEventId"]
    assert app.request("GET", f"/connections?authEventId={event}", headers=headers).json == [listed[1]]


def test_connecting_again_keeps_the_connection_id(emulator: EmulatorServer, app: App) -> None:
    before = list(emulator.xero.authority.connections)
    app.connect(emulator.xero.demo("AU"))
    assert list(emulator.xero.authority.connections) == before


def test_only_the_connection_id_disconnects(emulator: EmulatorServer, app: App) -> None:
    connection = next(iter(emulator.xero.authority.connections.values()))
    for mistaken in (connection.organisation_id, connection.event):
        status, body = _connections(app, f"/connections/{mistaken}", "DELETE")
        assert (status, b"AuthenticationUnsuccessful" in body) == (403, True)
    assert _connections(app, "/connections/00000000-0000-4000-8000-000000000000", "DELETE")[0] == 404
    assert _connections(app, f"/connections/{connection.connection_id}", "DELETE") == (204, b"")
    assert _connections(app) == (200, b"[]")


def test_an_organisation_that_disconnected_the_app_answers_403(app: App) -> None:
    app.act("disconnect")
    answer = app.call("GET", "Invoices")
    assert answer.status == 403
    assert answer.json["Detail"] == "AuthenticationUnsuccessful"


@pytest.mark.parametrize("organisation_id", ["", "not-an-id", "00000000-0000-4000-8000-000000000000"])
def test_a_call_for_no_connected_organisation_answers_403(app: App, organisation_id: str) -> None:
    app.organisation_id = organisation_id
    assert app.call("GET", "Invoices").status == 403


def test_a_call_without_a_user_agent_is_turned_away_at_the_edge(app: App) -> None:
    answer = app.call("GET", "Invoices", User_Agent="")
    assert (answer.status, answer.headers["Content-Type"]) == (403, "text/html")


def test_a_call_without_a_token_answers_401(app: App) -> None:
    answer = app.request("GET", API + "Invoices", headers={"xero-tenant-id": app.organisation_id})
    assert answer.status == 401
    assert "WWW-Authenticate" in answer.headers


def test_a_missing_scope_is_named(emulator: EmulatorServer) -> None:
    app = App(server=emulator).connect(emulator.xero.demo("AU"), scope="accounting.contacts.read accounting.settings")
    assert app.call("GET", "Contacts").status == 200
    for answer in (app.call("GET", "Invoices"), app.put("Contacts", {"Name": "Ada"})):
        assert answer.status == 401
        assert "insufficient_scope" in answer.headers["WWW-Authenticate"]
