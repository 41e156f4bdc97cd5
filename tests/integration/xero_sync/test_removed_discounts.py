"""A discount that is taken off here is taken off in Xero, though Xero keeps what an update does not name."""

from decimal import Decimal
from typing import Any

import pytest

from billing import services
from billing.models import Invoice
from firms.models import Firm
from tests.factories import InvoiceFactory, time_line
from tests.integration.xero_sync.both_sides import NUMBER, works
from tests.xero import Xero, job_of
from xero_sync.domain.states import State
from xero_sync.models import XeroRecord

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bill(connected: Firm, xero: Xero) -> Invoice:
    """A bill of 100.00 less 12.50 in Xero, with a line that has no discount beside it."""
    xero.switch("unsent_discounts_kept", on=True)
    lines = [time_line(discount=Decimal("12.50")), time_line(description="Letter")]
    invoice: Invoice = InvoiceFactory(firm=connected, number=NUMBER, approved=True, lines=lines)
    works(connected)
    assert job_of(invoice).state == State.IN_XERO
    return invoice


def save(bill: Invoice, **changes: Any) -> None:
    """Save the bill with these values on its first line, which has no discount unless they name one."""
    bill.refresh_from_db()
    first, letter = bill.lines.order_by("position")
    services.save_invoice(
        firm=bill.firm,
        actor=None,
        invoice=bill,
        expected_version=bill.version,
        values=services.InvoiceValues(contact_id=bill.contact_id, issue_date=bill.issue_date, number=bill.number),
        lines=[time_line(pk=first.pk, **changes), time_line(pk=letter.pk, description="Letter")],
    )
    works(bill.firm)


def amounts(xero: Xero) -> list[str]:
    return [f"{line['LineAmount']:.2f}" for line in xero.document(NUMBER)["LineItems"]]


def agrees(xero: Xero, bill: Invoice) -> bool:
    bill.refresh_from_db()
    return job_of(bill).state == State.IN_XERO and Decimal(str(xero.document(NUMBER)["Total"])) == bill.total


@pytest.mark.parametrize("price", [Decimal(100), Decimal(80)])
def test_a_discount_taken_off_here_is_taken_off_in_xero(xero: Xero, bill: Invoice, price: Decimal) -> None:
    save(bill, unit_price=price)
    assert amounts(xero) == [f"{price:.2f}", "100.00"]
    assert agrees(xero, bill)
    assert job_of(bill).xero_record.notes == []


def test_once_it_is_off_the_next_save_is_no_longer_about_it(xero: Xero, bill: Invoice) -> None:
    save(bill)
    xero.forget_calls()
    save(bill)
    assert [call["method"] for call in xero.calls if call["method"] != "GET"] == [], "Xero has exactly this already"


def test_a_discount_that_becomes_a_mark_up_leaves_no_discount_in_xero(xero: Xero, bill: Invoice) -> None:
    save(bill, discount=Decimal(-10))
    assert amounts(xero) == ["110.00", "100.00"]
    assert agrees(xero, bill)


def test_a_discounted_line_that_becomes_a_reduction_goes_without_a_discount(xero: Xero, bill: Invoice) -> None:
    save(bill, unit_price=Decimal(-30))
    assert sorted(amounts(xero)) == ["-30.00", "100.00"]
    assert agrees(xero, bill)


def test_while_a_write_is_unconfirmed_a_discount_that_it_may_have_set_is_taken_off(xero: Xero, bill: Invoice) -> None:
    XeroRecord.objects.filter(job=job_of(bill)).update(confirmed_hash="", agreed=None)
    save(bill, unit_price=Decimal(80))
    assert amounts(xero) == ["80.00", "100.00"]
    assert agrees(xero, bill)
