"""What this app tells those above it, inside the transaction that did it."""

from django.dispatch import Signal

# firm: Firm, actor: User | None
firm_created = Signal()
