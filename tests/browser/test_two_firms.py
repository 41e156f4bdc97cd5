"""One person in two firms, with both open in one browser."""

import pytest

from firms.models import Firm, Role, User
from firms.scope import firm_scope
from tests.browser.conftest import MakePerson
from tests.browser.person import Person
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory, MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def both() -> tuple[Firm, Firm]:
    """Two firms, each with a bill of the same number for another client."""
    firms = (FirmFactory(name="Harrow & Lane LLP"), FirmFactory(name="Pike Moran Lawyers"))
    for each, client in zip(firms, ("Meridian Shipping Ltd", "Brandt GmbH"), strict=True):
        with firm_scope(each):
            InvoiceFactory(firm=each, number="10482", contact=ContactFactory(firm=each, name=client))
    return firms


@pytest.fixture
def maya(both: tuple[Firm, Firm]) -> User:
    someone: User = UserFactory()
    for each, role in zip(both, (Role.ADMIN, Role.STAFF), strict=True):
        MembershipFactory(firm=each, user=someone, role=role)
    return someone


def test_each_tab_stays_with_its_firm(both: tuple[Firm, Firm], maya: User, person: MakePerson) -> None:
    one = person()
    one.signs_in(maya)
    one.reads("Your firms")
    one.page.get_by_role("link", name="Harrow & Lane LLP").click()
    other = Person(page=one.page.context.new_page(), base=one.base, faults=one.faults)
    other.opens("/")
    other.page.get_by_role("link", name="Pike Moran Lawyers").click()

    for tab, theirs, foreign in (
        (one, "Meridian Shipping Ltd", "Brandt GmbH"),
        (other, "Brandt GmbH", "Meridian Shipping Ltd"),
    ):
        tab.page.reload()
        tab.page.get_by_label("Number, client or matter").first.fill("10482")
        tab.page.keyboard.press("Enter")
        tab.reads(theirs)
        assert foreign not in tab.page.inner_text("body")


def test_what_one_may_do_is_the_firms_own_role(both: tuple[Firm, Firm], maya: User, person: MakePerson) -> None:
    one = person()
    one.signs_in(maya)
    for each, words in zip(both, ("Connect to Xero", "A firm admin can connect Xero."), strict=True):
        one.opens(f"/{each.slug}/settings/bill-syncing/")
        one.reads(words)
    assert one.page.get_by_role("link", name="Connect to Xero").count() == 0


def test_another_firms_bill_is_not_found(both: tuple[Firm, Firm], person: MakePerson) -> None:
    mine, theirs = both
    stranger = MembershipFactory(firm=mine).user
    with firm_scope(theirs):
        pk = theirs.invoices.get().pk
    one = person()
    one.signs_in(stranger)
    for path in (f"/{theirs.slug}/invoices/{pk}/", f"/{mine.slug}/invoices/{pk}/"):
        answer = one.opens(path)
        assert answer.status == 404
        one.reads("There is no such page for you")
