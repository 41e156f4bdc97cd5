"""Billing staff at a bill's form, by keyboard and label."""

from decimal import Decimal

import pytest

from billing.models import Contact, Invoice
from firms.models import Firm
from tests.browser.conftest import MakePerson
from tests.browser.person import Person
from tests.factories import ContactFactory, InvoiceFactory, MembershipFactory, time_line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def client(firm: Firm) -> Contact:
    return ContactFactory(firm=firm, name="Meridian Shipping Ltd", client_number="C-1042")


@pytest.fixture
def ines(firm: Firm, person: MakePerson) -> Person:
    """Billing staff, signed in."""
    someone = person()
    someone.signs_in(MembershipFactory(firm=firm).user)
    return someone


def line(person: Person, number: int, **values: str) -> None:
    for label, value in values.items():
        person.page.get_by_label(f"{label}, line {number}", exact=True).fill(value)


def totals(person: Person) -> list[str]:
    return person.page.locator("#totals dd").all_inner_texts()


def test_staff_add_a_line_recalculate_and_save(firm: Firm, client: Contact, ines: Person) -> None:
    two = [time_line(description="Advice"), time_line(description="Drafting", quantity=Decimal("2.5"))]
    bill = InvoiceFactory(firm=firm, contact=client, lines=two)
    ines.opens(f"/{firm.slug}/invoices/{bill.pk}/")
    ines.presses("Edit")
    assert totals(ines) == ["350.00", "35.00", "385.00"]

    line(ines, 1, Price="120.00")
    ines.presses("Add a line")
    added = ines.page.locator("[data-line]").count()
    assert ines.page.evaluate("document.activeElement.name").endswith("-kind"), "the new line is not where one types"
    ines.page.get_by_label(f"Kind, line {added}", exact=True).select_option("Expense")
    line(ines, added, What="Court filing fee", Quantity="1", Price="80.00")
    ines.presses("Recalculate")
    assert totals(ines) == ["450.00", "45.00", "495.00"]
    bill.refresh_from_db()
    assert bill.total == Decimal("385.00")

    ines.presses("Save")
    ines.page.get_by_role("heading", name=f"{bill.number} Meridian Shipping Ltd").wait_for()
    bill.refresh_from_db()
    assert bill.total == Decimal("495.00")
    assert [each.description for each in bill.lines.order_by("position")] == ["Advice", "Drafting", "Court filing fee"]


def test_a_new_bill_is_written_from_the_keyboard(firm: Firm, client: Contact, ines: Person) -> None:
    ines.opens(f"/{firm.slug}/invoices/new/")
    ines.chooses("Client", "meri")
    line(ines, 1, What="Advice", Quantity="3")
    ines.page.get_by_label("Price, line 1", exact=True).press_sequentially("250")
    # Enter in a field saves; it neither adds a line nor recalculates.
    ines.page.keyboard.press("Enter")
    ines.reads("Draft. Issued")
    assert Invoice.objects.get(firm=firm).total == Decimal("825.00")


def test_what_is_wrong_is_named_where_it_is_and_nothing_typed_is_lost(
    firm: Firm, client: Contact, ines: Person
) -> None:
    ines.opens(f"/{firm.slug}/invoices/new/")
    line(ines, 1, What="Advice", Price="a lot")
    ines.presses("Save")
    summary = ines.page.locator(".error-summary")
    summary.wait_for()
    assert summary.evaluate("element => element === document.activeElement")
    assert ines.page.title().startswith("Error: ")
    summary.get_by_role("link").last.click()
    assert ines.page.evaluate("document.activeElement.name") == "lines-0-unit_price"
    assert ines.page.get_by_label("What, line 1", exact=True).input_value() == "Advice"
    assert not Invoice.objects.filter(firm=firm).exists()


def test_the_second_of_two_people_hears_of_the_first_and_keeps_what_they_wrote(
    firm: Firm, client: Contact, ines: Person, person: MakePerson
) -> None:
    bill = InvoiceFactory(firm=firm, contact=client)
    tom = person()
    tom.signs_in(MembershipFactory(firm=firm).user)
    for each in (ines, tom):
        each.opens(f"/{firm.slug}/invoices/{bill.pk}/edit/")
    for each, words in ((ines, "Fees to June"), (tom, "Fees to July")):
        each.page.get_by_label("Description").fill(words)
        if each is tom:
            tom.page.get_by_label("Tax", exact=True).select_option("No tax")
        each.presses("Save")

    tom.reads("Fees to June")
    tom.page.get_by_role("row", name="Tax Tax is added to the amounts No tax").wait_for()
    assert tom.page.get_by_label("Description").input_value() == "Fees to July"
    bill.refresh_from_db()
    assert bill.description == "Fees to June"
