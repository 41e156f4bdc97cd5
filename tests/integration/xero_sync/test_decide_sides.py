"""A document that was changed in Xero: send ours, accept Xero's, or leave, field by field, by whom, and once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import Q
from django.utils import timezone

from billing.models import Contact, Invoice
from billing.models.contact import PhoneType
from billing.services import Phone
from firms.models import AuditEvent, Firm, User
from firms.refusals import Refused
from tests.factories import ContactFactory, staff_of
from tests.integration.xero_sync.both_sides import REMOVED, bill_in_xero, note_of, price, save_bill, save_contact, works
from tests.integration.xero_sync.test_at_once import at_once
from tests.xero import TIMING, Xero, job_of, sync
from xero_sync import outbox
from xero_sync.actions import decide_sides
from xero_sync.actions.decide_sides import SideChoice
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain.side_decisions import SideDecision
from xero_sync.domain.states import State
from xero_sync.models import Cause

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "10491"
OURS, XEROS, LEAVE = SideDecision.SEND_OURS, SideDecision.ACCEPT_XEROS, SideDecision.LEAVE
DUE = date(2026, 11, 30)


@pytest.fixture
def ann(connected: Firm) -> User:
    """Billing staff."""
    return staff_of(connected)


@pytest.fixture
def client(connected: Firm) -> Contact:
    contact: Contact = ContactFactory(
        firm=connected,
        name="Alder Hythe",
        emails=("ines@alder.example", "second@alder.example"),
        first_name="Ines",
        last_name="Novak",
        tax_number="11 222",
        phones=(Phone(PhoneType.MOBILE, "0400 000 000"),),
        address_line1="1 Harrow Lane",
        city="Sydney",
    )
    works(connected)
    return contact


@pytest.fixture
def bill(client: Contact) -> Invoice:
    """A bill in Xero with the lines A and B."""
    return make_bill(client, NUMBER)


def make_bill(client: Contact, number: str) -> Invoice:
    return bill_in_xero(client, number=number, issue_date=date(2026, 10, 1))


def fields(document: Any) -> dict[str, str]:
    """What waits for a decision, by label."""
    return {each.label: each.field for each in outbox.list_open(job_of(document))}


def shown(document: Any) -> str:
    return outbox.select_changed(firm=document.firm, chosen=outbox_q(document)).name


def outbox_q(document: Any) -> Q:
    return Q(pk=job_of(document).pk)


def decide(
    document: Any, actor: User, *, is_admin: bool = False, reason: str = "", seen: str = "", **by_label: SideDecision
) -> ActionOutcome:
    """Decide by label, with "_" for a blank, and let the sync work."""
    names = fields(document)
    chosen = {names[label.replace("_", " ")]: made for label, made in by_label.items()}
    outcome = decide_sides.decide_document(
        firm=document.firm,
        actor=actor,
        is_admin=is_admin,
        job=job_of(document),
        choice=SideChoice(by_field=chosen, reason=reason),
        seen=seen or shown(document),
        now=timezone.now(),
    )
    works(document.firm)
    return outcome


def change_due(bill: Invoice, xero: Xero) -> None:
    """The due date, here and in Xero."""
    xero.act("change-invoice", invoice=bill.number, due=DUE.isoformat())
    save_bill(bill, due_date=date(2026, 11, 11))
    works(bill.firm)
    assert job_of(bill).state == State.NEEDS_YOU


def due_in_xero(xero: Xero, number: str = NUMBER) -> str:
    return str(xero.document(number)["DueDateString"])[:10]


def price_of(xero: Xero, description: str) -> Decimal:
    [found] = [row for row in xero.document(NUMBER)["LineItems"] if row["Description"].startswith(description)]
    return Decimal(str(found["UnitAmount"]))


def texts(xero: Xero) -> list[str]:
    return sorted(row["Description"] for row in xero.document(NUMBER)["LineItems"])


def still_settled(document: Any) -> bool:
    """Another save without a change asks nothing and sends nothing."""
    if isinstance(document, Invoice):
        save_bill(document)
    else:
        save_contact(document)
    works(document.firm)
    return bool(job_of(document).state == State.IN_XERO)


# A bill


def test_our_due_date_is_sent(bill: Invoice, xero: Xero, ann: User) -> None:
    change_due(bill, xero)
    assert "1 sent" in decide(bill, ann, Due_date=OURS).words
    assert (job_of(bill).state, due_in_xero(xero)) == (State.IN_XERO, "2026-11-11")
    assert not Cause.objects.filter(closed_at=None).exists()


def test_xero_s_due_date_is_accepted_and_written_here(bill: Invoice, xero: Xero, ann: User) -> None:
    change_due(bill, xero)
    decide(bill, ann, Due_date=XEROS)
    bill.refresh_from_db()
    assert (job_of(bill).state, bill.due_date, due_in_xero(xero)) == (State.IN_XERO, DUE, "2026-11-30")
    edited = AuditEvent.objects.filter(action="invoice.edited").latest("pk")
    assert (edited.actor, edited.after["due_date"]) == (ann, "2026-11-30")
    assert note_of(bill) == ""


def test_a_due_date_that_was_accepted_is_ours_from_then_on(bill: Invoice, xero: Xero, ann: User) -> None:
    change_due(bill, xero)
    decide(bill, ann, Due_date=XEROS)
    save_bill(bill, due_date=date(2026, 12, 24))
    works(bill.firm)
    assert (job_of(bill).state, due_in_xero(xero)) == (State.IN_XERO, "2026-12-24")


def test_what_is_left_stays_on_both_sides_until_either_changes(bill: Invoice, xero: Xero, ann: User) -> None:
    change_due(bill, xero)
    decide(bill, ann, Due_date=LEAVE, reason="Agreed with the client by telephone")
    bill.refresh_from_db()
    assert (job_of(bill).state, bill.due_date, due_in_xero(xero)) == (State.IN_XERO, date(2026, 11, 11), "2026-11-30")
    price(bill, "101.00")
    works(bill.firm)
    known = job_of(bill).xero_record.known_differences["due"]
    assert (known["reason"], known["by"]) == ("Agreed with the client by telephone", str(ann))
    assert (job_of(bill).state, due_in_xero(xero)) == (State.IN_XERO, "2026-11-30")
    xero.act("change-invoice", invoice=NUMBER, due="2026-12-01")
    save_bill(bill, due_date=date(2026, 11, 12))
    works(bill.firm)
    assert fields(bill) == {"Due date": "due"}


def test_our_price_is_sent_by_an_admin(bill: Invoice, xero: Xero, admin: User) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, price=120)
    price(bill, "130.00")
    works(bill.firm)
    [label] = fields(bill)
    assert label == "Price of line 1"
    decide(bill, admin, is_admin=True, **{label: OURS})
    assert (job_of(bill).state, price_of(xero, "A")) == (State.IN_XERO, 130)
    assert note_of(bill) == ""


def test_xero_s_price_is_kept_and_never_written_here(bill: Invoice, xero: Xero, admin: User) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, price=120)
    price(bill, "130.00")
    works(bill.firm)
    xero.forget_calls()
    decide(bill, admin, is_admin=True, **{"Price of line 1": XEROS})
    assert (job_of(bill).state, price_of(xero, "A")) == (State.IN_XERO, 120)
    assert [call["method"] for call in xero.calls] == ["GET"]
    assert {line.unit_price for line in bill.lines.all()} == {Decimal(130), Decimal(100)}
    assert "Price of line 1 is “120.00” there and “130.00” here" in note_of(bill)
    assert job_of(bill).xero_record.total != Invoice.objects.get(pk=bill.pk).total
    assert still_settled(bill)
    assert price_of(xero, "A") == 120


def test_a_bill_that_is_decided_a_moment_after_its_reading_is_read_again(
    bill: Invoice, xero: Xero, admin: User
) -> None:
    timing = replace(TIMING, fresh_s=600)
    xero.act("change-line", invoice=NUMBER, line=1, price=120)
    price(bill, "130.00")
    works(bill.firm)
    xero.forget_calls()
    decide_sides.decide_document(
        firm=bill.firm,
        actor=admin,
        is_admin=True,
        job=job_of(bill),
        choice=SideChoice(by_field={fields(bill)["Price of line 1"]: XEROS}),
        seen=shown(bill),
        now=timezone.now(),
    )
    sync(bill.firm, timing=timing)
    assert [call["method"] for call in xero.calls] == ["GET"]
    assert f"Xero's is {xero.document(NUMBER)['Total']:.2f}" in note_of(bill)


def test_xero_s_text_of_a_line_is_written_here(bill: Invoice, xero: Xero, ann: User) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, description="A, by the bookkeeper")
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    decide(bill, ann, **{"Text of line 1": XEROS})
    assert sorted(line.description for line in bill.lines.all()) == ["A, by the bookkeeper", "B"]
    assert (job_of(bill).state, texts(xero)) == (State.IN_XERO, ["A, by the bookkeeper", "B"])
    assert still_settled(bill)


def test_a_line_that_was_added_in_xero_goes_or_stays(bill: Invoice, xero: Xero, admin: User) -> None:
    courier = {"description": "Courier", "quantity": 1, "price": 45, "code": "200", "tax_type": "OUTPUT"}
    xero.act("add-line", invoice=NUMBER, **courier)
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    [label] = fields(bill)
    decide(bill, admin, is_admin=True, **{label: XEROS})
    assert (job_of(bill).state, texts(xero)) == (State.IN_XERO, ["A, corrected", "B", "Courier"])
    assert still_settled(bill)
    assert "Courier" in note_of(bill)


def test_a_line_that_was_added_in_xero_is_removed_when_ours_is_sent(bill: Invoice, xero: Xero, admin: User) -> None:
    courier = {"description": "Courier", "quantity": 1, "price": 45, "code": "200", "tax_type": "OUTPUT"}
    xero.act("add-line", invoice=NUMBER, **courier)
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    [label] = fields(bill)
    decide(bill, admin, is_admin=True, **{label: OURS})
    assert (job_of(bill).state, texts(xero)) == (State.IN_XERO, ["A, corrected", "B"])


@pytest.mark.parametrize(("made", "left"), [(OURS, ["A, corrected", "B"]), (XEROS, ["A, corrected"])])
def test_a_line_that_was_removed_in_xero_comes_back_or_stays_away(
    bill: Invoice, xero: Xero, admin: User, made: SideDecision, left: list[str]
) -> None:
    xero.act("remove-line", invoice=NUMBER, line=2)
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    assert list(fields(bill)) == ["Line 2"]
    decide(bill, admin, is_admin=True, **{"Line 2": made})
    assert (job_of(bill).state, texts(xero)) == (State.IN_XERO, left)
    assert still_settled(bill)
    assert texts(xero) == left


@pytest.mark.parametrize(("made", "left"), [(OURS, ["A"]), (XEROS, ["A", "B"]), (LEAVE, ["A", "B"])])
def test_a_line_that_was_removed_here_and_changed_in_xero_is_decided_as_a_whole(
    bill: Invoice, xero: Xero, admin: User, made: SideDecision, left: list[str]
) -> None:
    xero.act("change-line", invoice=NUMBER, line=2, price=120, quantity=3)
    save_bill(bill, lines={"B": REMOVED})
    works(bill.firm)
    assert list(fields(bill)) == ["Line 2"]
    decide(bill, admin, is_admin=True, reason="For now", **{"Line 2": made})
    assert (job_of(bill).state, texts(xero)) == (State.IN_XERO, left)
    assert still_settled(bill)
    assert texts(xero) == left


def test_the_issue_date_in_xero_is_kept(bill: Invoice, xero: Xero, admin: User) -> None:
    xero.act("change-invoice", invoice=NUMBER, date="2026-09-30")
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    decide(bill, admin, is_admin=True, Issue_date=XEROS)
    assert (job_of(bill).state, xero.document(NUMBER)["DateString"][:10]) == (State.IN_XERO, "2026-09-30")
    assert Invoice.objects.get(pk=bill.pk).issue_date == date(2026, 10, 1)


@pytest.mark.parametrize("made", [OURS, XEROS])
def test_a_bill_moved_in_xero_to_another_client_of_ours_comes_back_or_stays(
    bill: Invoice, xero: Xero, admin: User, made: SideDecision
) -> None:
    other = ContactFactory(firm=bill.firm, name="Somebody Else")
    works(bill.firm)
    xero.act("change-invoice", invoice=NUMBER, contact=job_of(other).xero_id)
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    decide(bill, admin, is_admin=True, Client=made)
    whose = job_of(bill.contact).xero_id if made is OURS else job_of(other).xero_id
    assert (job_of(bill).state, xero.document(NUMBER)["Contact"]["ContactID"]) == (State.IN_XERO, whose)
    assert still_settled(bill)


def test_fields_that_are_not_decided_stop_the_bill_again(bill: Invoice, xero: Xero, admin: User) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, price=120)
    change_due(bill, xero)
    assert set(fields(bill)) == {"Price of line 1", "Due date"}
    words = decide(bill, admin, is_admin=True, Due_date=OURS).words
    assert "1 field waits for a decision still" in words
    assert (list(fields(bill)), job_of(bill).state) == (["Price of line 1"], State.NEEDS_YOU)
    assert due_in_xero(xero) == DUE.isoformat()
    decide(bill, admin, is_admin=True, **{"Price of line 1": XEROS})
    assert (due_in_xero(xero), price_of(xero, "A")) == ("2026-11-11", 120)


def test_what_is_kept_and_what_goes_anyway_stands_beside_what_is_decided(bill: Invoice, xero: Xero) -> None:
    xero.act("change-line", invoice=NUMBER, line=2, code="260")
    xero.act("change-invoice", invoice=NUMBER, due=DUE.isoformat())
    save_bill(bill, lines={"A": {"description": "A, corrected"}}, due_date=date(2026, 11, 11))
    works(bill.firm)
    stored = job_of(bill).xero_record.open_differences
    states = {each["label"]: (each.get("kept", False), each.get("goes", False)) for each in stored}
    assert states == {
        "Due date": (False, False),
        "Account of line 2": (True, False),
        "Text of line 1": (False, True),
    }


# Who, when, and how often


def test_billing_staff_decide_on_no_money(bill: Invoice, xero: Xero, ann: User) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, price=120)
    change_due(bill, xero)
    with pytest.raises(Refused, match="admin"):
        decide(bill, ann, **{"Price of line 1": XEROS})
    assert set(fields(bill)) == {"Price of line 1", "Due date"}
    decide(bill, ann, Due_date=OURS)
    assert set(fields(bill)) == {"Price of line 1"}


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_leaving_takes_a_reason_of_at_most_200_characters(bill: Invoice, xero: Xero, ann: User, reason: str) -> None:
    change_due(bill, xero)
    with pytest.raises(Refused) as refusal:
        decide(bill, ann, Due_date=LEAVE, reason=reason)
    assert set(refusal.value.faults) == {"reason"}
    assert job_of(bill).state == State.NEEDS_YOU


def test_nothing_happens_for_a_page_that_was_opened_before_a_save(bill: Invoice, xero: Xero, ann: User) -> None:
    change_due(bill, xero)
    before = shown(bill)
    save_bill(bill, due_date=date(2026, 11, 12))
    works(bill.firm)
    with pytest.raises(Refused, match="changed since"):
        decide(bill, ann, Due_date=OURS, seen=before)
    assert due_in_xero(xero) == DUE.isoformat()


def test_nothing_happens_for_a_page_that_was_opened_before_another_change_in_xero(
    bill: Invoice, xero: Xero, ann: User
) -> None:
    change_due(bill, xero)
    before = shown(bill)
    xero.act("change-invoice", invoice=NUMBER, due="2026-12-24")
    outbox.retry(firm=bill.firm, job_ids=[job_of(bill).pk], now=timezone.now())
    with_later_reading(bill.firm)
    with pytest.raises(Refused, match="changed since"):
        decide(bill, ann, Due_date=XEROS, seen=before)


def with_later_reading(firm: Firm) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        works(firm)


def test_what_changes_in_xero_after_the_page_was_read_is_asked_again(bill: Invoice, xero: Xero, ann: User) -> None:
    change_due(bill, xero)
    xero.act("change-invoice", invoice=NUMBER, due="2026-12-24")
    decide(bill, ann, Due_date=OURS)
    assert (job_of(bill).state, due_in_xero(xero)) == (State.NEEDS_YOU, "2026-12-24")
    [found] = outbox.list_open(job_of(bill))
    assert found.in_xero == "24 Dec 2026"


def test_of_two_people_at_once_one_decides(bill: Invoice, xero: Xero, ann: User) -> None:
    change_due(bill, xero)
    seen, job = shown(bill), job_of(bill)

    ends: list[str] = []

    def one() -> None:
        try:
            decide_sides.decide_document(
                firm=bill.firm,
                actor=ann,
                is_admin=False,
                job=job,
                choice=SideChoice(by_field={"due": XEROS}),
                seen=seen,
                now=timezone.now(),
            )
        except Refused:
            ends.append("refused")
        else:
            ends.append("decided")

    at_once(bill.firm, one, one)
    assert sorted(ends) == ["decided", "refused"]
    assert AuditEvent.objects.filter(action="invoice.sides_decided").count() == 1


def test_a_decision_stands_on_the_audit_trail(bill: Invoice, xero: Xero, ann: User) -> None:
    change_due(bill, xero)
    decide(bill, ann, Due_date=LEAVE, reason="Agreed by telephone")
    event = AuditEvent.objects.get(action="invoice.sides_decided")
    assert (event.actor, event.after["words"]) == (ann, "Leave: Due date. Reason: Agreed by telephone.")


def test_a_value_that_cannot_be_taken_over_changes_nothing(bill: Invoice, xero: Xero, ann: User) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, description="x" * 4000)
    save_bill(bill, lines={"A": {"description": "A, corrected"}})
    works(bill.firm)
    decide(bill, ann, **{"Text of line 1": XEROS})
    assert job_of(bill).state == State.IN_XERO


# All of a cause


def decide_all(
    firm: Firm, actor: User, group: str, made: SideDecision, *, is_admin: bool = False, reason: str = ""
) -> ActionOutcome:
    cause = Cause.objects.get(firm=firm, closed_at=None)
    seen = outbox.select_changed(firm=firm, chosen=Q(cause=cause), group=group).name
    outcome = decide_sides.decide_for_all(
        firm=firm,
        actor=actor,
        is_admin=is_admin,
        cause=cause,
        choice=SideChoice(by_field={group: made}, group=group, reason=reason),
        seen=seen,
        now=timezone.now(),
    )
    works(firm)
    return outcome


def test_one_choice_for_every_bill_with_that_field(bill: Invoice, xero: Xero, ann: User) -> None:
    others = [make_bill(bill.contact, number) for number in ("10493", "10502")]
    for each in (bill, *others):
        change_due(each, xero)
    xero.act("change-line", invoice="10502", line=1, price=120)
    save_bill(others[1], due_date=date(2026, 11, 11))
    works(bill.firm)
    outcome = decide_all(bill.firm, ann, "due date", XEROS)
    assert "for 3 bills" in outcome.words
    assert {Invoice.objects.get(pk=each.pk).due_date for each in (bill, *others)} == {DUE}
    assert [job_of(each).state for each in (bill, *others)] == [State.IN_XERO, State.IN_XERO, State.NEEDS_YOU]
    assert list(fields(others[1])) == ["Price of line 1"]
    assert outcome.release is not None
    assert len(outcome.release.job_ids) == 3


def test_billing_staff_decide_on_no_money_of_all_bills(bill: Invoice, xero: Xero, ann: User, admin: User) -> None:
    xero.act("change-line", invoice=NUMBER, line=1, price=120)
    price(bill, "130.00")
    works(bill.firm)
    with pytest.raises(Refused, match="admin"):
        decide_all(bill.firm, ann, "line price", OURS)
    decide_all(bill.firm, admin, "line price", OURS, is_admin=True)
    assert price_of(xero, "A") == 130


# A client


def test_contact_details_that_are_accepted_are_written_here(client: Contact, xero: Xero, ann: User) -> None:
    contact = job_of(client).xero_id
    xero.act(
        "change-contact",
        contact=contact,
        Name="Alder Hythe (Sydney)",
        EmailAddress="accounts@alder.example",
        FirstName="Inez",
        LastName="Nowak",
        TaxNumber="99 888",
        Phones=[{"PhoneType": "MOBILE", "PhoneNumber": "0400 111 111"}],
    )
    save_contact(
        client,
        name="Alder Hythe Ltd",
        emails=("new@alder.example", "second@alder.example"),
        first_name="Agnes",
        last_name="Novakova",
        tax_number="33 444",
        phones=(Phone(PhoneType.MOBILE, "0400 222 222"),),
    )
    works(client.firm)
    assert set(fields(client)) == {"Name", "E-mail address", "First name", "Last name", "Tax number", "Mobile phone"}
    decide(client, ann, **dict.fromkeys(fields(client), XEROS))
    row = Contact.objects.get(pk=client.pk)
    assert (row.name, row.first_name, row.last_name, row.tax_number) == (
        "Alder Hythe (Sydney)",
        "Inez",
        "Nowak",
        "99 888",
    )
    assert row.emails == ["accounts@alder.example", "second@alder.example"]
    assert row.phones == [{"type": "MOBILE", "number": "0400 111 111"}]
    assert (job_of(client).state, note_of(client)) == (State.IN_XERO, "")
    assert still_settled(client)


@pytest.mark.parametrize(("made", "here"), [(OURS, "Hobart"), (XEROS, "Perth")])
def test_the_postal_address(client: Contact, xero: Xero, ann: User, made: SideDecision, here: str) -> None:
    address = {"AddressLine1": "1 Harrow Lane", "City": "Perth"}
    xero.act("change-contact", contact=job_of(client).xero_id, Addresses=[{"AddressType": "POBOX", **address}])
    save_contact(client, city="Hobart")
    works(client.firm)
    assert list(fields(client)) == ["Postal address"]
    decide(client, ann, Postal_address=made)
    found = xero.contact_named("Alder Hythe")["Addresses"]
    cities = {row["AddressType"]: row.get("City", "") for row in found}
    assert (job_of(client).state, Contact.objects.get(pk=client.pk).city) == (State.IN_XERO, here)
    assert cities == {"POBOX": here, "STREET": "Hobart" if made is OURS else "Sydney"}
    assert still_settled(client)
    assert {row["AddressType"]: row.get("City", "") for row in xero.contact_named("Alder Hythe")["Addresses"]} == cities
