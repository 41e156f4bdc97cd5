"""What a writer of each format wrote is read back as it was."""

import pytest

from tests.ledes_writer import WRITERS, make_bills, without_places, without_taxes
from tests.unit.ledes_text import read


@pytest.mark.parametrize("form", WRITERS)
def test_a_thousand_bills_written_in_a_format_are_read_back_equal(form: str) -> None:
    bills = make_bills(count=1000, seed=7)
    expected = [without_taxes(bill) for bill in bills] if form == "LEDES 1998B" else bills
    back = read(WRITERS[form](bills))
    assert back.format == form
    assert [without_places(bill) for bill in back.invoices] == expected
    assert back.notes == ()
