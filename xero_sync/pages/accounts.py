"""Accounts as pages show them: the picker, the warning beside a dead code, and where each line of a bill goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from billing.models import InvoiceLine
from xero_sync.domain.books import Books
from xero_sync.domain.chart import Account, Chart
from xero_sync.domain.preferences import Preferences
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.invoice.document import LineDocument
from xero_sync.kinds.invoice.rules import account_for
from xero_sync.kinds.invoice.snapshot import line_document
from xero_sync.models import SyncJob

WHY = {
    "category": "from the category",
    "default": "firm\u2019s default",
    "fallback": "the default, in place of a closed account",
    "missing": "",
}


@dataclass(frozen=True, kw_only=True)
class LineAccount:
    """The account a line goes to and why; `warning` says why Xero would not take the account."""

    code: str
    name: str
    why: str
    warning: str = ""


def find_account_warning(*, chart: Chart | None, code: str) -> str:
    """The fault of an account code in Xero, in two or three words; empty if it works, or no chart was read."""
    if chart is None or not code or chart.is_usable(code):
        return ""
    account = chart.account(code)
    if account is None:
        return "Not in Xero"
    if account.status == "ARCHIVED":
        return "Archived in Xero"
    return "Not for bills" if account.is_active else "Deleted in Xero"


def find_account_name(*, chart: Chart | None, code: str) -> str:
    """The account's name in Xero; empty where the chart has no such account."""
    account = chart.account(code) if chart and code else None
    return account.name if account else ""


def build_picker_groups(*, chart: Chart, chosen: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """The options of a picker by class of account; a chosen code that no longer works stays, and is marked."""
    classes = chart.groups_for_sales()
    groups = [(title, [_build_option(account, chosen) for account in accounts]) for title, accounts in classes]
    words = find_account_warning(chart=chart, code=chosen)
    if words:
        name = find_account_name(chart=chart, code=chosen)
        groups.insert(0, ("Chosen now", [{"code": chosen, "name": name, "note": words, "selected": True}]))
    return groups


def find_line_accounts(
    *, lines: Sequence[InvoiceLine], job: SyncJob | None, context: RequestContext
) -> dict[int, LineAccount]:
    """Each line's account by the rules of the next send, by line id. The lines' categories are already read."""
    preferences = Preferences.from_stored(job.preferences if job and job.preferences else context.preferences)
    documents = [line_document(line, {}) for line in lines]
    return {line.line_id: _find_line_account(line, context.books, preferences, context) for line in documents}


def _find_line_account(
    line: LineDocument, books: Books | None, preferences: Preferences, context: RequestContext
) -> LineAccount:
    if books is None:
        # Without a chart: show the account chosen here, and do not judge it.
        own = line.category_account if line.is_expense and preferences.on("category_account_codes") else ""
        default = context.settings.expenses_account if line.is_expense else context.settings.services_account
        return LineAccount(code=own or default, name="", why=WHY["category" if own else "default"])
    choice = account_for(line, books=books, preferences=preferences)
    if choice.why == "missing":
        return LineAccount(code="", name="", why="", warning="No account is chosen")
    words = find_account_warning(chart=books.chart, code=choice.code)
    name = find_account_name(chart=books.chart, code=choice.code)
    return LineAccount(code=choice.code, name=name, why=WHY.get(choice.why, choice.why), warning=words)


def _build_option(account: Account, chosen: str) -> dict[str, Any]:
    return {"code": account.code, "name": account.name, "note": "", "selected": account.code == chosen}
