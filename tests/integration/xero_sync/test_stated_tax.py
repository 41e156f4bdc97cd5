"""A tax that the file states goes to Xero with its line, and counts wherever the two sides are compared."""

from decimal import Decimal
from typing import Any

import pytest

from billing import services
from billing.domain.money import TaxMode
from billing.models import Contact, Invoice
from firms.models import Firm, User
from firms.scope import firm_scope
from tests.factories import ContactFactory, InvoiceFactory, state_taxes, time_line
from tests.integration.xero_sync.both_sides import PUT, save_bill, works
from tests.integration.xero_sync.test_decide_sides import decide
from tests.xero import Xero, job_of, read_index_of
from xero_sync.domain.side_decisions import SideDecision
from xero_sync.domain.states import State
from xero_sync.engine.preflight import check
from xero_sync.facts.request_context import RequestContext
from xero_sync.models import FirmPreference
from xero_sync.pages.forecast import build_ground

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "10417"


@pytest.fixture
def client(connected: Firm) -> Contact:
    contact: Contact = ContactFactory(firm=connected, name="Alder Hythe")
    works(connected)
    return contact


def write_bill(client: Contact, *taxes: str | None, number: str = NUMBER, **values: Any) -> Invoice:
    """A bill of A and B, 33.40 each, with the taxes that its file states; 3.34 is the computed one."""
    lines = [time_line(description=each, unit_price=Decimal("33.40")) for each in ("A", "B")]
    bill = InvoiceFactory(firm=client.firm, contact=client, number=number, approved=True, lines=lines, **values)
    return state_taxes(bill, *taxes)


@pytest.fixture
def bill(client: Contact) -> Invoice:
    """In Xero with 3.33 of tax on A, and the computed 3.34 on B."""
    made = write_bill(client, "3.33", None)
    works(client.firm)
    assert job_of(made).state == State.IN_XERO, job_of(made).faults
    return made


def taxes_in(xero: Xero) -> dict[str, Decimal]:
    return {row["Description"]: Decimal(str(row["TaxAmount"])) for row in xero.document(NUMBER)["LineItems"]}


def has_our_amounts(xero: Xero, bill: Invoice) -> bool:
    bill.refresh_from_db()
    document = xero.document(bill.number)
    in_xero = [Decimal(str(document[key])) for key in ("SubTotal", "TotalTax", "Total")]
    return in_xero == [bill.subtotal, bill.tax_total, bill.total]


def codes(bill: Invoice) -> list[str]:
    return [fault["code"] for fault in job_of(bill).faults]


def notes(bill: Invoice) -> list[str]:
    return [note["code"] for note in job_of(bill).xero_record.notes]


def test_a_bill_with_a_stated_tax_arrives_to_the_cent(xero: Xero, bill: Invoice) -> None:
    assert taxes_in(xero) == {"A": Decimal("3.33"), "B": Decimal("3.34")}
    assert (bill.tax_total, has_our_amounts(xero, bill), notes(bill)) == (Decimal("6.67"), True, [])
    assert job_of(bill).xero_record.confirmed_hash


def test_taxes_within_amounts_arrive_too(xero: Xero, client: Contact) -> None:
    bill = write_bill(client, "3.03", "3.05", tax_mode=TaxMode.INCLUSIVE)
    works(client.firm)
    assert taxes_in(xero) == {"A": Decimal("3.03"), "B": Decimal("3.05")}
    assert (bill.total, has_our_amounts(xero, bill), notes(bill)) == (Decimal("66.80"), True, [])


@pytest.mark.parametrize("changes", [{"A": {"description": "A, corrected"}}, {"B": {"description": "B, corrected"}}])
def test_a_corrected_word_leaves_every_tax_in_xero(xero: Xero, bill: Invoice, changes: dict[str, Any]) -> None:
    save_bill(bill, lines=changes)
    works(bill.firm)
    assert sorted(taxes_in(xero).values()) == [Decimal("3.33"), Decimal("3.34")]
    assert (job_of(bill).state, has_our_amounts(xero, bill), notes(bill)) == (State.IN_XERO, True, [])


def test_a_save_that_changes_nothing_sends_nothing(xero: Xero, bill: Invoice) -> None:
    xero.forget_calls()
    save_bill(bill)
    works(bill.firm)
    assert [call for call in xero.calls if call["method"] != "GET"] == []


def test_the_tax_of_a_line_that_is_changed_is_left_to_xero(xero: Xero, bill: Invoice) -> None:
    save_bill(bill, lines={"A": {"quantity": Decimal(2)}})
    works(bill.firm)
    assert taxes_in(xero) == {"A": Decimal("6.68"), "B": Decimal("3.34")}
    assert (has_our_amounts(xero, bill), notes(bill)) == (True, [])


def test_a_bookkeepers_other_account_of_the_line_stays_with_its_stated_tax(xero: Xero, bill: Invoice) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, code="260", tax="3.33")
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    [line] = [row for row in xero.document(NUMBER)["LineItems"] if row["Description"] == "A, corrected"]
    assert (line["AccountCode"], line["TaxAmount"]) == ("260", 3.33)


def test_another_tax_that_a_bookkeeper_sets_stops_the_bill(xero: Xero, bill: Invoice) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, tax="3.50")
    save_bill(bill, lines={"B": {"description": "B, corrected"}})
    works(bill.firm)
    assert (job_of(bill).state, codes(bill)) == (State.NEEDS_YOU, ["bill-changed-in-xero"])
    [shown] = [each for each in job_of(bill).xero_record.open_differences if not each.get("goes")]
    assert (shown["label"], shown["before"], shown["here"], shown["in_xero"]) == (
        "Tax of line 1",
        "3.33",
        "3.33",
        "3.50",
    )


@pytest.mark.parametrize(("decision", "tax"), [(SideDecision.SEND_OURS, "3.33"), (SideDecision.ACCEPT_XEROS, "3.35")])
def test_an_admin_decides_about_a_stated_tax(
    xero: Xero, bill: Invoice, admin: User, decision: SideDecision, tax: str
) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, tax="3.35")
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    decide(bill, admin, is_admin=True, **{"Tax of line 1": decision})
    assert job_of(bill).state == State.IN_XERO, job_of(bill).faults
    assert taxes_in(xero)["A, corrected"] == Decimal(tax)
    assert has_our_amounts(xero, bill) is (decision is SideDecision.SEND_OURS)


def test_a_bill_whose_answer_was_lost_is_found_by_its_stated_tax(xero: Xero, client: Contact) -> None:
    xero.fault(kind="cut_after", **PUT)
    bill = write_bill(client, "3.33", "3.35")
    works(client.firm)
    assert job_of(bill).state == State.IN_XERO, job_of(bill).faults
    assert [item["number"] for item in xero.invoices] == [NUMBER]
    assert (taxes_in(xero), has_our_amounts(xero, bill)) == ({"A": Decimal("3.33"), "B": Decimal("3.35")}, True)


def test_an_update_whose_answer_was_lost_is_no_change_of_somebody_else(xero: Xero, bill: Invoice) -> None:
    xero.fault(kind="cut_after", method="POST", path="Invoices")
    save_bill(bill, lines={"A": {"quantity": Decimal(2)}})
    works(bill.firm)
    save_bill(bill, lines={"B": {"description": "B, corrected"}})
    works(bill.firm)
    assert (job_of(bill).state, codes(bill)) == (State.IN_XERO, [])
    assert has_our_amounts(xero, bill)


def test_a_bill_that_is_in_xero_already_is_adopted_by_its_stated_total(xero: Xero, client: Contact) -> None:
    contact_id = job_of(client).xero_record.xero_id
    lines = [
        {"Description": each, "Quantity": 1, "UnitAmount": "33.40", "AccountCode": "200", "TaxType": "OUTPUT"}
        for each in ("A", "B")
    ]
    xero.act(
        "enter-invoice",
        Type="ACCREC",
        InvoiceNumber=NUMBER,
        Contact={"ContactID": contact_id},
        Date="2026-07-01",
        DueDate="2026-07-15",
        Status="AUTHORISED",
        LineItems=[lines[0] | {"TaxAmount": "3.33"}, lines[1]],
    )
    FirmPreference.objects.filter(firm=client.firm, key="adopt_existing_invoices").update(on=True)
    bill = write_bill(client, "3.33", None)
    works(client.firm)
    assert (job_of(bill).state, has_our_amounts(xero, bill)) == (State.IN_XERO, True), job_of(bill).faults
    assert len(xero.invoices) == 1


def test_a_stated_tax_is_forecast_to_arrive(xero: Xero, client: Contact) -> None:
    bill = write_bill(client, "3.33", "3.35")
    read_index_of(client.firm)
    asked = check.PreflightQuestion(bills=[bill], stored=True)
    with firm_scope(client.firm):
        checked = check.check(firm=client.firm, ground=build_ground(RequestContext(client.firm)), asked=asked)
    judged = checked.bills[bill.pk]
    assert (judged.arrives, [note.code for note in judged.notes if not note.quiet]) == (True, [])


def test_a_rate_that_changed_in_xero_meanwhile_refuses_the_stated_tax_in_plain_words(
    xero: Xero, client: Contact
) -> None:
    bill = write_bill(client, "3.33", None)
    xero.act("tax-rate-percent", tax_type="OUTPUT", percent="15")
    works(client.firm)
    assert codes(bill) == ["stated-tax-refused"]
    assert xero.numbered(NUMBER) == []


def test_a_bill_with_a_stated_tax_is_voided_like_any_other(xero: Xero, bill: Invoice) -> None:
    bill.refresh_from_db()
    services.void(firm=bill.firm, actor=None, invoice=bill, expected_version=bill.version)
    works(bill.firm)
    assert xero.document(NUMBER)["Status"] == "VOIDED"
