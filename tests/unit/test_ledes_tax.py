import pytest

from billing.imports.ledes_tax import guess_tax, is_tax
from tests.unit.ledes_text import EXPENSE, START, changed, line, read, record


@pytest.mark.parametrize(
    "text", ["GST 10%", "GST (10.0%)", "VAT @ 20% on fees", "Goods and Services Tax", "Sales tax", "HST", "TVA 20 %"]
)
def test_a_description_that_names_a_tax_and_nothing_else_is_tax(text: str) -> None:
    assert is_tax(line(START + changed(EXPENSE, total="24.95", LINE_ITEM_DESCRIPTION=text)))


@pytest.mark.parametrize(
    "text", ["GST advice", "VAT return of 2025", "Tax opinion", "Sales tax on photocopies", "Filing fee", "10%", ""]
)
def test_an_expense_about_a_tax_is_an_expense(text: str) -> None:
    assert not is_tax(line(START + changed(EXPENSE, total="24.95", LINE_ITEM_DESCRIPTION=text)))


def test_what_a_timekeeper_did_is_never_tax() -> None:
    assert not is_tax(line(START + record(LINE_ITEM_DESCRIPTION="Tax")))


def test_without_tax_lines_the_firms_rate_is_added_or_none_if_it_has_none() -> None:
    file = read(START + record())
    assert guess_tax(read=file, usual_rate="GST 10%").treatment == "usual"
    assert guess_tax(read=file, usual_rate="").treatment == "none"
