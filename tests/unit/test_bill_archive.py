"""A ZIP of bill files comes in as its files would, and a ZIP that is a trap is refused before it is unpacked."""

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest

from tests.unit.ledes_text import START, read, record, refusal

LONGEST_SECONDS = 10
XML = (Path(__file__).parents[1] / "fixtures" / "ledes" / "xml-21.xml").read_text()


def packed(*files: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def test_the_bills_of_all_files_come_in_whatever_the_files_are_called() -> None:
    file = read(
        packed(("2026/11/a.pdf", XML), ("../../b", START + record()), ("__MACOSX/._b", "x"), ("c/.DS_Store", "x"))
    )
    assert [bill.number for bill in file.invoices] == ["B401", "10417"]
    assert [bill.file for bill in file.invoices] == ["a.pdf", "b"]
    assert file.format == "LEDES XML 2.1 and LEDES 1998B"


def test_faults_and_notes_name_their_file() -> None:
    wrong = START + record(INVOICE_NUMBER="2", LINE_ITEM_TOTAL="1")
    nobody = START + record(INVOICE_NUMBER="3", CLIENT_ID="")
    data = packed(("x/good.txt", START + record()), ("x/bad.txt", wrong), ("y/bad.txt", nobody))
    assert [(fault.file, fault.line_number, fault.place) for fault in refusal(data).faults] == [
        ("bad.txt", 3, "bad.txt, line 3"),
        ("bad.txt (2)", 3, "bad.txt (2), line 3"),
    ]
    cut = packed(("good.txt", START + record()), ("cut.txt", START + record()[:200]))
    assert [(fault.file, fault.line_number) for fault in refusal(cut).faults] == [("cut.txt", 3)]
    noted = packed(("a.txt", START + record()), ("b.txt", (START + record(INVOICE_NUMBER="2")).rstrip()[:-2]))
    assert [(note.file, note.line_number) for note in read(noted).notes] == [("b.txt", 3)]


def test_a_bill_that_two_files_have_is_refused_at_the_second() -> None:
    data = packed(("a.txt", START + record()), ("b.txt", START + record()))
    (fault,) = refusal(data).faults
    assert (fault.file, fault.field) == ("b.txt", "INVOICE_NUMBER")
    assert fault.message == "Bill 10417 is in a.txt too, on line 3. Take it out of one of them."


def with_fields(data: bytes, **fields: int) -> bytes:
    """The archive with other figures in the list of its files, as a trap has them."""
    at = data.rindex(b"PK\x01\x02")
    places = {"flags": (8, "<H"), "method": (10, "<H"), "size": (24, "<L")}
    changed = bytearray(data)
    for name, value in fields.items():
        offset, form = places[name]
        struct.pack_into(form, changed, at + offset, value)
    return bytes(changed)


BILLS = packed(("a.txt", START + record()))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (packed(("a.zip", BILLS)), "This looks like an Excel workbook or a ZIP archive"),
        (packed(("a.pdf", b"%PDF-1.7")), "This looks like a PDF"),
        (
            packed(("[Content_Types].xml", "<x/>"), ("xl/workbook.xml", "<x/>")),
            "This looks like an Excel workbook, not LEDES",
        ),
        (packed(), "The ZIP archive holds no file."),
        (packed(*((f"{number}.txt", "x") for number in range(201))), "The ZIP archive holds more than 200 files."),
        (packed(("a.txt", START + record()), ("bomb", b"\0" * 50_000_000)), '"bomb" is packed tighter'),
        (
            packed(("a", "x" * 40_000_000), ("b", "x" * 40_000_000), method=zipfile.ZIP_STORED),
            "The ZIP archive holds more than 64 MB.",
        ),
        (packed(("a.txt", "x"), method=zipfile.ZIP_BZIP2), '"a.txt" is packed in a way that we do not read.'),
        (with_fields(BILLS, flags=1), "The ZIP archive needs a password."),
        (with_fields(BILLS, size=10), "The ZIP archive is damaged."),
        (BILLS[:-10], "The ZIP archive is damaged or cut off."),
        (BILLS[:60] + b"xxxx" + BILLS[64:], "The ZIP archive is damaged."),
    ],
)
def test_what_is_no_archive_of_bills_or_a_trap_is_refused_at_once(data: bytes, message: str) -> None:
    began = time.perf_counter()
    (fault,) = refusal(data).faults
    assert fault.message.startswith(message)
    assert time.perf_counter() - began < LONGEST_SECONDS
