"""A firm's 20,000 clients from its practice system's file: seconds for reading, judging and importing; memory."""

import csv
import gc
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl

from benchmarks.figures import Figure
from benchmarks.place import Place
from billing import importing
from billing.imports.contacts_csv import read_contacts
from firms.scope import firm_scope

CLIENTS = 20_000
SECONDS = 30
MEGABYTES = 300
HEADER = [
    *("title", "first_name", "last_name", "company", "business_street", "business_city", "business_state"),
    *("business_postal_code", "business_country", "email_address", "primary_phone"),
]


def measure(place: Place) -> Iterator[Figure]:
    """Clio's migration template as CSV and as XLSX; then imported by a connected firm, twice."""
    as_csv, as_xlsx = _csv(), _xlsx()
    for kind, data in (("CSV", as_csv), ("XLSX", as_xlsx)):
        seconds = _seconds(lambda data=data: read_contacts(data=data))
        yield Figure(what=f"{CLIENTS:,} clients of a {kind} file are read", measured=seconds, unit="s")
    firm, _ = place.connected_firm()
    with firm_scope(firm):
        for what in ("imported", "imported again, all known"):
            before = _reset_most()
            seconds = _seconds(lambda: importing.import_contacts(firm=firm, actor=None, data=as_csv))
            yield Figure(what=f"{CLIENTS:,} clients are {what}", measured=seconds, unit="s", at_most=SECONDS)
            grown = _most_megabytes() - before
            yield Figure(what=f"memory while they are {what}", measured=grown, unit="MB", at_most=MEGABYTES)


def _rows() -> Iterator[list[str]]:
    yield HEADER
    for number in range(CLIENTS):
        street = [f"{number} Högalids Lane", "Göteborg" if number % 3 else "Leeds", "West Yorkshire", "LS1 4AB", "UK"]
        contact = [f"office{number}@client{number}.example", f"0113 {number:07}"]
        if number % 2:
            yield ["Ms", f"Ada{number}", f"Thornbury{number}", "", *street, *contact]
        else:
            yield ["", "", "", f"Rook & Daw {number} LLP", *street, *contact]


def _csv() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(_rows())
    return out.getvalue().encode()


def _xlsx() -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Contacts")
    for row in _rows():
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _reset_most() -> float:
    """Have the most memory counted from now on; how much it is now."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    return _most_megabytes()


def _most_megabytes() -> float:
    """The most memory the process had since it was reset."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
