"""The one door to Xero, over HTTP against the emulated one, with the real SDK."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.xero_sync.access import access, contacts, invoices
from tests.xero import Xero
from xero_sync import gateway
from xero_sync.domain.kinds import Operation
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE


@pytest.fixture
def key(xero: Xero) -> gateway.Access:
    return access(xero)


def new_contact(xero: Xero, key: gateway.Access, name: str = "Meridian Shipping Ltd") -> str:
    reply = gateway.send(access=key, request=contacts({"Name": name, "ContactNumber": name}, key=f"contact {name}"))
    contact_id: str = reply.elements[0].document["ContactID"]
    return contact_id


def bill(contact_id: str, number: str, **values: Any) -> dict[str, Any]:
    line = {"Description": "Advice", "Quantity": 2, "UnitAmount": 12.3456, "AccountCode": "200", "TaxType": "OUTPUT"}
    return {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact_id},
        "InvoiceNumber": number,
        "Date": "2026-11-20",
        "DueDate": "2026-12-20",
        "Status": "AUTHORISED",
        "LineItems": [line],
    } | values


def test_each_document_of_a_batch_has_its_own_result(xero: Xero, key: gateway.Access) -> None:
    request = contacts(
        {"Name": "Good Client", "ContactNumber": "C-1"},
        {"Name": "Bad Client", "ContactNumber": "C-2", "EmailAddress": "nowhere"},
    )
    reply = gateway.send(access=key, request=request)
    good, bad = reply.elements
    assert good.accepted
    assert good.document["ContactID"]
    assert [fault.message for fault in bad.faults] == ["Email address must be valid."]
    assert reply.correlation_id
    assert reply.headers.day_remaining is not None


def test_the_frozen_text_is_sent_byte_for_byte_with_four_decimals(xero: Xero, key: gateway.Access) -> None:
    request = invoices(bill(new_contact(xero, key), "INV-1"))
    reply = gateway.send(access=key, request=request)
    assert str(reply.elements[0].document["LineItems"][0]["UnitAmount"]) == "12.3456"
    call = xero.calls[-1]
    assert call["method"] == "PUT"
    assert call["bytes"] == len(request.body.encode())
    assert call["idempotency_key"] == "a-key"
    assert "summarizeErrors=false" in call["query"]
    assert "unitdp=4" in call["query"]


def test_an_update_names_its_document_and_goes_by_post(xero: Xero, key: gateway.Access) -> None:
    contact_id = new_contact(xero, key)
    created = gateway.send(access=key, request=invoices(bill(contact_id, "INV-1"))).elements[0].document
    change = {"InvoiceID": created["InvoiceID"], "Reference": "M-1"}
    reply = gateway.send(access=key, request=invoices(change, key="other", operation=Operation.UPDATE))
    assert reply.elements[0].document["Reference"] == "M-1"
    assert xero.calls[-1]["method"] == "POST"


@pytest.mark.parametrize(
    "request_",
    [
        contacts({"Name": "No id"}, operation=Operation.UPDATE),
        contacts({"Name": "An id", "ContactID": "x"}),
        contacts(),
        contacts({"Name": "A"}, key=""),
        contacts({"Name": "A"}, key="k" * 129),
        contacts({"Name": "A"}, operation=Operation.LOOK_UP),
    ],
)
def test_a_write_that_could_overwrite_somebody_elses_work_never_leaves(
    xero: Xero, key: gateway.Access, request_: gateway.Request
) -> None:
    with pytest.raises(ValueError):
        gateway.send(access=key, request=request_)
    assert xero.calls == []


@pytest.mark.promise("P04")
def test_a_create_never_takes_over_what_has_the_number_already(xero: Xero, key: gateway.Access) -> None:
    contact_id = new_contact(xero, key)
    gateway.send(access=key, request=invoices(bill(contact_id, "INV-1")))
    again = gateway.send(access=key, request=invoices(bill(contact_id, "INV-1"), key="another"))
    assert [fault.message for fault in again.elements[0].faults] == ["Invoice # must be unique."]


def test_invoices_are_found_by_number_even_with_commas_and_quotation_marks(xero: Xero, key: gateway.Access) -> None:
    contact_id = new_contact(xero, key)
    numbers = ["INV-1", "INV 2/3", "2026,7", "INV-ü"]
    gateway.send(access=key, request=invoices(*(bill(contact_id, number) for number in numbers)))
    groups = gateway.split_numbers([*numbers, "absent"])
    found = [each.document["InvoiceNumber"] for group in groups for each in find(key, group)]
    assert sorted(found) == sorted(numbers)


def find(key: gateway.Access, numbers: list[str]) -> tuple[gateway.Element, ...]:
    return gateway.find_numbered(access=key, calls=INVOICE.calls, numbers=numbers).elements


def test_more_numbers_than_an_address_can_carry_are_split_and_never_sent(xero: Xero, key: gateway.Access) -> None:
    numbers = [f"INV-{n:05}-{'x' * 60}" for n in range(100)]
    assert all(len(group) <= 40 for group in gateway.split_numbers(numbers))
    assert [number for group in gateway.split_numbers(numbers) for number in group] == numbers
    with pytest.raises(ValueError):
        find(key, numbers[:41])
    with pytest.raises(ValueError):
        find(key, numbers[:40])


def test_purchase_bills_of_the_same_number_are_not_ours(xero: Xero, key: gateway.Access) -> None:
    xero.fault(
        kind="status",
        status=200,
        path="/Invoices",
        body=json.dumps({"Invoices": [{"Type": "ACCPAY", "InvoiceNumber": "INV-1", "InvoiceID": "1"}]}),
    )
    assert find(key, ["INV-1"]) == ()


def test_contacts_are_found_by_number_and_by_change(xero: Xero, key: gateway.Access) -> None:
    new_contact(xero, key, "A B & Co")
    [found] = gateway.find_contact_by_number(access=key, number="A B & Co").elements
    assert found.document["Name"] == "A B & Co"
    assert gateway.find_contact_by_number(access=key, number="nobody").elements == ()
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    changed = gateway.find_changed(access=key, calls=CONTACT.calls, modified_since=an_hour_ago)
    assert "A B & Co" in [each.document["Name"] for each in changed.elements]


@pytest.mark.parametrize(
    ("fault", "kind", "retry_after"),
    [
        ({"limit": "minute", "retry_after": 17}, "minute", 17.0),
        ({"limit": "day", "retry_after": 73451}, "day", 73451.0),
        ({"limit": "concurrent"}, "concurrent", None),
        ({"limit": " "}, "", None),
    ],
)
def test_a_limit_is_read_with_its_kind_and_its_time(
    xero: Xero, key: gateway.Access, fault: dict[str, Any], kind: str, retry_after: float | None
) -> None:
    xero.fault(kind="status", status=429, **fault)
    with pytest.raises(gateway.RateLimited) as raised:
        gateway.send(access=key, request=contacts({"Name": "Client"}))
    assert (raised.value.kind, raised.value.retry_after) == (kind, retry_after)


def test_a_connection_cut_in_xero_a_missing_scope_and_an_old_token_are_distinguished(
    xero: Xero, key: gateway.Access
) -> None:
    def code_of(call: Any) -> str:
        with pytest.raises(gateway.AccessLost) as raised:
            call(access=key)
        return raised.value.code

    xero.fault(kind="status", status=401, headers={"WWW-Authenticate": 'Bearer error="insufficent_scope"'})
    assert code_of(gateway.read_accounts) == "not-permitted"
    xero.server.xero.authority.expire_access()
    assert code_of(gateway.read_accounts) == "token-expired"
    fresh = access(xero)
    xero.act("disconnect")
    with pytest.raises(gateway.AccessLost) as raised:
        gateway.read_accounts(access=fresh)
    assert raised.value.code == "connection-lost"


@pytest.mark.parametrize("body", ["<html><body>Forbidden</body></html>", '{"message":"Forbidden"}', ""])
def test_a_403_that_is_not_xeros_own_loses_no_connection(xero: Xero, key: gateway.Access, body: str) -> None:
    xero.fault(kind="status", status=403, body=body)
    with pytest.raises(gateway.Unavailable):
        gateway.read_accounts(access=key)


def test_a_400_that_is_no_json_is_a_refusal_and_no_crash(xero: Xero, key: gateway.Access) -> None:
    xero.fault(kind="status", status=400, body="<html>Bad Request</html>")
    with pytest.raises(gateway.RequestRefused) as raised:
        gateway.send(access=key, request=contacts({"Name": "Client"}))
    assert str(raised.value) == "request refused: 400"
    assert raised.value.faults[0].code == "http-400"


def test_the_particular_faults_of_a_refused_request_are_kept(xero: Xero, key: gateway.Access) -> None:
    body = {"Message": "A validation exception occurred", "Elements": [{"ValidationErrors": [{"Message": "No name"}]}]}
    xero.fault(kind="status", status=400, body=json.dumps(body))
    with pytest.raises(gateway.RequestRefused) as raised:
        gateway.send(access=key, request=contacts({"Name": "Client"}))
    assert [fault.message for fault in raised.value.faults] == ["No name"]


def test_nulls_unknown_words_and_faults_in_lines_do_not_disturb_the_reading(xero: Xero, key: gateway.Access) -> None:
    document = {
        "InvoiceID": "1",
        "InvoiceNumber": "INV-1",
        "Status": "SOMETHING_NEW",
        "Date": None,
        "Contact": None,
        "Payments": None,
        "StatusAttributeString": "ERROR",
        "LineItems": [{"ValidationErrors": [{"Description": "The TaxType code is not valid"}]}],
    }
    xero.fault(kind="status", status=200, body=json.dumps({"Invoices": [document]}))
    reply = gateway.send(access=key, request=invoices({"InvoiceNumber": "INV-1"}))
    [fault] = reply.elements[0].faults
    assert (fault.message, fault.field) == ("The TaxType code is not valid", "LineItems.0")
