"""A client whom a file names by number alone is never called by it: a person, the file or Xero has the name."""

from typing import Any

import pytest

from billing import importing, services
from billing.models import Contact, Invoice, signals
from firms.models import Firm
from tests.factories import ContactFactory
from tests.integration.billing.test_import import ledes, record
from tests.integration.billing.test_import_ledes_tax import FILES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

TWO = ledes(
    record(), record(INVOICE_NUMBER="10402"), record(INVOICE_NUMBER="10403", CLIENT_ID="C-2", LAW_FIRM_MATTER_ID="")
)


def import_bills(firm: Firm, data: bytes, **options: Any) -> services.ImportReport:
    return importing.import_ledes(firm=firm, actor=None, data=data, **{"create_contacts": True, **options})


def test_nobody_has_a_name_so_every_bill_is_refused_and_the_first_of_a_client_says_why(firm: Firm) -> None:
    faults = import_bills(firm, TWO, names={"C-2": "Brandt GmbH"}).faults
    assert [(fault.line_number, fault.field) for fault in faults] == [(3, "CLIENT_ID"), (4, "CLIENT_ID")]
    assert faults[0].message == (
        'Client "C-1" is not here, and neither the file nor Xero has a name for this number. Give the client\'s name, '
        "or import your contacts first."
    )
    assert faults[1].message == 'Client "C-1" is not here, as said of the first bill.'
    assert not Contact.objects.exists()
    assert not Invoice.objects.exists()


def test_the_name_that_a_person_gave_counts_before_the_files(firm: Firm) -> None:
    data = (FILES / "international-v2.txt").read_bytes()
    import_bills(firm, data, names={"C7001": "Thornbury Mills Limited"})
    assert Contact.objects.get().name == "Thornbury Mills Limited"


def test_whoever_stands_above_is_asked_once_for_the_numbers_that_are_missing(firm: Firm) -> None:
    asked: list[list[str]] = []

    def answer(client_numbers: list[str], **_: Any) -> dict[str, str]:
        asked.append(client_numbers)
        return {"C-1": "Alder Hythe Ltd"}

    signals.client_names_asked.connect(answer)
    try:
        import_bills(firm, TWO, names={"C-2": "Brandt GmbH"})
    finally:
        signals.client_names_asked.disconnect(answer)
    assert asked == [["C-1"]]
    assert set(Contact.objects.values_list("name", flat=True)) == {"Alder Hythe Ltd", "Brandt GmbH"}


def test_a_client_who_is_here_needs_no_name(firm: Firm) -> None:
    ContactFactory(firm=firm, client_number="C-1")
    assert import_bills(firm, ledes(record())).created == 1
