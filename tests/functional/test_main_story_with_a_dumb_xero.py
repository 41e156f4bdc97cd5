"""The main story against a stand-in that shares nothing with the emulator: saved, arrived, edited, arrived again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice, InvoiceLine, LineKind
from billing.services import LineValues
from config.xero_urls import XeroUrls
from firms.models import Firm, User
from tests.dumb_xero import RATES, SCOPES, TENANT, DumbXero
from tests.factories import ContactFactory, InvoiceFactory, expense_line, state_taxes, time_line
from tests.xero import VERIFIER, job_of, sync
from xero_sync import gateway, outbox
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, XeroConnection
from xero_sync.organisation import tokens
from xero_sync.organisation.reader import read_chart

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dumb(settings: Any) -> Iterator[DumbXero]:
    with DumbXero() as server:
        settings.XERO = XeroUrls(login=server.url, identity=server.url, api=server.url)
        settings.XERO_CLIENT_ID, settings.XERO_CLIENT_SECRET = "id", "secret"
        settings.XERO_REDIRECT_URI = "http://localhost:8000/xero/callback/"
        settings.SYNC_RESEND_AFTER_SECONDS = 0
        yield server


@pytest.fixture
def office(firm: Firm, admin: User, dumb: DumbXero) -> Firm:
    """A firm connected to the dumb organisation."""
    pair = tokens.exchange(code="any", verifier=VERIFIER)
    assert " ".join(pair.scopes) == SCOPES
    credential = tokens.store_pair(pair=pair, now=timezone.now())
    token = tokens.access_token(credential_id=credential.pk, now=timezone.now())
    [choice] = gateway.connections(access_token=token)
    assert choice.tenant_id == TENANT
    connection = XeroConnection.objects.create(
        firm=firm,
        credential=credential,
        xero_connection_id=choice.connection_id,
        xero_tenant_id=choice.tenant_id,
        organisation_name=choice.name,
        connected_by=admin,
    )
    read_chart(firm=firm, connection=connection, token=token)
    BillSyncSettings.objects.filter(firm=firm).update(
        services_account="200", expenses_account="405", confirmed_at=timezone.now()
    )
    outbox.rejudge(firm=firm, now=timezone.now())
    return firm


def bill_of(office: Firm, client: Contact, number: str, *lines: LineValues) -> Invoice:
    bill: Invoice = InvoiceFactory(firm=office, contact=client, number=number, lines=lines, approved=True)
    return bill


def as_typed(line: InvoiceLine) -> LineValues:
    return LineValues(
        pk=line.pk,
        kind=LineKind(line.kind),
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        tax_name=line.tax_name,
    )


def save(office: Firm, bill: Invoice, lines: Sequence[LineValues]) -> None:
    bill.refresh_from_db()
    services.save_invoice(
        firm=office,
        actor=None,
        invoice=bill,
        expected_version=bill.version,
        values=services.InvoiceValues(
            contact_id=bill.contact_id, number=bill.number, issue_date=bill.issue_date, due_date=bill.due_date
        ),
        lines=lines,
    )
    bill.refresh_from_db()


def lines_of(bill: Invoice) -> list[LineValues]:
    return [as_typed(line) for line in bill.lines.order_by("position")]


def arrived(office: Firm, *saved: Contact | Invoice) -> None:
    sync(office)
    assert [job_of(each).state for each in saved] == [State.IN_XERO] * len(saved)


def in_dumb_xero(dumb: DumbXero, bill: Invoice) -> dict[str, Any]:
    """The one document with the bill's number, its sums compared with the bill's to the cent."""
    documents: list[dict[str, Any]] = list(dumb.books.documents["Invoices"].values())
    [document] = [item for item in documents if item["InvoiceNumber"] == bill.number]
    sums = [Decimal(str(document[key])).quantize(Decimal("0.01")) for key in ("SubTotal", "TotalTax", "Total")]
    assert sums == [bill.subtotal, bill.tax_total, bill.total]
    return document


def amounts_of(document: dict[str, Any]) -> dict[str, str]:
    return {line["Description"]: f"{line['LineAmount']:.2f}" for line in document["LineItems"]}


def test_a_client_and_two_bills_arrive_are_edited_and_arrive_again_to_the_cent(office: Firm, dumb: DumbXero) -> None:
    client = ContactFactory(firm=office, name="Saltmarsh Joinery", client_number="SJ-1", city="Perth")
    odd = time_line(description="Advice", quantity=Decimal("0.35"), unit_price=Decimal("333.33"))
    first = bill_of(office, client, "B-1", odd, expense_line(description="Filing fee", unit_price=Decimal("0.35")))
    second = bill_of(office, client, "B-2", time_line(description="Hearing", discount=Decimal("12.50")))
    arrived(office, client, first, second)
    ids = {bill.number: in_dumb_xero(dumb, bill)["InvoiceID"] for bill in (first, second)}
    assert dumb.books.writes == [("PUT", "Contacts"), ("PUT", "Invoices")]

    advice, fee = lines_of(first)
    travel = expense_line(description="Travel", quantity=Decimal(3), unit_price=Decimal("33.335"))
    save(office, first, [replace(advice, quantity=Decimal("0.7")), fee, travel])
    [hearing] = lines_of(second)
    save(office, second, [replace(hearing, description="Second hearing", discount=Decimal("7.25"))])
    services.save_contact(
        firm=office,
        actor=None,
        contact=client,
        expected_version=client.version,
        values=services.ContactValues(name="Saltmarsh & Sons", client_number="SJ-1", city="Fremantle"),
    )
    arrived(office, client, first, second)
    assert amounts_of(in_dumb_xero(dumb, second)) == {"Second hearing": "92.75"}
    document = in_dumb_xero(dumb, first)
    assert document["LineItems"][0]["Description"] == "Travel", "new lines come first"
    [contact] = dumb.books.documents["Contacts"].values()
    assert (contact["Name"], contact["ContactNumber"]) == ("Saltmarsh & Sons", "SJ-1")

    # Once more, now that Xero's order is another one than ours; a line goes, and a discount.
    advice, fee, travel = lines_of(first)
    save(office, first, [replace(advice, description="Advice in full"), replace(travel, unit_price=Decimal(40))])
    save(office, second, [replace(each, discount=Decimal(0)) for each in lines_of(second)])
    arrived(office, client, first, second)
    assert amounts_of(in_dumb_xero(dumb, second)) == {"Second hearing": "100.00"}
    assert amounts_of(in_dumb_xero(dumb, first)) == {"Advice in full": "233.33", "Travel": "120.00"}
    assert {bill.number: in_dumb_xero(dumb, bill)["InvoiceID"] for bill in (first, second)} == ids
    assert len(dumb.books.documents["Invoices"]) == 2


def test_a_tax_that_the_file_states_arrives_and_gives_way_once_its_line_is_changed(
    office: Firm, dumb: DumbXero
) -> None:
    client = ContactFactory(firm=office, name="Saltmarsh Joinery", client_number="SJ-1")
    twins = [time_line(description=each, unit_price=Decimal("33.40")) for each in ("Advice", "Letter")]
    bill = state_taxes(bill_of(office, client, "B-1", *twins), "3.33", "3.35")
    arrived(office, client, bill)
    assert taxes_of(in_dumb_xero(dumb, bill)) == {"Advice": 3.33, "Letter": 3.35}

    advice, letter = lines_of(bill)
    save(office, bill, [replace(advice, description="Advice, corrected"), replace(letter, quantity=Decimal(2))])
    arrived(office, bill)
    assert taxes_of(in_dumb_xero(dumb, bill)) == {"Advice, corrected": 3.33, "Letter": 6.68}


def test_a_tax_that_xero_does_not_take_is_a_note(office: Firm, dumb: DumbXero, monkeypatch: Any) -> None:
    client = ContactFactory(firm=office, name="Saltmarsh Joinery", client_number="SJ-1")
    monkeypatch.setitem(RATES, "OUTPUT", Decimal(12))
    bill = state_taxes(bill_of(office, client, "B-1", time_line()), "10.01")
    arrived(office, client, bill)
    assert [note["code"] for note in job_of(bill).xero_record.notes] == ["total-differs", "tax-differs"]


def taxes_of(document: dict[str, Any]) -> dict[str, float]:
    return {line["Description"]: line["TaxAmount"] for line in document["LineItems"]}
