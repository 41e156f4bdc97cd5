"""The signals of billing to those above it, inside the transaction of the change.

Sent with `send`, never `send_robust`: if a listener cannot keep its record of the save, the save must not stand.

Whoever stands above billing may listen, each app in its `receivers.py`.
"""

from django.dispatch import Signal

# firm: Firm, contacts: list[Contact], actor: User | None, bulk: bool (a machine's run, not one person's save)
contacts_saved = Signal()

# firm: Firm, invoices: list[Invoice], actor: User | None, bulk: bool
invoices_saved = Signal()

# firm: Firm, client_numbers: list[str], of clients who are not here. Whoever knows some of them by that number answers
# with their names by number; nothing is saved.
client_names_asked = Signal()

# firm: Firm, bills: list[Invoice], lines: dict[int, list[InvoiceLine]] by the bill's key, none of which is a row: keys
# are below zero. Whoever can say what would become of such bills answers with it as JSON; nothing is saved.
forecast_asked = Signal()
