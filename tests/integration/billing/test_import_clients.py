"""A firm's clients from the files that other programs write: numbers, recognising, what the page and command say."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from billing import importing, services
from billing.models import Contact
from firms.models import Firm
from tests.factories import ContactFactory, FirmFactory
from tests.integration.billing.importing import address, confirm, happens, upload, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

CLIO = (
    "title,first_name,last_name,company,business_city,email_address,primary_phone\n"
    "Dr,Ivo,Sand,,Leeds,ivo@sand.example,0113 496 0909\n"
    ",,,Reed & Co,Hull,office@reed.example,\n"
    ",,,Ruff Ltd,Hull,,\n"
)

ASSIGNED = "clients without a number in the file: 3, numbered 1001 to 1003 here"


def take(firm: Firm, text: str, **options: Any) -> services.ImportReport:
    return importing.import_contacts(firm=firm, actor=None, data=text.encode(), **options)


def clients() -> list[tuple[str, str, str]]:
    return list(Contact.objects.order_by("pk").values_list("client_number", "kind", "name"))


def test_clients_without_numbers_get_the_next_free_ones(firm: Firm) -> None:
    ContactFactory(firm=firm, client_number="2040")
    ContactFactory(firm=FirmFactory(), client_number="9000")
    report = take(firm, CLIO)
    assert report.created == 3
    assert clients()[-3:] == [
        ("2041", "PERSON", "Ivo Sand"),
        ("2042", "COMPANY", "Reed & Co"),
        ("2043", "COMPANY", "Ruff Ltd"),
    ]
    assert report.assigned == "clients without a number in the file: 3, numbered 2041 to 2043 here"


def test_assigned_numbers_are_above_those_in_the_file(firm: Firm) -> None:
    report = take(
        firm, "ContactName,EmailAddress,POAddressLine1,AccountNumber\nAuk Ltd,,,\nTern Ltd,,,5000\nFen,,,AB-9\n"
    )
    assert [number for number, _, _ in clients()] == ["5001", "5000", "AB-9"]
    assert report.assigned == "clients without a number in the file: 1, numbered 5001 here"


def test_a_file_without_numbers_is_recognised_when_it_comes_again(firm: Firm) -> None:
    take(firm, CLIO)
    again = take(firm, CLIO)
    assert (again.changed_nothing, again.unchanged, again.notes) == (True, 3, ())
    grown = take(firm, CLIO + ",,,Auk Ltd,,,\n")
    assert (grown.created, grown.unchanged) == (1, 3)
    assert Contact.objects.count() == 4


def test_a_name_that_was_stored_with_other_accents_is_recognised(firm: Firm) -> None:
    ContactFactory(firm=firm, client_number="7", name="Zoe\u0301 Ltd", emails=["z@zoe.example"])
    report = take(firm, "name,email\nZo\u00e9 Ltd,z@zoe.example\n")
    assert (report.faults, report.unchanged, report.created) == ((), 1, 0)


def test_two_clients_of_one_name_are_each_recognised(firm: Firm) -> None:
    text = "name,email\nAuk Ltd,a@auk.example\nAuk Ltd,b@auk.example\nAuk Ltd,\n"
    assert take(firm, text).created == 3
    lines = text.splitlines()
    assert take(firm, "\n".join([lines[0], lines[3], lines[2], lines[1]])).unchanged == 3


def test_a_client_of_the_same_name_with_another_address_is_asked_for_and_not_doubled(firm: Firm) -> None:
    ContactFactory(firm=firm, client_number="7", name="Auk Ltd", emails=["old@auk.example"])
    report = take(firm, "name,email\nAuk Ltd,new@auk.example\n")
    assert [(fault.line_number, fault.field) for fault in report.faults] == [(2, "emails")]
    assert "Client 7 has this name and other e-mail addresses." in report.faults[0].message
    assert Contact.objects.count() == 1


def test_beside_a_client_who_is_recognised_another_of_the_name_is_new(firm: Firm) -> None:
    take(firm, "name,email\nAuk Ltd,a@auk.example\n")
    report = take(firm, "name,email\nAuk Ltd,b@auk.example\nAuk Ltd,a@auk.example\n")
    assert (report.faults, report.created, report.unchanged) == ((), 1, 1)


def test_a_client_with_a_line_of_their_own_is_no_other_lines(firm: Firm) -> None:
    ContactFactory(firm=firm, client_number="7", name="Auk Ltd", emails=())
    text = "ContactName,EmailAddress,POAddressLine1,AccountNumber\nAuk Ltd,,,7\nAuk Ltd,b@auk.example,,\n"
    # Within the file the two are told apart by number and address.
    report = take(firm, text)
    assert (report.unchanged, report.created) == (1, 1)


def test_a_recognised_client_who_differs_refuses_the_file_by_line(firm: Firm) -> None:
    take(firm, CLIO)
    report = take(firm, CLIO.replace("Leeds", "York"))
    assert [(fault.line_number, fault.field) for fault in report.faults] == [(2, "city")]
    assert report.faults[0].message.startswith("Client 1001 is here already")


def test_the_forms_limits_refuse_a_file_by_line(firm: Firm) -> None:
    many = ";".join(f"p{number}@reed.example" for number in range(11))
    phones = ";".join(str(number) for number in range(11))
    report = take(firm, f"client_number,name,emails,phones\n41,Auk Ltd,a@auk.example,\n42,Reed & Co,{many},{phones}\n")
    assert [(fault.line_number, fault.field) for fault in report.faults] == [(3, "emails"), (3, "phones")]
    assert report.faults[0].message == "Keep at most 10 e-mail addresses; these are 11."
    assert not Contact.objects.exists()


def columns(page: str) -> list[tuple[str, str]]:
    """Each column of the file with what it becomes."""
    return re.findall(r'<th scope="row">([^<]+)</th><td class="small.*?data-label="Becomes">(.*?)</td>', page)


def test_the_page_names_the_layout_each_columns_use_and_what_was_left_out(staff_page: Client, firm: Firm) -> None:
    page = upload(staff_page, firm, "contacts", (CLIO + "Total,3,,,,,\n").encode())
    assert "<dt>Layout</dt><dd>Clio&#x27;s contact migration template</dd>" in page
    assert ("email_address", "e-mail addresses") in columns(page)
    assert ("title", '<span class="quiet">not used</span>') in columns(page)
    assert ASSIGNED in page
    assert "This is a row of totals, not a client; left out." in page
    assert not Contact.objects.exists()


def test_of_a_refused_file_the_page_names_the_columns_too(staff_page: Client, firm: Firm) -> None:
    unknown = upload(staff_page, firm, "contacts", b"Mandant,Ort\nAuk Ltd,Hull\n")
    assert "<dt>Layout</dt><dd>a plain spreadsheet</dd>" in unknown
    assert ("Mandant", '<span class="quiet">not used</span>') in columns(unknown)
    upload(staff_page, firm, "contacts", CLIO.encode())
    confirm(staff_page, firm)
    differs = upload(staff_page, firm, "contacts", CLIO.replace("Leeds", "York").encode())
    assert "<dt>Layout</dt><dd>Clio&#x27;s contact migration template</dd>" in differs
    assert "Client 1001 is here already" in differs


def test_the_command_says_the_same(firm: Firm, tmp_path: Path) -> None:
    file, out = tmp_path / "clio.csv", io.StringIO()
    file.write_text(CLIO)
    call_command("import_contacts", str(file), firm=firm.slug, dry_run=True, stdout=out)
    assert out.getvalue().splitlines() == [
        "Read as Clio's contact migration template.",
        f"3 contacts would be created; columns not used: title; {ASSIGNED}.",
    ]
    file.write_text(CLIO.replace("0113 496 0909", "1.1349E+10"))
    with pytest.raises(CommandError, match=r"line 2, phones: phones is \"1\.1349E\+10\": Excel shortens"):
        call_command("import_contacts", str(file), firm=firm.slug)


def test_columns_are_chosen_and_kept_for_the_next_file_of_the_shape(staff_page: Client, firm: Firm) -> None:
    upload(staff_page, firm, "contacts", b"Mandant,Ort\nAuk Ltd,Hull\n")
    staff_page.post(address(firm, "choose/"), {"column-name": "Mandant", "column-city": "Ort"})
    work()
    assert "1 contact would be created" in staff_page.get(address(firm)).content.decode()
    confirm(staff_page, firm)
    assert "1 contact would be created" in upload(staff_page, firm, "contacts", b"Mandant,Ort\nTern Ltd,Ely\n")
    confirm(staff_page, firm)
    assert list(Contact.objects.order_by("name").values_list("name", "city")) == [
        ("Auk Ltd", "Hull"),
        ("Tern Ltd", "Ely"),
    ]


def test_a_column_chosen_twice_is_refused_in_words(staff_page: Client, firm: Firm) -> None:
    upload(staff_page, firm, "contacts", b"Mandant,Ort\nAuk Ltd,Hull\n")
    staff_page.post(address(firm, "choose/"), {"column-name": "Mandant", "column-city": "Mandant"})
    assert "Mandant is chosen for" in staff_page.get(address(firm)).content.decode()


def test_the_good_clients_come_in_and_the_refused_ones_are_a_file(staff_page: Client, firm: Firm) -> None:
    upload(staff_page, firm, "contacts", b"client_number,name,phones\nC-1,Auk Ltd,\nC-2,Tern Ltd,8.113E+11\n")
    assert "Import the 1 good contact, leave out 1" in happens(staff_page, firm)
    text = b"".join(staff_page.get(address(firm, "refused.csv")).streaming_content).decode("utf-8-sig")
    assert "C-2" in text
    assert "Excel shortens" in text
    confirm(staff_page, firm, skip_refused="on")
    assert list(Contact.objects.values_list("client_number", flat=True)) == ["C-1"]
