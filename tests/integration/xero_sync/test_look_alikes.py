"""A client whose name looks the same as a contact's in Xero, though Xero itself would take both."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Contact
from firms.models import Firm, User
from tests.factories import ContactFactory, InvoiceFactory, MembershipFactory, admin_of
from tests.outcomes import signed_in
from tests.xero import Xero, job_of, sync
from xero_sync.actions import retry_documents
from xero_sync.domain.states import State
from xero_sync.engine.preflight import Verdict
from xero_sync.engine.preflight.check import PreflightAnswer, PreflightQuestion, check
from xero_sync.facts.request_context import RequestContext
from xero_sync.models import FirmPreference, SyncJob, XeroConnection, XeroIndex, XeroRecord
from xero_sync.organisation import tokens
from xero_sync.organisation.reader import read_index
from xero_sync.pages.forecast import build_ground

pytestmark = pytest.mark.django_db(transaction=True)

SAME, OTHER = "ann@ohara.example", "office@ohara.example"
OFFER = "Xero has another contact whose name looks the same, “O'Hara Ltd”. If it is the same client, link the two."


def read_xero(firm: Firm) -> None:
    connection = XeroConnection.objects.get(firm=firm)
    token = tokens.access_token(credential_id=connection.credential_id, now=timezone.now())
    assert read_index(firm=firm, connection=connection, token=token)


@pytest.fixture
def theirs(connected: Firm, xero: Xero) -> str:
    """O'Hara Ltd with a straight apostrophe, whom a bookkeeper entered; the index of Xero knows."""
    xero.act("enter-contact", Name="O'Hara Ltd", EmailAddress="Ann@OHara.example")
    read_xero(connected)
    return str(xero.contacts[0]["id"])


def ohara(firm: Firm, email: str, **values: Any) -> Contact:
    contact: Contact = ContactFactory(
        firm=firm, **{"name": "O’Hara Ltd", "client_number": "C-7", "emails": (email,), **values}
    )
    return contact


def forecast(firm: Firm, contact: Contact) -> PreflightAnswer:
    bill = InvoiceFactory(firm=firm, contact=contact, approved=True)
    return check(
        firm=firm, ground=build_ground(RequestContext(firm)), asked=PreflightQuestion(bills=[bill], stored=True)
    )


def settled(firm: Firm) -> None:
    for _ in range(4):
        sync(firm)


def switch_off(firm: Firm, key: str) -> None:
    FirmPreference.objects.filter(firm=firm, key=key).update(on=False)


def codes(notes: Any) -> list[str]:
    return [note["code"] for note in notes]


def test_with_the_same_e_mail_it_is_linked_by_itself_as_preflight_said(
    connected: Firm, xero: Xero, theirs: str
) -> None:
    contact = ohara(connected, SAME)
    judged = forecast(connected, contact).contacts[contact.pk]
    assert (judged.verdict, judged.xero_id) == (Verdict.NOTES, theirs)
    settled(connected)
    job = job_of(contact)
    assert (job.state, job.xero_id) == (State.IN_XERO, theirs)
    assert codes(job.xero_record.notes) == [note.code for note in judged.notes] == ["match_existing_contacts"]
    assert [row["name"] for row in xero.contacts] == ["O’Hara Ltd"]
    assert job_of(connected.invoices.get()).state == State.IN_XERO


@pytest.mark.parametrize("email", [OTHER, ""])
def test_with_another_e_mail_it_goes_as_a_new_one_and_the_link_is_offered_as_preflight_said(
    connected: Firm, xero: Xero, theirs: str, email: str
) -> None:
    contact = ohara(connected, email) if email else ohara(connected, email, emails=())
    judged = forecast(connected, contact).contacts[contact.pk]
    assert (judged.verdict, [note.text for note in judged.notes]) == (Verdict.NOTES, [OFFER])
    settled(connected)
    job = job_of(contact)
    assert job.state == State.IN_XERO
    assert job.xero_id != theirs
    assert [note["text"] for note in job.xero_record.notes] == [OFFER]
    assert sorted(row["name"] for row in xero.contacts) == ["O'Hara Ltd", "O’Hara Ltd"]


def test_without_the_preference_it_is_offered_whatever_its_e_mail(connected: Firm, xero: Xero, theirs: str) -> None:
    switch_off(connected, "match_existing_contacts")
    contact = ohara(connected, SAME)
    settled(connected)
    assert codes(job_of(contact).xero_record.notes) == ["looks-alike-in-xero"]
    assert len(xero.contacts) == 2


def test_a_contact_that_is_another_client_here_is_neither_linked_nor_offered(
    connected: Firm, xero: Xero, theirs: str
) -> None:
    first = ohara(connected, SAME)
    settled(connected)
    # Linked long before the index was read last.
    XeroRecord.objects.update(confirmed_at=timezone.now() - timedelta(hours=1))
    second = ohara(connected, SAME, name="O‘Hara Ltd", client_number="C-8")
    judged = forecast(connected, second).contacts[second.pk]
    assert (judged.verdict, judged.notes) == (Verdict.GOES, ())
    settled(connected)
    assert job_of(first).xero_id == theirs
    assert job_of(second).xero_id not in {"", theirs}
    assert job_of(second).xero_record.notes == []


def test_two_clients_at_once_that_look_like_one_contact_are_not_both_linked_to_it(
    connected: Firm, xero: Xero, theirs: str
) -> None:
    both = [ohara(connected, SAME), ohara(connected, SAME, name="O‘Hara Ltd", client_number="C-8")]
    settled(connected)
    linked = [job_of(each).xero_id for each in both]
    assert linked[0] == theirs
    assert linked[1] not in {"", theirs}


def test_where_the_index_is_out_of_date_a_retry_makes_a_new_contact(connected: Firm, xero: Xero, theirs: str) -> None:
    xero.server.xero.organisation(xero.organisation_id).contacts.remove(theirs)
    contact = ohara(connected, SAME)
    settled(connected)
    job = job_of(contact)
    assert (job.state, job.xero_id) == (State.NEEDS_YOU, "")
    retry_documents.retry_document(firm=connected, actor=admin_of(connected), job=job, now=timezone.now())
    settled(connected)
    assert job_of(contact).state == State.IN_XERO


@pytest.fixture
def page(connected: Firm) -> Client:
    user: User = MembershipFactory(firm=connected).user
    return signed_in(user)


def test_by_hand_it_is_among_the_likely_ones_and_can_be_linked(
    connected: Firm, xero: Xero, theirs: str, page: Client
) -> None:
    contact = ohara(connected, OTHER)
    settled(connected)
    shown, address = linking_page(page, contact)
    assert "O&#x27;Hara Ltd" in shown
    assert "Same name" in shown
    page.post(address, {"chosen": theirs})
    assert SyncJob.objects.get(pk=job_of(contact).pk).xero_id == theirs


def test_by_hand_one_is_found_by_how_it_looks_where_no_word_is_written_the_same(
    connected: Firm, xero: Xero, page: Client
) -> None:
    xero.act("enter-contact", Name="Rene\u0301e", EmailAddress=OTHER)
    contact = ohara(connected, SAME, name="Renée")
    settled(connected)
    read_xero(connected)
    XeroIndex.objects.update(read_to=timezone.now())
    xero.forget_calls()
    shown, _ = linking_page(page, contact)
    assert "Rene\u0301e" in shown
    assert "Same name" in shown
    assert xero.calls == []


def linking_page(page: Client, contact: Contact) -> tuple[str, str]:
    """What the page says, on one line, and its address."""
    address = f"/{contact.firm.slug}/contacts/{contact.pk}/link/"
    return " ".join(page.get(address).content.decode().split()), address
