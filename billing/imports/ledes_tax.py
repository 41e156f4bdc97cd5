"""How a LEDES file carries tax, told from the file itself. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billing.imports.ledes_documents import EntryType, LedesFile, LedesInvoice, LedesLine


class TaxTreatment(StrEnum):
    """USUAL: the firm's rate comes on top. INSIDE: it is in the amounts. IN_LINES: the file has lines that are tax.
    NONE: there is no tax.
    """

    USUAL = "usual"
    INSIDE = "inside"
    IN_LINES = "in-lines"
    NONE = "none"


@dataclass(frozen=True)
class TaxGuess:
    """What is taken to be so of the whole file, and why, as a sentence for the user."""

    treatment: TaxTreatment
    why: str


# Words that make a description the name of a tax if nothing but these and the words below stand in it.
_TAXES = "gst vat hst pst qst rst tps tvq tva iva mwst ust btw moms tax taxes"
_BESIDE = (
    "a account added amount and at bill charged consumption costs disbursements expenses federal fee fees for goods "
    "harmonised harmonized inc invoice legal local no number of on payable plus professional provincial rate reg "
    "sales services standard state the this total value x"
)
_TAX_WORDS = frozenset(_TAXES.split())
_ALL_WORDS = _TAX_WORDS | frozenset(_BESIDE.split())
_LONGEST_NAME = 100
_WORD = re.compile(r"[^\W\d_]+")
_PERCENT = re.compile(r"([0-9]{1,2}(?:[.][0-9]{1,4})?)\s*%")
_WORKED = frozenset({EntryType.FEE, EntryType.FEE_ADJUSTMENT})


def is_tax(line: LedesLine) -> bool:
    """Whether the line is a tax and no work or expense: its description names a tax and nothing besides.

    `GST 10%` and `VAT @ 20% on fees` are; `GST advice` is not, nor is anything that a timekeeper did.
    """
    if line.entry_type in _WORKED and (line.timekeeper_id or line.timekeeper_name):
        return False
    if len(line.description) > _LONGEST_NAME:
        return False
    words = {word.lower() for word in _WORD.findall(line.description)}
    return not words.isdisjoint(_TAX_WORDS) and words <= _ALL_WORDS


def has_own_taxes(bill: LedesInvoice) -> bool:
    """Whether the file says the tax of each line, as the international forms may."""
    return any(line.tax is not None for line in bill.lines)


def split_tax(bill: LedesInvoice) -> tuple[list[LedesLine], list[LedesLine]]:
    """The bill's lines without those that are tax, and those."""
    taxes = [line for line in bill.lines if is_tax(line)]
    return [line for line in bill.lines if not is_tax(line)], taxes


def stated_percent(line: LedesLine) -> Decimal | None:
    """The percentage that a tax line names, as in `VAT @ 17.5%`."""
    found = _PERCENT.findall(line.description)
    return Decimal(found[0]) if len(found) == 1 and Decimal(found[0]) else None


def name_of_tax(line: LedesLine) -> str:
    """The tax that a tax line names, in capitals: `GST`, or `TAX` if it says no more."""
    words = [word.lower() for word in _WORD.findall(line.description)]
    return next((word.upper() for word in words if word in _TAX_WORDS), "TAX")


def guess_tax(*, read: LedesFile, usual_rate: str) -> TaxGuess:
    """How the file carries tax. `usual_rate` is what the firm adds, as "GST 10%", or "" if it adds none.

    Source: LEDES 1998B has no field for tax; systems that charge it write it as lines, and INVOICE_TOTAL then has it.
    """
    if any(has_own_taxes(bill) for bill in read.invoices):
        why = "The file says the tax of each line (LINE_ITEM_TAX_TOTAL): INVOICE_TOTAL has it inside, nothing is added."
        return TaxGuess(TaxTreatment.IN_LINES, why)
    taxes = _tax_lines(read.invoices)
    if taxes:
        first = taxes[0]
        named = " ".join(first.description.split())
        why = f"Line {first.line_number} is the tax itself (“{named}”): INVOICE_TOTAL has it inside, nothing is added."
        return TaxGuess(TaxTreatment.IN_LINES, why)
    if not usual_rate:
        return TaxGuess(TaxTreatment.NONE, "No line of the file is a tax, and the firm has no usual tax rate.")
    why = f"No line of the file is a tax, so its amounts are taken to be before tax and {usual_rate} is added."
    return TaxGuess(TaxTreatment.USUAL, why)


def _tax_lines(bills: Sequence[LedesInvoice]) -> list[LedesLine]:
    return [line for bill in bills for line in bill.lines if line.amount != Decimal(0) and is_tax(line)]
