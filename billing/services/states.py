"""A bill's way from draft to approved or void: the legal moves in one table."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.timezone import now

from billing.models import Invoice, InvoiceState, signals
from billing.services.invoices import VOID_STAYS, below_zero, locked
from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused
from firms.scope import firm_scope

DRAFT, AWAITING, APPROVED, VOID = (
    InvoiceState.DRAFT,
    InvoiceState.AWAITING_APPROVAL,
    InvoiceState.APPROVED,
    InvoiceState.VOID,
)
LEGAL_MOVES: dict[InvoiceState, frozenset[InvoiceState]] = {
    DRAFT: frozenset({AWAITING, APPROVED, VOID}),
    AWAITING: frozenset({DRAFT, APPROVED, VOID}),
    # An approved bill has left the house: it never becomes a draft again.
    APPROVED: frozenset({VOID}),
    VOID: frozenset(),
}
_ACTIONS = {
    AWAITING: "invoice.submitted",
    DRAFT: "invoice.returned_to_draft",
    APPROVED: "invoice.approved",
    VOID: "invoice.voided",
}


def submit(*, firm: Firm, actor: User | None, invoice: Invoice, expected_version: int) -> Invoice:
    """Put a draft up for approval. Raises Refused, EditConflict."""
    return _move(firm, actor, invoice, expected_version, AWAITING)


def return_to_draft(*, firm: Firm, actor: User | None, invoice: Invoice, expected_version: int) -> Invoice:
    """Take a bill that awaits approval back to draft. Raises Refused, EditConflict."""
    return _move(firm, actor, invoice, expected_version, DRAFT)


def approve(*, firm: Firm, actor: User | None, invoice: Invoice, expected_version: int) -> Invoice:
    """Approve a bill that has lines and is not below zero. Raises Refused, EditConflict."""
    return _move(firm, actor, invoice, expected_version, APPROVED)


def void(*, firm: Firm, actor: User | None, invoice: Invoice, expected_version: int) -> Invoice:
    """Void a bill, for ever; its number stays used. Raises Refused, EditConflict."""
    return _move(firm, actor, invoice, expected_version, VOID)


def void_together(*, firm: Firm, actor: User | None, bills: Sequence[Invoice]) -> None:
    """Void bills whose rows are locked, set-wise, in the caller's transaction and the firm's scope; void ones stay."""
    live = [bill for bill in bills if bill.state != VOID]
    if not live:
        return
    changes: list[audit.Change] = [(bill, {"state": bill.state}, {"state": VOID.value}) for bill in live]
    moment = now()
    firm.invoices.filter(pk__in=[bill.pk for bill in live]).update(
        state=VOID.value, version=F("version") + 1, updated_at=moment
    )
    for bill in live:
        bill.state, bill.version, bill.updated_at = VOID.value, bill.version + 1, moment
    audit.record_all(firm=firm, actor=actor, action=_ACTIONS[VOID], changes=changes)
    signals.invoices_saved.send(sender=Invoice, firm=firm, invoices=live, actor=actor, bulk=True)


def _move(firm: Firm, actor: User | None, invoice: Invoice, expected_version: int, target: InvoiceState) -> Invoice:
    with transaction.atomic(), firm_scope(firm):
        row = locked(firm=firm, invoice=invoice, expected_version=expected_version)
        _refuse_move(row, target)
        before = {"state": row.state}
        row.state = target
        row.version += 1
        row.updated_at = now()
        row.save(update_fields=["state", "version", "updated_at"])
        after = {"state": target.value}
        audit.record(firm=firm, actor=actor, action=_ACTIONS[target], target=row, before=before, after=after)
        signals.invoices_saved.send(sender=Invoice, firm=firm, invoices=[row], actor=actor, bulk=False)
    return row


def _refuse_move(row: Invoice, target: InvoiceState) -> None:
    state = InvoiceState(row.state)
    if state is VOID:
        raise Refused({"": VOID_STAYS})
    if target not in LEGAL_MOVES[state]:
        raise Refused({"": f"{row.number} is {state.label.lower()} and cannot become {target.label.lower()}."})
    if target is APPROVED and not row.lines.exists():
        raise Refused({"": f"{row.number} has no lines. Add at least one, then approve it."})
    if target is APPROVED and row.total < 0:
        raise Refused({"": below_zero(row)})
