"""Each line of a bill stays the line it is in Xero, with the tracking that a bookkeeper set on it."""

import pytest

from billing import services
from billing.models import Invoice
from firms.models import Firm
from tests.factories import time_line
from tests.integration.xero_sync.both_sides import NUMBER, bill_in_xero, client_in_xero, tracking_in_xero, works
from tests.xero import Xero, job_of
from xero_sync.domain.states import State
from xero_sync.models import XeroRecord

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bill(connected: Firm) -> Invoice:
    """A bill in Xero with the lines A and B."""
    return bill_in_xero(client_in_xero(connected))


def save(bill: Invoice, *descriptions: tuple[str, str]) -> None:
    """Save the bill with these lines, in this order: what a line says now, and what it says from now on."""
    bill.refresh_from_db()
    keys = {line.description: line.pk for line in bill.lines.all()}
    services.save_invoice(
        firm=bill.firm,
        actor=None,
        invoice=bill,
        expected_version=bill.version,
        values=services.InvoiceValues(contact_id=bill.contact_id, issue_date=bill.issue_date, number=bill.number),
        lines=[time_line(pk=keys.get(before), description=after) for before, after in descriptions],
    )
    works(bill.firm)


def test_tracking_stays_on_its_line_when_a_line_is_added_and_another_corrected(xero: Xero, bill: Invoice) -> None:
    xero.act("track-line", invoice=NUMBER, line=2, category="Region", option="North")
    save(bill, ("A", "A"), ("B", "B"), ("", "C"))
    save(bill, ("A", "A, corrected"), ("B", "B"), ("C", "C"))
    assert job_of(bill).state == State.IN_XERO
    assert tracking_in_xero(xero) == {"A, corrected": [], "B": ["North"], "C": []}


def test_tracking_stays_on_its_line_when_lines_are_reordered_and_one_is_removed(xero: Xero, bill: Invoice) -> None:
    xero.act("track-line", invoice=NUMBER, line=2, category="Region", option="North")
    save(bill, ("", "C"), ("B", "B"), ("A", "A"))
    save(bill, ("B", "B, corrected"), ("C", "C"))
    assert job_of(bill).state == State.IN_XERO
    assert tracking_in_xero(xero) == {"B, corrected": ["North"], "C": []}


def test_a_line_that_xero_no_longer_knows_is_looked_up_and_the_bill_goes(xero: Xero, bill: Invoice) -> None:
    xero.act("track-line", invoice=NUMBER, line=2, category="Region", option="North")
    gone = "11111111-1111-1111-1111-111111111111"
    record = XeroRecord.objects.get(job=job_of(bill))
    first = min(record.line_ids, key=int)
    XeroRecord.objects.filter(pk=record.pk).update(line_ids={**record.line_ids, first: gone})
    save(bill, ("A", "A"), ("B", "B, corrected"))
    assert job_of(bill).state == State.IN_XERO
    assert tracking_in_xero(xero) == {"A": [], "B, corrected": ["North"]}
    assert gone not in job_of(bill).xero_record.line_ids.values()


def test_a_bill_whose_lines_xero_refuses_all_the_same_is_tried_once_a_save(xero: Xero, bill: Invoice) -> None:
    xero.fault(
        kind="refuse",
        method="POST",
        path="Invoices",
        messages=["Could not find line item(s) with the following id(s): 11111111-1111-1111-1111-111111111111"],
        times=5,
    )
    save(bill, ("A", "A, corrected"), ("B", "B"))
    job = job_of(bill)
    assert (job.state, [fault["code"] for fault in job.faults]) == (State.NEEDS_YOU, ["lines-gone-in-xero"])
    assert job.xero_record.link.count_tries("lines") == 1
