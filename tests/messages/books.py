"""Messages about accounts, tax types, locked periods and currencies."""

from datetime import date

from billing.domain.money import TaxMode
from expense_categories.models import ExpenseCategory
from tests.factories import state_taxes
from tests.messages.row import Row
from tests.messages.world import Document, World, printed
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, TaxMapping
from xero_sync.organisation.defaults import firm_rates

DEAD = "default_for_dead_accounts"


def _account_became(world: World, act: str, **how: str) -> Document:
    """Something happens to the account of a category after we last looked."""
    world.off(DEAD)
    bill = world.travels(world.category("420"))
    world.act(act, code="420", **how)
    world.syncs()
    return bill


def _another_account(world: World, bill: Document) -> None:
    world.codes(ExpenseCategory.objects.get(account_code="420"), "425")


def _account_asked_for(code: str) -> Row:
    """Xero prints words that do not name the account."""

    def arrange(world: World) -> Document:
        bill = world.travels(world.category("420"))
        world.says(printed(code), method="PUT")
        world.syncs()
        return bill

    return Row(code, arrange, _another_account, by="words")


def _warned(world: World) -> Document:
    """Xero took the bill, and left the account of a line out."""
    bill = world.travels(world.category("420"))
    world.xero.fault(kind="warn", path="Invoices", method="PUT", warnings=[printed("account-removed")])
    world.syncs()
    return bill


def _another_account_and_save(world: World, bill: Document) -> None:
    _another_account(world, bill)
    world.edits(bill)


def _no_default(world: World) -> Document:
    BillSyncSettings.objects.filter(firm=world.firm).update(services_account="")
    bill = world.bill()
    world.syncs()
    return bill


def _choose_default(world: World, bill: Document) -> None:
    world.chooses(services_account="260")


def _gst_is(world: World, tax_type: str) -> None:
    TaxMapping.objects.update_or_create(
        firm=world.firm, tax_name="GST", tax_percent=10, defaults={"tax_type": tax_type}
    )


def _tax_of_purchases(world: World) -> Document:
    _gst_is(world, "INPUT")
    bill = world.bill()
    world.syncs()
    return bill


def _tax_deleted(world: World) -> Document:
    _gst_is(world, "OUTPUT")
    world.act("tax-rate-status", tax_type="OUTPUT", status="DELETED")
    bill = world.bill()
    world.syncs()
    return bill


def _tax_asked_for(world: World) -> Document:
    bill = world.bill()
    world.says(printed("tax-rate-invalid"), method="PUT")
    world.syncs()
    return bill


def _no_tax_type(world: World) -> Document:
    """A rate that the account's own tax is not, and none is chosen."""
    bill = world.bill()
    bill.lines.update(tax_name="Old GST", tax_percent="12.5")
    world.syncs()
    return bill


def _choose_gst(world: World, bill: Document) -> None:
    rates = [name for name, _ in firm_rates(firm=world.firm)]
    world.chooses(**{f"tax_{rates.index('GST')}": "OUTPUT"})


def _rate_back(world: World, bill: Document) -> None:
    world.act("tax-rate-status", tax_type="OUTPUT", status="ACTIVE")
    world.presses_in_settings("Test now")


def _rate_changed(world: World) -> Document:
    """A bookkeeper gave the rate another percentage, and the hourly round has read it."""
    _gst_is(world, "OUTPUT")
    world.act("tax-rate-percent", tax_type="OUTPUT", percent="15")
    world.reads_chart()
    bill = world.bill()
    world.syncs()
    return bill


def _percentage_back(world: World, bill: Document) -> None:
    world.act("tax-rate-percent", tax_type="OUTPUT", percent="10")
    world.presses_in_settings("Test now")


def _rate_of_the_firm(world: World, bill: Document) -> None:
    world.edits(bill, **{"lines-0-tax_name": "GST"})


def _locked_since(world: World, **dates: str) -> Document:
    """Locked after we last looked, so Xero is the one to say it."""
    bill = world.bill()
    world.act("lock-dates", **dates)
    world.syncs()
    return bill


def _edited_once_locked(world: World) -> Document:
    bill = world.bill_in_xero()
    world.act("lock-dates", period="2026-07-31", year_end="")
    world.describes(bill)
    world.syncs()
    return bill


def _unlock(world: World, bill: Document) -> None:
    """In Xero; the hourly round reads it."""
    world.act("lock-dates", period="", year_end="")
    world.reads_chart()


def _currency_gone(world: World) -> Document:
    bill = world.bill(currency="USD")
    world.act("remove-currency", code="USD")
    world.syncs()
    return bill


def _add_currency(world: World, bill: Document) -> None:
    world.act("add-currency", code="USD")
    world.presses_in_settings("Test now")


def _dinars(world: World) -> Document:
    bill = world.bill(currency="KWD")
    world.syncs()
    return bill


def _in_dollars(world: World, bill: Document) -> None:
    world.edits(bill, currency="AUD")


def _other_total(world: World) -> Document:
    """A bookkeeper gave the rate another percentage just now, so that Xero adds up another total."""
    _gst_is(world, "OUTPUT")
    bill = world.bill()
    world.act("tax-rate-percent", tax_type="OUTPUT", percent="15")
    world.syncs()
    return bill


def _other_tax(world: World) -> Document:
    """The same, and the prices include the tax: the total stays."""
    _gst_is(world, "OUTPUT")
    bill = world.bill(tax_mode=TaxMode.INCLUSIVE)
    world.act("tax-rate-percent", tax_type="OUTPUT", percent="15")
    world.syncs()
    return bill


def _other_than_stated(world: World) -> Document:
    """The same, and the file of the bill states its tax."""
    _gst_is(world, "OUTPUT")
    bill = state_taxes(world.bill(), "10.01")
    world.act("tax-rate-percent", tax_type="OUTPUT", percent="15")
    world.syncs()
    return bill


def _percentage_back_and_save(world: World, bill: Document) -> None:
    _percentage_back(world, bill)
    world.edits(bill)


def _too_old(world: World) -> Document:
    BillSyncSettings.objects.filter(firm=world.firm).update(start_date=date(2026, 7, 15))
    return world.bill()


def _earlier_start(world: World, bill: Document) -> None:
    world.chooses(start_date="2026-07-01")


ROWS = (
    Row("account-not-allowed", lambda world: _account_became(world, "account-type", type="BANK"), _another_account),
    Row("account-archived", lambda world: _account_became(world, "archive-account"), _another_account),
    Row("no-account-code", _no_default, _choose_default, by="here"),
    _account_asked_for("account-invalid"),
    Row("tax-rate-invalid", _tax_asked_for, _choose_gst, by="words"),
    Row("tax-not-for-account", _tax_of_purchases, _choose_gst),
    Row("tax-type-unknown", _tax_deleted, _rate_back),
    _account_asked_for("tax-type-missing"),
    Row("account-removed", _warned, _another_account_and_save, State.IN_XERO, by="words", seen="note"),
    Row("total-differs", _other_total, _percentage_back_and_save, State.IN_XERO, seen="note"),
    Row("stated-tax-refused", _other_than_stated, _percentage_back_and_save),
    Row("tax-differs", _other_tax, _percentage_back_and_save, State.IN_XERO, seen="note"),
    Row("before-start-date", _too_old, _earlier_start, State.NOT_SENT, by="here", seen="sentence"),
    Row("tax-rate-changed", _rate_changed, _percentage_back, by="here"),
    Row("no-tax-type", _no_tax_type, _rate_of_the_firm, by="here"),
    Row("locked-period", lambda world: _locked_since(world, period="2026-07-31"), _unlock, State.ON_HOLD),
    Row("locked-year", lambda world: _locked_since(world, year_end="2026-07-31"), _unlock, State.ON_HOLD),
    Row("edit-in-locked-period", _edited_once_locked, _unlock, State.ON_HOLD),
    Row("currency-not-enabled", _currency_gone, _add_currency),
    Row("three-decimal-currency", _dinars, _in_dollars, by="here"),
)
