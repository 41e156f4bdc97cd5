"""The audit trail names what changed in value, however it was written; older records are marked, not rewritten."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing.models import Contact, Invoice
from firms import audit
from firms.models import AuditEvent, Firm
from tests.factories import InvoiceFactory, time_line
from tests.processes.person import Person
from xero_sync.pages.time_line import list_events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


@pytest.fixture
def bill(firm: Firm, contact: Contact) -> Invoice:
    lines = [
        time_line(quantity=Decimal(3), unit_price=Decimal("120.50")),
        time_line(quantity=Decimal("0.25"), unit_price=Decimal(300), discount=Decimal("7.50")),
    ]
    made: Invoice = InvoiceFactory.create(firm=firm, contact=contact, lines=lines)
    return made


@pytest.fixture
def staff(staff_page: Client, firm: Firm) -> Person:
    return Person(user=firm.memberships.latest("pk").user)


def last_edit() -> AuditEvent:
    return AuditEvent.objects.filter(action="invoice.edited").latest("pk")


def said(firm: Firm, bill: Invoice) -> str:
    return list_events(firm=firm, job=None, target=bill)[0].detail


def older_edit(bill: Invoice, before: dict[str, Any], after: dict[str, Any]) -> AuditEvent:
    return AuditEvent.objects.create(
        firm=bill.firm,
        actor_label="Ann Lee",
        action="invoice.edited",
        target_kind="invoice",
        target_id=str(bill.pk),
        before=before,
        after=after,
    )


def test_a_save_of_the_form_as_it_stands_names_nothing(firm: Firm, bill: Invoice, staff: Person) -> None:
    staff.opens(f"/{firm.slug}/invoices/{bill.pk}/edit/")
    staff.presses("Save")
    event = last_edit()
    assert (event.before, event.after) == ({}, {})
    assert said(firm, bill).startswith("Saved without a change.")


def test_a_save_of_the_form_names_the_line_that_was_edited_and_no_other(
    firm: Firm, bill: Invoice, staff: Person
) -> None:
    staff.opens(f"/{firm.slug}/invoices/{bill.pk}/edit/")
    staff.presses("Save", **{"lines-1-description": "Other words"})
    event = last_edit()
    assert list(event.after) == ["line 2"]
    differing = {name for name, value in event.after["line 2"].items() if event.before["line 2"][name] != value}
    assert differing == {"description"}
    assert said(firm, bill).startswith("Line 2.")


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (Decimal("3.000000"), Decimal(3), True),
        (Decimal("-0.00"), Decimal(0), True),
        (Decimal("1E+2"), Decimal(100), True),
        (Decimal("3.000001"), Decimal(3), False),
        ("3.0", "3", False),
        ({"quantity": Decimal("3.0")}, {"quantity": Decimal(3)}, True),
        ({"quantity": Decimal("3.0"), "kind": "TIME"}, {"quantity": Decimal(3), "kind": "EXPENSE"}, False),
        (("a@b.example",), ["a@b.example"], True),
        (None, "", False),
    ],
)
def test_values_are_compared_and_not_their_texts(firm: Firm, old: Any, new: Any, same: bool) -> None:
    event = audit.record(
        firm=firm, actor=None, action="x.edited", target=firm, before={"value": old}, after={"value": new}
    )
    assert (event.before == {}) is same
    assert (event.after == {}) is same


def test_an_amount_is_kept_as_plain_digits(firm: Firm) -> None:
    event = audit.record(firm=firm, actor=None, action="x.created", target=firm, after={"value": Decimal("1E+2")})
    assert event.after == {"value": "100"}


def test_an_older_record_of_lines_that_did_not_change_is_marked_and_stays_as_it_is(firm: Firm, bill: Invoice) -> None:
    line = {"kind": "TIME", "description": "Advice", "quantity": "3.000000", "unit_price": "120.5000"}
    typed = line | {"quantity": "3", "unit_price": "120.50"}
    event = older_edit(
        bill,
        {"number": "1", "line 1": line, "line 2": line},
        {"number": "2", "line 1": typed, "line 2": typed | {"quantity": "4"}},
    )
    assert said(firm, bill) == (
        "Line 2, number. The record of that day also names line 1, whose values did not change. By Ann Lee."
    )
    stored = AuditEvent.objects.get(pk=event.pk)
    assert (stored.before, stored.after) == (event.before, event.after)


def test_an_older_record_without_any_change_in_value_says_so(firm: Firm, bill: Invoice) -> None:
    lines = {f"line {position}": {"quantity": "1.000000", "description": "Advice"} for position in range(1, 7)}
    older_edit(bill, lines, {name: line | {"quantity": "1"} for name, line in lines.items()})
    assert said(firm, bill) == (
        "Saved without a change. The record of that day also names 6 lines, whose values did not change. By Ann Lee."
    )


def test_words_that_look_like_numbers_are_words(firm: Firm, bill: Invoice) -> None:
    older_edit(bill, {"line 1": {"description": "1.0"}}, {"line 1": {"description": "1"}})
    assert said(firm, bill) == "Line 1. By Ann Lee."


def test_a_line_that_was_added_or_removed_is_a_change(firm: Firm, bill: Invoice) -> None:
    older_edit(bill, {"line 1": {"quantity": "1"}}, {"line 2": {"quantity": "1"}})
    assert said(firm, bill) == "Line 1, line 2. By Ann Lee."
