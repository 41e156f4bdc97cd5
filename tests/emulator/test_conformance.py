"""Every reply against Xero's own description, xero_accounting.yaml. Collected only where that file is found."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.emulator.client import App, invoice, line
from tests.unit.kinds.test_golden_payloads import GOLDEN
from xero_emulator import EmulatorServer
from xero_sync.domain.payloads import to_json

DATE = re.compile(r"^/Date\(-?\d+\+0000\)/$")
TEMPLATES = ("AU", "UK", "US")


@cache
def _registry(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    described = yaml.load(path.read_text(), Loader=loader)
    return Registry().with_resource("urn:xero", DRAFT4.create_resource(described))


def _faults(spec_path: Path, schema: str, reply: Any) -> list[str]:
    reference = {"$ref": f"urn:xero#/components/schemas/{schema}"}
    validator = OAS30Validator(reference, registry=_registry(spec_path))
    return [f"{list(fault.absolute_path)}: {fault.message[:200]}" for fault in validator.iter_errors(reply)]


def _nulls(value: Any, path: str = "") -> list[str]:
    if value is None:
        return [path]
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in pairs for found in _nulls(item, f"{path}/{key}")]


@pytest.fixture(params=TEMPLATES)
def filled(request: pytest.FixtureRequest, emulator: EmulatorServer) -> App:
    """An organisation of each country with contacts and invoices of many kinds."""
    app = App(server=emulator).connect(emulator.xero.demo(request.param))
    contact = app.contact(
        ContactNumber="C-1",
        AccountNumber="A-1",
        EmailAddress="ada@firm.example",
        Addresses=[{"AddressType": "POBOX", "AddressLine1": "PO Box 1", "City": "Perth"}],
        Phones=[{"PhoneType": "MOBILE", "PhoneNumber": "5550100"}],
        ContactPersons=[{"FirstName": "Bo", "EmailAddress": "bo@firm.example", "IncludeInEmails": True}],
    )
    fields = {"Url": "https://bills.example/1", "SentToContact": True}
    app.invoice(contact, LineItems=[line(DiscountAmount=1), {"Description": "Thanks"}], **fields)
    app.invoice(contact, InvoiceNumber="B-2", LineAmountTypes="Inclusive", LineItems=[line(DiscountRate=10)])
    app.invoice(contact, InvoiceNumber="B-3", LineAmountTypes="NoTax", Status="DRAFT")
    app.invoice(contact, InvoiceNumber="B-4")
    app.act("payment", invoice="B-1", amount="10")
    app.act("payment", invoice="B-2")
    app.act("void-invoice", invoice="B-4")
    app.act("merge-contacts", contact=app.contact("Merged", ContactNumber="C-2"), into=contact)
    app.invoice(contact, InvoiceNumber="B-5")
    app.act("track-line", invoice="B-5", line=1, category="Region", option="North")
    app.act("lock-dates", period="2025-06-30", year_end="2025-06-30")
    return app


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("Organisation", "Organisations"),
        ("Accounts", "Accounts"),
        ("TaxRates", "TaxRates"),
        ("Currencies", "Currencies"),
        ("TrackingCategories", "TrackingCategories"),
        ("Contacts?page=1&includeArchived=true", "Contacts"),
        ("Contacts/C-1", "Contacts"),
        ("Contacts/C-2", "Contacts"),
        ("Invoices?page=1&unitdp=4", "Invoices"),
        ("Invoices?summaryOnly=true", "Invoices"),
        ("Invoices/B-1", "Invoices"),
        ("Invoices/B-5", "Invoices"),
    ],
)
def test_what_is_read_is_as_described(filled: App, spec_path: Path, path: str, schema: str) -> None:
    reply = filled.call("GET", path).json
    assert _faults(spec_path, schema, reply) == []
    assert _nulls(reply) == []


def test_what_is_written_comes_back_as_described(filled: App, spec_path: Path) -> None:
    contact = filled.contact("Bela")
    good, bad = invoice(contact, InvoiceNumber="B-8"), invoice(contact, InvoiceNumber="B-9", LineItems=[])
    invoices = filled.put("Invoices", good, bad).json
    assert _faults(spec_path, "Invoices", invoices) == []
    ghost = {"LineItemID": "11111111-1111-4111-8111-111111111111"} | line()
    unknown = {"InvoiceID": invoices["Invoices"][0]["InvoiceID"], "LineItems": [ghost]}
    not_found = filled.post("Invoices", unknown).json
    assert not_found["Invoices"][0]["ValidationErrors"]
    assert _faults(spec_path, "Invoices", not_found) == []
    contacts = filled.put("Contacts", {"Name": "Cy"}, {"Name": "Cy"}).json
    assert _faults(spec_path, "Contacts", contacts) == []
    assert _nulls([invoices, contacts]) == []


def test_the_comparison_notices_what_is_wrong(app: App, spec_path: Path) -> None:
    made = app.invoice(app.contact())
    made |= {"Type": "SALE", "LineItems": [{"Quantity": "one"}], "InvoiceNumber": "x" * 256}
    assert len(_faults(spec_path, "Invoices", {"Invoices": [made]})) == 3


def test_a_refusal_is_as_described(filled: App, spec_path: Path) -> None:
    refusal = filled.call("PUT", "Contacts", {"Contacts": [{"Name": "<"}]}).json
    assert _faults(spec_path, "Error", refusal) == []


def test_every_date_is_in_xeros_notation(filled: App) -> None:
    text = json.dumps([filled.call("GET", path).json for path in ("Organisation", "Invoices/B-2", "Contacts/C-1")])
    dates = re.findall(r'"(?:\w*Date\w*UTC|Date|DueDate|PeriodLockDate|FullyPaidOnDate)": "([^"]*)"', text)
    assert len(dates) >= 8
    assert all(DATE.match(found) for found in dates)


@pytest.mark.parametrize("schema", list(GOLDEN))
def test_what_we_send_is_valid_by_xeros_description(spec_path: Path, schema: str) -> None:
    assert len(GOLDEN[schema]) == {"Contact": 3, "Invoice": 6}[schema]
    for payload in GOLDEN[schema]:
        assert _faults(spec_path, schema, json.loads(to_json(payload))) == []
