"""A line whose tax the imported file states keeps that tax until what the tax follows from is changed."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing import services
from billing.models import Contact, Invoice, InvoiceState
from firms.models import AuditEvent, Firm
from tests.factories import InvoiceFactory, expense_line, state_taxes, time_line
from tests.processes.person import Person
from xero_sync.pages.time_line import list_events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

STATED = "Tax as stated in the file: 3.33"
RULE = "A line keeps the tax stated in its file until its quantity, price, discount or tax is changed; then its tax is"


@pytest.fixture
def bill(firm: Firm, contact: Contact) -> Invoice:
    """33.40 of advice with 3.33 of tax as its file states it, where 10% makes 3.34, and 50.00 of costs with 5.00."""
    lines = [time_line(unit_price=Decimal("33.40")), expense_line()]
    return state_taxes(InvoiceFactory(firm=firm, contact=contact, lines=lines), "3.33", None)


@pytest.fixture
def staff(staff_page: Client, firm: Firm) -> Person:
    return Person(user=firm.memberships.latest("pk").user)


def taxes(bill: Invoice) -> list[tuple[Decimal, bool]]:
    return [(line.tax_amount, line.tax_is_stated) for line in bill.lines.order_by("position")]


def sums(bill: Invoice) -> tuple[Decimal, Decimal, Decimal]:
    bill.refresh_from_db()
    return bill.subtotal, bill.tax_total, bill.total


def edit(staff: Person, bill: Invoice, button: str = "Save", **typed: str) -> str:
    staff.opens(f"/{bill.firm.slug}/invoices/{bill.pk}/edit/")
    return staff.presses(button, **typed)


def test_a_bill_comes_to_what_its_file_states(bill: Invoice) -> None:
    assert sums(bill) == (Decimal("83.40"), Decimal("8.33"), Decimal("91.73"))


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"lines-0-description": "Other words"},
        {"lines-0-kind": "EXPENSE"},
        {"lines-1-unit_price": "60"},
        {"lines-0-quantity": "1.000", "lines-0-unit_price": "33.400"},
        {"due_date": "2026-09-30"},
    ],
)
def test_a_line_that_comes_to_the_same_keeps_its_stated_tax(
    staff: Person, bill: Invoice, typed: dict[str, str]
) -> None:
    edit(staff, bill, **typed)
    assert taxes(bill)[0] == (Decimal("3.33"), True)
    _, tax, _ = sums(bill)
    assert tax == sum(each for each, _ in taxes(bill))


@pytest.mark.parametrize(
    ("typed", "tax"),
    [
        ({"lines-0-quantity": "2"}, "6.68"),
        ({"lines-0-unit_price": "66.80"}, "6.68"),
        # A tax is stated for an hour at 33.40, not for what happens to come to the same.
        ({"lines-0-unit_price": "34.40", "lines-0-discount": "1"}, "3.34"),
        ({"lines-0-discount": "0.40"}, "3.30"),
        ({"lines-0-tax_name": ""}, "0.00"),
        ({"tax_mode": "INCLUSIVE"}, "3.04"),
        ({"tax_mode": "NO_TAX"}, "0.00"),
    ],
)
def test_the_tax_of_a_changed_line_is_computed(staff: Person, bill: Invoice, typed: dict[str, str], tax: str) -> None:
    edit(staff, bill, **typed)
    assert taxes(bill)[0] == (Decimal(tax), False)
    edit(staff, bill, **{"lines-0-quantity": "1", "lines-0-unit_price": "33.40", "lines-0-discount": ""})
    assert not taxes(bill)[0][1], "what was computed once is not the file's again"


def test_a_line_that_is_removed_and_typed_again_is_computed(staff: Person, bill: Invoice) -> None:
    edit(staff, bill, **{"lines-0-pk": ""})
    assert sorted(taxes(bill)) == [(Decimal("3.34"), False), (Decimal("5.00"), False)]


def test_another_rate_of_the_same_percentage_keeps_the_stated_tax(staff: Person, firm: Firm, bill: Invoice) -> None:
    firm.tax_rates.create(firm=firm, name="GST, new name", percent=Decimal(10))
    edit(staff, bill, **{"lines-0-tax_name": "GST, new name"})
    assert taxes(bill)[0] == (Decimal("3.33"), True)


def test_the_pages_say_which_tax_the_file_states(staff: Person, firm: Firm, bill: Invoice) -> None:
    assert staff.opens(f"/{firm.slug}/invoices/{bill.pk}/").count(STATED) == 1
    page = staff.opens(f"/{firm.slug}/invoices/{bill.pk}/edit/")
    assert page.count(f"{STATED}.") == 1
    assert page.count(RULE) == 1


def test_the_page_of_a_bill_without_stated_taxes_has_no_word_of_them(staff: Person, firm: Firm, bill: Invoice) -> None:
    edit(staff, bill, **{"lines-0-quantity": "2"})
    assert "stated" not in staff.opens(f"/{firm.slug}/invoices/{bill.pk}/")
    assert "stated" not in staff.opens(f"/{firm.slug}/invoices/{bill.pk}/edit/")


def test_the_page_says_so_while_a_bill_is_typed(staff: Person, bill: Invoice) -> None:
    page = edit(staff, bill, "Recalculate")
    assert f"{STATED}." in page
    assert "<dd>8.33</dd>" in page
    page = edit(staff, bill, "Recalculate", **{"lines-0-quantity": "2"})
    assert STATED not in page
    assert "Tax is computed: 6.68. The file stated 3.33." in page
    assert "<dd>11.68</dd>" in page
    assert "The file stated" not in edit(staff, bill, "Recalculate", **{"lines-0-quantity": "many"})
    assert f"{STATED}." in edit(staff, bill, "Add a line", **{"lines-0-description": "More words"})
    assert f"{STATED}." in edit(staff, bill, "Add a line", **{"lines-0-quantity": "many"})


def test_the_trail_names_the_stated_tax_once_it_is_given_up(staff: Person, firm: Firm, bill: Invoice) -> None:
    edit(staff, bill, **{"lines-0-description": "Other words"})
    event = AuditEvent.objects.filter(action="invoice.edited").latest("pk")
    assert "tax_total" not in event.after
    assert event.before["line 1"]["stated_tax"] == event.after["line 1"]["stated_tax"] == "3.33"
    edit(staff, bill, **{"lines-0-quantity": "2"})
    event = AuditEvent.objects.filter(action="invoice.edited").latest("pk")
    assert "stated_tax" not in event.after["line 1"]
    assert (event.before["tax_total"], event.after["tax_total"]) == ("8.33", "11.68")
    assert list_events(firm=firm, job=None, target=bill)[0].detail


def test_the_trail_of_a_line_without_a_stated_tax_has_no_word_of_it(bill: Invoice) -> None:
    created = AuditEvent.objects.get(action="invoice.created")
    assert "stated_tax" not in created.after["line 2"]


@pytest.mark.parametrize("move", [services.submit, services.approve, services.void])
def test_a_bill_moves_on_with_its_stated_tax(bill: Invoice, move: Any) -> None:
    before = sums(bill)
    moved = move(firm=bill.firm, actor=None, invoice=bill, expected_version=bill.version)
    assert moved.state != InvoiceState.DRAFT
    assert sums(bill) == before
    assert taxes(bill) == [(Decimal("3.33"), True), (Decimal("5.00"), False)]


def test_a_correction_of_one_field_leaves_the_stated_tax(bill: Invoice) -> None:
    services.correct_invoice(
        firm=bill.firm,
        actor=None,
        invoice=bill,
        expected_version=bill.version,
        number="10500",
        texts={bill.lines.latest("pk").pk: "Filing fee"},
    )
    assert sums(bill)[2] == Decimal("91.73")
    assert taxes(bill)[0] == (Decimal("3.33"), True)
