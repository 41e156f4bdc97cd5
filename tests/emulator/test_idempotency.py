"""Idempotency keys. Source: Xero's idempotent requests guide; row 66 of the catalogue."""

import pytest

from tests.emulator.client import App, ManualClock
from xero_emulator import EmulatorServer


def _outcomes(app: App) -> list[str]:
    return [entry["outcome"] for entry in app.control("GET", "ledger")["entries"] if entry["idempotency_key"]]


def test_the_same_request_under_a_key_is_done_once(app: App) -> None:
    first = app.put("Contacts", {"Name": "Ada"}, key="k")
    again = app.put("Contacts", {"Name": "Ada"}, key="k")
    assert (again.status, again.data) == (200, first.data)
    assert _outcomes(app) == ["answered", "replayed"]
    assert len(app.call("GET", "Contacts").json["Contacts"]) == 1


def test_errors_are_replayed_too(app: App) -> None:
    body = {"Contacts": [{"Name": "Ada"}]}
    app.contact("Ada")
    first = app.call("PUT", "Contacts", body, key="k")
    assert first.status == 400
    app.act("archive-contact", contact=app.call("GET", "Contacts").json["Contacts"][0]["ContactID"])
    assert app.call("PUT", "Contacts", body, key="k").data == first.data
    assert app.call("PUT", "Contacts", body, key="another").status == 200


def test_66_a_key_serves_one_request_only(app: App) -> None:
    app.put("Contacts", {"Name": "Ada"}, key="k")
    for answer in (app.put("Contacts", {"Name": "Bela"}, key="k"), app.post("Contacts", {"Name": "Ada"}, key="k")):
        assert answer.status == 400
        assert answer.json["Message"] == "Idempotency Key: k is used with a different request."


def test_a_key_is_forgotten_six_minutes_after_its_first_call(app: App, clock: ManualClock) -> None:
    app.put("Contacts", {"Name": "Ada"}, key="k")
    clock.advance(minutes=5, seconds=59)
    assert app.put("Contacts", {"Name": "Ada"}, key="k").messages == []
    clock.advance(seconds=1)
    assert len(app.put("Contacts", {"Name": "Ada"}, key="k").messages) == 1


def test_keys_belong_to_the_app_and_not_to_the_organisation(emulator: EmulatorServer, app: App) -> None:
    first = app.put("Contacts", {"Name": "Ada"}, key="k")
    app.connect(emulator.xero.demo("UK"))
    assert app.put("Contacts", {"Name": "Ada"}, key="k").data == first.data
    assert len(emulator.xero.demo("UK").contacts) == 0
    other = App(server=emulator, client_id="app-two").connect(emulator.xero.demo("UK"))
    assert other.put("Contacts", {"Name": "Ada"}, key="k").data != first.data


@pytest.mark.parametrize(("length", "status"), [(128, 200), (129, 400)])
def test_a_key_has_at_most_128_characters(app: App, length: int, status: int) -> None:
    assert app.put("Contacts", {"Name": "Ada"}, key="k" * length).status == status


def test_a_key_means_nothing_on_a_read(app: App) -> None:
    assert app.call("GET", "Contacts", key="k").json["Contacts"] == []
    app.contact("Ada")
    assert len(app.call("GET", "Contacts", key="k").json["Contacts"]) == 1


def test_an_internal_error_may_be_kept_under_the_key(app: App) -> None:
    app.control("POST", "faults", {"kind": "status", "status": 500, "store": True})
    assert app.put("Contacts", {"Name": "Ada"}, key="k").status == 500
    assert app.put("Contacts", {"Name": "Ada"}, key="k").status == 500
    assert app.put("Contacts", {"Name": "Ada"}, key="fresh").status == 200
