"""A client whose name looks the same as a contact's in Xero, though Xero itself would take both."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing import services
from billing.models import Contact
from billing.services import ContactValues
from firms.models import Firm, User
from tests.factories import ContactFactory, InvoiceFactory, MembershipFactory
from tests.outcomes import signed_in
from tests.xero import Xero, job_of, read_index_of, sync
from xero_sync import outbox
from xero_sync.domain.link import Link
from xero_sync.domain.matches import LINKED_BY_HAND
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.states import State
from xero_sync.engine import batch
from xero_sync.engine.preflight import Verdict
from xero_sync.engine.preflight.check import PreflightAnswer, PreflightQuestion, check
from xero_sync.facts.request_context import RequestContext
from xero_sync.models import FirmPreference, SyncJob, XeroIndex, XeroRecord
from xero_sync.pages.forecast import build_ground

pytestmark = pytest.mark.django_db(transaction=True)

SAME, OTHER = "ann@ohara.example", "office@ohara.example"
OFFER = "Xero has another contact whose name looks the same, “O'Hara Ltd”. If it is the same client, link the two."


@pytest.fixture
def theirs(connected: Firm, xero: Xero) -> str:
    """O'Hara Ltd with a straight apostrophe, whom a bookkeeper entered; the index of Xero knows."""
    xero.act("enter-contact", Name="O'Hara Ltd", EmailAddress="Ann@OHara.example")
    read_index_of(connected)
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
    assert [row["name"] for row in xero.contacts] == ["O'Hara Ltd"]
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


def change_in_xero(xero: Xero, contact: str, **fields: str) -> None:
    """What a bookkeeper does after the index was read last."""
    contacts = xero.server.xero.organisation(xero.organisation_id).contacts
    row = contacts.get(contact)
    assert row is not None
    contacts.put(replace(row, name=fields.pop("Name", row.name), fields={**row.fields, **fields}))
    contacts.settle()


def test_one_that_was_given_to_another_client_since_the_index_was_read_is_left_alone(
    connected: Firm, xero: Xero, theirs: str
) -> None:
    change_in_xero(xero, theirs, Name="Kelly & Daughters Ltd", EmailAddress="kelly@kelly.example")
    contact = ohara(connected, SAME)
    settled(connected)
    assert job_of(contact).state == State.IN_XERO
    assert job_of(contact).xero_id != theirs
    assert "Kelly & Daughters Ltd" in {row["name"] for row in xero.contacts}


@pytest.mark.parametrize("since", ["archived", "gone"])
def test_one_that_xero_has_no_more_holds_nothing_up(connected: Firm, xero: Xero, theirs: str, since: str) -> None:
    if since == "archived":
        xero.act("archive-contact", contact=theirs)
    else:
        xero.server.xero.organisation(xero.organisation_id).contacts.remove(theirs)
    contact = ohara(connected, SAME)
    bill = InvoiceFactory(firm=connected, contact=contact, approved=True)
    settled(connected)
    assert (job_of(contact).state, job_of(bill).state) == (State.IN_XERO, State.IN_XERO)
    assert job_of(contact).xero_id != theirs
    assert [row["status"] for row in xero.contacts if row["id"] == theirs] in ([], ["ARCHIVED"])


def test_where_xero_does_not_answer_the_contact_is_put_off_and_linked_later(
    connected: Firm, xero: Xero, theirs: str
) -> None:
    contact = ohara(connected, SAME)
    xero.fault(kind="status", method="GET", path="Contacts", status=503)
    sync(connected)
    job = job_of(contact)
    assert (job.state, job.xero_id) == (State.WAITING, "")
    assert job.due_at > timezone.now() + timedelta(seconds=25)
    SyncJob.objects.filter(pk=job.pk).update(due_at=timezone.now())
    settled(connected)
    assert (job_of(contact).state, job_of(contact).xero_id) == (State.IN_XERO, theirs)


def act_before_settling(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let somebody act after the link was decided and before it is settled."""
    original, acted = batch.link_look_alikes, []

    def decide_then_act(**given: Any) -> Any:
        answer = original(**given)
        if not acted:
            acted.append(True)
            act()
        return answer

    monkeypatch.setattr(batch, "link_look_alikes", decide_then_act)


def test_a_client_saved_under_another_name_meanwhile_is_not_linked(
    connected: Firm, xero: Xero, theirs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = ohara(connected, SAME)
    values = ContactValues(name="Totally Other Pty", client_number="C-7", emails=("x@other.example",))
    act_before_settling(
        monkeypatch,
        lambda: services.save_contact(
            firm=connected, actor=None, contact=contact, expected_version=contact.version, values=values
        ),
    )
    settled(connected)
    assert job_of(contact).xero_id not in {"", theirs}
    assert sorted(row["name"] for row in xero.contacts) == ["O'Hara Ltd", "Totally Other Pty"]


def test_a_contact_that_a_person_linked_to_another_client_meanwhile_stays_that_clients(
    connected: Firm, xero: Xero, theirs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ohara(connected, OTHER, name="Zed", client_number="C-99")
    settled(connected)
    contact = ohara(connected, SAME)
    # As linking by hand leaves it: the contact in Xero keeps its name, and Zed's old one keeps the number.
    kept: dict[str, Any] = {"name": "O'Hara Ltd", "stands_for": "Zed", "without_number": True}
    link = Link(evidence=LINKED_BY_HAND, note="Linked by hand.", **kept)
    chosen = {"xero_id": theirs, "xero_tenant_id": xero.organisation_id, "status": "ACTIVE", "link": link}
    act_before_settling(
        monkeypatch,
        lambda: outbox.link(firm=connected, job=job_of(other), record=RecordChanges(**chosen), now=timezone.now()),
    )
    settled(connected)
    assert job_of(other).xero_id == theirs
    assert job_of(contact).xero_id not in {"", theirs}


def test_an_address_at_another_domain_is_another_address(connected: Firm, xero: Xero) -> None:
    xero.act("enter-contact", Name="Gross GmbH", EmailAddress="kontakt@gross.example")
    read_index_of(connected)
    contact = ohara(connected, "kontakt@gro\u00df.example", name="Gro\u00df GmbH")
    settled(connected)
    assert job_of(contact).state == State.IN_XERO
    assert "Gross GmbH" in {row["name"] for row in xero.contacts if row["id"] != job_of(contact).xero_id}


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
    read_index_of(connected)
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
