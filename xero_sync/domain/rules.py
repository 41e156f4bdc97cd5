"""What the preferences and the settings decide, one rule a function. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from xero_sync.domain import emails
from xero_sync.domain.chart import Account, Chart
from xero_sync.domain.documents import ContactDocument, InvoiceDocument, LineDocument
from xero_sync.domain.errors import Fault
from xero_sync.domain.preferences import Preferences

NO_TAX_TYPE = "NONE"


@dataclass(frozen=True)
class Note:
    """Something the sync did to a document that a person may want to know. `code` names the improvement."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Books:
    """The firm's mappings and what is known of its organisation. Read when a document is sent, never stamped."""

    chart: Chart
    services_account: str
    expenses_account: str
    tax_types: Mapping[tuple[str, Decimal], str]


@dataclass(frozen=True, kw_only=True)
class AccountChoice:
    """Where a line posts and why: its category, the firm's default, or the default in place of a dead account."""

    code: str
    why: str
    note: Note | None = None
    faults: tuple[Fault, ...] = field(default=())


def account_for(line: LineDocument, *, books: Books, preferences: Preferences) -> AccountChoice:
    """Choose a line's account code. Source: product.md rule 1, preferences 1 and 2."""
    if not line.is_expense:
        return _checked(books.services_account, "default", what="services", books=books)
    own = line.category_account if preferences.on("category_account_codes") else ""
    if not own:
        return _checked(books.expenses_account, "default", what="expenses", books=books)
    dead = not books.chart.is_usable(own)
    default = books.expenses_account
    if dead and preferences.on("default_for_dead_accounts") and default and books.chart.is_usable(default):
        text = f"Account {own} of \u201c{line.category}\u201d is not usable in Xero, so {default} was used instead."
        return AccountChoice(code=default, why="fallback", note=Note("default_for_dead_accounts", text))
    return _checked(own, "category", what=line.category, books=books)


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


def dead_account(code: str, account: Account | None) -> Fault:
    """The same fault Xero would give for an account that is gone, archived or of the wrong kind."""
    if (account is not None and account.status == "ACTIVE") or account is None:
        message = f"Account code '{code}' is not a valid code for this document."
    else:
        message = (
            f"Account code '{code}' has been archived, or has been deleted. "
            "Each line item must reference a valid account."
        )
    return Fault(message, source="preflight", parts={"account": code})


def tax_type_for(line: LineDocument, *, tax_mode: str, account_code: str, books: Books) -> str | Fault:
    """The line's tax type: mapped, else the account's own if its rate is the line's, else none for an untaxed line.

    Source: house.md 9.14.
    """
    if tax_mode == "NO_TAX":
        return NO_TAX_TYPE
    percent = line.tax_percent.normalize()
    mapped = books.tax_types.get((line.tax_name, percent))
    if mapped:
        return mapped
    account = books.chart.account(account_code)
    own = books.chart.tax_rate(account.tax_type) if account else None
    if account and own is not None and own.percent == percent:
        return account.tax_type
    if percent == 0 and books.chart.tax_rate(NO_TAX_TYPE) is not None:
        return NO_TAX_TYPE
    name = line.tax_name or "No tax"
    return Fault(
        f"No Xero tax type is chosen for {name} ({percent:f}%).",
        code="no-tax-type",
        source="preflight",
        parts={"rate": f"{name} ({percent:f}%)", "account": account_code},
    )


def email_for(contact: ContactDocument, *, preferences: Preferences) -> tuple[str, Note | None]:
    """The one address Xero gets, and a note where one was left out."""
    first = contact.emails[0] if contact.emails else ""
    if not first or emails.is_valid_email(first) or not preferences.on("drop_invalid_emails"):
        return first, None
    valid = emails.first_valid(contact.emails) or ""
    told = f"{valid} was used instead" if valid else "it was left out"
    return valid, Note(
        "drop_invalid_emails", f"Xero does not accept the e-mail address \u201c{first}\u201d, so {told}."
    )


def status_for(invoice: InvoiceDocument) -> str:
    """Billing's state in Xero's words. A bill that Xero never approved is deleted there, not voided."""
    if invoice.state == "VOID":
        return "DELETED" if invoice.xero_status in {"DRAFT", "SUBMITTED"} else "VOIDED"
    return {"DRAFT": "DRAFT", "AWAITING_APPROVAL": "SUBMITTED", "APPROVED": "AUTHORISED"}[invoice.state]


def lock_fault(issue_date: date, *, chart: Chart) -> Fault | None:
    """The fault Xero would give for a bill dated on or before its lock date."""
    lock = chart.lock_date
    if lock is None or issue_date > lock:
        return None
    period, year_end = chart.lock_dates
    kind = "end of year" if year_end == lock and period != lock else "period"
    message = f"The document date cannot be before the {kind} lock date, currently set at {lock:%d-%b-%Y}"
    return Fault(message, source="preflight")
