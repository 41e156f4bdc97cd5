"""A firm's clients from the files that other programs write: numbers, recognising, what the page and command say."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from billing import services
from billing.models import Contact
from firms.models import Firm
from tests.factories import ContactFactory, FirmFactory
from tests.integration.billing.test_import import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

CLIO = (
    "title,first_name,last_name,company,business_city,email_address,primary_phone\n"
    "Dr,Ivo,Sand,,Leeds,ivo@sand.example,0113 496 0909\n"
    ",,,Reed & Co,Hull,office@reed.example,\n"
    ",,,Ruff Ltd,Hull,,\n"
)

ASSIGNED = "clients without a number in the file: 3, numbered 1001 to 1003 here"


def take(firm: Firm, text: str, **options: Any) -> services.ImportReport:
    return services.import_contacts(firm=firm, actor=None, data=text.encode(), **options)


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


def test_the_page_names_the_layout_each_columns_use_and_what_was_left_out(staff_page: Client, firm: Firm) -> None:
    page = upload(staff_page, firm, "contacts", (CLIO + "Total,3,,,,,\n").encode(), do="check").content.decode()
    assert "Read as Clio&#x27;s contact migration template." in page
    assert '<td data-label="Column in the file">email_address</td><td data-label="Fills">e-mail addresses</td>' in page
    assert '<td data-label="Column in the file">title</td><td data-label="Fills">not used</td>' in page
    assert ASSIGNED in page
    assert "This is a row of totals, not a client; left out." in page
    assert not Contact.objects.exists()


def test_of_a_refused_file_the_page_names_the_columns_too(staff_page: Client, firm: Firm) -> None:
    unknown = upload(staff_page, firm, "contacts", b"Mandant,Ort\nAuk Ltd,Hull\n", do="check").content.decode()
    assert "Read as a plain spreadsheet." in unknown
    assert '<td data-label="Column in the file">Mandant</td><td data-label="Fills">not used</td>' in unknown
    upload(staff_page, firm, "contacts", CLIO.encode(), do="import")
    differs = upload(staff_page, firm, "contacts", CLIO.replace("Leeds", "York").encode(), do="check").content.decode()
    assert "Read as Clio&#x27;s contact migration template." in differs
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
