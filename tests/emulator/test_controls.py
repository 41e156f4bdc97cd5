"""The emulator's own controls, the ledger, and its life in a test."""

import json
import time
from datetime import UTC, datetime

import pytest

from tests.emulator.client import App, invoice, line
from xero_emulator import EmulatorServer


def test_a_reset_is_a_fresh_start_with_the_same_ids(emulator: EmulatorServer, app: App) -> None:
    app.contact()
    app.control("POST", "faults", {"kind": "cut"})
    app.control("POST", "limits", {"day": 1})
    before = {item["id"] for item in app.control("GET", "organisations")["organisations"]}
    app.control("POST", "organisations", {"name": "One more"})
    after = app.control("POST", "reset")["organisations"]
    assert {item["id"] for item in after} == before
    assert app.control("GET", "ledger") == {"entries": []}
    assert app.control("GET", "limits")["day"] == 5000
    assert len(emulator.xero.demo("AU").contacts) == 0
    assert app.call("GET", "Contacts").status == 401


def test_an_organisation_can_be_made_from_a_template(emulator: EmulatorServer) -> None:
    app = App(server=emulator)
    made = app.control("POST", "organisations", {"template": "UK", "name": "Harrow Lane <Books>"})
    assert made["currency"] == "GBP"
    app.connect(emulator.xero.organisation(made["id"]))
    assert app.call("GET", "Organisation").json["Organisations"][0]["Name"] == "Harrow Lane <Books>"
    assert app.request("POST", "/_emulator/organisations", body=b'{"template": "FR"}').status == 400


def test_the_ledger_tells_what_arrived_and_what_became_of_each_element(app: App) -> None:
    contact = app.contact()
    since = app.control("GET", "ledger")["entries"][-1]["seq"]
    app.put("Invoices", invoice(contact), invoice(contact, InvoiceNumber="B-2", LineItems=[]), key="k-1")
    (entry,) = app.control("GET", f"ledger?since={since}")["entries"]
    assert (entry["method"], entry["path"], entry["status"]) == ("PUT", "/api.xro/2.0/Invoices", 200)
    assert (entry["organisation"], entry["app"], entry["idempotency_key"]) == (app.organisation_id, "app-one", "k-1")
    assert entry["elements"] == ["B-1", "B-2"]
    assert [result["result"] for result in entry["results"]] == ["OK", "ERROR"]
    assert entry["results"][1]["messages"] == ["One or more line items must be specified"]
    assert entry["time"] == "2026-11-20T09:00:10.000000+00:00"


def test_the_ledger_can_be_emptied_and_its_numbers_go_on(app: App) -> None:
    last = app.control("GET", "ledger")["entries"][-1]["seq"]
    app.control("POST", "ledger")
    app.call("GET", "Contacts")
    assert [entry["seq"] for entry in app.control("GET", "ledger")["entries"]] == [last + 1]


def test_the_clock_can_be_set_and_moved(app: App) -> None:
    assert app.control("POST", "clock", {"set": "2027-01-31T10:00:00"})["now"] == "2027-01-31T10:00:00.000000+00:00"
    assert app.control("POST", "clock", {"advance": 90})["now"] == "2027-01-31T10:01:30.000000+00:00"
    assert app.call("GET", "Contacts").status == 401
    assert app.request("POST", "/_emulator/clock", body=b'{"set": "soon"}').status == 400


def test_access_tokens_can_be_ended(app: App) -> None:
    app.control("POST", "expire-tokens")
    assert app.call("GET", "Contacts").json["Detail"].startswith("TokenExpired")
    app.token = app.refresh().json["access_token"]
    assert app.call("GET", "Contacts").status == 200


def test_the_books_can_be_read_at_a_glance(app: App) -> None:
    lines = [line(), line(AccountCode="412", UnitAmount="20.00")]
    app.invoice(app.contact(), LineItems=lines)
    app.act("enter-invoice", InvoiceNumber="X-1", Contact={"Name": "By hand"}, LineItems=[line()])
    books = app.control("GET", f"organisations/{app.organisation_id}/summary")
    assert [(row["number"], row["status"], row["total"]) for row in books["invoices"]] == [
        ("B-1", "AUTHORISED", "132.00"),
        ("X-1", "DRAFT", "110.00"),
    ]
    assert books["accounts"] == {"200": "200.00", "412": "20.00"}
    assert (books["count"], books["total"]) == (2, "242.00")
    app.act("void-invoice", invoice="B-1")
    books = app.control("GET", f"organisations/{app.organisation_id}/invoices")
    assert books["total"] == "110.00"
    assert books["statuses"] == {"DRAFT": 1, "VOIDED": 1}


def test_what_a_person_entered_is_not_by_the_app(app: App) -> None:
    app.act("enter-invoice", InvoiceNumber="X-1", Contact={"Name": "By hand"}, LineItems=[line()])
    assert app.call("GET", "Invoices?createdByMyApp=true").json["Invoices"] == []


@pytest.mark.parametrize(
    ("act", "given", "reason"),
    [
        ("archive-account", {"code": "999"}, "There is no account with the code 999."),
        ("archive-account", {"code": "610"}, "Cannot archive System accounts"),
        ("lock-dates", {"period": "soon"}, "A lock date is written YYYY-MM-DD, or left empty to unlock."),
        ("rename-contact", {"contact": "x"}, "There is no contact with this id."),
        ("void-invoice", {"invoice": "x"}, "There is no invoice with this id or number."),
        ("enter-contact", {"Name": "A", "EmailAddress": "bad"}, "Email address must be valid."),
        ("add-account", {"code": "200"}, "Please enter a unique Code"),
    ],
)
def test_an_act_that_cannot_be_done_says_why(app: App, act: str, given: dict[str, str], reason: str) -> None:
    path = f"/_emulator/organisations/{app.organisation_id}/{act}"
    answer = app.request("POST", path, body=json.dumps(given).encode())
    assert (answer.status, answer.json) == (400, {"error": reason})


def test_45_and_46_a_payment_must_fit_the_invoice(app: App) -> None:
    app.invoice(app.contact(), Status="DRAFT")
    path = f"/_emulator/organisations/{app.organisation_id}/payment"
    draft = app.request("POST", path, body=b'{"invoice": "B-1"}')
    assert draft.json["error"] == "Payments can only be made against Authorised documents"
    app.post("Invoices", {"InvoiceNumber": "B-1", "Status": "AUTHORISED"})
    much = app.request("POST", path, body=b'{"invoice": "B-1", "amount": "110.01"}')
    assert much.json["error"] == "Payment amount exceeds the amount outstanding on this document"


def test_a_change_sent_from_another_site_is_refused(app: App) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    assert app.request("POST", "/_emulator/reset", body=b"", headers=headers).status == 403


def test_it_stops_promptly_with_open_connections_and_a_hanging_call() -> None:
    with EmulatorServer() as server:
        app = App(server=server)
        app.control("POST", "faults", {"kind": "hang", "seconds": 60})
        app.request("GET", "/")
        began = time.monotonic()
    assert time.monotonic() - began < 2


def test_connections_are_kept_between_calls(app: App, emulator: EmulatorServer) -> None:
    for _ in range(5):
        app.call("GET", "Contacts")
    pool = app.http.connection_from_url(emulator.url)
    assert pool.num_connections == 1


def test_a_clock_in_another_zone_is_read_as_utc() -> None:
    with EmulatorServer(clock=lambda: datetime(2026, 7, 1, tzinfo=UTC)) as server:
        assert App(server=server).control("GET", "clock")["now"].startswith("2026-07-01T00:00:00")
