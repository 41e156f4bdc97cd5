"""The page of a document that was changed on both sides, and what of the decisions shows elsewhere."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from billing.models import Contact, Invoice
from firms.models import Firm, User
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory, MembershipFactory, staff_of, time_line
from tests.integration.xero_sync.both_sides import save_bill, save_contact, works
from tests.outcomes import signed_in, words
from tests.statements import counted_statements
from tests.xero import Xero, job_of
from xero_sync.domain.states import State
from xero_sync.models import Cause, SyncJob

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, PRICE = "10491", "Price of line 1"


@pytest.fixture
def ann(connected: Firm) -> User:
    """Billing staff."""
    return staff_of(connected)


@pytest.fixture
def bills(connected: Firm, xero: Xero) -> list[Invoice]:
    """Two bills whose due date was changed here and in Xero; of the first also the price and, in Xero, the account."""
    contact = ContactFactory(firm=connected, name="Alder Hythe")
    lines = [time_line(description="A"), time_line(description="B")]
    made = [
        InvoiceFactory(
            firm=connected, contact=contact, number=number, approved=True, lines=lines, issue_date=date(2026, 10, 1)
        )
        for number in (NUMBER, "10493")
    ]
    works(connected)
    xero.act("change-line", invoice=NUMBER, line=1, price=120)
    xero.act("change-line", invoice=NUMBER, line=2, code="260")
    for bill in made:
        xero.act("change-invoice", invoice=bill.number, due="2026-11-30")
        save_bill(bill, due_date=date(2026, 11, 11))
    works(connected)
    assert {job_of(bill).state for bill in made} == {State.NEEDS_YOU}
    return made


def address(document: Invoice | Contact) -> str:
    return f"/{document.firm.slug}/{document._meta.model_name}s/{document.pk}/both-sides/"


def hidden(text: str, name: str, after: str = "") -> str:
    value: str = text[text.index(after) :].split(f'name="{name}" value="', 1)[1].split('"', 1)[0]
    return value


def post(page: Client, document: Invoice | Contact, *, reason: str = "", **decisions: str) -> str:
    """Open the page, choose, and press its button."""
    seen = hidden(words(page.get(address(document))), "seen")
    values = {f"decision-{field}": made for field, made in decisions.items()}
    return words(page.post(address(document), {"seen": seen, "reason": reason, **values}, follow=True))


def test_both_sides_stand_field_by_field_with_who_and_when(bills: list[Invoice], ann: User) -> None:
    text = words(signed_in(ann).get(address(bills[0])))
    for said in (
        "10491 was changed here and in Xero",
        "11 Nov 2026",
        "30 Nov 2026",
        PRICE,
        "100.00",
        "120.00",
        "260 Other Revenue",
        "Only Xero changed it. Your next save does not undo it.",
        "1 more bill waits for the same decision",
        "Due date: 10493. 220.00 AUD.",
        "Accept Xero’s due date for all 2",
        "220.00 AUD here, 242.00 AUD in Xero.",
        "last agreed",
        ", read ",
    ):
        assert said in text, said


def test_staff_see_who_decides_on_money(bills: list[Invoice], ann: User, admin: User) -> None:
    staff, admins = (words(signed_in(user).get(address(bills[0]))) for user in (ann, admin))
    price = '.unit_amount" value="send-ours"'
    assert "A firm admin decides on this." in staff
    assert price not in staff
    assert price in admins
    assert "A firm admin decides on this." not in admins


def test_a_decision_is_taken_on_the_page(bills: list[Invoice], ann: User) -> None:
    text = post(signed_in(ann), bills[1], due="accept-xeros")
    assert "10493: 1 field decided, 1 accepted. It goes now." in text
    bills[1].refresh_from_db()
    assert bills[1].due_date == date(2026, 11, 30)


def test_a_page_without_a_choice_says_so(bills: list[Invoice], ann: User) -> None:
    assert "Choose what becomes of at least one field." in post(signed_in(ann), bills[1], due="")
    assert job_of(bills[1]).state == State.NEEDS_YOU


def test_a_missing_reason_is_asked_for_with_what_was_chosen(bills: list[Invoice], ann: User) -> None:
    text = post(signed_in(ann), bills[1], due="leave")
    assert "Say why you leave it" in text
    assert 'value="leave" checked' in text


def test_a_page_that_was_opened_before_a_save_changes_nothing(bills: list[Invoice], ann: User) -> None:
    page = signed_in(ann)
    seen = hidden(words(page.get(address(bills[1]))), "seen")
    save_bill(bills[1], due_date=date(2026, 11, 12))
    works(bills[1].firm)
    text = words(page.post(address(bills[1]), {"seen": seen, "decision-due": "accept-xeros"}, follow=True))
    assert "Something changed since you opened this page" in text
    assert Invoice.objects.get(pk=bills[1].pk).due_date == date(2026, 11, 12)


def test_one_choice_for_all_is_followed_to_its_end(bills: list[Invoice], ann: User) -> None:
    page = signed_in(ann)
    seen = hidden(words(page.get(address(bills[0]))), "seen", after="wait")
    for form in words(page.get(address(bills[0]))).split("<form")[1:]:
        if 'name="group" value="due date"' in form:
            seen = hidden(form, "seen")
            break
    answer = page.post(address(bills[0]), {"seen": seen, "group": "due date", "decision": "accept-xeros"}, follow=True)
    assert "Accept Xero’s: due date for 2 bills." in words(answer)
    works(bills[0].firm)
    assert {Invoice.objects.get(pk=each.pk).due_date for each in bills} == {date(2026, 11, 30)}
    assert [job_of(each).state for each in bills] == [State.NEEDS_YOU, State.IN_XERO]


def test_nothing_to_decide_leads_to_the_bill(bills: list[Invoice], ann: User) -> None:
    page = signed_in(ann)
    post(page, bills[1], due="send-ours")
    works(bills[1].firm)
    assert "Nothing waits for a decision here any more" in words(page.get(address(bills[1]), follow=True))


def test_no_other_firm_sees_or_decides(bills: list[Invoice], admin: User) -> None:
    page = signed_in(MembershipFactory(firm=FirmFactory()).user)
    assert page.get(address(bills[0])).status_code == 404
    assert page.post(address(bills[0]), {"decision-due": "send-ours"}).status_code == 404
    other = FirmFactory()
    MembershipFactory(firm=other, user=admin)
    crossed = address(bills[0]).replace(bills[0].firm.slug, other.slug)
    assert signed_in(admin).get(crossed).status_code == 404


def test_the_cause_its_card_and_the_bill_lead_to_the_page(bills: list[Invoice], ann: User) -> None:
    page, firm = signed_in(ann), bills[0].firm
    cause = Cause.objects.get(firm=firm, closed_at=None)
    link = f'href="{address(bills[0])}"'
    for path in ("needs-you/", f"needs-you/{cause.pk}/", f"invoices/{bills[0].pk}/"):
        text = words(page.get(f"/{firm.slug}/{path}"))
        assert link in text, path
        assert "Look at both sides" in text, path
    assert f'href="{address(bills[1])}"' in words(page.get(f"/{firm.slug}/needs-you/{cause.pk}/"))


def test_what_was_left_stands_on_the_bill_with_its_reason(bills: list[Invoice], ann: User) -> None:
    page = signed_in(ann)
    post(page, bills[1], due="leave", reason="Agreed by telephone")
    works(bills[1].firm)
    text = words(page.get(f"/{bills[1].firm.slug}/invoices/{bills[1].pk}/"))
    for said in (
        "Differs from Xero, kept",
        "11 Nov 2026 here, 30 Nov 2026 in Xero.",
        "Left by Ann Lee: Agreed by telephone.",
    ):
        assert said in text, said
    assert text.count("Different in Xero, and kept as it is there") == 1, (
        "in the time line, and not once more as a note"
    )


def test_what_only_xero_changed_stands_on_the_bill(bills: list[Invoice], ann: User, xero: Xero) -> None:
    page = signed_in(ann)
    post(page, bills[1], due="send-ours")
    works(bills[1].firm)
    xero.act("change-line", invoice="10493", line=2, code="260")
    save_bill(bills[1], lines={"A": {"description": "A, corrected"}}, due_date=date(2026, 11, 11))
    works(bills[1].firm)
    text = words(page.get(f"/{bills[1].firm.slug}/invoices/{bills[1].pk}/"))
    assert "200 Fees here, 260 Other Revenue in Xero." in text


def test_a_client_has_such_a_page(connected: Firm, xero: Xero, ann: User) -> None:
    client = ContactFactory(firm=connected, name="Alder Hythe", tax_number="11 222")
    works(connected)
    xero.act("change-contact", contact=job_of(client).xero_id, TaxNumber="99 888")
    save_contact(client, tax_number="33 444")
    works(connected)
    page = signed_in(ann)
    text = words(page.get(address(client)))
    for said in ("Alder Hythe was changed here and in Xero", "Tax number", "11 222", "33 444", "99 888"):
        assert said in text, said
    assert f'href="{address(client)}"' in words(page.get(f"/{connected.slug}/contacts/{client.pk}/"))
    assert "Alder Hythe: 1 field decided, 1 accepted." in post(page, client, tax_number="accept-xeros")
    assert Contact.objects.get(pk=client.pk).tax_number == "99 888"


def test_a_bill_moved_to_another_client_shows_both_by_name(bills: list[Invoice], admin: User, xero: Xero) -> None:
    firm = bills[0].firm
    other = ContactFactory(firm=firm, name="Somebody Else")
    works(firm)
    moved = InvoiceFactory(firm=firm, contact=bills[0].contact, number="10600", approved=True)
    works(firm)
    xero.act("change-invoice", invoice="10600", contact=job_of(other).xero_id)
    save_bill(moved, due_date=date(2027, 1, 31))
    works(firm)
    text = words(signed_in(admin).get(address(moved)))
    assert "Alder Hythe" in text
    assert "Somebody Else" in text


def test_the_documents_that_wait_for_the_same_decisions_are_read_once_and_without_their_sides(
    bills: list[Invoice], ann: User, xero: Xero
) -> None:
    for bill in bills:
        xero.act("change-invoice", invoice=bill.number, date="2026-09-30")
        save_bill(bill)
    works(bills[0].firm)
    page = signed_in(ann)
    with counted_statements() as sent:
        text = words(page.get(address(bills[0])))
    assert text.count("1 more bill waits for the same decision") == 2, "due date and issue date"
    [listing] = [sql for sql in sent if '"open_differences"' in sql and re.search(r'"cause_id" = \d', sql)]
    assert '"agreed"' not in listing
    assert '"seen"' not in listing


def test_a_question_costs_a_fixed_number_of_statements(
    bills: list[Invoice], ann: User, django_assert_max_num_queries: Any
) -> None:
    page = signed_in(ann)
    page.get(address(bills[0]))
    with django_assert_max_num_queries(30):
        page.get(address(bills[0]))
    assert SyncJob.objects.count() > 2
