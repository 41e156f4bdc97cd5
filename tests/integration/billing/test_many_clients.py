"""A firm with more clients than a page can list finds the one a bill is for, with script and without."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.forms.clients import FEW_CLIENTS, MOST_FOUND
from billing.models import Contact, Invoice
from firms.models import Firm
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory, MatterFactory
from tests.integration.billing.test_invoice_pages import typed, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


@pytest.fixture
def crowd(firm: Firm) -> None:
    Contact.objects.bulk_create(
        Contact(firm=firm, name=f"Client {n:05}", client_number=f"N-{n:05}") for n in range(FEW_CLIENTS + 200)
    )


def options(html: str, name: str = "contact_id") -> list[str]:
    """The labels of a select's choices."""
    select = re.search(rf'<select name="{name}".*?</select>', html, re.DOTALL)
    assert select
    return [label.strip() for label in re.findall(r"<option[^>]*>([^<]*)", select[0])]


@pytest.mark.usefixtures("crowd")
def test_a_new_bills_page_lists_no_crowd_and_asks_the_database_no_more(
    staff_page: Client, firm: Firm, contact: Contact
) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = words(staff_page, f"/{firm.slug}/invoices/new/?contact={contact.pk}")
    assert options(page) == ["Choose a client", "Meridian Shipping Ltd (C-1042)"]
    assert len(queries) <= 12


@pytest.mark.usefixtures("crowd")
def test_without_script_a_client_is_found_and_chosen(staff_page: Client, firm: Firm, contact: Contact) -> None:
    address = f"/{firm.slug}/invoices/new/"
    bill = typed(contact, {"unit_price": "100"}, contact_id="")
    page = staff_page.post(address, {**bill, "client_search": "shipping c-10", "recalculate": "1"}).content.decode()
    assert options(page) == ["Choose a client", "Meridian Shipping Ltd (C-1042)"]
    assert 'value="shipping c-10"' in page
    assert staff_page.post(address, {**bill, "contact_id": contact.pk, "save": "1"}).status_code == 302
    assert Invoice.objects.get().contact == contact


@pytest.mark.usefixtures("crowd")
def test_nobody_found_is_said_where_one_chooses(staff_page: Client, firm: Firm, contact: Contact) -> None:
    page = staff_page.post(
        f"/{firm.slug}/invoices/new/", typed(contact, contact_id="", client_search="zzz", recalculate="1")
    )
    assert options(page.content.decode()) == ["Nobody is found by that"]


@pytest.mark.usefixtures("crowd")
def test_another_firms_client_cannot_be_chosen(staff_page: Client, firm: Firm, contact: Contact) -> None:
    theirs = InvoiceFactory(firm=FirmFactory()).contact_id
    answer = staff_page.post(f"/{firm.slug}/invoices/new/", typed(contact, {"unit_price": "1"}, contact_id=theirs))
    assert answer.status_code == 200
    assert options(answer.content.decode()) == ["Choose a client"]
    assert staff_page.get(f"/{firm.slug}/contacts/{theirs}/matters/").content.strip() == b""


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(
    ("q", "found"), [("meri", 1), ("c-1042", 1), ("", MOST_FOUND), ("client 0", MOST_FOUND), ("%", 0)]
)
def test_the_page_asks_while_one_types(staff_page: Client, firm: Firm, contact: Contact, q: str, found: int) -> None:
    answer = staff_page.get(f"/{firm.slug}/contacts/choices/", {"q": q})
    assert answer.content.decode().count("<option") == found


def test_one_clients_matters_are_listed(staff_page: Client, firm: Firm, contact: Contact) -> None:
    MatterFactory(contact=contact, number="M-1", name="Lease")
    MatterFactory(contact=ContactFactory(firm=firm), number="M-2")
    page = words(staff_page, f"/{firm.slug}/contacts/{contact.pk}/matters/")
    assert "M-1 Lease" in page
    assert "M-2" not in page


@pytest.mark.usefixtures("crowd")
def test_two_savers_of_one_bill_see_both_clients_by_name(staff_page: Client, firm: Firm, contact: Contact) -> None:
    bill = InvoiceFactory(firm=firm, contact=contact)
    other = ContactFactory(firm=firm, name="Brandt GmbH")
    matter = MatterFactory(contact=other, number="M-9", name="Lease")
    values: dict[str, Any] = typed(other, contact_id=other.pk, matter_id=matter.pk, version="99")
    page = staff_page.post(f"/{firm.slug}/invoices/{bill.pk}/edit/", values).content.decode()
    assert "Meridian Shipping Ltd (C-1042)" in page
    assert "Brandt GmbH" in page
    assert "M-9 Lease" in page
