"""A person says which contact or bill in Xero is the one here; Xero is read at that moment, over the wire."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Contact, Invoice
from firms.models import AuditEvent, Firm, User
from firms.scope import firm_scope
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory, admin_of, staff_of
from tests.integration.xero_sync.both_sides import enter_contact
from tests.outcomes import signed_in, words
from tests.xero import Xero, connect_firm, job_of, sync
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, FirmPreference, SyncJob, XeroConnection, XeroDocument, XeroIndex

pytestmark = pytest.mark.django_db(transaction=True)

OFF = ("match_existing_contacts", "distinct_contact_names", "restore_archived_contacts", "adopt_existing_invoices")


@pytest.fixture
def ann(connected: Firm) -> User:
    """Billing staff, at a firm with every repair switched off: a person has to look."""
    FirmPreference.objects.filter(firm=connected, key__in=OFF).update(on=False)
    return staff_of(connected)


@pytest.fixture
def page(ann: User) -> Client:
    return signed_in(ann)


def john(firm: Firm, **values: Any) -> Contact:
    usual: dict[str, Any] = {"name": "John Smith", "client_number": "C-1042", "emails": ("john@smith.example",)}
    contact: Contact = ContactFactory(firm=firm, **{**usual, **values})
    return contact


def contact_in_xero(xero: Xero, contact_id: str) -> Any:
    return xero.server.xero.organisation(xero.organisation_id).contacts.get(contact_id)


def of_contact(contact: Contact) -> str:
    return f"/{contact.firm.slug}/contacts/{contact.pk}/link/"


def of_bill(bill: Invoice) -> str:
    return f"/{bill.firm.slug}/invoices/{bill.pk}/link/"


def settled(firm: Firm) -> None:
    for _ in range(3):
        sync(firm)


@pytest.fixture
def theirs(xero: Xero, ann: User) -> str:
    """John Smith, whom a bookkeeper entered."""
    return enter_contact(xero, Name="John Smith", EmailAddress="john@smith.example")


@pytest.fixture
def refused(connected: Firm, theirs: str) -> tuple[Contact, Invoice]:
    """Our John Smith with a bill: Xero has the name."""
    contact = john(connected)
    bill = InvoiceFactory(firm=connected, contact=contact, approved=True)
    settled(connected)
    assert (job_of(contact).state, job_of(bill).state) == (State.NEEDS_YOU, State.ON_HOLD)
    return contact, bill


def test_the_cause_leads_to_the_contact_that_is_to_be_linked(refused: tuple[Contact, Invoice], page: Client) -> None:
    contact, _ = refused
    cause = job_of(contact).cause_id
    answer = page.get(f"/{contact.firm.slug}/needs-you/{cause}/link/")
    assert answer["Location"] == of_contact(contact)
    html = words(page.get(f"/{contact.firm.slug}/contacts/{contact.pk}/"))
    assert of_contact(contact) in html


def test_the_likely_ones_are_shown_with_what_speaks_for_them(
    xero: Xero, refused: tuple[Contact, Invoice], page: Client
) -> None:
    enter_contact(xero, Name="Smith and Jones")
    enter_contact(xero, Name="Acme")
    archived = enter_contact(xero, Name="Jon Smith", ContactNumber="")
    xero.act("archive-contact", contact=archived)
    html = words(page.get(of_contact(refused[0])))
    assert "Same e-mail address and name" in html or "Same name and e-mail address" in html
    assert "Similar name" in html
    assert "Archived in Xero" in html
    assert "Acme" not in html


def test_a_search_finds_any_contact_in_xero(xero: Xero, refused: tuple[Contact, Invoice], page: Client) -> None:
    enter_contact(xero, Name="Acme Holdings")
    html = words(page.get(of_contact(refused[0]), {"q": "acme"}))
    assert "Acme Holdings" in html
    assert "Nothing but your search" in html
    assert "Xero has no contact like that" in words(page.get(of_contact(refused[0]), {"q": "zebra"}))


def test_both_sides_are_compared_and_what_linking_changes_is_said(
    refused: tuple[Contact, Invoice], page: Client, theirs: str
) -> None:
    html = words(page.get(of_contact(refused[0]), {"chosen": theirs}))
    assert "In Xero afterwards" in html
    assert "<strong>C-1042</strong>" in html, "the number is empty there"
    assert "What speaks for it: same name and e-mail address" in html
    assert "1 bill of this client" in html


def test_linking_lets_everything_waiting_on_the_contact_go_and_keeps_the_evidence(
    connected: Firm, xero: Xero, refused: tuple[Contact, Invoice], page: Client, ann: User, theirs: str
) -> None:
    contact, bill = refused
    html = words(page.post(of_contact(contact), {"chosen": theirs}, follow=True))
    assert "John Smith is linked to John Smith in Xero." in html
    settled(connected)
    assert (job_of(contact).state, job_of(bill).state) == (State.IN_XERO, State.IN_XERO)
    assert job_of(contact).xero_id == theirs
    assert (job_of(contact).xero_record.link.number, job_of(contact).xero_record.link.stands_for) == ("", "John Smith")
    assert [row["name"] for row in xero.contacts].count("John Smith") == 1
    assert contact_in_xero(xero, theirs).number == "C-1042"
    html = words(page.get(f"/{connected.slug}/contacts/{contact.pk}/"))
    assert len(re.findall(r"Linked by Ann Lee on \d+ \w+( \d+)?: same name and e-mail address\.", html)) >= 2
    event = AuditEvent.objects.get(action="contact.linked")
    assert (event.actor, event.after["xero_id"]) == (ann, theirs)


def test_a_number_somebody_else_gave_the_contact_is_kept(connected: Firm, xero: Xero, ann: User, page: Client) -> None:
    theirs = enter_contact(xero, Name="John Smith", ContactNumber="CRM-7")
    contact = john(connected)
    settled(connected)
    page.post(of_contact(contact), {"chosen": theirs})
    settled(connected)
    assert job_of(contact).state == State.IN_XERO
    assert contact_in_xero(xero, theirs).number == "CRM-7"


def test_an_archived_one_is_restored_only_by_saying_so(connected: Firm, xero: Xero, ann: User, page: Client) -> None:
    theirs = enter_contact(xero, Name="John Smith", ContactNumber="C-1042")
    xero.act("archive-contact", contact=theirs)
    contact = john(connected)
    settled(connected)
    assert job_of(contact).state == State.NEEDS_YOU
    assert "Restore it in Xero" in words(page.get(of_contact(contact), {"chosen": theirs}))
    html = words(page.post(of_contact(contact), {"chosen": theirs}))
    assert "is archived in Xero. Tick" in html
    assert job_of(contact).state == State.NEEDS_YOU
    page.post(of_contact(contact), {"chosen": theirs, "restore": "yes"})
    settled(connected)
    assert (job_of(contact).state, contact_in_xero(xero, theirs).status) == (State.IN_XERO, "ACTIVE")


def test_a_bill_refused_for_its_archived_contact_goes_once_the_client_is_linked_to_another(
    connected: Firm, xero: Xero, ann: User, page: Client
) -> None:
    contact = john(connected)
    settled(connected)
    xero.act("archive-contact", contact=job_of(contact).xero_id)
    bill = InvoiceFactory(firm=connected, contact=contact, approved=True)
    settled(connected)
    assert job_of(bill).faults[0]["code"] == "contact-archived"
    other = enter_contact(xero, Name="John Smith and Co")
    answer = page.get(f"/{connected.slug}/needs-you/{job_of(bill).cause_id}/link/")
    assert answer["Location"] == of_contact(contact)
    page.post(of_contact(contact), {"chosen": other})
    assert (job_of(bill).state, job_of(bill).hold) == (State.ON_HOLD, "contact-refused")
    settled(connected)
    assert (job_of(contact).xero_id, job_of(bill).state) == (other, State.IN_XERO)
    assert contact_in_xero(xero, other).number == "", "the archived one keeps the number, and Xero takes each once"


def test_one_that_is_another_client_of_ours_is_said_and_refused(
    connected: Firm, refused: tuple[Contact, Invoice], page: Client
) -> None:
    other = john(connected, name="John Smithson", client_number="C-2", emails=())
    settled(connected)
    html = words(page.get(of_contact(refused[0])))
    assert "Already linked to John Smithson" in html
    html = words(page.post(of_contact(refused[0]), {"chosen": job_of(other).xero_id}))
    assert "is already linked to John Smithson here. Nothing was linked." in html
    assert job_of(refused[0]).xero_id == ""


def test_two_of_ours_never_become_one_of_theirs(
    connected: Firm, refused: tuple[Contact, Invoice], page: Client, theirs: str
) -> None:
    twin = john(connected, client_number="C-3", emails=())
    settled(connected)
    page.post(of_contact(refused[0]), {"chosen": theirs})
    html = words(page.post(of_contact(twin), {"chosen": theirs}))
    assert "is already linked to John Smith here" in html
    assert SyncJob.objects.filter(xero_id=theirs).count() == 1


def test_a_contact_whose_number_another_has_is_refused_with_the_way_on(
    connected: Firm, xero: Xero, refused: tuple[Contact, Invoice], page: Client, theirs: str
) -> None:
    enter_contact(xero, Name="Old John", ContactNumber="C-1042")
    html = words(page.post(of_contact(refused[0]), {"chosen": theirs}))
    assert "Old John in Xero has this client’s number C-1042" in html
    assert job_of(refused[0]).state == State.NEEDS_YOU


def test_where_another_contact_has_our_name_the_linked_one_keeps_its_own(
    connected: Firm, xero: Xero, refused: tuple[Contact, Invoice], page: Client
) -> None:
    chosen = enter_contact(xero, Name="J. Smith")
    assert "It keeps its name in Xero" in words(page.get(of_contact(refused[0]), {"chosen": chosen}))
    page.post(of_contact(refused[0]), {"chosen": chosen})
    settled(connected)
    assert (job_of(refused[0]).state, contact_in_xero(xero, chosen).name) == (State.IN_XERO, "J. Smith")


@pytest.mark.parametrize("chosen", ["", "nonsense", "C-1042", "00000000-0000-4000-8000-000000000000"])
def test_a_contact_that_xero_does_not_have_is_refused(
    refused: tuple[Contact, Invoice], page: Client, chosen: str
) -> None:
    page.post(of_contact(refused[0]), {"chosen": chosen})
    assert job_of(refused[0]).state == State.NEEDS_YOU


def test_a_contact_of_another_organisation_can_never_be_linked(
    xero: Xero, refused: tuple[Contact, Invoice], page: Client
) -> None:
    rows = xero.control("GET", "organisations")["organisations"]
    other = Xero(xero.server, next(row["id"] for row in rows if row["id"] != xero.organisation_id))
    foreign = enter_contact(other, Name="John Smith")
    html = words(page.post(of_contact(refused[0]), {"chosen": foreign}))
    assert "any more. Nothing was linked." in html
    assert job_of(refused[0]).xero_id == ""


def test_another_firms_contact_and_bill_are_a_404(refused: tuple[Contact, Invoice], theirs: str) -> None:
    own = FirmFactory()
    stranger = signed_in(admin_of(own))
    contact, bill = refused
    for slug in (own.slug, contact.firm.slug):
        for path in (f"contacts/{contact.pk}/link/", f"invoices/{bill.pk}/link/", f"invoices/{bill.pk}/handled/"):
            assert stranger.get(f"/{slug}/{path}").status_code == 404
            assert stranger.post(f"/{slug}/{path}", {"chosen": theirs}).status_code == 404
    with firm_scope(contact.firm):
        assert job_of(contact).xero_id == ""


def test_an_xero_that_does_not_answer_is_said_and_nothing_is_linked(
    xero: Xero, refused: tuple[Contact, Invoice], page: Client, theirs: str
) -> None:
    xero.fault(kind="status", status=503, method="GET", path="Contacts", times=9)
    assert "Xero did not answer as it should" in words(page.get(of_contact(refused[0])))
    html = words(page.post(of_contact(refused[0]), {"chosen": theirs}))
    assert "Nothing was changed." in html
    assert job_of(refused[0]).state == State.NEEDS_YOU


def test_without_a_connection_nothing_can_be_linked(
    connected: Firm, refused: tuple[Contact, Invoice], page: Client, theirs: str
) -> None:
    XeroConnection.objects.filter(firm=connected).update(state="LOST")
    assert "The connection to Xero was lost" in words(page.get(of_contact(refused[0])))
    XeroConnection.objects.filter(firm=connected).update(state="DISCONNECTED")
    assert "not connected to Xero" in words(page.get(of_contact(refused[0])))


def test_a_save_meanwhile_wins(connected: Firm, refused: tuple[Contact, Invoice], theirs: str, ann: User) -> None:
    from firms.refusals import Refused
    from xero_sync.actions import link_documents

    stale = job_of(refused[0])
    SyncJob.objects.filter(pk=stale.pk).update(desired_version=stale.desired_version + 1)
    with pytest.raises(Refused, match="Something changed"):
        link_documents.link_contact(
            firm=connected, actor=ann, job=stale, xero_id=theirs, restore=False, now=timezone.now()
        )
    assert not AuditEvent.objects.filter(action="contact.linked").exists()


def test_under_a_pause_a_linked_contact_waits_for_its_end(
    connected: Firm, refused: tuple[Contact, Invoice], page: Client, theirs: str
) -> None:
    BillSyncSettings.objects.filter(firm=connected).update(paused_at=timezone.now(), paused_by="Ann")
    page.post(of_contact(refused[0]), {"chosen": theirs})
    job = job_of(refused[0])
    assert (job.state, job.hold, job.xero_id) == (State.ON_HOLD, "paused", theirs)


def test_a_fresh_index_of_xero_is_chosen_from_without_a_call(
    connected: Firm, xero: Xero, refused: tuple[Contact, Invoice], page: Client, theirs: str
) -> None:
    tenant = xero.organisation_id
    XeroDocument.objects.update_or_create(
        firm=connected,
        xero_tenant_id=tenant,
        kind="CONTACT",
        xero_id=theirs,
        defaults={"name": "John Smith", "name_key": "john smith", "status": "ACTIVE", "email": "john@smith.example"},
    )
    XeroIndex.objects.update_or_create(
        firm=connected, xero_tenant_id=tenant, kind="CONTACT", defaults={"read_to": timezone.now()}
    )
    xero.forget_calls()
    assert "Same name and e-mail address" in words(page.get(of_contact(refused[0])))
    assert "John Smith" in words(page.get(of_contact(refused[0]), {"q": "smith"}))
    assert "John Smith" in words(page.get(of_contact(refused[0]), {"q": "smith\0"}))
    assert xero.calls == []


def test_an_index_older_than_the_refusal_does_not_know_whom_it_clashed_with(
    connected: Firm, xero: Xero, refused: tuple[Contact, Invoice], page: Client
) -> None:
    before = job_of(refused[0]).changed_at - timedelta(minutes=1)
    XeroIndex.objects.update_or_create(
        firm=connected, xero_tenant_id=xero.organisation_id, kind="CONTACT", defaults={"read_to": before}
    )
    xero.forget_calls()
    assert "Same name and e-mail address" in words(page.get(of_contact(refused[0])))
    assert xero.calls


def bill_in_xero(xero: Xero, contact_id: str, number: str, price: float = 100, **fields: Any) -> None:
    line = {"Description": "Entered by hand", "Quantity": 1, "UnitAmount": price, "AccountCode": "200"}
    usual: dict[str, Any] = {"Status": "AUTHORISED", "Date": "2026-07-01", "DueDate": "2026-07-15"}
    usual |= {"InvoiceNumber": number, "Contact": {"ContactID": contact_id}, "LineItems": [line]}
    xero.act("enter-invoice", **{**usual, **fields})


@pytest.fixture
def client_in_xero(connected: Firm, ann: User) -> Contact:
    """A client that is in Xero."""
    contact = john(connected)
    settled(connected)
    return contact


def taken(firm: Firm, contact: Contact) -> Invoice:
    """Our bill 10417, refused because Xero has its number."""
    bill: Invoice = InvoiceFactory(firm=firm, contact=contact, number="10417", approved=True)
    settled(firm)
    assert job_of(bill).faults[0]["code"] == "invoice-number-taken"
    return bill


def test_a_bill_that_agrees_is_linked_though_the_preference_is_off(
    connected: Firm, xero: Xero, client_in_xero: Contact, page: Client, ann: User
) -> None:
    bill_in_xero(xero, job_of(client_in_xero).xero_id, "10417")
    bill = taken(connected, client_in_xero)
    answer = page.get(f"/{connected.slug}/needs-you/{job_of(bill).cause_id}/link/")
    assert answer["Location"] == of_bill(bill)
    html = words(page.get(of_bill(bill)))
    assert "Number, contact, total and currency are the same." in html
    chosen = xero.numbered("10417")[0]["id"]
    assert "is linked to the one in Xero." in words(page.post(of_bill(bill), {"chosen": chosen}, follow=True))
    settled(connected)
    assert (job_of(bill).state, job_of(bill).xero_id) == (State.IN_XERO, chosen)
    assert len(xero.numbered("10417")) == 1
    kept, linked = (note["text"] for note in job_of(bill).xero_record.notes)
    assert kept.startswith("Different in Xero, and kept as it is there: Lines")
    assert linked.startswith("Linked by Ann Lee on ")
    assert AuditEvent.objects.get(action="invoice.linked").actor == ann


def test_a_paid_bill_is_linked_and_left_as_it_is(
    connected: Firm, xero: Xero, client_in_xero: Contact, page: Client
) -> None:
    bill_in_xero(xero, job_of(client_in_xero).xero_id, "10417")
    chosen = xero.numbered("10417")[0]["id"]
    xero.act("payment", invoice=chosen)
    bill = taken(connected, client_in_xero)
    page.post(of_bill(bill), {"chosen": chosen})
    xero.forget_calls()
    settled(connected)
    assert job_of(bill).state == State.IN_XERO
    assert job_of(bill).xero_record.total == bill.total
    assert not [call for call in xero.calls if call["method"] != "GET"]


@pytest.mark.parametrize(("price", "name"), [(99, "total"), (100, "contact")])
def test_one_that_differs_is_refused_with_both_sides_and_the_ways_on(
    connected: Firm, xero: Xero, client_in_xero: Contact, page: Client, price: float, name: str
) -> None:
    owner = job_of(client_in_xero).xero_id if name == "total" else enter_contact(xero, Name="Somebody Else")
    bill_in_xero(xero, owner, "10417", price)
    bill = taken(connected, client_in_xero)
    html = words(page.get(of_bill(bill)))
    assert f"Not the same: {name}. So the two cannot be linked." in html
    for way in ("Give this bill another number", "It is handled in Xero", "Edit this bill"):
        assert way in html
    assert ">Link</button>" not in html
    page.post(of_bill(bill), {"chosen": xero.numbered("10417")[0]["id"]})
    assert (job_of(bill).state, job_of(bill).xero_id) == (State.NEEDS_YOU, "")


def test_a_bill_that_changed_in_xero_since_it_was_shown_is_not_linked(
    connected: Firm, xero: Xero, client_in_xero: Contact, page: Client
) -> None:
    bill_in_xero(xero, job_of(client_in_xero).xero_id, "10417")
    bill = taken(connected, client_in_xero)
    chosen = xero.numbered("10417")[0]["id"]
    xero.act("void-invoice", invoice=chosen)
    html = words(page.post(of_bill(bill), {"chosen": chosen}))
    assert "Something changed since you opened this page" in html
    assert "Not the same: status." in html
    assert job_of(bill).xero_id == ""


def test_a_number_that_xero_has_not_is_nothing_to_link(
    connected: Firm, xero: Xero, client_in_xero: Contact, page: Client
) -> None:
    bill = InvoiceFactory(firm=connected, contact=client_in_xero, number="77", approved=False)
    assert "Xero has no bill with the number 77" in words(page.get(of_bill(bill)))


def test_two_firms_read_only_their_own_organisation(
    connected: Firm, xero: Xero, refused: tuple[Contact, Invoice], theirs: str
) -> None:
    rows = xero.control("GET", "organisations")["organisations"]
    other_xero = Xero(xero.server, next(row["id"] for row in rows if row["id"] != xero.organisation_id))
    other = FirmFactory()
    with firm_scope(other):
        connect_firm(firm=other, admin=admin_of(other), xero=other_xero)
        contact = john(other)
        enter_contact(other_xero, Name="John Smith of the other firm")
    html = words(signed_in(admin_of(other)).get(f"/{other.slug}/contacts/{contact.pk}/link/"))
    assert "John Smith of the other firm" in html
    assert theirs not in html
