"""Files of clients as other programs write them, each made small: what is read of them, and as what."""

import csv
import io

import pytest

from billing.imports.client_layouts import LAYOUTS, PLAIN, ClientLayout, plain_column, recognise
from billing.imports.client_rows import ContactRow
from billing.imports.contacts_csv import ContactsFile, read_contacts

CLIO = (
    "title,job_title,first_name,last_name,company,business_street,business_city,business_state,"
    "business_postal_code,email_address,primary_phone"
)
OUTLOOK = (
    "First Name,Middle Name,Last Name,Title,Suffix,E-mail Address,E-mail 2 Address,Home Phone,Business Phone,"
    "Mobile Phone,Business Fax,Company,Job Title,Business Street,Business Street 2,Business City,Business State,"
    "Business Postal Code,Business Country/Region,Home Street,Home City"
)
XERO = (
    "*ContactName,AccountNumber,EmailAddress,FirstName,LastName,POAttentionTo,POAddressLine1,POAddressLine2,"
    "POAddressLine3,POCity,PORegion,POPostalCode,POCountry,SAAddressLine1,SACity,PhoneNumber,FaxNumber,MobileNumber,"
    "DDINumber,TaxNumber,Website"
)
GOOGLE = (
    "First Name,Middle Name,Last Name,Organization Name,Notes,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,"
    "Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Address 1 - Street,Address 1 - City,"
    "Address 1 - Region,Address 1 - Postal Code,Address 1 - Country"
)
QUICKBOOKS = "Customer full name,Company name,Street Address,City,State,Country,Zip,Phone,Email,Open balance"
QUICKBOOKS_DESKTOP = "Customer,Company,First Name,Last Name,Main Phone,Fax,Main Email,Bill to 1,Bill to 2,Bill to 3"
PANTHER = (
    "Display Name,Company Name,First Name,Last Name,Email,Phone Mobile,Phone Work,Phone Fax,Address Street 1,"
    "Address City,Address State,Address Zip Code,Address Country"
)
LEAP = "Card Name,Card Type,Given Names,Surname,Street,Suburb,State,Postcode,Phone,Mobile,Email,ABN"


def read(header: str, *lines: dict[str, str]) -> ContactsFile:
    """The file of these columns and values, each line naming only the columns that are filled."""
    out = io.StringIO()
    writer = csv.DictWriter(out, next(csv.reader([header])))
    writer.writeheader()
    writer.writerows(lines)
    found = read_contacts(data=out.getvalue().encode())
    assert isinstance(found, ContactsFile), found
    return found


def who(row: ContactRow) -> tuple[str, str, str, str, str]:
    return row.client_number, row.kind, row.name, row.first_name, row.last_name


def numbers(row: ContactRow) -> dict[str, str]:
    return {phone.type: phone.number for phone in row.phones}


def where(row: ContactRow) -> list[str]:
    return [row.address_line1, row.address_line2, row.city, row.region, row.postal_code, row.country]


def test_clios_template_has_people_and_companies_and_no_numbers() -> None:
    found = read(
        CLIO,
        {"title": "Dr", "first_name": "Ivo", "last_name": "Sand", "company": "Sand Mills Ltd", "primary_phone": "1"},
        {
            "company": "Reed & Co",
            "business_street": "2 Quay St",
            "business_city": "Hull",
            "email_address": "a@b.example",
        },
    )
    person, company = found.rows
    assert found.layout == "Clio's contact migration template"
    assert who(person) == ("", "PERSON", "Ivo Sand", "Ivo", "Sand")
    assert who(company) == ("", "COMPANY", "Reed & Co", "", "")
    assert (company.emails, company.address_line1, company.city) == (("a@b.example",), "2 Quay St", "Hull")
    assert found.ignored_columns == ("title", "job_title")
    assert [note.message for note in found.notes] == [
        "The client is named by its own name; the company beside it is not kept."
    ]


def test_xeros_contacts_keep_their_numbers_and_the_person_at_a_company() -> None:
    filled = {
        "*ContactName": "Fen Farms", "AccountNumber": "C-7", "EmailAddress": "a@fen.example", "FirstName": "Lou",
        "LastName": "Rook", "POAddressLine1": "PO Box 1", "POAddressLine2": "Rear", "POAddressLine3": "Left",
        "POCity": "Ely", "PORegion": "Cambs", "POPostalCode": "CB7", "POCountry": "UK", "SAAddressLine1": "3 Dyke Rd",
        "PhoneNumber": "1", "FaxNumber": "2", "MobileNumber": "3", "DDINumber": "4", "TaxNumber": "GB9",
    }  # fmt: skip
    found = read(XERO, filled, {"*ContactName": "Ida Loft", "FirstName": "Ida", "LastName": "Loft", "SACity": "Ely"})
    company, person = found.rows
    assert found.layout == "Xero's contacts"
    assert who(company) == ("C-7", "COMPANY", "Fen Farms", "Lou", "Rook")
    assert where(company) == ["PO Box 1", "Rear, Left", "Ely", "Cambs", "CB7", "UK"]
    assert numbers(company) == {"WORK": "1", "FAX": "2", "MOBILE": "3", "DIRECT": "4"}
    assert company.tax_number == "GB9"
    assert who(person) == ("", "PERSON", "Ida Loft", "Ida", "Loft")
    assert person.city == "Ely"
    assert found.ignored_columns == ("POAttentionTo", "Website")


def test_outlooks_contacts() -> None:
    filled = {
        "First Name": "Ivo", "Middle Name": "B", "Last Name": "Sand", "E-mail Address": "a@b.example",
        "E-mail 2 Address": "c@b.example", "Business Phone": "1", "Mobile Phone": "2", "Business Fax": "3",
        "Home Street": "9 Home St", "Home City": "Leeds",
    }  # fmt: skip
    at_work = {"Company": "Reed & Co", "Business Street": "2 Quay St", "Business City": "Hull", "Home City": "Leeds"}
    found = read(OUTLOOK, filled, at_work)
    person, company = found.rows
    assert found.layout == "Outlook's contacts"
    assert who(person) == ("", "PERSON", "Ivo B Sand", "Ivo B", "Sand")
    assert person.emails == ("a@b.example", "c@b.example")
    assert numbers(person) == {"WORK": "1", "MOBILE": "2", "FAX": "3"}
    assert (person.address_line1, person.city) == ("9 Home St", "Leeds")
    assert (company.name, company.address_line1, company.city) == ("Reed & Co", "2 Quay St", "Hull")


def test_googles_contacts_have_several_addresses_in_one_cell_and_say_of_which_type_a_number_is() -> None:
    filled = {
        "First Name": "Ivo", "Last Name": "Sand", "E-mail 1 - Value": "a@b.example ::: c@b.example",
        "E-mail 2 - Value": "d@b.example", "Phone 1 - Label": "Mobile", "Phone 1 - Value": "1",
        "Phone 2 - Label": "Work Fax", "Phone 2 - Value": "2", "Address 1 - Street": "2 Quay St",
        "Address 1 - City": "Hull", "Address 1 - Region": "Yorks", "Address 1 - Postal Code": "HU1",
        "Address 1 - Country": "UK",
    }  # fmt: skip
    found = read(GOOGLE, filled, {"Organization Name": "Reed & Co", "Phone 1 - Value": "3"})
    person, company = found.rows
    assert found.layout == "Google's contacts"
    assert person.emails == ("a@b.example", "c@b.example", "d@b.example")
    assert numbers(person) == {"MOBILE": "1", "FAX": "2"}
    assert where(person) == ["2 Quay St", "", "Hull", "Yorks", "HU1", "UK"]
    assert (company.name, numbers(company)) == ("Reed & Co", {"WORK": "3"})


def test_quickbooks_customers_online_and_on_the_desktop() -> None:
    online = read(
        QUICKBOOKS, {"Customer full name": "Reed & Co", "Company name": "Reed & Co", "City": "Hull", "Zip": "1"}
    )
    (row,) = online.rows
    assert (online.layout, who(row)) == ("QuickBooks' customers", ("", "COMPANY", "Reed & Co", "", ""))
    assert (row.city, row.postal_code, online.ignored_columns) == ("Hull", "1", ("Open balance",))
    filled = {"Customer": "Ivo Sand", "First Name": "Ivo", "Last Name": "Sand", "Main Email": "a@b.example"}
    desktop = read(QUICKBOOKS_DESKTOP, filled | {"Bill to 1": "2 Quay St", "Bill to 2": "Hull", "Bill to 3": "UK"})
    (row,) = desktop.rows
    assert who(row) == ("", "PERSON", "Ivo Sand", "Ivo", "Sand")
    assert where(row)[:2] == ["2 Quay St", "Hull, UK"]


def test_practicepanthers_contacts() -> None:
    found = read(PANTHER, {"Display Name": "Reed & Co", "Company Name": "Reed & Co", "Phone Mobile": "1"})
    assert found.layout == "PracticePanther's contacts"
    assert who(found.rows[0]) == ("", "COMPANY", "Reed & Co", "", "")
    assert numbers(found.rows[0]) == {"MOBILE": "1"}


def test_cards_of_leap() -> None:
    filled = {
        "Card Name": "Ivo Sand",
        "Card Type": "Person",
        "Given Names": "Ivo",
        "Surname": "Sand",
        "Suburb": "Carlton",
    }
    found = read(LEAP, filled, {"Card Name": "Reed Pty Ltd", "Card Type": "Organisation", "ABN": "51 824"})
    assert found.layout == "cards as LEAP writes them"
    assert [who(row)[1:3] for row in found.rows] == [("PERSON", "Ivo Sand"), ("COMPANY", "Reed Pty Ltd")]
    assert (found.rows[0].city, found.rows[1].tax_number) == ("Carlton", "51 824")


def test_a_spreadsheet_of_client_ids_and_names() -> None:
    found = read("Client ID,Client Name,Email,Phone", {"Client ID": "C-7", "Client Name": "Reed", "Phone": "02 5550"})
    assert found.layout == "a plain spreadsheet"
    assert who(found.rows[0]) == ("C-7", "COMPANY", "Reed", "", "")


def test_every_layout_can_also_carry_our_client_number() -> None:
    found = read(f"{CLIO},client_number", {"company": "Reed & Co", "client_number": "C-7"}, {"company": "Sand"})
    assert [row.client_number for row in found.rows] == ["C-7", ""]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.title)
def test_each_layout_is_known_by_any_of_its_marks_and_taken_for_no_other(layout: ClientLayout) -> None:
    assert layout.marks
    assert {recognise(sorted(mark)).title for mark in layout.marks} == {layout.title}


def test_a_file_of_other_columns_is_plain() -> None:
    assert recognise(["name", "city"]) is PLAIN
    assert plain_column("*Address (street, no)") == "address"
