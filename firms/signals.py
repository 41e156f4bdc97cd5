"""The signals of this app to those above it, inside the transaction of the change."""

from django.dispatch import Signal

# firm: Firm, actor: User | None
firm_created = Signal()
