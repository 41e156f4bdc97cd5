"""Why Xero refuses an invoice: one rule for each refusal.

Rules stand in four tables, judged in turn: which document is meant, whether it may still be changed, whether it has
the lines that are named, and what it says. The number beside a rule is the message's row in the catalogue of Xero's
validation messages; ``None`` marks a limit that Xero documents but whose exact words were not found, or words that
stand in no list.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xero_emulator.domain import values
from xero_emulator.domain.line_rules import LINE_RULES, LineAttempt
from xero_emulator.domain.lines import BuiltLine
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.records import Contact, Invoice
from xero_emulator.domain.refusals import lock_date_text
from xero_emulator.domain.sums import ZERO
from xero_emulator.domain.values import Json

MAY_BECOME = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("SUBMITTED", "DRAFT", "AUTHORISED", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
}
MAY_BEGIN_AS = ("DRAFT", "SUBMITTED", "AUTHORISED")
APPROVED = ("AUTHORISED", "PAID")
FIELD_LENGTHS = {"InvoiceNumber": 255, "Reference": 255}


@dataclass(frozen=True)
class InvoiceAttempt:
    """What one element would make of an invoice: ``before`` is None for a new one, ``by_hand`` at Xero's own pages.

    ``asked_status`` is the Status that was sent, ``contact`` None where none could be found, ``contact_faults``
    why a contact sent along was refused.
    """

    organisation: Organisation
    raw: Json
    creates: bool
    before: Invoice | None
    after: Invoice
    built: tuple[BuiltLine, ...]
    unknown_id: bool
    asked_status: str | None
    contact: Contact | None
    contact_faults: tuple[str, ...]
    by_hand: bool = False

    @property
    def ends_it(self) -> bool:
        """Whether the update only voids or deletes."""
        return self.after.status in ("VOIDED", "DELETED")


@dataclass(frozen=True)
class InvoiceRule:
    """One refusal: its row in the message catalogue and the check that yields its sentences."""

    row: int | None
    check: Callable[[InvoiceAttempt], Iterable[str]]


def _known(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.unknown_id:
        yield "An existing Invoice with the specified InvoiceID could not be found"


def _number_is_free(attempt: InvoiceAttempt) -> Iterable[str]:
    # Void and deleted invoices still hold their number.
    holder = attempt.organisation.invoices.find(key="number", value=attempt.after.number)
    if holder is not None and holder.invoice_id != attempt.after.invoice_id:
        yield "Invoice # must be unique."


def _lines_are_known(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.before is None or not attempt.organisation.switches.unknown_lines_refused:
        return
    held = {line.line_id for line in attempt.before.lines}
    sent = (values.identifier(raw, "LineItemID") for raw in values.objects(attempt.raw, "LineItems") or [])
    if unknown := [line_id for line_id in sent if line_id is not None and line_id not in held]:
        yield f"Could not find line item(s) with the following id(s): {', '.join(unknown)}"


def _may_be_modified(attempt: InvoiceAttempt) -> Iterable[str]:
    before = attempt.before
    if before is None:
        return
    if before.status == "VOIDED" and attempt.asked_status is None:
        return
    if before.status not in MAY_BECOME or attempt.after.status not in MAY_BECOME[before.status]:
        yield "Invoice not of valid status for modification"


def _may_be_created(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.before is None and attempt.after.status not in MAY_BEGIN_AS:
        yield "Invoice not of valid status for creation"


def _is_not_void(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.before is not None and attempt.before.status == "VOIDED" and attempt.asked_status is None:
        yield "Document not of valid status for modification"


def _settled(attempt: InvoiceAttempt) -> Invoice | None:
    before = attempt.before
    return before if before is not None and before.is_settled_in_part else None


def _has_no_payment(attempt: InvoiceAttempt) -> Iterable[str]:
    if _settled(attempt) and attempt.asked_status is None:
        yield "This document cannot be edited as it has a payment or credit note allocated to it."


def _is_not_voided_while_paid(attempt: InvoiceAttempt) -> Iterable[str]:
    if _settled(attempt) and attempt.asked_status == "VOIDED":
        yield (
            "The status VOIDED cannot be applied to the invoice "
            "because it has payments or credit notes allocated to it."
        )


def _is_not_authorised_while_paid(attempt: InvoiceAttempt) -> Iterable[str]:
    if _settled(attempt) and attempt.asked_status == "AUTHORISED":
        yield (
            "The status AUTHORISED cannot be applied to the invoice "
            "because it has payment or Credit notes allocated to it."
        )


def _date_is_kept_while_paid(attempt: InvoiceAttempt) -> Iterable[str]:
    before = _settled(attempt)
    if before is not None and attempt.after.day != before.day:
        yield "Date cannot be changed on an invoice that has payment or credit notes allocated to it."


def _has_contact(attempt: InvoiceAttempt) -> Iterable[str]:
    yield from attempt.contact_faults
    if attempt.contact is None and not attempt.contact_faults:
        yield "A Contact must be specified for this type of transaction"


def _contact_is_active(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.contact is not None and attempt.contact.status != "ACTIVE" and not attempt.ends_it:
        yield (
            "The contact with the specified contact details has been archived. "
            "The contact must be un-archived before creating new invoices or credit notes."
        )


def _approved_fits_plan(attempt: InvoiceAttempt) -> Iterable[str]:
    limit, after = attempt.organisation.approval_limit, attempt.after
    if limit is None or after.status != "AUTHORISED" or (attempt.before and attempt.before.status in APPROVED):
        return
    month = (after.day.year, after.day.month)
    approved = [
        other
        for other in attempt.organisation.invoices
        if other.status in APPROVED and (other.day.year, other.day.month) == month
    ]
    if len(approved) >= limit:
        yield "You have reached the limit of invoices you can approve"


def _has_lines(attempt: InvoiceAttempt) -> Iterable[str]:
    if not attempt.built:
        yield "One or more line items must be specified"


def _lines_are_valid(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.ends_it:
        return
    for built in attempt.built:
        line = LineAttempt(
            organisation=attempt.organisation,
            built=built,
            status=attempt.after.status,
            taxed=attempt.after.mode != "NoTax",
            by_hand=attempt.by_hand,
        )
        for rule in LINE_RULES:
            yield from rule.check(line)


def _total_is_not_negative(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.after.total < ZERO:
        yield "The invoice total must not be less than zero."


def _is_locked(attempt: InvoiceAttempt, invoice: Invoice) -> bool:
    locks = (attempt.organisation.period_lock, attempt.organisation.year_end_lock)
    # A draft may stand in a locked period; approving it may not.
    return invoice.status in APPROVED and any(lock is not None and invoice.day <= lock for lock in locks)


def _is_after_period_lock(attempt: InvoiceAttempt) -> Iterable[str]:
    lock = attempt.organisation.period_lock
    if lock is not None and attempt.after.status in APPROVED and attempt.after.day <= lock:
        yield (f"The document date cannot be before the period lock date, currently set at {lock_date_text(lock)}")


def _is_after_year_end_lock(attempt: InvoiceAttempt) -> Iterable[str]:
    lock = attempt.organisation.year_end_lock
    if lock is not None and attempt.after.status in APPROVED and attempt.after.day <= lock:
        yield (f"The document date cannot be before the end of year lock date, currently set at {lock_date_text(lock)}")


def _was_after_lock(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.before is not None and _is_locked(attempt, attempt.before):
        yield "the document cannot be edited as it is currently dated before the period lock date"


def _currency_is_subscribed(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.after.currency not in attempt.organisation.currencies:
        yield f"Organisation is not subscribed to currency {attempt.after.currency}"


def _has_due_date(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.after.status == "AUTHORISED" and attempt.after.due is None:
        yield "The DueDate field is mandatory for an approved invoice."


def _fields_fit(attempt: InvoiceAttempt) -> Iterable[str]:
    for name, longest in FIELD_LENGTHS.items():
        if len(str(attempt.raw.get(name) or "")) > longest:
            yield f"{name} must not be more than {longest} characters long."


def _url_is_secure(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.after.url and not attempt.after.url.startswith("https://"):
        yield "Url must be a valid https address."


def _sent_only_when_approved(attempt: InvoiceAttempt) -> Iterable[str]:
    if attempt.raw.get("SentToContact") is True and attempt.after.status not in APPROVED:
        yield "SentToContact can only be set on an approved invoice."


IDENTITY_RULES = (InvoiceRule(30, _known), InvoiceRule(21, _number_is_free))

STATUS_RULES = (
    InvoiceRule(23, _may_be_modified),
    InvoiceRule(24, _may_be_created),
    InvoiceRule(25, _is_not_void),
    InvoiceRule(26, _has_no_payment),
    InvoiceRule(27, _is_not_voided_while_paid),
    InvoiceRule(28, _is_not_authorised_while_paid),
    InvoiceRule(29, _date_is_kept_while_paid),
    InvoiceRule(41, _was_after_lock),
)

LINE_IDENTITY_RULES = (InvoiceRule(None, _lines_are_known),)

CONTENT_RULES = (
    InvoiceRule(9, _has_contact),
    InvoiceRule(7, _contact_is_active),
    InvoiceRule(31, _approved_fits_plan),
    InvoiceRule(32, _has_lines),
    InvoiceRule(None, _lines_are_valid),
    InvoiceRule(36, _total_is_not_negative),
    InvoiceRule(39, _is_after_period_lock),
    InvoiceRule(40, _is_after_year_end_lock),
    InvoiceRule(42, _currency_is_subscribed),
    InvoiceRule(None, _has_due_date),
    InvoiceRule(None, _fields_fit),
    InvoiceRule(None, _url_is_secure),
    InvoiceRule(None, _sent_only_when_approved),
)

RULE_TABLES = (IDENTITY_RULES, STATUS_RULES, LINE_IDENTITY_RULES, CONTENT_RULES)
