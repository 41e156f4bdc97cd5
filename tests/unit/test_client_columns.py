"""Columns of a client file: recognised, chosen by a person, or remembered for a header of the same shape."""

import pytest

from billing.forms.columns import ColumnsForm
from billing.imports.client_columns import column_names, header_shape
from billing.imports.contacts_csv import ContactsFile, ContactsRefused, read_contacts

FOREIGN = b"Mandant;Nr.;Mail;Mail;Ort;;Telefon\nAuk GmbH;7;a@auk.example;b@auk.example;Hull;x;030 1\nTern;8;;;;;\n"
CHOSEN = {"Mandant": "name", "Nr.": "client_number", "Mail": "emails", "Mail (2)": "emails", "Telefon": "phones"}

FIELDS = ["name", "client_number", "emails", "emails", "", "", "phones"]


def read(data: bytes = FOREIGN, **options: object) -> ContactsFile:
    found = read_contacts(data=data, **options)  # type: ignore[arg-type]
    assert isinstance(found, ContactsFile), found
    return found


def refused(data: bytes = FOREIGN, **options: object) -> ContactsRefused:
    found = read_contacts(data=data, **options)  # type: ignore[arg-type]
    assert isinstance(found, ContactsRefused), found
    return found


def test_columns_of_any_name_fill_the_fields_that_were_chosen() -> None:
    first, second = read(columns=CHOSEN).rows
    assert (first.client_number, first.name, first.emails) == ("7", "Auk GmbH", ("a@auk.example", "b@auk.example"))
    assert (first.phones[0].number, first.city, second.name) == ("030 1", "", "Tern")


def test_what_was_chosen_for_a_header_is_used_for_the_next_file_of_that_shape() -> None:
    shape = refused().shape
    other = FOREIGN.splitlines()[0].lower() + b"\nFen GmbH;9;;;;;\n"
    assert read(other, remembered={shape: FIELDS}).rows[0].client_number == "9"
    assert refused(b"Ort;" + other, remembered={shape: FIELDS}).faults[0].field == "name"


def test_a_choice_counts_before_a_layout_and_a_layout_before_what_is_remembered() -> None:
    data = b"client,name\nC-1,Auk\n"
    shape = read(data, columns={"client": "name"}).shape
    remembered = {shape: ["name", "city"]}
    assert read(data, remembered=remembered).rows[0].city == "Auk"
    assert read(data, remembered=remembered, columns={"name": "name"}).rows[0].name == "Auk"
    assert (
        refused(data, remembered=remembered, layout="plain")
        .faults[0]
        .message.startswith("Two columns are name: client")
    )


def test_a_refused_file_still_says_what_its_columns_are_and_hold() -> None:
    look = refused()
    assert [(column.name, column.field, column.samples) for column in look.columns][:4] == [
        ("Mandant", "", ("Auk GmbH", "Tern")),
        ("Nr.", "", ("7", "8")),
        ("Mail", "", ("a@auk.example",)),
        ("Mail (2)", "", ("b@auk.example",)),
    ]


def test_a_choice_of_a_column_the_file_has_not_refuses_it() -> None:
    assert "The file has no column Firma." in refused(columns={"Firma": "name"}).faults[0].message


def test_an_empty_number_in_a_chosen_column_of_numbers_is_refused_by_line() -> None:
    found = read(FOREIGN.replace(b";8;", b";;"), columns=CHOSEN)
    assert [(fault.line_number, fault.field) for fault in found.faults] == [(3, "client_number")]
    assert [row.name for row in found.rows] == ["Auk GmbH"]


@pytest.mark.parametrize("header", [["Client No", "NAME"], ["client-no.", " name "], ['="Client No"', "\ufeffname"]])
def test_case_blanks_and_punctuation_are_no_other_shape(header: list[str]) -> None:
    assert header_shape(header) == header_shape(["client no", "name"])
    assert header_shape(header) != header_shape(["name", "client no"])


def test_each_column_has_a_name_of_its_own() -> None:
    assert column_names(["A", "", "A", "A (2)", "A", " b  c "]) == (
        "A",
        "column 2",
        "A (2)",
        "A (2) (2)",
        "A (3)",
        "b c",
    )


def form(data: dict[str, object]) -> ColumnsForm:
    return ColumnsForm({f"column-{name}": value for name, value in data.items()}, columns=refused().columns)


def test_the_form_starts_from_what_was_recognised_and_gives_what_was_chosen() -> None:
    look = read(b"Client No,Client Name,Email,E-mail 2\n1,Auk,,\n", layout="plain")
    start = ColumnsForm(columns=look.columns)
    assert (start["client_number"].initial, start["name"].initial, start["emails"].initial) == (
        "Client No",
        "Client Name",
        ["Email", "E-mail 2"],
    )
    chosen = form({"name": "Mandant", "emails": ["Mail", "Mail (2)"], "client_number": "Nr.", "phones": ["Telefon"]})
    assert chosen.is_valid(), chosen.errors
    assert chosen.mapping() == CHOSEN


def test_the_form_refuses_a_column_for_two_fields_and_a_file_without_names() -> None:
    assert form({"name": "Mandant", "city": "Mandant"}).errors == {
        "city": ["Mandant is chosen for name too. Choose it once."]
    }
    assert list(form({"city": "Ort"}).errors) == ["name"]
    assert list(form({"name": "Firma"}).errors) == ["name"]
