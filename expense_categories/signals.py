"""The signals of this app to those above it, inside the transaction of the change."""

from django.dispatch import Signal

# firm: Firm, categories: list[ExpenseCategory] whose account code changed, actor: User | None
account_codes_changed = Signal()
