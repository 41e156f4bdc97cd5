"""A file's bills whose tax was rounded once for the whole bill are in Xero with the file's own totals."""

import random
from decimal import Decimal

import pytest

from billing import importing
from billing.domain.money import round_half_up
from billing.imports.ledes_tax import TaxTreatment
from billing.models import Invoice
from firms.models import Firm
from tests.factories import ContactFactory
from tests.integration.xero_sync.both_sides import works
from tests.unit.ledes_text import EXPENSE, START, changed, record
from tests.xero import Xero, job_of
from xero_sync.domain.states import State

pytestmark = pytest.mark.django_db(transaction=True)

BILLS = 40


def write_bill(dice: random.Random, number: str) -> tuple[str, Decimal, Decimal]:
    """The text of a bill, its tax and its total."""
    amounts = [Decimal(dice.randrange(1, 90_000)).scaleb(-2) for _ in range(dice.randrange(2, 9))]
    tax = round_half_up(sum(amounts, Decimal(0)) / 10)
    total = sum(amounts, tax)
    head = {"INVOICE_NUMBER": number, "INVOICE_TOTAL": f"{total:.2f}"}
    one = {"LINE_ITEM_NUMBER_OF_UNITS": "1", "LINE_ITEM_ADJUSTMENT_AMOUNT": ""}
    fees = [
        record(**head, **one, LINE_ITEM_NUMBER=str(at), LINE_ITEM_UNIT_COST=str(each), LINE_ITEM_TOTAL=str(each))
        for at, each in enumerate(amounts, start=1)
    ]
    row = {"LINE_ITEM_DESCRIPTION": "GST 10%", "LINE_ITEM_NUMBER": "99", "LINE_ITEM_EXPENSE_CODE": ""}
    sums = {"LINE_ITEM_UNIT_COST": str(tax), "LINE_ITEM_TOTAL": str(tax)}
    return "".join([*fees, changed(EXPENSE, head, row, sums)]), tax, total


@pytest.mark.promise("P30")
def test_what_a_client_owes_in_xero_is_what_the_file_says(connected: Firm, xero: Xero) -> None:
    dice = random.Random(10)
    written = {f"F-{at}": write_bill(dice, f"F-{at}") for at in range(BILLS)}
    data = (START + "".join(text for text, _, _ in written.values())).encode()
    ContactFactory(firm=connected, name="Meridian Shipping Ltd", client_number="C-1001")
    report = importing.import_ledes(
        firm=connected, actor=None, data=data, create_contacts=True, tax=TaxTreatment.IN_LINES
    )
    assert not report.faults
    works(connected)
    bills = list(Invoice.objects.filter(firm=connected).prefetch_related("lines"))
    assert len(bills) == BILLS
    for bill in bills:
        _, tax, total = written[bill.number]
        lines = list(bill.lines.all())
        assert sum(line.tax_amount for line in lines) == bill.tax_total == tax, bill.number
        assert bill.total == total, bill.number
        assert job_of(bill).state == State.IN_XERO, job_of(bill).faults
        document = xero.document(bill.number)
        in_xero = [Decimal(str(document[key])) for key in ("TotalTax", "Total")]
        assert in_xero == [tax, total], bill.number
        assert [note for note in job_of(bill).xero_record.notes if note["code"].endswith("-differs")] == []
    stated = [line for bill in bills for line in bill.lines.all() if line.tax_is_stated]
    assert len(stated) > 10, "the file was to have taxes that no rate makes line by line"
