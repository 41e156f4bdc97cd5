import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.imports.contacts_csv import COLUMNS, ContactPhone, ContactRow, ContactsFile, ContactsRefused, read_contacts

HEADER = "client_number,kind,name,first_name,last_name,emails,phones,phone_mobile,address_line1,city,country"
ACME = "C-1,company,Acme Pty Ltd,,,a@acme.example; b@acme.example,+61 2 5550 0001;+61 2 5550 0002,,1 High St,Sydney,Australia"
MAYA = "C-2,person,Maya Kerr,Maya,Kerr,maya@kerr.example,,+61 4 0000 0000,2 High St,Perth,Australia"


def rows(data: bytes | str) -> tuple[ContactRow, ...]:
    read = read_contacts(data=data.encode() if isinstance(data, str) else data)
    assert isinstance(read, ContactsFile), read
    return read.rows


def faults(data: bytes | str) -> list[tuple[int, str]]:
    read = read_contacts(data=data.encode() if isinstance(data, str) else data)
    assert isinstance(read, ContactsRefused), read
    assert read.fault_count >= len(read.faults) > 0
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
    assert isinstance(read, ContactsRefused)
    assert [(fault.line_number, fault.field) for fault in read.faults] == [(4, "client_number")]
    assert "line 2" in read.faults[0].message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("client_number,name\n,Acme\n", [(2, "client_number")]),
        ("client_number,name\nC-1,\n", [(2, "name")]),
        ("client_number,kind,name\nC-1,robot,Acme\n", [(2, "kind")]),
        ("client_number,name\nC-1\n", [(2, "")]),
        ("client_number,name\nC-1,Tran, Lee & Co\n", [(2, "")]),
        ("name\nAcme\n", [(1, "client_number")]),
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
    assert isinstance(read, ContactsRefused)
    assert (len(read.faults), read.fault_count) == (50, 200)


def test_the_columns_are_those_of_the_sample() -> None:
    sample = Path(__file__).parents[2] / "samples" / "contacts.csv"
    named = sample.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert set(named) <= set(COLUMNS)


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=40), max_size=8))
def test_whatever_a_csv_writer_quotes_is_read_back(names: list[str]) -> None:
    kept = [name.replace("\r\n", "\n").replace("\r", "\n").strip() for name in names]
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
