"""Rules by which preferences and settings change a bill, one rule a function. Pure."""

from dataclasses import dataclass, field, replace

from xero_sync.domain import text
from xero_sync.domain.books import Books
from xero_sync.domain.chart import Chart
from xero_sync.domain.chart_check import dead_account, find_tax_fault, name_rate
from xero_sync.domain.errors import Fault
from xero_sync.domain.notes import Note
from xero_sync.domain.preferences import Preferences
from xero_sync.kinds.invoice.document import InvoiceDocument, LineDocument

NO_TAX_TYPE = "NONE"
UNAPPROVED = {"DRAFT": "a draft", "AWAITING_APPROVAL": "a bill that awaits approval"}


@dataclass(frozen=True, kw_only=True)
class AccountChoice:
    """Where a line posts and why: its category, the firm's default, or the default in place of a dead account."""

    code: str
    why: str
    note: Note | None = None
    faults: tuple[Fault, ...] = field(default=())


def account_for(line: LineDocument, *, books: Books, preferences: Preferences) -> AccountChoice:
    """Choose a line's account code. Source: the help page "Account codes by category", docs/preferences.md."""
    if not line.is_expense:
        return _checked(books.services_account, "default", what="services", books=books)
    own = line.category_account if preferences.on("category_account_codes") else ""
    if not own:
        return _checked(books.expenses_account, "default", what="expenses", books=books)
    dead = not books.chart.is_usable(own)
    default = books.expenses_account
    if dead and preferences.on("default_for_dead_accounts") and default and books.chart.is_usable(default):
        sentence = f"Account {own} of \u201c{line.category}\u201d is not usable in Xero, so {default} was used instead."
        return AccountChoice(code=default, why="fallback", note=Note("default_for_dead_accounts", sentence))
    choice = _checked(own, "category", what=line.category, books=books)
    if own == default:
        return choice
    sentence = f"\u201c{line.category}\u201d went to account {own}, which its expense category has."
    return replace(choice, note=Note("category_account_codes", sentence, quiet=True))


def _checked(code: str, why: str, *, what: str, books: Books) -> AccountChoice:
    if not code:
        fault = Fault(
            f"No Xero account is chosen for {what}.", code="no-account-code", source="preflight", parts={"what": what}
        )
        return AccountChoice(code="", why="missing", faults=(fault,))
    account = books.chart.account(code)
    if account is None or not books.chart.is_usable(code):
        return AccountChoice(code=code, why=why, faults=(dead_account(code, account),))
    return AccountChoice(code=code, why=why)


def tax_type_for(line: LineDocument, *, tax_mode: str, account_code: str, books: Books) -> str | Fault:
    """The line's tax type: mapped, else the account's own if its rate is the line's, else none for an untaxed line.

    Either counts only while its rate in Xero equals the line's: Xero would compute another tax.
    """
    if tax_mode == "NO_TAX":
        return NO_TAX_TYPE
    percent = line.tax_percent.normalize()
    mapped = books.tax_types.get((line.tax_name, percent))
    if mapped:
        in_xero = books.chart.tax_rate(mapped)
        # A type that the chart does not have is for Xero to refuse: the chart may be outdated.
        same = in_xero is None or in_xero.percent == percent
        fault = None if same else find_tax_fault(tax_type=mapped, rate=(line.tax_name, percent), chart=books.chart)
        return fault or mapped
    account = books.chart.account(account_code)
    own = books.chart.tax_rate(account.tax_type) if account else None
    if account and own is not None and own.percent == percent:
        return account.tax_type
    if percent == 0 and books.chart.tax_rate(NO_TAX_TYPE) is not None:
        return NO_TAX_TYPE
    rate = name_rate(name=line.tax_name, percent=percent)
    return Fault(
        f"No Xero tax type is chosen for {rate}.",
        code="no-tax-type",
        source="preflight",
        parts={"rate": rate, "account": account_code},
    )


def status_for(invoice: InvoiceDocument) -> str:
    """Billing's state in Xero's words. A bill that Xero never approved is deleted, not voided."""
    if invoice.state == "VOID":
        return "DELETED" if invoice.xero_status in {"DRAFT", "SUBMITTED"} else "VOIDED"
    return {"DRAFT": "DRAFT", "AWAITING_APPROVAL": "SUBMITTED", "APPROVED": "AUTHORISED"}[invoice.state]


def reference_for(invoice: InvoiceDocument, *, preferences: Preferences) -> tuple[str | None, Note | None]:
    """Xero's reference, and a note where it is the matter's number; None leaves the reference in Xero alone.

    A number that we wrote under the switch is removed again once the bill is saved without it.
    """
    if not preferences.on("matter_as_reference"):
        return ("" if invoice.reference_is_ours else None), None
    number = text.fit(text.clean(invoice.matter_number), 255)
    sentence = f"The matter number {number} is the reference in Xero."
    return number, Note("matter_as_reference", sentence, quiet=True) if number else None


def draft_note(invoice: InvoiceDocument, *, preferences: Preferences) -> Note | None:
    """A note on a bill that is in Xero before it was approved, for firms without the switch."""
    if preferences.on("only_approved") or invoice.state not in UNAPPROVED:
        return None
    return Note("only_approved", f"It went to Xero as {UNAPPROVED[invoice.state]}, before it was approved.", quiet=True)


def paid_note(invoice: InvoiceDocument) -> Note | None:
    """A note on an approved bill of nothing: Xero marks it as paid, and takes no change of a paid bill."""
    if invoice.state != "APPROVED" or invoice.total != 0:
        return None
    sentence = "Xero marks a bill of 0.00 as paid as soon as it is approved, so it cannot be corrected there later."
    return Note("paid-at-once", sentence)


def lock_fault(invoice: InvoiceDocument, *, chart: Chart) -> Fault | None:
    """The fault Xero would give for an approved bill dated on or before its lock date; drafts may have any date."""
    lock = chart.lock_date
    if lock is None or invoice.issue_date > lock or invoice.state in UNAPPROVED:
        return None
    if invoice.xero_status in {"AUTHORISED", "PAID"}:
        message = "the document cannot be edited as it is currently dated before the period lock date"
        return Fault(message, source="preflight")
    period, year_end = chart.lock_dates
    kind = "end of year" if year_end == lock and period != lock else "period"
    message = f"The document date cannot be before the {kind} lock date, currently set at {lock:%d-%b-%Y}"
    return Fault(message, source="preflight")
