"""Why Xero refuses a line of an invoice: one rule for each refusal.

The number beside a rule is the message's row in the catalogue of Xero's validation messages; ``None`` marks a
limit that Xero documents but whose exact words were not found.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from xero_emulator.domain import sums
from xero_emulator.domain.lines import BuiltLine
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.records import Account
from xero_emulator.domain.sums import ZERO

# Accounts Xero posts to by itself; the rounding account is the exception meant for invoice lines.
OWN_ACCOUNTS_OPEN_TO_LINES = ("", "ROUNDING")
LONGEST_DESCRIPTION = 4000
LARGEST_AMOUNT = Decimal("9999999999.99")


@dataclass(frozen=True)
class LineAttempt:
    """One line to judge: ``status`` is the one the invoice would have, ``taxed`` false on a NoTax invoice, ``by_hand``
    true at Xero's own pages.
    """

    organisation: Organisation
    built: BuiltLine
    status: str
    taxed: bool
    by_hand: bool = False

    @property
    def account(self) -> Account | None:
        """The account of the line's code, archived or deleted ones too."""
        return self.organisation.account(self.built.line.account_code) if self.built.line.account_code else None

    @property
    def is_approved(self) -> bool:
        """Whether the invoice would be approved or submitted for approval."""
        return self.status in ("AUTHORISED", "SUBMITTED")

    @property
    def has_amount(self) -> bool:
        """Whether the line is more than a description."""
        return self.built.line.amount is not None


@dataclass(frozen=True)
class LineRule:
    """One refusal: its row in the message catalogue and the check that yields its sentences."""

    row: int | None
    check: Callable[[LineAttempt], Iterable[str]]


def _is_for_invoices(account: Account) -> bool:
    return account.type != "BANK" and account.system_account in OWN_ACCOUNTS_OPEN_TO_LINES


def _code_is_valid(attempt: LineAttempt) -> Iterable[str]:
    code, account = attempt.built.line.account_code, attempt.account
    if code and (account is None or (account.status == "ACTIVE" and not _is_for_invoices(account))):
        yield f"Account code '{code}' is not a valid code for this document."


def _account_is_active(attempt: LineAttempt) -> Iterable[str]:
    if attempt.account is not None and attempt.account.status != "ACTIVE":
        yield (
            f"Account code '{attempt.built.line.account_code}' has been archived, or has been deleted. "
            "Each line item must reference a valid account."
        )


def _has_account(attempt: LineAttempt) -> Iterable[str]:
    line = attempt.built.line
    if attempt.is_approved and attempt.has_amount and not line.account_code and not attempt.built.account_id:
        yield "Account code must be specified"


def _account_id_is_known(attempt: LineAttempt) -> Iterable[str]:
    account_id = attempt.built.account_id
    if account_id and attempt.organisation.account_by_id(account_id) is None:
        yield "Account must be valid."


def _tax_type_fits_account(attempt: LineAttempt) -> Iterable[str]:
    line, account = attempt.built.line, attempt.account
    rate = attempt.organisation.usable_rate(line.tax_type) if attempt.taxed else None
    if rate is None or account is None or account.status != "ACTIVE" or not _is_for_invoices(account):
        return
    if account.account_class not in rate.applies_to:
        yield f"The TaxType code '{line.tax_type}' cannot be used with account code '{line.account_code}'."


def _tax_type_exists(attempt: LineAttempt) -> Iterable[str]:
    tax_type = attempt.built.line.tax_type
    if attempt.taxed and tax_type and attempt.organisation.usable_rate(tax_type) is None:
        yield f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction."


def _has_tax_type(attempt: LineAttempt) -> Iterable[str]:
    if attempt.is_approved and attempt.built.line.account_code and not attempt.built.tax_type_known:
        yield "TaxType field is mandatory"


def _tax_is_below_amount(attempt: LineAttempt) -> Iterable[str]:
    line = attempt.built.line
    if line.amount is not None and abs(line.tax_amount) > abs(line.amount):
        yield "The tax amount cannot be greater than the line amount!"


def _tax_is_near_computed(attempt: LineAttempt) -> Iterable[str]:
    line, computed = attempt.built.line, attempt.built.computed_tax
    # At Xero's own pages a person may adjust a tax freely.
    if attempt.by_hand or not attempt.built.tax_sent or not attempt.organisation.switches.taxes_near_computed:
        return
    if abs(line.tax_amount - computed) > sums.CENT and abs(line.tax_amount) <= abs(line.amount or ZERO):
        yield f"Tax amount {line.tax_amount} is incorrect for {line.tax_type} tax type, should be {computed}"


def _has_description(attempt: LineAttempt) -> Iterable[str]:
    if not attempt.built.line.description.strip():
        yield "The description field is mandatory for each line item"


def _description_fits(attempt: LineAttempt) -> Iterable[str]:
    if len(attempt.built.line.description) > LONGEST_DESCRIPTION:
        yield f"Description must not be more than {LONGEST_DESCRIPTION} characters long."


def _amount_agrees(attempt: LineAttempt) -> Iterable[str]:
    line, sent = attempt.built.line, attempt.built.sent_amount
    if sent is not None and line.amount is not None and sums.to_places(sent, 2) != line.amount:
        yield f"The line total {sums.to_places(sent, 2)} does not match the expected line total {line.amount}"


def _quantity_is_not_negative(attempt: LineAttempt) -> Iterable[str]:
    quantity = attempt.built.line.quantity
    if quantity is not None and quantity < ZERO:
        yield f"The quantity value '{quantity:.4f}' is invalid. Quantity must not be less than zero."


def _discount_is_below_total(attempt: LineAttempt) -> Iterable[str]:
    # A discount amount of nothing on a negative price is refused too (Xero-OpenAPI issue 429), and so is 27.8260 on
    # a price of 27.8260, because 27.83 is more (xero-php-oauth2 issue 288).
    line = attempt.built.line
    if line.discount_amount is None or line.quantity is None or line.unit_amount is None:
        return
    full, shown = line.quantity * line.unit_amount, sums.to_places(line.discount_amount, 2)
    if shown > (full if attempt.organisation.switches.exact_discounts else sums.to_places(full, 2)):
        yield f"The discount rate '{shown}' is invalid. Discount must not be greater than the line total."


def _amount_is_in_range(attempt: LineAttempt) -> Iterable[str]:
    if abs(attempt.built.line.amount or ZERO) > LARGEST_AMOUNT:
        yield f"The line amount must not be more than {LARGEST_AMOUNT}."


def _tracking_is_at_most_two(attempt: LineAttempt) -> Iterable[str]:
    if len(attempt.built.line.tracking) > 2:
        yield "A line item must not have more than 2 tracking elements."


LINE_RULES = (
    LineRule(11, _code_is_valid),
    LineRule(12, _account_is_active),
    LineRule(13, _has_account),
    LineRule(14, _account_id_is_known),
    LineRule(16, _tax_type_fits_account),
    LineRule(17, _tax_type_exists),
    LineRule(18, _has_tax_type),
    LineRule(19, _tax_is_below_amount),
    LineRule(None, _tax_is_near_computed),
    LineRule(33, _has_description),
    LineRule(None, _description_fits),
    LineRule(34, _amount_agrees),
    LineRule(35, _quantity_is_not_negative),
    LineRule(None, _discount_is_below_total),
    LineRule(None, _amount_is_in_range),
    LineRule(None, _tracking_is_at_most_two),
)
