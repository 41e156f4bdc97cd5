"""The UTBMS expense codes E101-E124, ready-made as expense categories (American Bar Association, public code set).

The code set does not say which costs are hard and which are soft. Our rule: what is bought from somebody outside for
one client's matter is a disbursement (hard cost); what the firm's own means provide and is charged on is an expense
recovery (soft cost). A firm may change each category's kind.
"""

from enum import StrEnum
from typing import NamedTuple


class ExpenseKind(StrEnum):
    """Hard cost, paid to a third party for the client, or soft cost, recovered by the firm."""

    DISBURSEMENT = "DISBURSEMENT"
    EXPENSE_RECOVERY = "EXPENSE_RECOVERY"


class UtbmsExpense(NamedTuple):
    """One ready-made expense category."""

    code: str
    name: str
    kind: ExpenseKind


_HARD = ExpenseKind.DISBURSEMENT
_SOFT = ExpenseKind.EXPENSE_RECOVERY

UTBMS_EXPENSES: tuple[UtbmsExpense, ...] = (
    UtbmsExpense("E101", "Copying", _SOFT),
    UtbmsExpense("E102", "Outside printing", _HARD),
    UtbmsExpense("E103", "Word processing", _SOFT),
    UtbmsExpense("E104", "Facsimile", _SOFT),
    UtbmsExpense("E105", "Telephone", _SOFT),
    UtbmsExpense("E106", "Online research", _SOFT),
    UtbmsExpense("E107", "Delivery services and messengers", _HARD),
    UtbmsExpense("E108", "Postage", _SOFT),
    UtbmsExpense("E109", "Local travel", _SOFT),
    UtbmsExpense("E110", "Out-of-town travel", _HARD),
    UtbmsExpense("E111", "Meals", _HARD),
    UtbmsExpense("E112", "Court fees", _HARD),
    UtbmsExpense("E113", "Subpoena fees", _HARD),
    UtbmsExpense("E114", "Witness fees", _HARD),
    UtbmsExpense("E115", "Deposition transcripts", _HARD),
    UtbmsExpense("E116", "Trial transcripts", _HARD),
    UtbmsExpense("E117", "Trial exhibits", _HARD),
    UtbmsExpense("E118", "Litigation support vendors", _HARD),
    UtbmsExpense("E119", "Experts", _HARD),
    UtbmsExpense("E120", "Private investigators", _HARD),
    UtbmsExpense("E121", "Arbitrators and mediators", _HARD),
    UtbmsExpense("E122", "Local counsel", _HARD),
    UtbmsExpense("E123", "Other professionals", _HARD),
    # Nothing says that a third party was paid.
    UtbmsExpense("E124", "Other", _SOFT),
)

UTBMS_BY_CODE: dict[str, UtbmsExpense] = {expense.code: expense for expense in UTBMS_EXPENSES}
