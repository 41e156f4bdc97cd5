"""Saving contacts and matters, and their pages."""

from typing import Any

import pytest
from django.test import Client

from billing import services
from billing.models import Contact, ContactKind, Matter, PhoneType, signals
from billing.services import ContactValues, EditConflict, Phone, Refused
from firms.models import AuditEvent, Firm
from tests.factories import ContactFactory, FirmFactory, MatterFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


def typed(**values: Any) -> dict[str, Any]:
    names = "name first_name last_name client_number emails phone_work phone_direct phone_mobile phone_fax"
    address = "address_line1 address_line2 city region postal_code country tax_number version"
    return {**dict.fromkeys(f"{names} {address}".split(), ""), "kind": "COMPANY", **values}


def test_a_client_without_a_number_gets_the_next_one(firm: Firm) -> None:
    ContactFactory(firm=firm, client_number="4711")
    contact = services.save_contact(firm=firm, actor=None, values=ContactValues(name="Brandt GmbH"))
    assert contact.client_number == "4712"


def test_a_person_without_a_name_is_named_by_its_parts(firm: Firm) -> None:
    values = ContactValues(name="", kind=ContactKind.PERSON, first_name="Adaeze", last_name="Okafor")
    assert services.save_contact(firm=firm, actor=None, values=values).name == "Adaeze Okafor"


def test_an_address_xero_will_refuse_is_kept_as_it_was_typed(firm: Firm) -> None:
    contact = ContactFactory(firm=firm, emails=("accounts(at)brandt", " second@example.com "))
    assert contact.emails == ["accounts(at)brandt", "second@example.com"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": "  "}),
        ("name", {"name": "", "first_name": "x" * 200, "last_name": "y" * 200}),
        ("city", {"name": "A", "city": "x" * 256}),
        ("country", {"name": "A", "country": "\0"}),
        ("emails", {"name": "A", "emails": ("x" * 300,)}),
        ("phones", {"name": "A", "phones": (Phone(type=PhoneType.WORK, number="1" * 60),)}),
        ("client_number", {"name": "A", "client_number": "C-1042"}),
    ],
)
def test_what_is_not_right_is_refused_by_field(
    firm: Firm, contact: Contact, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(Refused) as refusal:
        services.save_contact(firm=firm, actor=None, values=ContactValues(**values))
    assert list(refusal.value.faults) == [field]


def test_another_firm_may_use_the_same_client_number(contact: Contact) -> None:
    assert ContactFactory(firm=FirmFactory(), client_number=contact.client_number).pk != contact.pk


def test_every_save_is_announced_and_on_record(firm: Firm, contact: Contact) -> None:
    versions: list[int] = []

    def listen(*, contacts: list[Contact], **_: Any) -> None:
        versions.extend(row.version for row in contacts)

    signals.contacts_saved.connect(listen)
    values = ContactValues(name="Meridian Shipping Pty", client_number="C-1042")
    services.save_contact(firm=firm, actor=None, contact=contact, expected_version=1, values=values)
    services.save_contact(firm=firm, actor=None, contact=contact, expected_version=2, values=values)
    signals.contacts_saved.disconnect(listen)
    assert versions == [2, 3]
    first, *_, last = AuditEvent.objects.filter(action="contact.edited").order_by("pk")
    assert (first.before, first.after) == ({"name": "Meridian Shipping Ltd"}, {"name": "Meridian Shipping Pty"})
    assert last.after == {}


def test_the_second_of_two_people_hears_of_the_first(firm: Firm, contact: Contact) -> None:
    values = ContactValues(name="First", client_number="C-1042")
    services.save_contact(firm=firm, actor=None, contact=contact, expected_version=1, values=values)
    with pytest.raises(EditConflict):
        services.save_contact(firm=firm, actor=None, contact=contact, expected_version=1, values=values)


def test_a_matter_has_its_number_alone_in_the_firm(firm: Firm, contact: Contact) -> None:
    MatterFactory(contact=contact, number="M-1")
    with pytest.raises(Refused, match="Another matter has the number M-1"):
        services.save_matter(firm=firm, actor=None, contact=ContactFactory(firm=firm), number="M-1")


def test_a_matter_of_another_firms_client_is_refused(firm: Firm) -> None:
    theirs = ContactFactory(firm=FirmFactory())
    with pytest.raises(Refused, match="no such contact"):
        services.save_matter(firm=firm, actor=None, contact=theirs, number="M-1")


def test_a_contact_is_written_on_a_page(staff_page: Client, firm: Firm) -> None:
    values = typed(name="Brandt GmbH", emails="a@example.com\nb@example.com", phone_mobile="0400", city="Perth")
    answer = staff_page.post(f"/{firm.slug}/contacts/new/", values)
    contact = Contact.objects.get()
    assert answer["Location"] == f"/{firm.slug}/contacts/{contact.pk}/"
    assert contact.emails == ["a@example.com", "b@example.com"]
    assert contact.phones == [{"type": "MOBILE", "number": "0400"}]


def test_editing_keeps_numbers_the_form_has_no_place_for(staff_page: Client, firm: Firm) -> None:
    work = [Phone(type=PhoneType.WORK, number=number) for number in ("1", "2")]
    contact = ContactFactory(firm=firm, phones=tuple(work))
    values = typed(name="New name", client_number=contact.client_number, phone_work="9", version="1")
    staff_page.post(f"/{firm.slug}/contacts/{contact.pk}/edit/", values)
    contact.refresh_from_db()
    assert [phone["number"] for phone in contact.phones] == ["9", "2"]


def test_two_versions_of_a_contact_stand_side_by_side(staff_page: Client, firm: Firm, contact: Contact) -> None:
    services.save_contact(
        firm=firm,
        actor=None,
        contact=contact,
        expected_version=1,
        values=ContactValues(name="Theirs", client_number="C-1042"),
    )
    address = f"/{firm.slug}/contacts/{contact.pk}/edit/"
    values = typed(name="Mine", client_number="C-1042", version="1")
    page = staff_page.post(address, values).content.decode()
    assert "saved this" in page
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert 'name="version" value="2"' in page
    assert staff_page.post(address, {**values, "version": "2"}).status_code == 302


def test_a_matter_is_opened_on_the_contacts_page(staff_page: Client, firm: Firm, contact: Contact) -> None:
    staff_page.post(f"/{firm.slug}/contacts/{contact.pk}/", {"number": "M-9", "name": "Lease"})
    assert str(Matter.objects.get()) == "M-9 Lease"
    again = staff_page.post(f"/{firm.slug}/contacts/{contact.pk}/", {"number": "M-9", "name": ""}).content.decode()
    assert "Another matter has the number M-9" in again


def test_contacts_are_found_and_turned_by_key(staff_page: Client, firm: Firm, contact: Contact) -> None:
    for n in range(60):
        ContactFactory(firm=firm, name=f"Client & son {n % 7} ~")
    page = staff_page.get(f"/{firm.slug}/contacts/?q=son").content.decode()
    assert "60 contacts found by" in page
    after = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert staff_page.get(after).content.decode().count('<th scope="row">') == 10
    assert "Meridian" in staff_page.get(f"/{firm.slug}/contacts/?q=C-10").content.decode()
