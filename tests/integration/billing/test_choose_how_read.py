"""What a person chooses where a file of clients was not understood: its columns, kept for the next file; its letters."""

import pytest
from django.test import Client

from billing.models import Contact
from firms.models import Firm
from firms.scope import firm_scope
from tests.client_files import PROGRAMS, make_clients, write_xlsx
from tests.factories import FirmFactory, admin_of
from tests.integration.billing.importing import address, confirm, upload, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

FOREIGN = b"Mandant;Nr.;Mail;Ort\nAuk GmbH;7;a@auk.example;Hull\n"
CHOSEN = {"column-name": "Mandant", "column-client_number": "Nr.", "column-emails": ["Mail"], "column-city": "Ort"}


def choose(page: Client, firm: Firm, **posted: object) -> str:
    answer = page.post(address(firm, "choose/"), posted, follow=True)
    work()
    return answer.content.decode() + page.get(address(firm)).content.decode()


def clients(firm: Firm) -> list[tuple[str, str, str]]:
    with firm_scope(firm):
        return list(Contact.objects.order_by("pk").values_list("client_number", "name", "city"))


def test_columns_that_nobody_knows_are_chosen_and_the_next_file_of_that_shape_maps_itself(
    staff_page: Client, firm: Firm
) -> None:
    unknown = upload(staff_page, firm, "contacts", FOREIGN)
    assert "No column is name" in unknown
    assert '<option value="Mandant">Mandant (Auk GmbH)</option>' in unknown
    assert "1 contact would be created" in choose(staff_page, firm, **CHOSEN)
    assert clients(firm) == []
    confirm(staff_page, firm, "send")
    assert clients(firm) == [("7", "Auk GmbH", "Hull")]
    assert "1 contact would be created" in upload(staff_page, firm, "contacts", FOREIGN.replace(b"GmbH;7", b"AG;8"))
    confirm(staff_page, firm, "send")
    assert clients(firm) == [("7", "Auk GmbH", "Hull"), ("8", "Auk AG", "Hull")]


def test_the_last_choice_counts_and_one_that_was_only_tried_does_not(staff_page: Client, firm: Firm) -> None:
    upload(staff_page, firm, "contacts", FOREIGN)
    choose(staff_page, firm, **CHOSEN)
    assert "No column is name" in upload(staff_page, firm, "contacts", FOREIGN)
    choose(staff_page, firm, **CHOSEN)
    confirm(staff_page, firm, "send")
    upload(staff_page, firm, "contacts", FOREIGN.replace(b"GmbH;7", b"AG;8"))
    choose(staff_page, firm, **{"column-name": "Mandant", "column-client_number": "Nr.", "column-region": "Ort"})
    confirm(staff_page, firm, "send")
    upload(staff_page, firm, "contacts", FOREIGN.replace(b"GmbH;7", b"KG;9"))
    confirm(staff_page, firm, "send")
    with firm_scope(firm):
        assert list(Contact.objects.order_by("pk").values_list("city", "region", "emails")) == [
            ("Hull", "", ["a@auk.example"]),
            ("", "Hull", []),
            ("", "Hull", []),
        ]


def test_what_one_firm_chose_is_not_anothers(staff_page: Client, firm: Firm) -> None:
    upload(staff_page, firm, "contacts", FOREIGN)
    choose(staff_page, firm, **CHOSEN)
    confirm(staff_page, firm, "send")
    other = FirmFactory()
    page = Client()
    page.force_login(admin_of(other))
    assert "No column is name" in upload(page, other, "contacts", FOREIGN)


def test_a_column_for_two_fields_is_refused_and_nothing_changes(staff_page: Client, firm: Firm) -> None:
    upload(staff_page, firm, "contacts", FOREIGN)
    page = choose(staff_page, firm, **{**CHOSEN, "column-country": "Mandant"})
    assert "Mandant is chosen for name too. Choose it once." in page
    assert "No column is name" in page


def test_of_a_file_whose_bytes_do_not_tell_the_letters_are_chosen_by_how_a_line_reads(
    staff_page: Client, firm: Firm
) -> None:
    data = "client_number,name,city\n7,Müller & Söhne,Köln\n".encode("mac-roman")
    page = upload(staff_page, firm, "contacts", data)
    assert "windows-1252: 7,MŸller &amp; Sšhne,Kšln" in page
    assert "mac-roman: 7,Müller &amp; Söhne,Köln" in page
    assert "Müller &amp; Söhne" in choose(staff_page, firm, encoding="mac-roman")
    confirm(staff_page, firm, "send")
    assert clients(firm) == [("7", "Müller & Söhne", "Köln")]


def test_only_an_encoding_that_was_offered_can_be_chosen(staff_page: Client, firm: Firm) -> None:
    upload(staff_page, firm, "contacts", "name\nMüller\n".encode("mac-roman"))
    assert "Choose one of the encodings." in choose(staff_page, firm, encoding="rot13")
    page = upload(staff_page, firm, "contacts", "name\nMüller\n".encode())
    assert "How the file reads" not in page


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.code)
def test_each_programs_workbook_comes_in_and_is_recognised_when_it_comes_again(
    staff_page: Client, firm: Firm, program: object
) -> None:
    data = write_xlsx(program, make_clients(20, seed=7), before=["Notes"])  # type: ignore[arg-type]
    page = upload(staff_page, firm, "contacts", data)
    assert "20 contacts would be created" in page
    assert "Of the workbook the sheet &quot;Clients&quot; was read" in page
    confirm(staff_page, firm, "send")
    assert len(clients(firm)) == 20
    assert "all 20 contacts are here already" in upload(staff_page, firm, "contacts", data)
