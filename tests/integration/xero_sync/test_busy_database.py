"""What a person sees whose save met a lock that somebody else kept too long: nothing saved, nothing typed lost."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from billing.models import Contact, Invoice
from firms.models import Firm, User
from tests.factories import ContactFactory, InvoiceFactory
from tests.processes.person import Person
from tests.xero import job_of

pytestmark = pytest.mark.django_db(transaction=True)

LEAD = "so this was not saved: neither whole nor in part"


class Holder:
    """Another session of the database, which keeps what it has locked until it lets go."""

    def __init__(self) -> None:
        self.session = connection.copy()
        self.session.set_autocommit(False)

    def locks(self, sql: str, *values: Any) -> None:
        with self.session.cursor() as cursor:
            cursor.execute(sql, values)

    def lets_go(self) -> None:
        self.session.rollback()
        self.session.close()


@pytest.fixture
def holder() -> Iterator[Holder]:
    made = Holder()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    yield made
    made.lets_go()
    connection.close()


def keep_firm(holder: Holder, firm: Firm) -> None:
    """Hold the firm's lock as a frozen worker would."""
    holder.locks("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", f"outbox of firm {firm.pk}")


def test_a_bill_typed_while_the_firm_is_locked_is_saved_by_pressing_save_again(
    firm: Firm, admin: User, holder: Holder
) -> None:
    contact = ContactFactory(firm=firm, name="Harrow & Lane “Pty”")
    person = Person(user=admin, may_see=(200, 503))
    person.opens(reverse("billing:invoice-new", args=[firm.slug]) + f"?contact={contact.pk}")
    keep_firm(holder, firm)
    typed = {"lines-0-description": 'Advice on "<b>" & more', "lines-0-unit_price": "220.00"}
    page = person.presses("Save", contact_id=str(contact.pk), **typed)
    assert LEAD in page
    assert not Invoice.objects.exists()

    assert LEAD in person.presses("Save again")
    holder.lets_go()
    person.presses("Save again")
    line = Invoice.objects.get().lines.get()
    assert (line.description, line.unit_price) == (typed["lines-0-description"], Decimal(220))


def test_line_breaks_and_fields_of_several_values_are_kept(firm: Firm, admin: User, holder: Holder) -> None:
    keep_firm(holder, firm)
    holder.locks("SELECT 1 FROM xero_sync_billsyncsettings WHERE firm_id = %s FOR UPDATE", firm.pk)
    address = reverse("xero_sync:pause", args=[firm.slug])
    page = signed_in(admin).post(address, {"note": "one\ntwo", "ids": ["1", "2"]}).content.decode()
    assert [
        f'name="{name}" value="{value}"' in page for name, value in (("note", "one\ntwo"), ("ids", "1"), ("ids", "2"))
    ] == [True] * 3
    assert f'action="{address}"' in page


def test_a_client_typed_while_the_row_is_locked_is_kept(firm: Firm, admin: User, holder: Holder) -> None:
    contact = ContactFactory(firm=firm, name="Alder")
    person = Person(user=admin, may_see=(200, 503))
    person.opens(reverse("billing:contact-edit", args=[firm.slug, contact.pk]))
    holder.locks("SELECT 1 FROM billing_contact WHERE id = %s FOR UPDATE", contact.pk)
    assert LEAD in person.presses("Save", name="Alder Hythe")
    holder.lets_go()
    person.presses("Save again")
    assert Contact.objects.get().name == "Alder Hythe"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("door", "typed"),
    [
        ("billing:invoice-approve", {"version": "1"}),
        ("xero_sync:retry", {}),
        ("xero_sync:pause", {}),
        ("xero_sync:leave-out-invoice", {"reason": "HANDLED", "note": "By hand"}),
    ],
)
def test_every_other_door_says_the_same(
    firm: Firm, admin: User, holder: Holder, door: str, typed: dict[str, str]
) -> None:
    bill = InvoiceFactory(firm=firm)
    rows = {"billing:invoice-approve": [bill.pk], "xero_sync:retry": [job_of(bill).pk], "xero_sync:pause": []}
    address = reverse(door, args=[firm.slug, *rows.get(door, [bill.pk])])
    keep_firm(holder, firm)
    answer = signed_in(admin).post(address, typed)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5"), answer.content.decode()[:2000]
    assert LEAD in answer.content.decode()


def test_a_file_is_not_kept_and_the_page_says_what_to_do(firm: Firm, admin: User, holder: Holder) -> None:
    holder.locks("LOCK TABLE billing_import IN ACCESS EXCLUSIVE MODE")
    file = SimpleUploadedFile("clients.csv", b"client_number,kind,name\nC-1,company,Alder\n")
    answer = signed_in(admin).post(reverse("billing:contact-import", args=[firm.slug]), {"file": file})
    page = answer.content.decode()
    assert (answer.status_code, LEAD in page, "Save again" in page) == (503, True, False)
    assert "choose a file" in page


def test_a_password_is_never_written_into_the_page(firm: Firm, admin: User, holder: Holder) -> None:
    holder.locks("LOCK TABLE firms_user IN ACCESS EXCLUSIVE MODE")
    answer = Client().post(reverse("firms:sign-in"), {"username": admin.email, "password": "correct horse battery"})
    page = answer.content.decode()
    assert (answer.status_code, LEAD in page, "horse" in page) == (503, True, False)


def test_a_page_that_takes_too_long_says_so_and_offers_itself_again(firm: Firm, admin: User, holder: Holder) -> None:
    client, address = signed_in(admin), reverse("billing:invoice-list", args=[firm.slug]) + "?q=alder"
    holder.locks("LOCK TABLE billing_invoice IN ACCESS EXCLUSIVE MODE")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SET statement_timeout = '50ms'")
    answer = client.get(address)
    page = answer.content.decode()
    assert (answer.status_code, "Nothing was changed" in page, f'href="{address}"' in page) == (503, True, True)


def test_a_fault_of_the_database_that_is_no_lock_stays_our_mistake(firm: Firm, admin: User) -> None:
    client = signed_in(admin)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_invoice RENAME TO billing_gone")
    try:
        answer = client.get(reverse("billing:invoice-list", args=[firm.slug]))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE billing_gone RENAME TO billing_invoice")
    assert (answer.status_code, "on our side" in answer.content.decode()) == (500, True)
