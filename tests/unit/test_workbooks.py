"""Workbooks of Excel's: recognised by content, read as people saw them, bounded, and never more than refused."""

import datetime
import io
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from billing.imports.contacts_csv import ContactsFile, ContactsRefused, read_contacts

XLS = Path(__file__).parents[1] / "fixtures" / "clients" / "clients.xls"
HEADER = ["client_number", "name", "phone", "postcode", "tax_number"]
MOST_SECONDS, MOST_MEGABYTES = 20, 200


def workbook(*sheets: tuple[str, list[list[Any]]], formats: dict[str, str] | None = None) -> bytes:
    """A workbook of these sheets; `formats`: cell of the last sheet -> its number format."""
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one part rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return out.getvalue()


def read(data: bytes) -> ContactsFile:
    found = read_contacts(data=data)
    assert isinstance(found, ContactsFile), found
    return found


def refusal(data: bytes) -> str:
    """The one sentence that refuses the file, found in bounded time and memory."""
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read_contacts(data=data)
    assert time.process_time() - start < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEGABYTES * 1024
    assert isinstance(found, ContactsRefused), found
    assert found.fault_count == 1
    return found.faults[0].message


def test_numbers_are_the_text_that_people_saw() -> None:
    rows = [HEADER, [8111, "Auk Ltd", 442079460909, 800, 51824000000], ["C-2", "Tern Ltd", "+61 2 5550", 12.5, True]]
    data = workbook(("Clients", rows), formats={"A2": "0000000", "C2": '"+"0', "D2": "0000", "E2": "00 000 000 000"})
    first, second = read(data).rows
    assert (first.client_number, first.phones[0].number) == ("0008111", "+442079460909")
    assert (first.postal_code, first.tax_number) == ("0800", "51 824 000 000")
    assert (second.client_number, second.postal_code, second.tax_number) == ("C-2", "12.5", "TRUE")


def test_a_number_that_excel_turned_into_a_date_is_as_people_saw_it() -> None:
    date = datetime.date(2026, 2, 1)
    rows = [HEADER, [date, "Auk Ltd", date, date]]
    (row,) = read(workbook(("Clients", rows), formats={"A2": "d-mmm", "C2": "dd/mm/yyyy", "D2": "mm-dd-yy"})).rows
    assert (row.client_number, row.phones[0].number, row.postal_code) == ("1-Feb", "01/02/2026", "2026-02-01")


def test_a_number_longer_than_excel_keeps_is_refused_by_line_and_a_long_one_is_whole() -> None:
    rows = [HEADER, [811300000123, "Auk Ltd"], [8.113e20, "Tern Ltd"]]
    found = read(workbook(("Clients", rows)))
    assert [row.client_number for row in found.rows] == ["811300000123"]
    assert [(fault.line_number, fault.field) for fault in found.faults] == [(3, "client_number")]


def test_an_error_in_place_of_a_value_is_refused_by_line() -> None:
    found = read(workbook(("Clients", [HEADER, ["C-1", "#REF!"], ["C-2", "Auk Ltd", "#N/A"], ["C-3", "Tern Ltd"]])))
    assert [(fault.line_number, fault.field) for fault in found.faults] == [(2, "name"), (3, "phones")]
    assert "an error of Excel's" in found.faults[0].message


def test_of_several_sheets_the_first_with_anything_in_it_is_read_and_named() -> None:
    data = workbook(("Notes", [[], [None, " "]]), ("Our clients", [[], HEADER, ["C-1", "Auk Ltd"]]), ("More", [HEADER]))
    found = read(data)
    assert [(row.line_number, row.client_number) for row in found.rows] == [(3, "C-1")]
    assert [note.message for note in found.notes] == [
        'Of the workbook the sheet "Our clients" was read, the first with anything in it.'
    ]


def test_a_hidden_sheet_is_not_read() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(("Old", [HEADER, ["C-9", "Old"]]), ("New", [HEADER, ["C-1", "Auk"]])))
    )
    book["Old"].sheet_state = "hidden"
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    assert [row.name for row in read(out.getvalue()).rows] == ["Auk"]


def test_a_workbook_of_97_is_read_the_same_way() -> None:
    found = read(XLS.read_bytes())
    first, second = found.rows
    assert (first.line_number, first.client_number, first.name) == (3, "0008111", "Zoë Sand")
    assert (first.phones[0].number, first.postal_code, first.tax_number) == ("+442079460909", "0800", "51824000000")
    assert (second.line_number, second.name, second.phones[0].number) == (5, "Grün & Söhne GmbH", "1-Feb")
    assert found.notes[0].message.startswith('Of the workbook the sheet "Clients" was read')


def test_damage_of_rows_is_named_in_a_workbook_too() -> None:
    rows = [HEADER, ["C-1\u200b", "Auk Ltd"], HEADER, ["Total", 1], ["C-2", "Tern Ltd"]]
    found = read(workbook(("Clients", rows)))
    assert [row.client_number for row in found.rows] == ["C-1", "C-2"]
    assert [note.line_number for note in found.notes] == [2, 3, 4]


def test_a_sheet_that_lies_about_its_size_is_read_whole() -> None:
    data = workbook(("Clients", [HEADER, *([f"C-{at}", f"Auk {at}"] for at in range(5))]))
    lying = changed(data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:E6"', b'ref="A1"'))
    assert lying != data
    assert len(read(lying).rows) == 5


def test_empty_and_foreign_archives_are_refused_with_a_sentence() -> None:
    assert refusal(workbook(("Clients", []))).startswith("The file is empty.")
    assert "no workbook that can be read" in refusal(b"PK\x03\x04rest")
    assert "no workbook that can be read" in refusal(XLS.read_bytes()[:3000])


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
ROW = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>'


def hostile(rows: bytes) -> bytes:
    return changed(workbook(("Clients", [HEADER])), "xl/worksheets/sheet1.xml", lambda _: SHEET % rows)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (b"<row>" + b"<c/>" * 500_000 + b"</row>", "too large"),
        (b"<row/>" * 9_000_000, "too large"),
        (b"<row>" + b"<c>" * 100_000 + b"</c>" * 100_000 + b"</row>", "empty"),
        (b"<row/>" * 1_300_000, "too large"),
        (ROW % (1, 1, b"name") + b'<row r="99999999"><c r="A99999999"/></row>', "too large"),
    ],
    ids=["cells of a row", "elements", "depth", "empty rows", "row number"],
)
def test_a_hostile_sheet_is_refused_in_bounded_time_and_memory(rows: bytes, words: str) -> None:
    assert words in refusal(hostile(rows))


def test_a_bomb_of_entities_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    data = changed(workbook(("Clients", [HEADER])), "xl/worksheets/sheet1.xml", lambda _: bomb)
    assert "document type" in refusal(data)


def test_a_part_that_unpacks_to_hundreds_of_megabytes_is_refused() -> None:
    data = changed(workbook(("Clients", [HEADER])), "xl/styles.xml", lambda xml: xml + b" " * 200_000_000)
    assert len(data) < 1_000_000
    assert "too large" in refusal(data)


def test_a_sheet_named_many_times_is_refused() -> None:
    data = workbook(("Clients", [HEADER]))
    start = b"<sheet "
    twice = changed(
        data,
        "xl/workbook.xml",
        lambda xml: xml.replace(b"<sheets>", b"<sheets>" + xml[xml.index(start) : xml.index(b"</sheets>")]),
    )
    assert "one sheet twice" in refusal(twice)
