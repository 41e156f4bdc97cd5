"""Xero's words by script: refusals and warnings of single elements, in Xero's own envelope."""

from typing import Any

import pytest

from tests.emulator.client import App, invoice

MOON = "The moon must be full."


@pytest.fixture
def contact(app: App) -> str:
    return app.contact()


def _script(app: App, kind: str, **fault: Any) -> None:
    app.control("POST", "faults", {"kind": kind, "path": "Invoices", **fault})


def _statuses(elements: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(item["InvoiceNumber"], item["StatusAttributeString"]) for item in elements]


def test_one_element_is_refused_with_scripted_words_and_its_neighbours_are_taken(app: App, contact: str) -> None:
    _script(app, "refuse", contains="B-2", messages=[MOON, "And clear."], warnings=["Mind the tide."])
    answer = app.put("Invoices", invoice(contact), invoice(contact, InvoiceNumber="B-2"))
    assert (answer.status, answer.messages) == (200, [MOON, "And clear."])
    assert _statuses(answer.json["Invoices"]) == [("B-1", "OK"), ("B-2", "ERROR")]
    assert answer.json["Invoices"][1]["Warnings"] == [{"Message": "Mind the tide."}]
    assert [item["InvoiceNumber"] for item in app.call("GET", "Invoices").json["Invoices"]] == ["B-1"]


def test_a_scripted_refusal_is_error_10_for_the_whole_where_errors_are_summarised(app: App, contact: str) -> None:
    _script(app, "refuse", messages=[MOON])
    answer = app.call("PUT", "Invoices", {"Invoices": [invoice(contact)]})
    assert (answer.status, answer.json["ErrorNumber"]) == (400, 10)
    assert answer.json["Elements"][0]["ValidationErrors"] == [{"Message": MOON}]


def test_an_element_is_taken_with_a_scripted_warning(app: App, contact: str) -> None:
    _script(app, "warn", warnings=[MOON])
    [element] = app.put("Invoices", invoice(contact)).json["Invoices"]
    assert (element["StatusAttributeString"], element["Warnings"]) == ("WARNING", [{"Message": MOON}])
    assert app.call("GET", "Invoices/B-1").status == 200


def test_words_that_are_none_are_not_scripted(app: App) -> None:
    answer = app.request("POST", "/_emulator/faults", body=b'{"kind": "refuse", "messages": [1]}')
    assert (answer.status, answer.json) == (400, {"error": "messages and warnings are lists of sentences."})
