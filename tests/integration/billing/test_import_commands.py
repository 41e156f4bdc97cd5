"""What the import commands say to a program, and what they do besides: hold, drafts, leaving out what is refused."""

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing.domain.import_states import ImportState
from billing.models import Contact, Import, Invoice
from firms.models import Firm
from tests.factories import ContactFactory
from tests.integration.billing.test_import import CONTACTS, ledes, record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

GOOD_AND_BAD = ledes(record(), record(INVOICE_NUMBER="10402", INVOICE_TOTAL="341.00"))


def run(command: str, folder: Path, data: bytes, firm: Firm, **options: Any) -> dict[str, Any]:
    """The last line a command writes, read as JSON."""
    path, out = folder / "file.txt", io.StringIO()
    path.write_bytes(data)
    with suppress(CommandError):
        call_command(command, str(path), firm=firm.slug, json=True, stdout=out, **options)
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return found


@pytest.fixture
def client(firm: Firm) -> Contact:
    return ContactFactory(firm=firm, client_number="C-1", name="Meridian Shipping Ltd")


@pytest.mark.usefixtures("client")
def test_of_bills_it_says_what_would_be_created_and_what_each_comes_to(firm: Firm, tmp_path: Path) -> None:
    line = run("import_ledes", tmp_path, ledes(record()), firm, dry_run=True)
    assert line == {
        "format": "LEDES 1998B",
        "encoding": "utf-8",
        "tax": {"treatment": "usual", "why": line["tax"]["why"]},
        "would_create": {"contacts": 0, "bills": 1, "lines": 1},
        "unchanged": 0,
        "total_in_file": "100.00",
        "total_here": "110.00",
        "totals": [{"currency": "AUD", "total_in_file": "100.00", "tax": "10.00", "total_here": "110.00"}],
        "bills": [
            {
                "number": "10401",
                "currency": "AUD",
                "total_in_file": "100.00",
                "tax": "10.00",
                "total_here": "110.00",
            }
        ],
        "refused": [],
        "refused_count": 0,
        "notes": [],
    }
    assert not Invoice.objects.exists()


@pytest.mark.usefixtures("client")
def test_without_a_dry_run_it_says_what_was_created(firm: Firm, tmp_path: Path) -> None:
    line = run("import_ledes", tmp_path, ledes(record()), firm)
    assert line["created"] == {"contacts": 0, "bills": 1, "lines": 1}
    assert "would_create" not in line
    again = run("import_ledes", tmp_path, ledes(record()), firm)
    assert (again["created"]["bills"], again["unchanged"]) == (0, 1)


def test_of_clients_it_says_no_money(firm: Firm, tmp_path: Path) -> None:
    line = run("import_contacts", tmp_path, CONTACTS, firm)
    assert line["created"] == {"contacts": 2}
    assert not {"tax", "bills", "total_here", "total_in_file"} & set(line)


@pytest.mark.usefixtures("client")
def test_a_refused_file_says_why_by_line_and_creates_nothing(firm: Firm, tmp_path: Path) -> None:
    line = run("import_ledes", tmp_path, GOOD_AND_BAD, firm)
    assert line["created"] == {"contacts": 0, "bills": 0, "lines": 0}
    (fault,) = line["refused"]
    assert (fault["line"], fault["field"]) == (4, "INVOICE_TOTAL")
    assert "341.00" in fault["message"]
    assert not Invoice.objects.exists()
    assert not Import.objects.exists()


@pytest.mark.usefixtures("client")
def test_what_is_refused_can_be_left_out(firm: Firm, tmp_path: Path) -> None:
    line = run("import_ledes", tmp_path, GOOD_AND_BAD, firm, skip_refused=True)
    assert line["created"]["bills"] == 1
    assert line["refused_count"] == 1
    assert list(Invoice.objects.values_list("number", flat=True)) == ["10401"]


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    ("option", "state", "held", "stands"),
    [("hold", "APPROVED", True, ImportState.HELD), ("draft", "DRAFT", False, ImportState.DONE)],
)
def test_bills_are_held_or_drafts_as_asked(
    firm: Firm, tmp_path: Path, option: str, state: str, held: bool, stands: ImportState
) -> None:
    run("import_ledes", tmp_path, ledes(record()), firm, **{option: True})
    assert Invoice.objects.values_list("state", "held").get() == (state, held)
    source = Import.objects.get()
    assert (source.state, source.file_name, source.uploaded_by_label) == (stands, "file.txt", "Bill Syncing")
