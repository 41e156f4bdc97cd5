"""A firm's clients and bills from the files of its practice system, from sign-in to all in Xero, at a browser."""

from pathlib import Path

import pytest
from django.conf import settings

from billing.domain.import_states import ImportState
from billing.models import Contact, Import, Invoice
from firms.models import Firm, User
from tests.browser.conftest import MakePerson
from tests.browser.person import Person
from tests.integration.billing.test_import import ledes, record
from tests.processes.eventually import eventually
from tests.processes.workforce import Workforce
from tests.xero import Xero

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.workers]

SAMPLES = Path(settings.BASE_DIR) / "samples"
REFUSED = ledes(record(), record(INVOICE_NUMBER="10402", INVOICE_TOTAL="341.00"))


def choose_file(person: Person, kind: str, path: Path) -> None:
    person.page.set_input_files("input[type=file]", str(path))
    person.presses("Read the file")
    person.page.get_by_text("The file" if kind == "invoices" else "Columns", exact=True).first.wait_for(timeout=30_000)


@pytest.fixture
def maya(connected: Firm, admin: User, person: MakePerson, workers: Workforce) -> Person:
    """An admin at a browser, with a worker for files."""
    workers.start_import_worker()
    one = person()
    one.signs_in(admin)
    return one


def test_clients_and_bills_go_from_two_files_to_xero_without_editing_either(
    maya: Person, connected: Firm, xero: Xero
) -> None:
    maya.opens(f"/{connected.slug}/contacts/")
    maya.presses("Import")
    choose_file(maya, "contacts", SAMPLES / "contacts.csv")
    maya.presses("What would happen")
    maya.page.get_by_label("Import and send").check()
    maya.page.get_by_role("button", name="Import").first.click()
    maya.page.get_by_text("imported.", exact=False).first.wait_for(timeout=30_000)
    clients = Contact.objects.count()
    assert clients > 10

    maya.opens(f"/{connected.slug}/invoices/")
    maya.presses("Import")
    choose_file(maya, "invoices", SAMPLES / "bills.ledes")
    maya.reads("What your clients will owe")
    maya.presses("What would happen")
    maya.reads("What would become of them in Xero")
    assert not Invoice.objects.exists()
    maya.page.get_by_label("Import and hold").check()
    maya.page.get_by_role("button", name="Import").first.click()
    maya.page.get_by_role("heading", name="Held").wait_for(timeout=60_000)
    assert xero.invoices == []
    maya.page.get_by_role("button", name="Release").first.click()
    maya.page.get_by_text("imported.", exact=False).first.wait_for(timeout=60_000)
    bills = Invoice.objects.count()
    assert Import.objects.filter(state=ImportState.DONE).count() == 2
    eventually(lambda: len(xero.invoices) > bills // 2, within=120, what="most bills are in Xero")


def test_a_refused_row_is_left_out_with_the_second_button_and_a_held_import_is_taken_back(
    maya: Person, connected: Firm, tmp_path: Path
) -> None:
    path = tmp_path / "october.txt"
    path.write_bytes(REFUSED)
    maya.opens(f"/{connected.slug}/invoices/import/")
    choose_file(maya, "invoices", path)
    maya.page.get_by_label("Client C-1").fill("Meridian Shipping Ltd")
    maya.presses("Use these names")
    maya.page.get_by_role("link", name="What would happen").wait_for(timeout=30_000)
    maya.presses("What would happen")
    maya.page.get_by_label("Import and hold").check()
    maya.presses("Import the 1 good bill (110.00), leave out 1 (341.00)")
    maya.page.get_by_role("heading", name="Held").wait_for(timeout=30_000)
    maya.presses("Take the import back")
    maya.reads("Nothing of this file stands")
    assert list(Invoice.objects.values_list("number", "state")) == [("10401", "VOID")]
    assert not Contact.objects.exists()
