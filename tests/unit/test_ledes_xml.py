"""LEDES XML 2.x: bills as the standard has them, and files that are a trap or another XML."""

import time
from decimal import Decimal
from pathlib import Path

import pytest

from billing.imports.ledes import ReadingOptions
from tests.unit.ledes_text import only, read, read_ledes, refusal

LONGEST_SECONDS = 10
FILE = (Path(__file__).parents[1] / "fixtures" / "ledes" / "xml-21.xml").read_text()
FEE = FILE[FILE.index("     <fee>") : FILE.index("     <expense>")]


def test_a_bill_comes_with_its_currency_taxes_and_names_each_line_with_its_place() -> None:
    file = read(FILE)
    (bill,) = file.invoices
    assert file.format == "LEDES XML 2.1"
    assert (bill.number, bill.client_id, bill.client_name, bill.currency) == (
        "B401",
        "C7001",
        "Thornbury Mills Ltd",
        "GBP",
    )
    assert (bill.total, bill.matter_names) == (Decimal("780.95"), {"C7001-1": "Lease of the mill"})
    fee, expense = bill.lines
    assert (fee.amount, fee.tax, fee.tax_percent, fee.tax_name) == (630, 126, 20, "VAT")
    assert (fee.description, fee.timekeeper_name, fee.discount) == ("Advice on the lease", "Iris Odell", 70)
    assert (expense.amount, expense.tax, expense.expense_code) == (Decimal("24.95"), None, "E112")
    assert (fee.line_number, expense.line_number) == (9, 11)


def test_a_discount_without_its_sign_is_one_if_the_total_says_so() -> None:
    assert only(FILE.replace("<item_disc_cred_amount>-70", "<item_disc_cred_amount>70")).lines[0].discount == 70


def test_a_discount_of_the_whole_matter_is_a_line() -> None:
    less = (
        "<matter_disc_cred><disc_cred_category>Fee</disc_cred_category><increase_decrease>Decrease</increase_decrease>"
        "<disc_cred_amount>30.95</disc_cred_amount></matter_disc_cred></matter>"
    )
    bill = only(FILE.replace("</matter>", less).replace(">780.95<", ">750.00<"))
    assert (bill.total, bill.lines[2].amount, bill.lines[2].is_time) == (750, Decimal("-30.95"), True)


def test_a_fixed_fee_needs_no_units() -> None:
    fixed = FILE.replace("<charge_type>U</charge_type><units>2</units><rate>350</rate>", "<charge_type>F</charge_type>")
    (fee, _) = only(fixed).lines
    assert (fee.quantity, fee.unit_price, fee.amount) == (1, 700, 630)


def test_two_taxes_on_a_line_are_one() -> None:
    second = "<tax_item_fee><tx_id>2</tx_id><tax_on_charge>63.00</tax_on_charge></tax_item_fee></fee>"
    described = (
        "<tax><tx_id>2</tx_id><tax_type>Levy</tax_type><tax_rate_percent>0.1</tax_rate_percent></tax>\n  <client>"
    )
    text = FILE.replace("</fee>", second).replace("<client>", described, 1)
    (fee, _) = only(text.replace(">756.00<", ">819.00<").replace(">780.95<", ">843.95<")).lines
    assert (fee.tax, fee.tax_percent, fee.tax_name) == (189, 30, "VAT + Levy")


@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_the_versions_before_and_after_are_read_too(version: str) -> None:
    assert read(FILE.replace("ledesxmlebilling2.1", f"ledesxmlebilling{version}")).format == f"LEDES XML {version}"


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252"])
def test_the_declared_encoding_is_used(declared: str) -> None:
    text = FILE.replace("UTF-8", declared).replace("Thornbury", "Müller")
    assert only(text.encode("latin-1")).client_name == "Müller Mills Ltd"


def test_a_file_that_says_utf_16_and_is_not_is_read_as_what_it_is() -> None:
    text = FILE.replace("UTF-8", "utf-16").replace("Thornbury", "Müller")
    assert only(text.encode()).client_name == "Müller Mills Ltd"
    assert only(text.encode("utf-16")).client_name == "Müller Mills Ltd"


def test_a_line_whose_total_is_another_is_refused_at_its_line() -> None:
    (fault, *_) = refusal(FILE.replace(">756.00<", ">757.00<")).faults
    assert (fault.line_number, fault.field) == (9, "LINE_ITEM_TOTAL")


ENTITIES = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 20))
BOMB = f'<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">{ENTITIES}]>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            FILE.replace("<ledesxml", BOMB + "<ledesxml", 1).replace("November<", "&a19;<"),
            "The file declares a document type",
        ),
        (
            FILE.replace("<ledesxml", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><ledesxml', 1),
            "The file declares a document type",
        ),
        (FILE.replace("November<", "&other;<"), "The XML is damaged here"),
        (FILE[:900], "The XML is damaged here"),
        (FILE.replace("November<", "<a>" * 50 + "<"), "One bill holds more elements"),
        (FILE.replace("November<", "x" * 100_001 + "<"), 'The text of "inv_desc" is longer'),
        (FILE.replace("</matter>", "<a/>" * 100_000 + "</matter>"), "One bill holds more elements"),
        (FILE.replace("<client>", "<tax/>" * 600 + "<client>"), "The firm or the client holds more elements"),
        ("<html><body>Sign in</body></html>", 'This is XML that begins with "html"; we read LEDES XML 2.0'),
        ("<?xml version='1.0'?>\n<ledesxml/>", 'This is XML that begins with "ledesxml"'),
        (FILE.replace("<invoice>", "<x>").replace("</invoice>", "</x>"), "The file holds no bill."),
    ],
)
def test_a_trap_a_damaged_file_and_another_xml_are_refused_in_words(text: str, message: str) -> None:
    began = time.perf_counter()
    assert refusal(text).faults[0].message.startswith(message)
    assert time.perf_counter() - began < LONGEST_SECONDS


def test_an_encoding_that_is_chosen_goes_before_the_declared_one() -> None:
    data = FILE.replace("Thornbury", "Łódź").encode("cp1250")
    result = read_ledes(data=data, options=ReadingOptions(encoding="windows-1250"))
    assert [bill.client_name for bill in getattr(result, "invoices", ())] == ["Łódź Mills Ltd"]


def test_a_file_may_hold_any_number_of_clients_and_bills() -> None:
    client = FILE[FILE.index("<client>") : FILE.index("</firm>")]
    many = "".join(client.replace("B401", f"B{number}").replace("C7001", f"C{number}") for number in range(700))
    bills = read(FILE.replace(client, many)).invoices
    assert [bill.client_id for bill in bills] == [f"C{number}" for number in range(700)]
    assert {bill.lines[0].tax_percent for bill in bills} == {20}


def test_a_file_in_utf_8_that_declares_another_encoding_is_refused_until_utf_8_is_chosen() -> None:
    data = FILE.replace("UTF-8", "iso-8859-1").replace("Thornbury", "Müller").encode()
    assert refusal(data).faults[0].message.startswith("The file is in UTF-8, and iso8859-1 was chosen or is declared")
    assert read(data, ReadingOptions(encoding="utf-8")).invoices[0].client_name == "Müller Mills Ltd"
