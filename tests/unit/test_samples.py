from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from billing.imports.contacts_csv import ContactsFile, read_contacts
from billing.imports.ledes import LedesInvoice
from expense_categories.utbms import UTBMS_BY_CODE
from samples.make_samples import FOLDER, bills_ledes, contacts_csv
from tests.unit.ledes_text import LedesFile, read_ledes


@pytest.fixture(scope="module")
def bills() -> LedesFile:
    read = read_ledes(data=(FOLDER / "bills.ledes").read_bytes())
    assert isinstance(read, LedesFile), read
    return read


@pytest.fixture(scope="module")
def clients() -> ContactsFile:
    read = read_contacts(data=(FOLDER / "contacts.csv").read_bytes())
    assert isinstance(read, ContactsFile), read
    return read


def numbers(bills: list[LedesInvoice]) -> list[str]:
    return [bill.number for bill in bills]


def test_the_sample_files_are_what_their_script_writes() -> None:
    assert (FOLDER / "contacts.csv").read_text(encoding="utf-8") == contacts_csv()
    assert (FOLDER / "bills.ledes").read_text(encoding="utf-8") == bills_ledes()


def test_holds_150_bills_with_1000_lines_for_60_clients(bills: LedesFile, clients: ContactsFile) -> None:
    assert len(bills.invoices) == 150
    assert bills.line_count == 1000
    assert sum(bill.total for bill in bills.invoices) == Decimal("634000.16")
    assert set(bills.client_ids) == {row.client_number for row in clients.rows}
    assert len(clients.rows) == 60


def test_every_bill_has_something_to_pay_and_every_category_is_ready_made(bills: LedesFile) -> None:
    assert min(bill.total for bill in bills.invoices) > 0
    assert set(bills.expense_codes) == set(UTBMS_BY_CODE)


def test_one_client_has_an_email_address_xero_refuses(clients: ContactsFile) -> None:
    wrong = [row for row in clients.rows if any("@" not in email for email in row.emails)]
    assert [(row.client_number, row.emails) for row in wrong] == [("C-1013", ("accounts(at)brandt.example",))]


def test_two_clients_share_a_name_and_no_others_do(clients: ContactsFile) -> None:
    shared = [name for name, count in Counter(row.name.lower() for row in clients.rows).items() if count > 1]
    assert shared == ["john smith"]
    assert [row.client_number for row in clients.rows if row.name == "John Smith"] == ["C-1007", "C-1042"]


def test_one_bill_travels_out_of_town(bills: LedesFile) -> None:
    assert numbers([b for b in bills.invoices if any(line.expense_code == "E110" for line in b.lines)]) == ["10491"]


def test_three_bills_are_dated_in_the_locked_period(bills: LedesFile) -> None:
    locked = [bill for bill in bills.invoices if bill.invoice_date <= date(2026, 7, 31)]
    assert numbers(locked) == ["10401", "10402", "10403"]
    assert len(bills.invoices) == 150
    assert all(date(2026, 7, 1) <= bill.invoice_date <= date(2026, 11, 15) for bill in bills.invoices)


def test_one_description_has_5000_characters(bills: LedesFile) -> None:
    long = [
        (b.number, len(line.description)) for b in bills.invoices for line in b.lines if len(line.description) > 200
    ]
    assert long == [("10466", 5000)]


def test_the_bookkeepers_number_is_one_of_the_bills(bills: LedesFile) -> None:
    bill = next(bill for bill in bills.invoices if bill.number == "10417")
    assert (bill.client_id, bill.invoice_date, bill.total) == ("C-1053", date(2026, 8, 12), Decimal("6003.80"))
