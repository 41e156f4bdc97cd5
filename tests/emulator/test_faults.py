"""Scripted faults: what each kind does to a request and to the books."""

import json
from typing import Any

import pytest
import urllib3

from tests.emulator.client import App, ManualClock

ADA = {"Name": "Ada"}


def _script(app: App, **fault: Any) -> None:
    app.control("POST", "faults", fault)


def _names(app: App) -> list[str]:
    return [item["Name"] for item in app.call("GET", "Contacts").json["Contacts"]]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_status_stands_in_for_the_answer_and_nothing_is_done(app: App, status: int) -> None:
    _script(app, kind="status", status=status, retry_after=300)
    answer = app.put("Contacts", ADA)
    assert (answer.status, answer.headers["Retry-After"]) == (status, "300")
    assert _names(app) == []


def test_a_status_may_hide_work_that_was_done(app: App) -> None:
    _script(app, kind="status", status=500, after_work=True)
    assert app.put("Contacts", ADA).status == 500
    assert _names(app) == ["Ada"]


@pytest.mark.parametrize(("limit", "wait"), [("minute", 7), ("day", 73451), ("concurrent", None)])
def test_a_429_names_its_limit(app: App, limit: str, wait: int | None) -> None:
    _script(app, kind="status", status=429, limit=limit, **({} if wait is None else {"retry_after": wait}))
    answer = app.call("GET", "Contacts")
    assert answer.headers["X-Rate-Limit-Problem"] == limit
    assert answer.headers.get("Retry-After") == (None if wait is None else str(wait))


def test_a_proxy_may_answer_html_with_200(app: App) -> None:
    _script(app, kind="html")
    answer = app.put("Contacts", ADA)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert _names(app) == []


def test_json_may_end_too_early(app: App) -> None:
    _script(app, kind="wrong_json", after_work=True)
    with pytest.raises(ValueError, match="Expecting"):
        _ = app.put("Contacts", ADA).json
    assert _names(app) == ["Ada"]


@pytest.mark.parametrize(("kind", "names"), [("cut", []), ("cut_after", ["Ada"])])
def test_a_connection_is_cut_before_or_after_the_work(app: App, kind: str, names: list[str]) -> None:
    _script(app, kind=kind, method="PUT")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        app.put("Contacts", ADA)
    assert _names(app) == names
    cut = app.control("GET", "ledger")["entries"][-2]
    assert (cut["outcome"], cut["fault"]) == ("cut", kind)


def test_a_cut_call_is_no_longer_in_progress(app: App) -> None:
    _script(app, kind="cut_after", times=7)
    for _ in range(7):
        with pytest.raises(urllib3.exceptions.ProtocolError):
            app.call("GET", "Contacts")
    assert app.call("GET", "Contacts").status == 200


def test_half_an_answer_arrives(app: App) -> None:
    _script(app, kind="half", at=30, method="PUT")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        app.put("Contacts", ADA)
    assert _names(app) == ["Ada"]


def test_an_answer_drips_and_still_arrives_whole(app: App) -> None:
    _script(app, kind="drip", seconds=0.001)
    assert app.put("Contacts", ADA).messages == []


def test_a_hanging_call_outlasts_its_clients_patience(app: App) -> None:
    _script(app, kind="hang", seconds=30)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        app.http.request("GET", app.server.url + "/connections", timeout=0.1)


def test_a_lost_token_answer_leaves_the_old_token_in_grace(app: App) -> None:
    _script(app, kind="cut_after", path="/connect/token")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        app.refresh()
    assert app.refresh().status == 200


def test_a_refresh_can_be_refused_by_script(app: App) -> None:
    _script(app, kind="status", path="/connect/token", status=400, body='{"error":"invalid_client"}')
    assert app.refresh().json == {"error": "invalid_client"}


def test_a_request_may_be_delivered_twice(app: App) -> None:
    _script(app, kind="duplicate")
    answer = app.put("Contacts", ADA)
    assert len(answer.messages) == 1
    _script(app, kind="duplicate")
    assert app.put("Contacts", {"Name": "Bela"}, key="k").messages == []
    assert _names(app) == ["Ada", "Bela"]


def test_a_stale_read_does_not_know_the_latest(app: App, clock: ManualClock) -> None:
    app.contact("Ada")
    clock.advance(seconds=10)
    app.contact("Bela")
    _script(app, kind="stale", seconds=5)
    assert _names(app) == ["Ada"]
    assert _names(app) == ["Ada", "Bela"]


def test_a_fault_strikes_only_what_it_is_meant_for(app: App) -> None:
    _script(app, kind="status", method="PUT", path="/contacts", contains="Bela", skip=1, times=1)
    assert app.call("GET", "Contacts").status == 200
    assert app.put("Contacts", ADA).status == 200
    assert app.put("Contacts", {"Name": "Bela"}).status == 200
    assert app.put("Contacts", {"Name": "Bela 2"}).status == 503
    assert app.put("Contacts", {"Name": "Bela 3"}).status == 200
    assert app.control("GET", "faults") == {"faults": []}


def test_faults_can_be_called_off(app: App) -> None:
    _script(app, kind="cut", times=9)
    assert app.control("DELETE", "faults") == {"faults": []}
    assert app.call("GET", "Contacts").status == 200


@pytest.mark.parametrize(
    "fault", [{}, {"kind": "flood"}, {"kind": "cut", "when": "now"}, {"kind": "cut", "times": "2"}]
)
def test_a_fault_nobody_knows_is_refused(app: App, fault: dict[str, str]) -> None:
    answer = app.request("POST", "/_emulator/faults", body=json.dumps(fault).encode())
    assert answer.status == 400
    assert "kind" in answer.json["error"]
