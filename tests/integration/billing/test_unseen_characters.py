"""Characters that nobody sees are dropped and letters composed at every way in: a name is the same however it came."""

import pytest
from django.test import Client

from billing import importing, services
from billing.models import Contact, Invoice, InvoiceLine, Matter
from billing.services import ContactValues
from firms.models import Firm
from tests.factories import ContactFactory
from tests.integration.billing.test_contacts import typed as typed_contact
from tests.integration.billing.test_import import import_bills, ledes, record
from tests.integration.billing.test_invoice_pages import typed as typed_bill

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

# A zero-width space, a soft hyphen, a mark of direction; an accent that is a character of its own.
UNSEEN = "\u200bRene\u0301e Le\u00adfe\u0300vre\u202c"
SEEN = "Renée Lefèvre"


def test_in_the_contacts_form(staff_page: Client, firm: Firm) -> None:
    values = typed_contact(
        name=UNSEEN,
        client_number="C\u200b-1",
        emails="a@\u200blefevre.example\n",
        phone_work="\u202a+61 2\u202c",
        city=UNSEEN,
    )
    staff_page.post(f"/{firm.slug}/contacts/new/", values)
    contact = Contact.objects.get()
    assert (contact.name, contact.client_number, contact.city) == (SEEN, "C-1", SEEN)
    assert contact.emails == ["a@lefevre.example"]
    assert contact.phones == [{"type": "WORK", "number": "+61 2"}]


def test_in_a_bills_form(staff_page: Client, firm: Firm) -> None:
    contact = ContactFactory(firm=firm)
    line = {"description": UNSEEN, "timekeeper": UNSEEN, "unit_price": "100"}
    values = typed_bill(
        contact,
        line,
        number="1\u200b0482",
        description=UNSEEN,
        new_matter_number="M\u200b-1",
        new_matter_name=UNSEEN,
        save="1",
    )
    staff_page.post(f"/{firm.slug}/invoices/new/", values)
    bill = Invoice.objects.get()
    assert (bill.number, bill.description, str(bill.matter)) == ("10482", SEEN, f"M-1 {SEEN}")
    assert [(line.description, line.timekeeper) for line in bill.lines.all()] == [(SEEN, SEEN)]


def test_in_a_matters_form(firm: Firm) -> None:
    matter = services.save_matter(
        firm=firm, actor=None, contact=ContactFactory(firm=firm), number="M\u200b-1", name=UNSEEN
    )
    assert str(matter) == f"M-1 {SEEN}"


def test_in_a_correction(firm: Firm) -> None:
    contact = ContactFactory(firm=firm)
    services.correct_contact(firm=firm, actor=None, contact=contact, expected_version=1, changes={"name": UNSEEN})
    contact.refresh_from_db()
    assert contact.name == SEEN


def test_in_a_file(firm: Firm) -> None:
    importing.import_contacts(firm=firm, actor=None, data=f"name,city\n{UNSEEN},{UNSEEN}\n".encode())
    assert list(Contact.objects.values_list("name", "city")) == [(SEEN, SEEN)]


def test_in_a_file_of_bills(firm: Firm) -> None:
    ContactFactory(firm=firm, client_number="C-1")
    line = record(
        INVOICE_NUMBER="1\u200b0401",
        CLIENT_ID="C-\u20601",
        LAW_FIRM_MATTER_ID="M\u00ad-1",
        LINE_ITEM_DESCRIPTION=UNSEEN,
    )
    report = import_bills(firm, ledes(line, record(INVOICE_NUMBER="10402", LINE_ITEM_DESCRIPTION=UNSEEN)))
    assert report.faults == ()
    assert list(Invoice.objects.order_by("number").values_list("number", flat=True)) == ["10401", "10402"]
    assert set(InvoiceLine.objects.values_list("description", flat=True)) == {SEEN}
    assert set(Matter.objects.values_list("number", flat=True)) == {"M-1"}


def test_a_name_of_nothing_that_can_be_seen_is_none(staff_page: Client, firm: Firm) -> None:
    page = staff_page.post(f"/{firm.slug}/contacts/new/", typed_contact(name="\u200b\u00ad")).content.decode()
    assert "Give a name." in page
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("client_number", "8.113E+11"), ("tax_number", "5.1824E+10"), ("phones", "4.42079E+11"), ("name", "#REF!")],
)
def test_what_excel_lost_is_refused_in_the_form_too(staff_page: Client, firm: Firm, field: str, value: str) -> None:
    posted = {"name": "Auk Ltd", "phone_work" if field == "phones" else field: value}
    page = staff_page.post(f"/{firm.slug}/contacts/new/", typed_contact(**posted)).content.decode()
    assert "Excel" in page
    assert not Contact.objects.exists()


def test_values_are_clean_whoever_makes_them() -> None:
    assert ContactValues(name=UNSEEN, emails=("a\u200b@b.example",)).emails == ("a@b.example",)
