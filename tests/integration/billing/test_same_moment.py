"""Two people save in the same moment: the second one reads why, and gets a number of their own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from billing import importing, services
from billing.models import Contact, Invoice, Matter
from billing.services import ContactValues, InvoiceValues
from expense_categories import services as category_services
from expense_categories.models import CategoryKind
from firms.models import Firm
from firms.refusals import Refused
from firms.scope import firm_scope
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, MatterFactory, time_line
from tests.integration.billing.test_import import CONTACTS, import_bills, ledes, record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("inside")]


@contextmanager
def meanwhile(firm: Firm, statement: str, act: Callable[[], Any]) -> Iterator[None]:
    """Somebody else's `act`, on a connection of their own, just before our first statement that begins like this."""
    waiting = [act]

    def somebody() -> None:
        try:
            with firm_scope(firm):
                waiting.pop()()
        finally:
            connection.close()

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if waiting and sql.startswith(statement):
            other = threading.Thread(target=somebody)
            other.start()
            other.join()
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield
    assert not waiting


def test_of_two_matters_with_one_number_the_second_is_refused(staff_page: Client, firm: Firm, contact: Contact) -> None:
    with meanwhile(firm, 'INSERT INTO "billing_matter"', lambda: MatterFactory(contact=contact, number="M-7")):
        answer = staff_page.post(f"/{firm.slug}/contacts/{contact.pk}/", {"number": "M-7", "name": "Lease"})
    assert answer.status_code == 200
    assert "Another matter has the number M-7" in answer.content.decode()


def test_a_bill_whose_new_matter_was_opened_meanwhile_says_so_at_that_field(firm: Firm, contact: Contact) -> None:
    values = InvoiceValues(contact_id=contact.pk, issue_date=InvoiceFactory.issue_date, new_matter_number="M-7")
    with (
        meanwhile(firm, 'INSERT INTO "billing_matter"', lambda: MatterFactory(contact=contact, number="M-7")),
        pytest.raises(Refused) as refusal,
    ):
        services.save_invoice(firm=firm, actor=None, values=values, lines=[time_line()])
    assert "M-7" in refusal.value.faults["new_matter_number"]
    assert not Invoice.objects.exists()


def test_a_bill_that_left_its_number_to_us_gets_the_next_one(firm: Firm, contact: Contact) -> None:
    values = InvoiceValues(contact_id=contact.pk, issue_date=InvoiceFactory.issue_date)
    with meanwhile(
        firm,
        'INSERT INTO "billing_invoice"',
        lambda: InvoiceFactory(firm=firm, contact=contact, number="1001"),
    ):
        saved = services.save_invoice(firm=firm, actor=None, values=values, lines=[time_line()])
    assert saved.number == "1002"


def test_a_client_who_left_the_number_to_us_gets_the_next_one(firm: Firm) -> None:
    with meanwhile(
        firm, 'INSERT INTO "billing_contact"', lambda: ContactFactory(firm=firm, name="Brandt", client_number="1001")
    ):
        saved = services.save_contact(firm=firm, actor=None, values=ContactValues(name="Meridian"))
    assert saved.client_number == "1002"


def test_of_two_categories_with_one_code_the_second_is_refused(firm: Firm) -> None:
    with (
        meanwhile(
            firm,
            'INSERT INTO "expense_categories_expensecategory"',
            lambda: CategoryFactory(firm=firm, utbms_code="X1"),
        ),
        pytest.raises(Refused) as refusal,
    ):
        category_services.save_category(
            firm=firm, actor=None, name="Couriers", kind=CategoryKind.DISBURSEMENT, utbms_code="X1"
        )
    assert "X1" in refusal.value.faults["utbms_code"]


def test_a_client_saved_during_an_import_of_contacts_refuses_the_file_in_words(firm: Firm) -> None:
    with meanwhile(
        firm, 'INSERT INTO "billing_contact"', lambda: ContactFactory(firm=firm, name="Brandt", client_number="C-2")
    ):
        report = importing.import_contacts(firm=firm, actor=None, data=CONTACTS)
    assert report.refused
    assert "Client C-2 is here already" in report.faults[0].message
    assert list(Contact.objects.values_list("client_number", flat=True)) == ["C-2"]


def test_a_bill_saved_during_an_import_of_bills_refuses_the_file_in_words(firm: Firm) -> None:
    client = ContactFactory(firm=firm, name="Meridian", client_number="C-1")
    other = partial(InvoiceFactory, firm=firm, contact=client, number="10401")
    with meanwhile(firm, 'INSERT INTO "billing_invoice"', other):
        report = import_bills(firm, ledes(record()))
    assert report.refused
    assert "is here already, with other content" in report.faults[0].message
    assert Invoice.objects.count() == 1
    assert not Matter.objects.exists()


def test_a_matter_opened_during_an_import_of_bills_is_the_one_they_get(firm: Firm) -> None:
    client = ContactFactory(firm=firm, name="Meridian", client_number="C-1")
    with meanwhile(firm, 'INSERT INTO "billing_matter"', partial(MatterFactory, contact=client, number="M-1")):
        report = import_bills(firm, ledes(record()))
    assert (report.created, report.matters_created) == (1, 0)
    assert Invoice.objects.get().matter == Matter.objects.get()
