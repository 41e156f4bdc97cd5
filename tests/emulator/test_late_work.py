"""Writes that Xero works on after it hung up on their client, and calls that never got past the gateway."""

from typing import Any

import pytest
import urllib3

from tests.emulator.client import App, ManualClock, invoice, line
from xero_emulator import EmulatorServer

LOST = (urllib3.exceptions.ProtocolError, urllib3.exceptions.ReadTimeoutError)


def _script(app: App, **fault: Any) -> None:
    app.control("POST", "faults", fault)


def _totals(app: App) -> list[float]:
    return [item["Total"] for item in app.call("GET", "Invoices").json["Invoices"]]


def _update(app: App, made: dict[str, Any], price: int) -> None:
    held = {"LineItemID": made["LineItems"][0]["LineItemID"], "UnitAmount": price}
    assert app.post("Invoices", {"InvoiceID": made["InvoiceID"], "LineItems": [held]}).messages == []


def test_a_late_update_overwrites_a_newer_one(app: App, clock: ManualClock) -> None:
    made = app.invoice(app.contact())
    _script(app, kind="late", method="POST", path="/Invoices", seconds=40)
    with pytest.raises(LOST):
        _update(app, made, 200)
    _update(app, made, 300)
    clock.advance(seconds=39)
    assert _totals(app) == [330.0]
    clock.advance(seconds=1)
    assert _totals(app) == [220.0]


def test_a_late_create_arrives_after_it_was_looked_for(app: App, clock: ManualClock) -> None:
    contact = app.contact()
    _script(app, kind="late", method="PUT", path="/Invoices", seconds=62)
    with pytest.raises(LOST):
        app.put("Invoices", invoice(contact))
    assert _totals(app) == []
    clock.advance(seconds=62)
    assert _totals(app) == [110.0]


def test_the_later_of_two_late_writes_is_the_one_that_is_due_later(app: App, clock: ManualClock) -> None:
    made = app.invoice(app.contact())
    for seconds, price in ((60, 200), (30, 300)):
        _script(app, kind="late", seconds=seconds)
        with pytest.raises(LOST):
            _update(app, made, price)
    clock.advance(seconds=90)
    assert _totals(app) == [220.0]


def test_the_ledger_says_that_a_write_waits_and_then_what_became_of_it(app: App) -> None:
    contact = app.contact()
    _script(app, kind="late", seconds=40)
    with pytest.raises(LOST):
        app.put("Invoices", invoice(contact))
    waiting = app.control("GET", "ledger")["entries"][-1]
    assert (waiting["outcome"], waiting["status"], waiting["fault"]) == ("late", None, "late")
    assert app.control("GET", "late") == {"waiting": [{"seq": waiting["seq"], "due": "2026-11-20T09:00:50+00:00"}]}
    assert app.control("POST", "late") == {"worked": 1}
    worked = app.control("GET", "ledger")["entries"][-1]
    assert (worked["outcome"], worked["status"], worked["elements"]) == ("worked late", 200, ["B-1"])
    assert app.control("GET", "late") == {"waiting": []}


def test_what_is_refused_late_is_refused_in_silence(app: App) -> None:
    contact = app.contact()
    _script(app, kind="late", seconds=40)
    with pytest.raises(LOST):
        app.put("Invoices", invoice(contact))
    app.invoice(contact)
    app.control("POST", "late")
    assert _totals(app) == [110.0]
    worked = next(entry for entry in app.control("GET", "ledger")["entries"] if entry["fault"])
    assert worked["results"][0]["messages"] == ["Invoice # must be unique."]


def test_a_client_may_hear_nothing_for_a_while_before_it_is_hung_up_on(app: App, clock: ManualClock) -> None:
    contact = app.contact()
    _script(app, kind="late", seconds=40, silence=30)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        app.http.request(
            "PUT",
            f"{app.server.url}/api.xro/2.0/Invoices",
            json={"Invoices": [invoice(contact)]},
            headers=app.headers(),
            timeout=0.1,
        )
    clock.advance(seconds=40)
    assert _totals(app) == [110.0]


def test_a_repeat_under_the_same_key_leaves_nothing_to_do_late(app: App, clock: ManualClock) -> None:
    contact = app.contact()
    _script(app, kind="late", method="PUT", seconds=40)
    with pytest.raises(LOST):
        app.put("Invoices", invoice(contact, InvoiceNumber=""), key="k")
    assert app.put("Invoices", invoice(contact, InvoiceNumber=""), key="k").messages == []
    clock.advance(seconds=40)
    assert _totals(app) == [110.0]


def test_only_writes_are_worked_on_late(app: App) -> None:
    _script(app, kind="late", seconds=40)
    assert app.call("GET", "Contacts").status == 200
    assert app.refresh().status == 200
    assert len(app.control("GET", "faults")["faults"]) == 1


def test_a_test_may_look_inside_after_catching_up(app: App, emulator: EmulatorServer, clock: ManualClock) -> None:
    _script(app, kind="late", seconds=40)
    with pytest.raises(LOST):
        app.put("Contacts", {"Name": "Ada"})
    clock.advance(seconds=40)
    assert emulator.xero.catch_up() == 1
    assert [contact.name for contact in emulator.xero.demo("AU").contacts] == ["Ada"]


def test_a_reset_forgets_what_was_to_come(app: App, emulator: EmulatorServer) -> None:
    _script(app, kind="late", seconds=40)
    with pytest.raises(LOST):
        app.put("Contacts", {"Name": "Ada"})
    app.control("POST", "reset")
    assert emulator.xero.catch_up(with_later=True) == 0


def test_the_gateway_turns_the_next_calls_away_before_xero_sees_them(app: App) -> None:
    # xero-node issues 428 and 486
    _script(app, kind="edge_forbidden", times=2, path="/api.xro")
    for _ in range(2):
        answer = app.put("Contacts", {"Name": "Ada"})
        assert (answer.status, answer.json) == (403, {"message": "Forbidden"})
        assert "X-MinLimit-Remaining" not in answer.headers
    assert app.put("Contacts", {"Name": "Ada"}).messages == []
    turned_away = [entry["status"] for entry in app.control("GET", "ledger")["entries"] if entry["fault"]]
    assert turned_away == [403, 403]


def test_the_gateway_may_say_nothing_at_all(app: App) -> None:
    _script(app, kind="edge_forbidden", body="")
    answer = app.call("GET", "Contacts")
    assert (answer.status, answer.data) == (403, b"")
    usage = app.control("GET", "organisations")["organisations"]
    assert {item["calls_today"] for item in usage} == {0}


def test_a_line_may_be_worked_on_though_its_answer_is_lost(app: App) -> None:
    made = app.invoice(app.contact())
    _script(app, kind="cut_after", method="POST")
    with pytest.raises(LOST):
        app.post("Invoices", {"InvoiceID": made["InvoiceID"], "LineItems": [line(UnitAmount=5)]})
    assert _totals(app) == [5.5]
