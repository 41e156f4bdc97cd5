"""What a client owes after a LEDES import is what the file says, and tax is never charged twice."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from billing import importing, services
from billing.imports.ledes_tax import TaxTreatment
from billing.models import Invoice
from firms.models import Firm
from tests.factories import ContactFactory
from tests.integration.billing.importing import choose_tax, confirm, happens, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

NAMES = {"C7001": "Thornbury Mills Ltd"}
FILES = Path(__file__).parents[2] / "fixtures" / "ledes"


def import_file(firm: Firm, name: str, **options: Any) -> services.ImportReport:
    data = (FILES / name).read_bytes()
    usual = {"create_contacts": True, "names": NAMES}
    return importing.import_ledes(firm=firm, actor=None, data=data, **{**usual, **options})


@pytest.fixture
def client_list(firm: Firm, tmp_path: Path) -> str:
    """The path of a list of the clients' names."""
    path = tmp_path / "names.csv"
    path.write_text("client_number,name\n" + "".join(f"{number},{name}\n" for number, name in NAMES.items()))
    return str(path)


def read_file(page: Client, firm: Firm, name: str) -> str:
    """The page of what we understood."""
    if not firm.contacts.exists():
        ContactFactory(firm=firm, client_number="C7001")
    return upload(page, firm, "invoices", (FILES / name).read_bytes())


@pytest.mark.parametrize(
    ("name", "net", "tax", "total"),
    [("tax-as-expense-line.txt", 800, 80, 880), ("tax-as-fee-line.txt", 400, 40, 440)],
)
def test_a_line_that_is_the_tax_becomes_the_bills_tax_and_the_client_owes_what_the_file_says(
    firm: Firm, name: str, net: int, tax: int, total: int
) -> None:
    report = import_file(firm, name)
    assert report.tax is not None
    assert report.tax.treatment is TaxTreatment.IN_LINES
    assert report.tax.why.startswith("Line 4 is the tax itself (“GST")
    bill = Invoice.objects.get()
    assert (bill.subtotal, bill.tax_total, bill.total) == (net, tax, total)
    assert [(line.tax_name, line.tax_percent, line.tax_amount) for line in bill.lines.all()] == [("GST", 10, tax)]


def test_tax_on_fees_alone_leaves_expenses_and_bills_without_tax_lines_untaxed(firm: Firm) -> None:
    import_file(firm, "tax-on-fees-only.txt")
    taxed, untaxed = Invoice.objects.order_by("number")
    assert (taxed.total, untaxed.total) == (645, 200)
    assert [(line.tax_name, line.tax_amount) for line in taxed.lines.all()] == [("GST", 50), ("No tax", 0)]
    assert untaxed.tax_total == 0


def test_a_rate_that_the_firm_does_not_charge_keeps_the_name_and_percentage_of_the_file(firm: Firm) -> None:
    import_file(firm, "tax-of-another-rate.txt")
    bill = Invoice.objects.get()
    line = bill.lines.get()
    assert (bill.total, line.tax_name, line.tax_percent) == (460, "VAT", 15)


def test_tax_that_no_rate_makes_is_refused_at_its_line_with_both_sums(firm: Firm) -> None:
    report = import_file(firm, "tax-that-no-rate-makes.txt")
    assert [(fault.line_number, fault.field) for fault in report.faults] == [(4, "LINE_ITEM_TOTAL")]
    assert report.faults[0].message.startswith("Bill B106 has 37.00 of tax on 400.00, which no rate makes (GST 10%)")
    assert not Invoice.objects.exists()


def test_the_firms_tax_is_never_added_to_a_bill_that_has_its_own(firm: Firm) -> None:
    report = import_file(firm, "tax-as-expense-line.txt", tax=TaxTreatment.USUAL)
    assert [fault.line_number for fault in report.faults] == [4]
    assert report.faults[0].message == "This line is the tax on bill B101 already; adding tax would charge it twice."


@pytest.mark.parametrize(
    ("tax", "sums"),
    [
        (TaxTreatment.USUAL, ("1684.45", "168.45", "1852.90")),
        (TaxTreatment.INSIDE, ("1531.32", "153.13", "1684.45")),
        (TaxTreatment.NONE, ("1684.45", "0.00", "1684.45")),
        (TaxTreatment.IN_LINES, ("1684.45", "0.00", "1684.45")),
    ],
)
def test_a_chosen_treatment_is_what_happens(firm: Firm, tax: TaxTreatment, sums: tuple[str, ...]) -> None:
    report = import_file(firm, "no-tax-in-it.txt", tax=tax)
    bills = list(Invoice.objects.all())
    stored = [sum(getattr(bill, name) for bill in bills) for name in ("subtotal", "tax_total", "total")]
    assert stored == [Decimal(each) for each in sums]
    (said,) = report.sums
    assert (said.total_in_file, said.tax, said.total_here) == (Decimal("1684.45"), Decimal(sums[1]), Decimal(sums[2]))


def test_the_page_shows_the_sums_before_tax_is_added_and_takes_another_treatment(
    staff_page: Client, firm: Firm
) -> None:
    page = read_file(staff_page, firm, "no-tax-in-it.txt")
    assert "In sum: file 1,684.45 + tax 168.45 = 1,852.90." in page
    assert "so its amounts are taken to be before tax and GST 10% is added." in page
    assert '<input type="radio" name="tax" value="usual" required id="id_tax_1" checked>' in page
    assert "More than the file says, by its tax." in page
    assert "file 484.45 + tax 48.45 = 532.90" in happens(staff_page, firm)
    assert "Equal to the file, to the cent." in choose_tax(staff_page, firm, "none")
    assert "1,852.90" in choose_tax(staff_page, firm, "usual")
    assert not Invoice.objects.exists()
    confirm(staff_page, firm)
    assert sum(bill.total for bill in Invoice.objects.all()) == Decimal("1852.90")


def test_a_file_with_its_own_tax_comes_in_equal_to_the_cent(staff_page: Client, firm: Firm) -> None:
    assert "file 880.00, tax 80.00 in it" in read_file(staff_page, firm, "tax-as-expense-line.txt")
    confirm(staff_page, firm)
    assert Invoice.objects.get().total == 880


def test_the_command_says_the_sums_and_takes_a_treatment(firm: Firm, client_list: str) -> None:
    out = io.StringIO()
    path = str(FILES / "no-tax-in-it.txt")
    call_command(
        "import_ledes", path, firm=firm.slug, create_contacts=True, names=client_list, dry_run=True, stdout=out
    )
    call_command("import_ledes", path, firm=firm.slug, create_contacts=True, names=client_list, tax="none", stdout=out)
    assert "file 1,684.45 + tax 168.45 = 1,852.90" in out.getvalue()
    assert "file 1,684.45, no tax. Tax is treated as you chose." in out.getvalue()


def test_the_page_and_the_command_say_what_was_taken_though_it_was_rounded(
    staff_page: Client, firm: Firm, client_list: str
) -> None:
    page = read_file(staff_page, firm, "minutes-printed-as-hours.txt")
    said = "0.33 units at 240, adjusted by 0, make 79.20, but LINE_ITEM_TOTAL says 80.00. That is rounding"
    assert said in page
    out = io.StringIO()
    path = str(FILES / "minutes-printed-as-hours.txt")
    call_command("import_ledes", path, firm=firm.slug, create_contacts=True, names=client_list, stdout=out)
    assert f"line 3, LINE_ITEM_TOTAL: Bill B211, item 1: {said}" in out.getvalue()
    assert Invoice.objects.get().subtotal == 80
