"""A firm admin without a mouse, from "not connected" to an edited bill that stands in Xero under today's settings."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from billing.models import Invoice
from expense_categories.models import ExpenseCategory
from firms.models import Firm, User
from firms.scope import firm_scope
from tests.browser.conftest import MakePerson
from tests.browser.keys import Keys
from tests.factories import PASSWORD, ContactFactory, FirmFactory, InvoiceFactory, admin_of, expense_line
from tests.processes.eventually import eventually
from tests.processes.workforce import Workforce
from tests.xero import Xero, job_of
from xero_emulator import EmulatorServer
from xero_sync.domain.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.workers]

PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    """With the consent page, as Xero has it."""
    with EmulatorServer(clock=lambda: datetime.now(UTC), auto_consent=False) as server:
        yield server


@pytest.fixture
def firm(db: None) -> Iterator[Firm]:
    """A firm of 2017: its improvements are off until somebody switches them on."""
    made = FirmFactory(created_on=date(2017, 5, 2))
    with firm_scope(made):
        yield made


@pytest.fixture
def category(firm: Firm) -> ExpenseCategory:
    return ExpenseCategory.objects.filter(firm=firm, kind="DISBURSEMENT").order_by("pk")[0]


@pytest.fixture
def bill(firm: Firm, category: ExpenseCategory) -> Invoice:
    made: Invoice = InvoiceFactory(
        firm=firm,
        contact=ContactFactory(firm=firm, name="Meridian Shipping Ltd"),
        lines=[expense_line(category, description="Filing fee")],
        approved=True,
    )
    return made


def test_an_admin_does_it_all_with_the_keyboard_alone(
    firm: Firm,
    bill: Invoice,
    category: ExpenseCategory,
    xero: Xero,
    person: MakePerson,
    workers: Workforce,
) -> None:
    maya = person()
    keys = Keys(page=maya.page)
    maya.opens("/sign-in/")
    signs_in(keys, admin_of(firm))
    connects(keys)
    maya.reads(re.compile("^Connected to "))
    chooses_defaults(keys)
    gives_the_category_an_account(keys, category)
    switches_all_on(keys)
    assert set(firm.preferences.values_list("on", flat=True)) == {True}

    confirms_the_first_send(keys)
    eventually(lambda: job_of(bill).state == State.IN_XERO, within=PATIENCE_SECONDS, what="the bill is in Xero")
    assert xero.numbered(bill.number)[0]["account_codes"] == ["260"]

    edits(keys, bill, "Filing fee of 3 August")
    maya.reads("In Xero")
    eventually(
        lambda: xero.numbered(bill.number)[0]["account_codes"] == ["412"],
        within=PATIENCE_SECONDS,
        what="the edited bill has gone under today's settings",
    )
    maya.reads("What your settings did")


def signs_in(keys: Keys, user: User) -> None:
    if keys.here["name"] != "E-mail":
        keys.goes_to("E-mail")
    keys.types(user.email)
    keys.goes_to("Password")
    keys.types(PASSWORD)
    keys.leaves_by("Enter")


def connects(keys: Keys) -> None:
    keys.enters_main()
    # Beside the bill that waits for it; there the focus is near the button already.
    keys.opens("Connect Xero")
    keys.opens("Connect to Xero")
    keys.page.get_by_role("heading", name="Allow an app to use your books?").wait_for()
    for _ in range(2):
        if not keys.goes_to(re.compile("^Demo Organisation"), role="checkbox")["checked"]:
            keys.press("Space")
    keys.opens("Allow access")
    keys.enters_main()
    keys.goes_to(re.compile("^Demo Organisation"), role="radio")
    keys.press("ArrowDown", "ArrowUp") if "(AU)" in keys.here["name"] else keys.press("ArrowDown")
    assert keys.here["checked"]
    assert "(AU)" in keys.here["name"]
    keys.opens("Connect")


def chooses_defaults(keys: Keys) -> None:
    keys.enters_main()
    keys.picks("Services", "200", "200 ")
    keys.picks("Expenses", "260", "260 ")
    keys.opens("Save settings")


def gives_the_category_an_account(keys: Keys, category: ExpenseCategory) -> None:
    keys.opens_by_the_menu("Expense categories")
    keys.enters_main()
    keys.opens(f"Edit {category.name}")
    keys.enters_main()
    keys.picks("Xero account (optional)", "412", "412 ")
    keys.opens("Save")


def switches_all_on(keys: Keys) -> None:
    keys.opens_by_the_menu("Bill Syncing")
    keys.enters_main()
    keys.opens("Switch all on")


def confirms_the_first_send(keys: Keys) -> None:
    keys.opens("Send 1 bill")


def edits(keys: Keys, bill: Invoice, words: str) -> None:
    keys.opens_by_the_menu("Invoices")
    keys.enters_main()
    keys.opens(bill.number)
    keys.enters_main()
    keys.opens("Edit")
    keys.goes_to("What, line 1")
    keys.press("Control+a")
    keys.types(words)
    keys.opens("Save")
