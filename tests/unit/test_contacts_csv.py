import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.imports.cells import unwrapped
from billing.imports.client_layouts import FIELDS
from billing.imports.client_rows import ContactPhone, ContactRow
from billing.imports.contacts_csv import ContactsFile, ContactsRefused, read_contacts
from billing.imports.tables import MOST_ROWS
from identity import fold_name
from identity.text import clean_text

HEADER = "client_number,kind,name,first_name,last_name,emails,phones,phone_mobile,address_line1,city,country"
ACME = "C-1,company,Acme Pty Ltd,,,a@acme.example; b@acme.example,+61 2 5550 0001;+61 2 5550 0002,,1 High St,Sydney,Australia"
MAYA = "C-2,person,Maya Kerr,Maya,Kerr,maya@kerr.example,,+61 4 0000 0000,2 High St,Perth,Australia"


def rows(data: bytes | str) -> tuple[ContactRow, ...]:
    read = read_contacts(data=data.encode() if isinstance(data, str) else data)
    assert isinstance(read, ContactsFile), read
    assert read.faults == ()
    return read.rows


def faults(data: bytes | str) -> list[tuple[int, str]]:
    read = read_contacts(data=data.encode() if isinstance(data, str) else data)
    assert read.fault_count >= len(read.faults) > 0, read
    return [(fault.line_number, fault.field) for fault in read.faults]


def test_a_company_and_a_person_are_read_with_all_they_have() -> None:
    acme, maya = rows(f"{HEADER}\n{ACME}\n{MAYA}\n")
    assert (acme.client_number, acme.kind, acme.name) == ("C-1", "COMPANY", "Acme Pty Ltd")
    assert acme.emails == ("a@acme.example", "b@acme.example")
    assert acme.phones == (ContactPhone("WORK", "+61 2 5550 0001"), ContactPhone("WORK", "+61 2 5550 0002"))
    assert (maya.kind, maya.first_name, maya.last_name) == ("PERSON", "Maya", "Kerr")
    assert maya.phones == (ContactPhone("MOBILE", "+61 4 0000 0000"),)
    assert (maya.address_line1, maya.city, maya.country, maya.tax_number) == ("2 High St", "Perth", "Australia", "")
    assert (acme.line_number, maya.line_number) == (2, 3)


@pytest.mark.parametrize(
    "header", ["Client Number,NAME", "client-number , Name", "CLIENT_NUMBER,name", "ClientNo,name"]
)
def test_column_names_may_differ_in_case_spaces_and_hyphens(header: str) -> None:
    assert rows(f"{header}\nC-1,Acme\n")[0].name == "Acme"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_files_of_every_spreadsheet_are_read(delimiter: str, line_end: str) -> None:
    text = line_end.join([delimiter.join(["client_number", "name"]), delimiter.join(["C-1", '"Tran, Lee; Co"']), ""])
    assert rows(text)[0].name == "Tran, Lee; Co"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_accents_survive_every_encoding(encoding: str) -> None:
    assert rows("client_number,name\nC-1,Société Lumière\n".encode(encoding))[0].name == "Société Lumière"


def test_a_value_in_quotes_may_run_over_lines_and_later_faults_keep_their_line() -> None:
    text = 'client_number,name,address_line1\nC-1,"Acme ""A""","1 High St\nRear"\n\n,Nobody,x\n'
    assert faults(text) == [(5, "client_number")]
    assert rows(text.replace(",Nobody", "C-2,Nobody"))[0].address_line1 == "1 High St\nRear"


def test_a_person_without_a_full_name_is_named_by_first_and_last_name() -> None:
    (row,) = rows("client_number,first_name,last_name\nC-1,Maya,Kerr\n")
    assert (row.kind, row.name) == ("PERSON", "Maya Kerr")


def test_a_client_is_a_company_unless_something_says_person() -> None:
    first, second = rows("client_number,kind,name\nC-1,,Acme\nC-2,Individual,Maya Kerr\n")
    assert (first.kind, second.kind) == ("COMPANY", "PERSON")


def test_columns_we_have_no_place_for_are_named() -> None:
    read = read_contacts(data=b"client_number,name,Shoe size,\nC-1,Acme,44,\n")
    assert isinstance(read, ContactsFile)
    assert read.ignored_columns == ("Shoe size",)


def test_a_client_number_given_twice_is_refused_with_both_lines() -> None:
    read = read_contacts(data=b"client_number,name\nC-1,Acme\nC-2,Bolt\nC-1,Cog\n")
    assert [(fault.line_number, fault.field) for fault in read.faults] == [(4, "client_number")]
    assert "line 2" in read.faults[0].message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("client_number,name\n,Acme\n", [(2, "client_number")]),
        ("client_number,name\nC-1,\n", [(2, "name")]),
        ("client_number,kind,name\nC-1,robot,Acme\n", [(2, "kind")]),
        ("client_number,name\nC-1\n", [(2, "name")]),
        ("client_number,name\nC-1,Tran, Lee & Co\n", [(2, "")]),
        ("client_number,city\nC-1,Perth\n", [(1, "name")]),
        ("client_number,name,Name\nC-1,Acme,Acme\n", [(1, "name")]),
        ('client_number,name\nC-1,Acme\nC-2,"Bolt\n', [(3, "")]),
        ("client_number,name\n", [(2, "")]),
        ("", [(1, "")]),
        ("\n \n", [(1, "")]),
        ("client_number,name\nC-1,Ac\0me\n", [(2, "")]),
        ("PK\x03\x04rest", [(1, "")]),
        (f"client_number,name\n{'9' * 51},{'x' * 256}\n", [(2, "client_number"), (2, "name")]),
        (f"client_number,name,emails\nC-1,Acme,{'x' * 256};a@b.example\n", [(2, "emails")]),
    ],
)
def test_a_file_that_cannot_be_taken_whole_is_refused_by_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert faults(text) == expected


def test_an_unknown_byte_is_refused_with_its_line() -> None:
    assert faults(b"client_number,name\nC-1,Acme\nC-2,Caf\x81\xe9\n") == [(3, "")]


def test_a_file_of_faults_is_refused_with_the_first_fifty_and_their_count() -> None:
    read = read_contacts(data=b"client_number,name\n" + b",Acme\n" * 200)
    assert (len(read.faults), read.fault_count) == (50, 200)


def test_a_row_that_cannot_be_taken_leaves_the_others() -> None:
    read = read_contacts(data=b"client_number,name\nC-1,Auk\n,Tern\nC-1,Fen\nC-2,Reed\n")
    assert isinstance(read, ContactsFile)
    assert [row.name for row in read.rows] == ["Auk", "Reed"]
    assert (read.refused_lines, read.fault_count) == (frozenset({3, 4}), 2)


@pytest.mark.parametrize("damage", ['C-2,"Bolt\n', "C-2,Bo\0lt\n"])
def test_damage_of_the_file_refuses_it_whatever_its_rows_are(damage: str) -> None:
    read = read_contacts(data=f"client_number,name\nC-1,Auk\n{damage}".encode())
    assert isinstance(read, ContactsRefused)
    assert [fault.line_number for fault in read.faults] == [3]


def test_a_row_without_an_end_is_refused_in_bounded_memory() -> None:
    for row in ("C-1" + "," * 2_000_000, 'C-1,"' + "x\n" * 1_000_000, "C-1" + ",x" * 600):
        read = read_contacts(data=f"client_number,name\n{row}".encode())
        assert isinstance(read, ContactsRefused)
        assert [fault.line_number for fault in read.faults] == [2]


def test_a_file_of_more_rows_than_are_read_is_refused() -> None:
    read = read_contacts(data=b"name\n" + b"Auk\n" * (MOST_ROWS + 1))
    assert isinstance(read, ContactsRefused)
    assert [(fault.line_number, fault.message) for fault in read.faults] == [
        (50_002, "The file has more than 50,000 rows. Import it in parts.")
    ]


def test_the_columns_are_those_of_the_sample() -> None:
    sample = Path(__file__).parents[2] / "samples" / "contacts.csv"
    named = sample.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert set(named) <= set(FIELDS)


NAMES = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=40)


# Names that differ only in what nobody sees are one client.
@given(st.lists(NAMES, max_size=8, unique_by=fold_name))
def test_whatever_a_csv_writer_quotes_is_read_back(names: list[str]) -> None:
    kept = [clean_text(unwrapped(name.replace("\r\n", "\n").replace("\r", "\n"))) for name in names]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["client_number", "name"])
    writer.writerows((f"C-{index}", name) for index, name in enumerate(kept) if name)
    read = read_contacts(data=out.getvalue().encode())
    if any(kept):
        assert isinstance(read, ContactsFile), read
        assert [row.name for row in read.rows] == [name for name in kept if name]
    else:
        assert isinstance(read, ContactsRefused)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_stumble(data: bytes) -> None:
    assert isinstance(read_contacts(data=b"client_number,name\n" + data), ContactsFile | ContactsRefused)


def notes(data: bytes | str) -> tuple[str, ...]:
    read = read_contacts(data=data.encode() if isinstance(data, str) else data)
    assert isinstance(read, ContactsFile), read
    return tuple(f"Line {note.line_number}: {note.message}" for note in read.notes)


def test_the_line_by_which_excel_names_the_separator_is_none_of_the_columns() -> None:
    (row,) = rows("sep=;\r\nclient_number;name;email\r\n41;Larch & Fen, Solicitors;a@larch.example\r\n")
    assert (row.line_number, row.name, row.emails) == (3, "Larch & Fen, Solicitors", ("a@larch.example",))


def test_separators_inside_quotes_do_not_count() -> None:
    (row,) = rows('"client_number";"name";"Address (street, no, flat, floor, door)"\n41;Nygren AB;"Kajen 4, 2 tr"\n')
    assert (row.name, row.address_line1) == ("Nygren AB", "Kajen 4, 2 tr")


def test_rows_that_end_early_have_nothing_in_the_cells_they_lack() -> None:
    first, second = rows("client_number,name,email,phone\n41,Fulmar Ltd,a@fulmar.example\n42,Petrel Ltd\n")
    assert (first.emails, first.phones) == (("a@fulmar.example",), ())
    assert (second.name, second.emails) == ("Petrel Ltd", ())


def test_formulas_that_keep_excel_off_a_value_are_taken_off() -> None:
    first, second = rows(
        'client_number,name,phone\n="00041",="Fulmar Ltd",="+44 20 7946 0909"\n="00042","=""Ash, Elm & Co""",\n'
    )
    assert (first.client_number, first.name, first.phones[0].number) == ("00041", "Fulmar Ltd", "+44 20 7946 0909")
    assert (second.client_number, second.name) == ("00042", "Ash, Elm & Co")


@pytest.mark.parametrize("shortened", ["4.1E+11", "4,10203E+11", "4E+12", "4.10203e+11"])
def test_numbers_that_excel_shortened_are_refused_by_line_with_how_it_came(shortened: str) -> None:
    text = f'client_number,name,phone,fax,tax_number\n"{shortened}",Auk Ltd,"{shortened}",,"{shortened}"\n'
    assert faults(text) == [(2, "client_number"), (2, "tax_number"), (2, "phones")]
    read = read_contacts(data=text.encode())
    assert "Excel shortens a long number" in read.faults[0].message


@pytest.mark.parametrize("number", ["12E4", "1E4", "4.1E4", "E+11", "4.1", "41E"])
def test_a_client_number_with_an_e_in_it_is_one(number: str) -> None:
    assert rows(f"client_number,name\n{number},Auk Ltd\n")[0].client_number == number


def test_a_byte_of_another_encoding_in_utf_8_is_refused_with_every_line_that_has_one() -> None:
    head = "client_number,name\n41,Grün & Söhne\n".encode()
    data = head + b"42,O\x92Malley Ltd\n43,Auk Ltd\n44,Caf\xe9 Noir\n"
    assert faults(data) == [(3, ""), (5, "")]
    assert faults(b"\xef\xbb\xbf" + b"client_number,name\n42,O\x92Malley Ltd\n") == [(2, "")]
    read = read_contacts(data=data)
    assert isinstance(read, ContactsRefused)
    assert 'the byte 92 in "42,O�Malley Ltd" is not' in read.faults[0].message


def test_a_header_that_is_repeated_and_sums_are_left_out_and_said() -> None:
    text = (
        "client_number,name,email\n41,Auk Ltd,\nclient_number,name,email\n42,Total,a@total.example\nGrand total:,2,\n"
    )
    assert [row.name for row in rows(text)] == ["Auk Ltd", "Total"]
    assert notes(text) == (
        "Line 3: The names of the columns stand here once more; left out.",
        "Line 5: This is a row of totals, not a client; left out.",
    )


def test_a_client_called_total_is_no_sum() -> None:
    assert [row.name for row in rows("name,email,phone\nTotal,a@total.example,1\nTotal Care Ltd,,2\n")] == [
        "Total",
        "Total Care Ltd",
    ]


def test_characters_that_cannot_be_seen_are_dropped_and_said_once_with_all_lines() -> None:
    text = "client_number,name,phone\n41\u200b,\u2060Auk Ltd,\u202a+61 2 5550 0909\u202c\n42,Tern Ltd,\n43,Ruff\u00ad Ltd,\n"
    first, _, third = rows(text)
    assert (first.client_number, first.name, first.phones[0].number) == ("41", "Auk Ltd", "+61 2 5550 0909")
    assert third.name == "Ruff Ltd"
    assert [note[:7] for note in notes(text)] == ["Line 2:", "Line 4:"]
    assert "Characters that cannot be seen" in notes(text)[0]


def test_names_that_differ_only_in_how_accents_are_stored_are_one_client_and_said() -> None:
    text = "client_number,name,email\n41,Zoe\u0301 Noe\u0308l,z@noel.example\n42,Zo\u00e9 No\u00ebl,n@noel.example\n"
    (row,) = rows(text)
    assert (row.client_number, row.name) == ("41", "Zo\u00e9 No\u00ebl")
    assert row.emails == ("z@noel.example", "n@noel.example")
    (note,) = notes(text)
    assert note.startswith('Line 3: "Zoé Noël" is the same client as on line 2')
    assert 'Its client number "42" is not used.' in note


def test_two_clients_of_one_name_and_two_numbers_stay_two() -> None:
    assert len(rows("client_number,name,email\n41,Auk Ltd,a@auk.example\n42,Auk Ltd,a@auk.example\n")) == 2


def test_without_numbers_a_name_and_an_address_make_a_client() -> None:
    text = "name,email,city\nAuk Ltd,a@auk.example,\nAUK LTD,A@auk.example;b@auk.example,Hull\nAuk Ltd,c@auk.example,\nAuk Ltd,,\n"
    first, second, third = rows(text)
    assert (first.emails[0], first.city) == ("a@auk.example", "Hull")
    assert (second.emails, third.emails) == (("c@auk.example",), ())


def test_thousands_of_notes_are_kept_as_the_first_fifty_and_their_count() -> None:
    read = read_contacts(data=("name\n" + "".join(f"Auk {number}\nAuk {number}\n" for number in range(60))).encode())
    assert isinstance(read, ContactsFile)
    assert (len(read.notes), read.note_count) == (50, 60)


def test_thousands_of_clients_of_one_name_are_read_in_seconds() -> None:
    text = "name,email\n" + "".join(f"Auk Ltd,a{number}@auk.example\n" for number in range(20_000))
    start = time.process_time()
    assert len(rows(text)) == 20_000
    assert time.process_time() - start < 20
