"""A bill or contact that is gone, voided or deleted in Xero: a person decides, and nothing is made again by itself."""

import re
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice
from billing.services import InvoiceValues
from firms.models import AuditEvent, Firm, User
from firms.refusals import Refused
from firms.scope import firm_scope
from tests.factories import (
    ContactFactory,
    FirmFactory,
    InvoiceFactory,
    admin_of,
    staff_of,
    time_line,
)
from tests.integration.xero_sync.both_sides import NUMBER, save_contact, works
from tests.integration.xero_sync.test_at_once import at_once
from tests.outcomes import signed_in, words
from tests.xero import Xero, job_of
from xero_sync import outbox
from xero_sync.actions import decide_gone
from xero_sync.domain.link import Link
from xero_sync.domain.states import State
from xero_sync.facts.chosen_documents import DocumentChoice
from xero_sync.models import BillSyncSettings, Cause, FirmPreference, XeroRecord

pytestmark = pytest.mark.django_db(transaction=True)

MIGRATION = import_module("xero_sync.migrations.0022_gone_documents")
VOID, AGAIN = "void-here", "send-as-new"


@pytest.fixture
def ann(connected: Firm) -> User:
    """Billing staff."""
    return staff_of(connected)


@pytest.fixture
def page(ann: User) -> Client:
    return signed_in(ann)


@pytest.fixture
def bill(connected: Firm) -> Invoice:
    """A bill in Xero."""
    invoice: Invoice = InvoiceFactory(firm=connected, number=NUMBER, approved=True)
    works(connected)
    assert job_of(invoice).state == State.IN_XERO
    return invoice


@pytest.fixture
def missing(bill: Invoice, xero: Xero) -> Invoice:
    """The bill, which Xero no longer has, as the next save shows."""
    xero.act("forget-invoice", invoice=NUMBER)
    save(bill, "Edited once")
    xero.forget_calls()
    return bill


@pytest.fixture
def ended(bill: Invoice, xero: Xero) -> Invoice:
    """The bill, which a bookkeeper voided in Xero, as the next save shows."""
    xero.act("void-invoice", invoice=NUMBER)
    save(bill, "Edited once")
    xero.forget_calls()
    return bill


def save(bill: Invoice, description: str, *, number: str = "") -> None:
    """Save the bill with other words, and let the sync work."""
    bill.refresh_from_db()
    services.save_invoice(
        firm=bill.firm,
        actor=None,
        invoice=bill,
        expected_version=bill.version,
        values=InvoiceValues(contact_id=bill.contact_id, issue_date=bill.issue_date, number=number or bill.number),
        lines=[time_line(pk=line.pk, description=description) for line in bill.lines.all()],
    )
    works(bill.firm)


def address(document: Invoice | Contact, decision: str) -> str:
    return f"/{document.firm.slug}/activity/{job_of(document).pk}/decide/{decision}/"


def seen_at(page: Client, url: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page.get(url).content.decode())
    assert found is not None, "the page asks first"
    return found[1]


def decide(page: Client, url: str) -> str:
    """Read the page that asks, and press its button."""
    return words(page.post(url, {"seen": seen_at(page, url)}, follow=True))


def creations(xero: Xero) -> int:
    return len([call for call in xero.calls if call["method"] == "PUT"])


def page_of(document: Invoice | Contact) -> str:
    return f"/{document.firm.slug}/{document._meta.model_name}s/{document.pk}/"


def state_of(document: Invoice | Contact) -> tuple[str, str]:
    job = job_of(document)
    return job.state, job.faults[0]["code"] if job.faults else job.hold


def test_a_bill_that_is_gone_in_xero_waits_for_one_of_three_decisions(page: Client, missing: Invoice) -> None:
    assert state_of(missing) == (State.NEEDS_YOU, "missing-in-xero")
    job = job_of(missing)
    assert job.cause is not None
    for url in (
        page_of(missing),
        f"/{missing.firm.slug}/needs-you/{job.cause.pk}/",
        f"/{missing.firm.slug}/needs-you/",
    ):
        html = words(page.get(url))
        for label in ("Void it here", "Send it again as new", "Leave it as it is"):
            assert label in html, url
        assert "Retry" not in html.partition("<main")[2], url


@pytest.mark.parametrize("said", ["the specified ID", "the specified Invoice ID", "the specified InvoiceID"])
def test_each_wording_of_xero_is_known(xero: Xero, bill: Invoice, said: str) -> None:
    xero.fault(
        kind="refuse", path="Invoices", method="POST", messages=[f"An existing invoice with {said} could not be found"]
    )
    save(bill, "Edited once")
    assert state_of(bill) == (State.NEEDS_YOU, "missing-in-xero")


def test_a_bill_that_was_voided_in_xero_waits_for_the_same_decisions(page: Client, ended: Invoice) -> None:
    assert state_of(ended) == (State.NEEDS_YOU, "voided-in-xero")
    assert job_of(ended).xero_record.status == "VOIDED"
    html = words(page.get(page_of(ended)))
    assert "The bill was voided or deleted in Xero" in html
    for label in ("Void it here", "Send it again as new", "Leave it as it is"):
        assert label in html


def test_a_draft_that_was_deleted_in_xero_does_too(connected: Firm, xero: Xero) -> None:
    FirmPreference.objects.filter(firm=connected, key="only_approved").update(on=False)
    draft = InvoiceFactory(firm=connected, number=NUMBER)
    works(connected)
    assert job_of(draft).xero_record.status == "DRAFT"
    xero.act("void-invoice", invoice=NUMBER)
    save(draft, "Edited once")
    assert (state_of(draft), job_of(draft).xero_record.status) == ((State.NEEDS_YOU, "voided-in-xero"), "DELETED")


def saved_bill(bill: Invoice, page: Client) -> None:
    save(bill, "Edited twice")


def saved_contact(bill: Invoice, page: Client) -> None:
    save_contact(bill.contact, city="Perth")


def retried(bill: Invoice, page: Client) -> None:
    page.post(f"/{bill.firm.slug}/activity/{job_of(bill).pk}/retry/")


def retried_with_its_cause(bill: Invoice, page: Client) -> None:
    cause = job_of(bill).cause
    assert cause is not None
    page.post(f"/{bill.firm.slug}/needs-you/{cause.pk}/retry/", {"todays": "on"})


def rejudged(bill: Invoice, page: Client) -> None:
    BillSyncSettings.objects.filter(firm=bill.firm).update(paused_at=timezone.now())
    outbox.rejudge(firm=bill.firm, now=timezone.now())
    BillSyncSettings.objects.filter(firm=bill.firm).update(paused_at=None)
    outbox.rejudge(firm=bill.firm, now=timezone.now())


@pytest.mark.parametrize("what", [saved_bill, saved_contact, retried, retried_with_its_cause, rejudged])
@pytest.mark.parametrize("gone", ["missing", "ended"])
def test_whatever_happens_besides_it_is_not_made_again(
    request: pytest.FixtureRequest, xero: Xero, page: Client, gone: str, what: Callable[[Invoice, Client], None]
) -> None:
    bill: Invoice = request.getfixturevalue(gone)
    before = state_of(bill)
    what(bill, page)
    works(bill.firm)
    assert creations(xero) == 0
    assert state_of(bill) == before


@pytest.mark.parametrize(
    ("gone", "state", "sentence"),
    [
        ("missing", (State.NOT_SENT, "void"), "Void here, and no longer in Xero."),
        ("ended", (State.IN_XERO, ""), "Equal to the cent."),
    ],
)
def test_void_here_voids_it_here_and_sends_nothing(
    request: pytest.FixtureRequest,
    xero: Xero,
    page: Client,
    ann: User,
    gone: str,
    state: tuple[str, str],
    sentence: str,
) -> None:
    bill: Invoice = request.getfixturevalue(gone)
    old = outbox.last_id(job_of(bill))
    assert f"Void 1 bill, {bill.total:,.2f} AUD, here?" in words(page.get(address(bill, VOID)))
    assert "1 bill is void here now. Nothing was sent to Xero." in decide(page, address(bill, VOID))
    works(bill.firm)
    bill.refresh_from_db()
    assert (bill.state, state_of(bill)) == ("VOID", state)
    assert xero.calls == []
    assert sentence in words(page.get(page_of(bill)))
    assert Cause.objects.filter(closed_at=None).count() == 0
    event = AuditEvent.objects.get(action="invoice.voided_as_gone")
    assert (event.actor, event.before["xero_id"]) == (ann, old)
    assert AuditEvent.objects.get(action="invoice.voided").actor == ann, "by billing's own service"


def test_a_bill_that_is_void_here_already_agrees_with_xero_where_it_is_gone(xero: Xero, bill: Invoice) -> None:
    xero.act("forget-invoice", invoice=NUMBER)
    bill.refresh_from_db()
    services.void(firm=bill.firm, actor=None, invoice=bill, expected_version=bill.version)
    works(bill.firm)
    assert state_of(bill) == (State.NOT_SENT, "void")


def test_send_again_as_new_makes_one_new_bill_under_the_same_number(
    xero: Xero, page: Client, ann: User, missing: Invoice
) -> None:
    old = outbox.last_id(job_of(missing))
    assert "1 bill goes now as new." in decide(page, address(missing, AGAIN))
    assert (job_of(missing).xero_id, job_of(missing).xero_record.line_ids) == ("", {})
    works(missing.firm)
    assert (job_of(missing).state, creations(xero)) == (State.IN_XERO, 1)
    [document] = xero.numbered(NUMBER)
    assert document["id"] == job_of(missing).xero_id != old
    assert Decimal(document["total"]) == missing.total
    event = AuditEvent.objects.get(action="invoice.sent_as_new")
    assert (event.actor, event.before["xero_id"]) == (ann, old)
    assert "Sent again as new" in words(page.get(page_of(missing)))
    save(missing, "Edited afterwards")
    assert (job_of(missing).state, len(xero.numbered(NUMBER))) == (State.IN_XERO, 1)


def test_the_evidence_of_a_link_that_ends_stays_on_the_audit_trail(
    connected: Firm, xero: Xero, page: Client, ann: User
) -> None:
    contact = ContactFactory(firm=connected, name="John Smith")
    works(connected)
    xero.act("enter-contact", Name="John Smith and Co")
    chosen = next(row["id"] for row in xero.contacts if row["name"] == "John Smith and Co")
    page.post(f"/{connected.slug}/contacts/{contact.pk}/link/", {"chosen": chosen})
    works(connected)
    xero.act("forget-contact", contact=chosen)
    save_contact(contact, name="John Smith II")
    works(connected)
    decide(page, address(contact, AGAIN))
    before = AuditEvent.objects.get(action="contact.sent_as_new").before
    assert before["xero_id"] == chosen
    assert "Linked by Ann Lee" in before["note"]


def test_where_xero_keeps_the_number_of_the_voided_one_another_number_is_asked_for(
    xero: Xero, page: Client, ended: Invoice
) -> None:
    decide(page, address(ended, AGAIN))
    works(ended.firm)
    assert state_of(ended) == (State.NEEDS_YOU, "invoice-number-taken"), "the voided one is never adopted"
    save(ended, "Edited twice", number="10417-2")
    assert job_of(ended).state == State.IN_XERO
    assert [row["status"] for row in xero.numbered(NUMBER)] == ["VOIDED"]
    assert [row["status"] for row in xero.numbered("10417-2")] == ["AUTHORISED"]


def test_the_one_that_was_given_up_is_not_ours_again_though_its_own_answer_was_lost_once(
    connected: Firm, xero: Xero, page: Client
) -> None:
    xero.fault(kind="cut_after", method="PUT", path="Invoices")
    bill = InvoiceFactory(firm=connected, number=NUMBER, approved=True)
    works(connected)
    first = job_of(bill).xero_id
    assert first
    xero.act("void-invoice", invoice=NUMBER)
    save(bill, "Other words")
    save(bill, "Advice")
    assert state_of(bill) == (State.NEEDS_YOU, "voided-in-xero"), "not what was confirmed before"
    decide(page, address(bill, AGAIN))
    works(connected)
    assert state_of(bill) == (State.NEEDS_YOU, "invoice-number-taken")
    assert job_of(bill).xero_id == ""


@pytest.mark.parametrize("gone", ["missing", "ended"])
def test_left_as_it_is_it_stays_out_with_the_reason_until_it_is_saved_again(
    request: pytest.FixtureRequest, xero: Xero, page: Client, gone: str
) -> None:
    bill: Invoice = request.getfixturevalue(gone)
    before = state_of(bill)
    leave = f"/{bill.firm.slug}/invoices/{bill.pk}/leave-out/"
    asked = words(page.get(leave))
    assert "you are asked again what becomes of it" in asked
    page.post(leave, {"seen": seen_at(page, leave), "reason": "asked the bookkeeper"})
    works(bill.firm)
    assert state_of(bill) == (State.NOT_SENT, "left-out")
    html = words(page.get(page_of(bill)))
    assert "Gone or void in Xero, and left as it is by Ann Lee on" in html
    assert "asked the bookkeeper" in html
    assert "Decide again" in html
    save(bill, "Edited twice")
    assert state_of(bill) == before
    page.post(leave, {"seen": seen_at(page, leave), "reason": "asked again"})
    again = page.post(f"/{bill.firm.slug}/activity/{job_of(bill).pk}/send-after-all/", follow=True)
    assert "decide again what becomes of it" in words(again)
    works(bill.firm)
    assert state_of(bill) == before
    assert creations(xero) == 0


@pytest.fixture
def three(connected: Firm, xero: Xero) -> list[Invoice]:
    """Three bills that are gone in Xero."""
    bills = [InvoiceFactory(firm=connected, approved=True) for _ in range(3)]
    works(connected)
    for bill in bills:
        bill.refresh_from_db()
        xero.act("forget-invoice", invoice=bill.number)
        save(bill, "Edited once")
    xero.forget_calls()
    return bills


def of_cause(bill: Invoice, decision: str) -> str:
    cause = job_of(bill).cause
    assert cause is not None
    return f"/{bill.firm.slug}/needs-you/{cause.pk}/decide/{decision}/"


def test_all_of_one_cause_are_decided_at_once_and_counted_first(xero: Xero, page: Client, three: list[Invoice]) -> None:
    url = of_cause(three[0], VOID)
    assert "Void 3 bills, 330.00 AUD, here?" in words(page.get(url))
    assert "3 bills are void here now." in decide(page, url)
    works(three[0].firm)
    assert {state_of(bill) for bill in three} == {(State.NOT_SENT, "void")}
    assert xero.calls == []
    event = AuditEvent.objects.get(action="cause.voided_as_gone")
    assert event.after["documents"] == 3
    assert "Voided here as in Xero" in words(page.get(f"/{three[0].firm.slug}/needs-you/{event.target_id}/"))


def test_all_of_one_cause_are_sent_again_as_new_and_followed(xero: Xero, page: Client, three: list[Invoice]) -> None:
    html = decide(page, of_cause(three[0], AGAIN))
    assert "3 bills go now as new." in html
    works(three[0].firm)
    assert {job_of(bill).state for bill in three} == {State.IN_XERO}
    assert [len(xero.numbered(bill.number)) for bill in three] == [1, 1, 1]


def test_one_of_a_cause_is_decided_and_its_neighbours_wait(page: Client, three: list[Invoice]) -> None:
    decide(page, address(three[0], VOID))
    assert [job_of(bill).state for bill in three] == [State.NOT_SENT, State.NEEDS_YOU, State.NEEDS_YOU]


def test_under_a_pause_what_is_sent_as_new_goes_once_it_ends(xero: Xero, page: Client, missing: Invoice) -> None:
    BillSyncSettings.objects.filter(firm=missing.firm).update(paused_at=timezone.now(), paused_by="Ann")
    assert "when bill syncing is resumed" in decide(page, address(missing, AGAIN))
    works(missing.firm)
    assert (state_of(missing), creations(xero)) == ((State.ON_HOLD, "paused"), 0)


@pytest.fixture
def lost_client(connected: Firm, xero: Xero) -> tuple[Contact, Invoice]:
    """A client who is gone in Xero, and a new bill that waits for the client."""
    contact: Contact = ContactFactory(firm=connected, name="Alder Hythe Ltd")
    works(connected)
    xero.act("forget-contact", contact=job_of(contact).xero_id)
    bill: Invoice = InvoiceFactory(firm=connected, contact=contact, approved=True)
    works(connected)
    xero.forget_calls()
    return contact, bill


def test_a_contact_that_is_gone_is_sent_as_new_with_the_bills_that_wait_or_left(
    xero: Xero, page: Client, lost_client: tuple[Contact, Invoice]
) -> None:
    contact, bill = lost_client
    assert (state_of(contact), job_of(bill).state) == ((State.NEEDS_YOU, "contact-gone"), State.ON_HOLD)
    html = words(page.get(page_of(contact)))
    assert "Send it again as new" in html
    assert "Void it here" not in html
    url = address(contact, AGAIN)
    assert "1 bill waits for it and goes after it." in words(page.get(url))
    decide(page, url)
    works(contact.firm)
    assert (job_of(contact).state, job_of(bill).state) == (State.IN_XERO, State.IN_XERO)
    assert [row["name"] for row in xero.contacts].count("Alder Hythe Ltd") == 1


def test_a_contact_that_is_gone_is_not_made_again_by_a_save_of_its_bill(
    xero: Xero, page: Client, lost_client: tuple[Contact, Invoice]
) -> None:
    contact, bill = lost_client
    save(bill, "Edited")
    InvoiceFactory(firm=contact.firm, contact=contact, approved=True)
    works(contact.firm)
    assert (state_of(contact), creations(xero)) == ((State.NEEDS_YOU, "contact-gone"), 0)
    leave = f"/{contact.firm.slug}/contacts/{contact.pk}/leave-out/"
    page.post(leave, {"seen": seen_at(page, leave), "reason": "no longer ours"})
    assert state_of(contact) == (State.NOT_SENT, "left-out")


def test_of_two_people_who_decide_otherwise_the_first_one_counts(xero: Xero, page: Client, missing: Invoice) -> None:
    other = signed_in(admin_of(missing.firm))
    seen = seen_at(page, address(missing, AGAIN))
    decide(other, address(missing, VOID))
    html = words(page.post(address(missing, AGAIN), {"seen": seen}, follow=True))
    assert "There is nothing to decide here any more" in html
    works(missing.firm)
    missing.refresh_from_db()
    assert (missing.state, creations(xero)) == ("VOID", 0)


def test_of_two_at_the_same_moment_exactly_one_counts(
    xero: Xero, ann: User, connected: Firm, three: list[Invoice]
) -> None:
    cause = job_of(three[0]).cause
    choice = DocumentChoice(cause=cause)
    seen = outbox.select_gone(firm=connected, chosen=choice.condition).name
    refused: list[Refused] = []

    def press(action: Callable[..., Any]) -> Callable[[], None]:
        def act() -> None:
            try:
                action(firm=connected, actor=ann, choice=choice, seen=seen, now=timezone.now())
            except Refused as refusal:
                refused.append(refusal)

        return act

    at_once(connected, press(decide_gone.void_here), press(decide_gone.send_as_new), press(decide_gone.void_here))
    assert len(refused) == 2
    works(connected)
    states = set(Invoice.objects.filter(pk__in=[bill.pk for bill in three]).values_list("state", flat=True))
    assert (states, creations(xero)) in (({"VOID"}, 0), ({"APPROVED"}, 1))


def test_a_page_that_was_opened_before_a_save_decides_nothing(page: Client, missing: Invoice) -> None:
    for decision in (VOID, AGAIN):
        seen = seen_at(page, address(missing, decision))
        save(missing, f"Edited after the page of {decision}")
        html = words(page.post(address(missing, decision), {"seen": seen}, follow=True))
        assert "Something changed since you opened this page, so nothing was done." in html
    missing.refresh_from_db()
    assert (missing.state, state_of(missing)) == ("APPROVED", (State.NEEDS_YOU, "missing-in-xero"))


def test_a_bill_that_came_meanwhile_is_not_decided_unseen(xero: Xero, page: Client, bill: Invoice) -> None:
    xero.act("forget-invoice", invoice=NUMBER)
    other = InvoiceFactory(firm=bill.firm, approved=True)
    works(bill.firm)
    other.refresh_from_db()
    save(bill, "Edited once")
    url = of_cause(bill, VOID)
    seen = seen_at(page, url)
    xero.act("forget-invoice", invoice=other.number)
    save(other, "Edited once")
    html = words(page.post(url, {"seen": seen}))
    assert "Something changed since you opened this page" in html
    assert "Void 2 bills" in html
    assert not Invoice.objects.filter(state="VOID").exists()


@pytest.mark.parametrize("decision", ["leave", "anything"])
def test_another_decision_has_no_page(page: Client, missing: Invoice, decision: str) -> None:
    assert page.get(address(missing, decision)).status_code == 404


def test_a_bill_about_which_nothing_is_to_be_decided_is_left_alone(page: Client, bill: Invoice) -> None:
    for decision in (VOID, AGAIN):
        assert "There is nothing to decide here" in words(page.get(address(bill, decision), follow=True))
        assert "There is nothing to decide here" in words(page.post(address(bill, decision), {"seen": ""}, follow=True))
    bill.refresh_from_db()
    assert (bill.state, job_of(bill).state) == ("APPROVED", State.IN_XERO)


def test_nobody_of_another_firm_decides_anything(page: Client, missing: Invoice) -> None:
    urls = [address(missing, VOID), of_cause(missing, VOID), address(missing, AGAIN), of_cause(missing, AGAIN)]
    seen = {url: seen_at(page, url) for url in urls}
    own = FirmFactory()
    stranger = signed_in(admin_of(own))
    for url in urls:
        for slug in (own.slug, missing.firm.slug):
            path = url.replace(f"/{missing.firm.slug}/", f"/{slug}/")
            assert (stranger.get(path).status_code, stranger.post(path, {"seen": seen[url]}).status_code) == (404, 404)
    with firm_scope(missing.firm):
        assert state_of(missing) == (State.NEEDS_YOU, "missing-in-xero")
        assert not AuditEvent.objects.filter(Q(action__endswith="as_gone") | Q(action__endswith="as_new")).exists()


def test_what_was_gone_before_the_release_that_asks_waits_for_the_decision_too(
    xero: Xero, page: Client, missing: Invoice, lost_client: tuple[Contact, Invoice]
) -> None:
    contact, waiting = lost_client
    other = InvoiceFactory(firm=missing.firm, approved=True)
    works(missing.firm)
    XeroRecord.objects.filter(job__in=[job_of(missing), job_of(contact)]).update(link=Link())
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.MARK)
    xero.forget_calls()
    for bill in (missing, waiting):
        save(bill, "Edited twice")
    assert (state_of(missing)[1], state_of(contact)[1], creations(xero)) == ("missing-in-xero", "contact-gone", 0)
    assert [job_of(each).xero_record.link.gone for each in (missing, contact, other)] == ["unknown", "unknown", ""]
    decide(page, address(missing, AGAIN))
    works(missing.firm)
    assert job_of(missing).state == State.IN_XERO
