"""A client whom a file names by number alone is never called by it: a person, the file or Xero has the name."""

from typing import Any

import pytest

from billing import importing, services
from billing.models import Contact, Invoice, signals
from billing.services.client_names import is_name
from firms.models import Firm
from tests.factories import ContactFactory, MatterFactory
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


NAMED = ledes(
    record(CLIENT_ID="Acme Holdings Pty Ltd"), record(INVOICE_NUMBER="10402", CLIENT_ID="Acme Holdings Pty Ltd")
)


def test_a_file_that_has_the_clients_name_for_its_number_names_the_client(firm: Firm) -> None:
    assert import_bills(firm, NAMED).created == 2
    assert Contact.objects.get().name == "Acme Holdings Pty Ltd"
    assert import_bills(firm, NAMED).changed_nothing


def test_a_client_of_that_name_who_is_here_is_the_one_and_of_two_none_is_guessed(firm: Firm) -> None:
    here = ContactFactory(firm=firm, client_number="12", name="Acme Holdings Pty Ltd")
    MatterFactory(contact=here, number="M-1")
    assert import_bills(firm, NAMED).created == 2
    assert {bill.contact_id for bill in Invoice.objects.all()} == {here.pk}
    ContactFactory(firm=firm, client_number="13", name="Acme Holdings Pty Ltd")
    (fault,) = import_bills(firm, ledes(record(INVOICE_NUMBER="10403", CLIENT_ID="Acme Holdings Pty Ltd"))).faults
    assert fault.message == (
        'Several clients are called "Acme Holdings Pty Ltd". Give the bill the client number of the one who is meant.'
    )


@pytest.mark.parametrize("number", ["C-1", "ACME", "AH 12", "Acme 2 Holdings"])
def test_a_code_is_no_name(number: str) -> None:
    assert not is_name(number)
