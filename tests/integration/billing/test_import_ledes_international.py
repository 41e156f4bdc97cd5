"""LEDES 1998BI and 1998BI V2 bring a currency, taxes and names, and all of them are used."""

from decimal import Decimal
from typing import Any

import pytest

from billing import importing, services
from billing.imports.ledes_tax import TaxTreatment
from billing.models import Contact, Invoice, Matter
from firms.models import Firm
from tests.factories import ContactFactory
from tests.integration.billing.test_import_ledes_tax import FILES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


def import_file(firm: Firm, name: str, **options: Any) -> services.ImportReport:
    data = (FILES / name).read_bytes()
    return importing.import_ledes(firm=firm, actor=None, data=data, **{"create_contacts": True, **options})


def test_currency_tax_and_names_of_the_file_are_used(firm: Firm) -> None:
    report = import_file(firm, "international-v2.txt")
    assert report.tax is not None
    assert report.tax.treatment is TaxTreatment.IN_LINES
    bill = Invoice.objects.get()
    assert (bill.currency, bill.subtotal, bill.tax_total, bill.total) == (
        "GBP",
        Decimal("654.95"),
        Decimal(126),
        Decimal("780.95"),
    )
    assert [(line.tax_name, line.tax_percent, line.tax_amount) for line in bill.lines.all()] == [
        ("VAT", 20, 126),
        ("No tax", 0, 0),
    ]
    assert (Contact.objects.get().client_number, Contact.objects.get().name) == ("C7001", "Thornbury Mills Ltd")
    assert (Matter.objects.get().number, Matter.objects.get().name) == ("C7001-1", "Lease of the mill")
    assert import_file(firm, "international-v2.txt").changed_nothing


def test_a_rate_may_be_written_as_a_percentage(firm: Firm) -> None:
    data = (FILES / "international-net-lines.txt").read_bytes().replace(b"|0.2|126.00|", b"|20|126.00|")
    importing.import_ledes(firm=firm, actor=None, data=data, create_contacts=True)
    assert Invoice.objects.get().lines.get().tax_percent == 20


def test_a_client_who_is_here_keeps_the_name_it_has(firm: Firm) -> None:
    ContactFactory(firm=firm, client_number="C7001", name="Thornbury Mills Limited")
    import_file(firm, "international-v2.txt")
    assert Contact.objects.get().name == "Thornbury Mills Limited"


def test_line_totals_without_their_tax_come_in_with_the_total_that_has_it(firm: Firm) -> None:
    import_file(firm, "international-net-lines.txt")
    bill = Invoice.objects.get()
    assert (bill.subtotal, bill.tax_total, bill.total) == (630, 126, 756)


@pytest.mark.parametrize(
    ("name", "field", "message"),
    [
        (
            "international-tax-no-rate-makes.txt",
            "LINE_ITEM_TOTAL",
            "Bill B303 has 87.63 of tax on 630.00 here, which no rate makes, not even to a cent (VAT 6.1245%).",
        ),
        (
            "international-unknown-currency.txt",
            "INVOICE_CURRENCY",
            "“UKP” is not a currency of ISO 4217. Give its three capital letters, such as AUD.",
        ),
    ],
)
def test_a_tax_that_its_rate_does_not_make_and_an_unknown_currency_are_refused_at_their_line(
    firm: Firm, name: str, field: str, message: str
) -> None:
    (fault,) = import_file(firm, name).faults
    assert (fault.line_number, fault.field, fault.message) == (3, field, message)


@pytest.mark.parametrize("tax", [TaxTreatment.USUAL, TaxTreatment.INSIDE, TaxTreatment.NONE])
def test_taxes_of_lines_are_taken_as_they_are_or_not_at_all(firm: Firm, tax: TaxTreatment) -> None:
    (fault,) = import_file(firm, "international-v2.txt", tax=tax).faults
    assert fault.message == "Bill B301 says the tax of each line; it can only be taken as it is."
