"""Client files damaged by chance, in every layout and format, and what must hold of each whatever the damage."""

import io
import random
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from billing.domain.contact_limits import LONGEST
from billing.imports.contacts_csv import ContactsFile, ContactsRefused, read_contacts
from billing.imports.files import FAULTS_SHOWN
from tests.client_files import PROGRAMS, make_clients, write_csv, write_xlsx

XLS = Path(__file__).parent / "fixtures" / "clients" / "clients.xls"
MOST_SECONDS = 5
PIECES = (
    b'"',
    b"\n",
    b"\r",
    b"\0",
    b";",
    b",",
    b"\xff",
    b"\xe9",
    b"\xef\xbb\xbf",
    b'="',
    b"E+11",
    b"<",
    b">",
    b"&#0;",
    b"9" * 30,
)


def mutated_files(count: int, *, seed: int) -> Iterator[bytes]:
    """As many files, each another file with one to eight changes."""
    chance = random.Random(seed)
    clients = make_clients(12, seed=seed)
    whole = [write_csv(program, clients, encoding=encoding) for program in PROGRAMS for encoding in ("utf-8", "utf-16")]
    books = [write_xlsx(program, clients) for program in PROGRAMS]
    for _ in range(count):
        kind = chance.random()
        if kind < 0.6:
            yield _mutated(chance.choice(whole), chance)
        elif kind < 0.7:
            yield _mutated(chance.choice(books), chance)
        elif kind < 0.85:
            yield _with_mutated_part(chance.choice(books), chance)
        else:
            yield _mutated(XLS.read_bytes(), chance)


def _mutated(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 1, 2, 8, 200)))
        change = chance.randrange(5)
        if change == 0:
            put = chance.choice(PIECES)
        elif change == 1:
            put = chance.randbytes(end - start)
        elif change == 2:
            put = b""
        elif change == 3:
            put = data[start:end] * 3
        else:
            put = data[chance.randrange(len(data) + 1) :][:50]
        data = data[:start] + put + data[end:] or b"x"
    return data[: chance.randrange(len(data))] if chance.random() < 0.1 else data


def _with_mutated_part(data: bytes, chance: random.Random) -> bytes:
    """The workbook with one of its parts damaged inside, so that the archive itself is whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        damaged = chance.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, _mutated(content, chance) if name == damaged else content)
    return out.getvalue()


def check_file(data: bytes) -> ContactsFile | ContactsRefused:
    """Read the file: in time, without an exception, and only with clients who can be stored; say what came of it."""
    start = time.process_time()
    found = read_contacts(data=data)
    assert time.process_time() - start < MOST_SECONDS
    assert len(found.faults) <= FAULTS_SHOWN
    assert all(fault.line_number > 0 and fault.message.endswith((".", '"')) for fault in found.faults), found
    if isinstance(found, ContactsRefused):
        assert found.fault_count
        return found
    assert found.rows or found.fault_count
    assert len({row.client_number for row in found.rows if row.client_number}) == len(
        [row for row in found.rows if row.client_number]
    )
    for row in found.rows:
        assert row.name
        assert row.kind in {"PERSON", "COMPANY"}
        assert row.line_number not in found.refused_lines
        for field in ("client_number", "name", "city", "tax_number"):
            assert len(getattr(row, field)) <= LONGEST[field]
            assert "\0" not in getattr(row, field)
    return found
