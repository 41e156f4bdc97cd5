import io
from pathlib import Path

import pytest

from billing.imports.ledes import BillFile, open_bills
from billing.imports.ledes_tax import TaxSign, guess_tax, is_tax
from tests.unit.ledes_text import EXPENSE, START, changed, line, record

FILES = Path(__file__).parents[1] / "fixtures" / "ledes"


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


def sign_of(text: str) -> TaxSign | None:
    file = open_bills(source=io.BytesIO(text.encode()))
    assert isinstance(file, BillFile)
    file.close()
    return file.tax_sign


def test_without_tax_lines_the_firms_rate_is_added_or_none_if_it_has_none() -> None:
    assert sign_of(START + record()) is None
    assert guess_tax(sign=None, usual_rate="GST 10%").treatment == "usual"
    assert guess_tax(sign=None, usual_rate="").treatment == "none"


def test_the_first_line_that_is_a_tax_says_that_the_file_has_it_inside() -> None:
    tax = changed(EXPENSE, total="24.95", INVOICE_NUMBER="2", LINE_ITEM_DESCRIPTION="GST  10%")
    nothing = changed(EXPENSE, LINE_ITEM_DESCRIPTION="GST", LINE_ITEM_TOTAL="0")
    sign = sign_of(START + record(INVOICE_NUMBER="1") + nothing + tax + tax)
    assert sign == TaxSign(5, "", "LINE_ITEM_DESCRIPTION", "GST 10%")
    guess = guess_tax(sign=sign, usual_rate="GST 10%")
    assert (guess.treatment, guess.why[:44]) == ("in-lines", "Line 5 is the tax itself (“GST 10%”): INVOIC")


def test_a_line_that_has_its_own_tax_says_so_too() -> None:
    sign = sign_of((FILES / "international-v2.txt").read_text())
    assert sign == TaxSign(3, "", "LINE_ITEM_TAX_TOTAL")
    assert guess_tax(sign=sign, usual_rate="GST 10%").why.startswith("The file says the tax of each line")


def test_work_of_a_timekeeper_is_no_sign_of_tax() -> None:
    assert sign_of(START + record(LINE_ITEM_DESCRIPTION="GST")) is None
