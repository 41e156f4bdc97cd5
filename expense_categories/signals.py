"""What this app tells those above it, inside the transaction that did it."""

from django.dispatch import Signal

# firm: Firm, categories: list[ExpenseCategory] whose account code changed, actor: User | None
account_codes_changed = Signal()
