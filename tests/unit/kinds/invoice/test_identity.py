"""When a bill in Xero is the one whose answer was lost: number, contact and every line as they were sent."""

from typing import Any

import pytest

from xero_sync.kinds.invoice.identity import identify, is_ours, is_ours_renumbered

LINE = {"Description": "Advice", "Quantity": 2, "UnitAmount": 50, "AccountCode": "200"}
SENT = {"InvoiceNumber": "10421", "Contact": {"ContactID": "A1"}, "LineItems": [LINE]}


def test_a_bill_is_looked_up_by_its_number() -> None:
    assert identify(SENT) == "10421"
    assert identify({"InvoiceNumber": None}) == ""


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Total": 110, "Status": "PAID", "Reference": "M-7"},
        {"Contact": {"ContactID": "a1", "Name": "Ann"}},
        {"LineItems": [{**LINE, "Quantity": "2.0000", "UnitAmount": "50.00", "LineItemID": "L1", "TaxAmount": 10}]},
        {"LineItems": [{**LINE, "Description": " Advice\n"}]},
        {"LineItems": [LINE, LINE]},
        {"LineItems": [{"Description": "By the bookkeeper"}, LINE]},
        {"LineItems": [{**LINE, "AccountCode": "201"}]},
        {"LineItems": [{**LINE, "UnitAmount": "50.01"}]},
    ],
)
def test_what_xero_or_a_bookkeeper_writes_otherwise_is_the_same_bill(changes: dict[str, Any]) -> None:
    assert is_ours(SENT, {**SENT, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"InvoiceNumber": "10422"},
        {"Contact": {"ContactID": "A2"}},
        {"Contact": None},
        {"LineItems": []},
        {"LineItems": None},
        {"LineItems": [{**LINE, "Description": "Other"}]},
        {"LineItems": [{**LINE, "Description": ""}]},
    ],
)
def test_a_bill_of_another_number_or_client_or_without_any_line_of_ours_is_not_ours(changes: dict[str, Any]) -> None:
    assert not is_ours(SENT, {**SENT, **changes})


DATED = {**SENT, "Date": "2026-07-31"}


def test_a_bill_under_another_number_is_ours_if_all_else_is_the_same() -> None:
    renumbered = {**DATED, "InvoiceNumber": "A-1", "Date": "/Date(1785456000000+0000)/"}
    assert is_ours_renumbered(DATED, renumbered)
    assert not is_ours_renumbered(DATED, DATED)


@pytest.mark.parametrize(
    "changes",
    [
        {"Date": "2026-08-31"},
        {"Date": None},
        {"Contact": {"ContactID": "A2"}},
        {"LineItems": [LINE, LINE]},
        {"LineItems": [{**LINE, "UnitAmount": 51}]},
        {"LineItems": [{**LINE, "AccountCode": "201"}]},
    ],
)
def test_a_bill_under_another_number_that_differs_in_more_is_another_bill(changes: dict[str, Any]) -> None:
    assert not is_ours_renumbered(DATED, {**DATED, "InvoiceNumber": "A-1", **changes})


def test_a_line_that_was_sent_with_its_tax_has_that_tax_under_another_number() -> None:
    sent = {**DATED, "LineItems": [{**LINE, "TaxAmount": "10.01"}]}
    renumbered = {**DATED, "InvoiceNumber": "A-1"}
    assert is_ours_renumbered(sent, {**renumbered, "LineItems": [{**LINE, "TaxAmount": 10.01}]})
    assert not is_ours_renumbered(sent, {**renumbered, "LineItems": [{**LINE, "TaxAmount": 10}]})
    assert not is_ours_renumbered(sent, renumbered)


def test_a_missing_amount_is_nought() -> None:
    bare = {"Description": "Note", "AccountCode": ""}
    nought = {"Description": "Note", "Quantity": 0, "UnitAmount": "0.00", "AccountCode": None}
    assert is_ours({**SENT, "LineItems": [bare]}, {**SENT, "LineItems": [nought]})


def test_an_amount_that_is_none_is_never_the_same_as_another() -> None:
    odd = {**LINE, "UnitAmount": "fifty"}
    assert not is_ours({**SENT, "LineItems": [odd]}, {**SENT, "LineItems": [{**odd, "Description": "Other"}]})
