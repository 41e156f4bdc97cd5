"""However a file of bills is damaged, an import stores all that its report says, or nothing."""

from decimal import Decimal

import pytest

from billing import importing
from billing.models import Contact, Import, Invoice, InvoiceLine, Matter
from firms.scope import firm_scope
from tests.factories import FirmFactory
from tests.ledes_writer import WRITERS
from tests.mutated_files import mutated_files

pytestmark = pytest.mark.django_db

NAMES = {"C7001": "Thornbury Mills Ltd", "C7002": "Brandt GmbH", "A-1/9": "Nguyễn Văn An"}
FILES = 12


@pytest.mark.parametrize("form", WRITERS)
def test_a_damaged_file_is_stored_as_it_is_reported_or_not_at_all(form: str) -> None:
    stored = 0
    for data in mutated_files(form=form, seeds=range(FILES)):
        firm = FirmFactory()
        report = importing.import_ledes(firm=firm, actor=None, data=data, create_contacts=True, names=NAMES)
        with firm_scope(firm):
            bills = list(Invoice.objects.filter(firm=firm))
            lines = list(InvoiceLine.objects.filter(firm=firm))
            if report.refused:
                assert not bills
                assert not Contact.objects.filter(firm=firm).exists()
                assert not Matter.objects.filter(firm=firm).exists()
                assert not Import.objects.filter(firm=firm).exists()
                continue
            assert (len(bills), len(lines)) == (report.created, report.lines)
            assert sum(bill.total for bill in bills) == sum((each.total_here for each in report.bills), Decimal(0))
            assert not any(bill.held for bill in bills)
        stored += 1
    assert stored < FILES
