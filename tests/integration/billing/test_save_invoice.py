"""Saving a bill."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from billing import services
from billing.domain.money import TaxMode
from billing.models import Contact, Invoice, LineKind, TaxRate, UsedInvoiceNumber, signals
from billing.services import EditConflict, InvoiceValues, LineValues, Refused
from firms.models import AuditEvent, Firm, User
from tests.factories import (
    CategoryFactory,
    ContactFactory,
    FirmFactory,
    InvoiceFactory,
    MatterFactory,
    MembershipFactory,
    expense_line,
    time_line,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

ISSUED = date(2026, 7, 1)


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    """The signals that billing sent."""
    signals_heard: list[dict[str, Any]] = []

    def listen(**said: Any) -> None:
        signals_heard.append(said)

    signals.invoices_saved.connect(listen)
    yield signals_heard
    signals.invoices_saved.disconnect(listen)


def save(firm: Firm, contact: Contact, *lines: LineValues, invoice: Invoice | None = None, **values: Any) -> Invoice:
    return services.save_invoice(
        firm=firm,
        actor=None,
        invoice=invoice,
        expected_version=invoice.version if invoice else None,
        values=InvoiceValues(**{"contact_id": contact.pk, "issue_date": ISSUED, **values}),
        lines=lines,
    )


def faults_of(firm: Firm, contact: Contact, *lines: LineValues, **values: Any) -> dict[str, str]:
    with pytest.raises(Refused) as refusal:
        save(firm, contact, *lines, **values)
    return refusal.value.faults


def test_a_new_bill_is_a_draft_with_the_next_number_the_firms_currency_and_terms(firm: Firm, contact: Contact) -> None:
    first, second = save(firm, contact, time_line()), save(firm, contact, time_line())
    assert (first.number, second.number) == ("1001", "1002")
    assert (first.state, first.currency, first.version) == ("DRAFT", "AUD", 1)
    assert first.due_date == date(2026, 7, 15)


@pytest.mark.parametrize(
    ("mode", "subtotal", "tax", "total"),
    [
        # Each line's tax is rounded by itself: 3 x 0.35 x 10% is 3 x 0.04, not 0.11.
        (TaxMode.EXCLUSIVE, "1.05", "0.12", "1.17"),
        (TaxMode.INCLUSIVE, "0.96", "0.09", "1.05"),
        (TaxMode.NO_TAX, "1.05", "0.00", "1.05"),
    ],
)
def test_totals_are_added_up_by_xeros_rounding(
    firm: Firm, contact: Contact, mode: TaxMode, subtotal: str, tax: str, total: str
) -> None:
    line = time_line(quantity=Decimal("0.5"), unit_price=Decimal("0.69"))
    invoice = save(firm, contact, line, line, line, tax_mode=mode)
    assert (invoice.subtotal, invoice.tax_total, invoice.total) == (Decimal(subtotal), Decimal(tax), Decimal(total))


def test_a_discount_is_taken_off_the_line_and_a_mark_up_is_added(firm: Firm, contact: Contact) -> None:
    invoice = save(
        firm, contact, time_line(discount=Decimal("10.50")), time_line(discount=Decimal(-5)), tax_mode=TaxMode.NO_TAX
    )
    assert [line.amount for line in invoice.lines.all()] == [Decimal("89.50"), Decimal("105.00")]
    assert invoice.total == Decimal("194.50")


def test_a_number_is_never_given_twice(firm: Firm, contact: Contact) -> None:
    first = save(firm, contact, time_line(), number="10482")
    save(firm, contact, time_line(), invoice=first, number="10483")
    voided = services.void(firm=firm, actor=None, invoice=first, expected_version=2)
    assert voided.number == "10483"
    for number in ("10482", "10483"):
        assert "never used twice" in faults_of(firm, contact, time_line(), number=number)["number"]
    assert save(firm, contact, time_line()).number == "10484"


def test_a_bill_may_have_its_own_former_number_back(firm: Firm, contact: Contact) -> None:
    first = save(firm, contact, time_line(), number="A-1")
    second = save(firm, contact, time_line(), invoice=first, number="A-2")
    assert save(firm, contact, time_line(), invoice=second, number="A-1").number == "A-1"
    assert UsedInvoiceNumber.objects.filter(invoice=first).count() == 2


def test_the_database_itself_keeps_numbers_apart(firm: Firm) -> None:
    first, second = InvoiceFactory(firm=firm), InvoiceFactory(firm=firm)
    with pytest.raises(IntegrityError), transaction.atomic():
        UsedInvoiceNumber.objects.create(firm=firm, number=first.number, invoice=second)


def test_two_firms_count_by_themselves(firm: Firm, contact: Contact) -> None:
    assert save(firm, contact, time_line(), number="500").number == "500"
    assert InvoiceFactory(firm=FirmFactory(), number="500").number == "500"


def test_the_second_of_two_people_hears_who_saved_and_when_and_nothing_changes(firm: Firm, contact: Contact) -> None:
    first, second = MembershipFactory(firm=firm).user, MembershipFactory(firm=firm).user
    invoice = save(firm, contact, time_line())
    values = InvoiceValues(contact_id=contact.pk, issue_date=ISSUED, number=invoice.number, description="First")
    services.save_invoice(
        firm=firm, actor=first, invoice=invoice, expected_version=1, values=values, lines=[time_line()]
    )
    with pytest.raises(EditConflict) as conflict:
        services.save_invoice(
            firm=firm, actor=second, invoice=invoice, expected_version=1, values=values, lines=[time_line()]
        )
    assert conflict.value.changed_by == str(first)
    assert conflict.value.changed_at is not None
    assert isinstance(conflict.value.current, Invoice)
    assert (conflict.value.current.version, conflict.value.current.description) == (2, "First")


def test_a_line_keeps_its_id_through_every_edit(firm: Firm, contact: Contact) -> None:
    invoice = save(firm, contact, time_line(description="one"), time_line(description="two"), time_line())
    one, two, three = invoice.lines.values_list("pk", flat=True)
    changed = save(
        firm,
        contact,
        time_line(pk=two, description="two, edited"),
        time_line(description="new"),
        time_line(pk=one, description="one"),
        invoice=invoice,
    )
    lines = list(changed.lines.values_list("pk", "description"))
    assert lines[0] == (two, "two, edited")
    assert lines[2] == (one, "one")
    assert three not in dict(lines)


def test_lines_without_ids_are_matched_by_their_place(firm: Firm, contact: Contact) -> None:
    invoice = save(firm, contact, time_line(), time_line())
    before = list(invoice.lines.values_list("pk", flat=True))
    save(firm, contact, time_line(quantity=Decimal(3)), time_line(), time_line(), invoice=invoice)
    assert list(invoice.lines.values_list("pk", flat=True))[:2] == before


def test_a_line_of_another_bill_is_not_taken_over(firm: Firm, contact: Contact) -> None:
    theirs = save(firm, contact, time_line()).lines.get()
    invoice = save(firm, contact, time_line())
    with pytest.raises(Refused, match="belongs to no line of this bill"):
        save(firm, contact, time_line(pk=theirs.pk), invoice=invoice)


def test_a_bill_keeps_the_tax_it_was_saved_with_until_another_rate_is_chosen(firm: Firm, contact: Contact) -> None:
    invoice = save(firm, contact, time_line())
    firm.tax_rates.filter(name="GST").update(name="GST 2027", percent=Decimal(15))
    line = invoice.lines.get()
    again = save(firm, contact, time_line(pk=line.pk, tax_name="GST"), invoice=invoice)
    assert again.tax_total == Decimal("10.00")
    newer = save(firm, contact, time_line(pk=line.pk, tax_name="GST 2027"), invoice=again)
    assert newer.tax_total == Decimal("15.00")


def test_what_is_foreign_or_unknown_is_refused_by_field(firm: Firm, contact: Contact) -> None:
    other = FirmFactory()
    their_contact, their_category = ContactFactory(firm=other), CategoryFactory(firm=other)
    assert "contact_id" in faults_of(firm, their_contact, time_line())
    assert "matter_id" in faults_of(firm, contact, matter_id=MatterFactory(contact=ContactFactory(firm=firm)).pk)
    assert "lines-0-category_id" in faults_of(firm, contact, expense_line(their_category))
    assert "lines-0-tax_name" in faults_of(firm, contact, time_line(tax_name="VAT"))
    own = CategoryFactory(firm=firm)
    assert "lines-0-category_id" in faults_of(firm, contact, time_line(category_id=own.pk))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("issue_date", {"issue_date": None}),
        ("issue_date", {"issue_date": date(1066, 10, 14)}),
        ("due_date", {"due_date": date(2026, 6, 30)}),
        ("currency", {"currency": "Aud"}),
        ("currency", {"currency": "XYZ"}),
        ("number", {"number": "x" * 256}),
        ("description", {"description": "\0"}),
        ("contact_id", {"contact_id": None}),
    ],
)
def test_a_head_that_is_not_right_is_refused(firm: Firm, contact: Contact, field: str, values: dict[str, Any]) -> None:
    assert list(faults_of(firm, contact, time_line(), **values)) == [field]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("quantity", {"quantity": Decimal("NaN")}),
        ("quantity", {"quantity": Decimal("1e12")}),
        ("quantity", {"quantity": Decimal("0.0000001")}),
        ("quantity", {"quantity": Decimal("123456789012.1234"), "unit_price": Decimal("0.01")}),
        ("unit_price", {"quantity": Decimal("0.01"), "unit_price": Decimal("-1234567890.123456")}),
        ("unit_price", {"unit_price": Decimal("Infinity")}),
        ("unit_price", {"quantity": Decimal(99999999999), "unit_price": Decimal(99999999999)}),
        ("discount", {"discount": Decimal("0.001")}),
        ("timekeeper", {"timekeeper": "x" * 121}),
        ("date", {"date": date(2150, 1, 1)}),
    ],
)
def test_a_line_that_is_not_right_is_refused(firm: Firm, contact: Contact, field: str, values: dict[str, Any]) -> None:
    assert list(faults_of(firm, contact, time_line(), time_line(**values))) == [f"lines-1-{field}"]


def test_a_number_of_more_than_fifteen_digits_is_refused_in_words(firm: Firm, contact: Contact) -> None:
    long = time_line(quantity=Decimal("1234567890.123456"), unit_price=Decimal("0.01"))
    assert faults_of(firm, contact, long) == {
        "lines-0-quantity": "Use at most 15 digits in all, before and after the decimal point."
    }
    fits = time_line(quantity=Decimal("123456789.123456"), unit_price=Decimal("0.01"))
    assert faults_of(firm, contact, fits, currency="nope").keys() == {"currency"}


def test_a_currency_that_nobody_has_is_refused_in_words(firm: Firm, contact: Contact) -> None:
    assert faults_of(firm, contact, time_line(), currency="XYZ") == {
        "currency": "“XYZ” is not a currency of ISO 4217. Give its three capital letters, such as AUD."
    }


def test_amounts_with_cents_are_refused_in_a_currency_without_them(firm: Firm, contact: Contact) -> None:
    cents = time_line(unit_price=Decimal("100.50"))
    assert faults_of(firm, contact, time_line(), cents, currency="JPY") == {
        "lines-1-unit_price": "JPY has no decimals, and this comes to 100.50."
    }
    # Twice 100.50 is whole; so is a discount that takes the half yen away.
    whole = [time_line(unit_price=Decimal("100.50"), quantity=Decimal(20))]
    whole += [time_line(unit_price=Decimal("100.50"), discount=Decimal("0.50"))]
    assert save(firm, contact, *whole, currency="JPY").total == Decimal(2321)


def test_what_the_client_owes_is_whole_in_a_currency_without_cents(firm: Firm, contact: Contact) -> None:
    odd = time_line(unit_price=Decimal(1005))
    assert faults_of(firm, contact, odd, currency="JPY") == {
        "": "JPY has no decimals, and this comes to 1,105.50. Change a line so that its tax has none."
    }
    inside = save(firm, contact, odd, currency="JPY", tax_mode=TaxMode.INCLUSIVE)
    assert (inside.total, inside.tax_total) == (Decimal(1005), Decimal("91.36"))
    assert save(firm, contact, odd, currency="KWD").total == Decimal("1105.50")


def test_a_negative_quantity_is_a_credit_on_the_bill(firm: Firm, contact: Contact) -> None:
    invoice = save(firm, contact, time_line(), time_line(quantity=Decimal("-0.5")))
    assert invoice.total == Decimal("55.00")


def test_a_matter_can_be_opened_with_the_bill(firm: Firm, contact: Contact) -> None:
    invoice = save(firm, contact, time_line(), new_matter_number="M-0231", new_matter_name="Charterparty")
    assert str(invoice.matter) == "M-0231 Charterparty"
    assert "new_matter_number" in faults_of(firm, contact, time_line(), new_matter_number="M-0231")


@pytest.mark.promise("P01")
def test_every_save_is_announced_in_its_transaction_also_one_that_changed_nothing(
    firm: Firm, contact: Contact, heard: list[dict[str, Any]]
) -> None:
    invoice = save(firm, contact, time_line())
    save(firm, contact, time_line(pk=invoice.lines.get().pk), invoice=invoice, number=invoice.number)
    assert [(said["invoices"][0].version, said["bulk"]) for said in heard] == [(1, False), (2, False)]


@pytest.mark.promise("P01")
def test_if_a_listener_fails_the_bill_is_not_saved(firm: Firm, contact: Contact) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the outbox cannot be written")

    signals.invoices_saved.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            save(firm, contact, time_line(), number="77")
    finally:
        signals.invoices_saved.disconnect(fail)
    assert not Invoice.objects.filter(number="77").exists()


def test_the_audit_trail_keeps_who_what_before_and_after(firm: Firm, contact: Contact, admin: User) -> None:
    invoice = InvoiceFactory(firm=firm, contact=contact, actor=admin)
    services.save_invoice(
        firm=firm,
        actor=admin,
        invoice=invoice,
        expected_version=1,
        values=InvoiceValues(contact_id=contact.pk, issue_date=ISSUED, number=invoice.number),
        lines=[time_line(unit_price=Decimal(120), pk=invoice.lines.get().pk)],
    )
    created, edited = AuditEvent.objects.filter(target_kind="invoice").order_by("pk")
    assert (created.action, edited.action, edited.actor) == ("invoice.created", "invoice.edited", admin)
    assert edited.before["total"] == "110.00"
    assert edited.after["total"] == "132.00"
    assert edited.before["line 1"]["unit_price"] != edited.after["line 1"]["unit_price"]
    assert "contact_id" not in edited.after


@pytest.mark.parametrize("count", [1, 10, 200])
def test_a_save_costs_the_same_few_statements_however_many_lines(firm: Firm, contact: Contact, count: int) -> None:
    receivers, signals.invoices_saved.receivers = signals.invoices_saved.receivers, []
    try:
        lines = [time_line(description=str(n), kind=LineKind.TIME) for n in range(count)]
        with CaptureQueriesContext(connection) as created:
            invoice = save(firm, contact, *lines)
        changed = [time_line(description="changed") for _ in range(count + 1)]
        with CaptureQueriesContext(connection) as edited:
            save(firm, contact, *changed, invoice=invoice, number=invoice.number)
    finally:
        signals.invoices_saved.receivers = receivers
    assert len(created) <= 12
    assert len(edited) <= 13


def test_lines_that_cancel_out_are_refused_where_what_they_cancel_is_too_large(firm: Firm, contact: Contact) -> None:
    TaxRate.objects.create(firm=firm, name="Double", percent=100)
    lines = [time_line(unit_price=Decimal(9_999_999_999), tax_name="")] * 400
    lines += [time_line(unit_price=Decimal(-9_999_999_999), tax_name="Double")] * 200
    with pytest.raises(Refused, match="the largest amount is"):
        services.save_invoice(
            firm=firm, actor=None, values=InvoiceValues(contact_id=contact.pk, issue_date=ISSUED), lines=lines
        )
