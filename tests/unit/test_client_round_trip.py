"""A thousand clients written as each program writes them, as CSV and as a workbook, are read back as they were."""

import pytest

from billing.imports.client_layouts import LAYOUT_CODES
from billing.imports.contacts_csv import ContactsFile, read_contacts
from tests.client_files import PROGRAMS, Client, Program, make_clients, write_csv, write_xlsx

CLIENTS = make_clients(1000, seed=20261128)
each_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.code)


def check(program: Program, data: bytes, clients: list[Client]) -> None:
    read = read_contacts(data=data)
    assert isinstance(read, ContactsFile), read
    assert (read.layout, read.faults) == (LAYOUT_CODES[program.code].title, ())
    assert read.notes == ()
    for client, row in zip(clients, read.rows, strict=True):
        assert {name: getattr(row, name) for name in program.expected(client)} == program.expected(client)


def test_each_layout_has_a_writer() -> None:
    assert {program.code for program in PROGRAMS} == set(LAYOUT_CODES)


@each_program
def test_a_csv_file_is_read_back_equal(program: Program) -> None:
    check(program, write_csv(program, CLIENTS), CLIENTS)


@each_program
def test_a_workbook_is_read_back_equal(program: Program) -> None:
    check(program, write_xlsx(program, CLIENTS), CLIENTS)


@pytest.mark.parametrize(
    ("separator", "encoding", "end"),
    [(";", "utf-8-sig", "\r\n"), ("\t", "utf-16", "\r\n"), (",", "utf-8", "\r"), (";", "utf-16-le", "\n")],
)
@each_program
def test_in_every_dialect_of_csv(program: Program, separator: str, encoding: str, end: str) -> None:
    some = CLIENTS[:100]
    mark = "\ufeff".encode(encoding) if encoding == "utf-16-le" else b""
    check(program, mark + write_csv(program, some, separator=separator, encoding=encoding, end=end), some)


@each_program
def test_in_the_letters_of_windows(program: Program) -> None:
    some = [client for client in CLIENTS if client.name.encode("cp1252", "replace").decode("cp1252") == client.name]
    assert len(some) > 300
    check(program, write_csv(program, some, encoding="cp1252"), some)
