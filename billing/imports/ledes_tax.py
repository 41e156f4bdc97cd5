"""How a LEDES file carries tax, told from the file itself. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billing.imports.bill_records import BillRecord, RecordSource
from billing.imports.ledes_documents import EntryType, LedesInvoice, LedesLine
from billing.imports.ledes_lines import read_amount


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
# The fields of the international forms that say a tax, and whose.
_TAX_FIELDS = {"LINE_ITEM_TAX_TOTAL": "line", "INVOICE_TAX_TOTAL": "bill"}
_WORKED = frozenset({EntryType.FEE, EntryType.FEE_ADJUSTMENT})


def is_tax(line: LedesLine) -> bool:
    """Whether the line is a tax and no work or expense: its description names a tax and nothing besides.

    `GST 10%` and `VAT @ 20% on fees` are; `GST advice` is not, nor is anything that a timekeeper did.
    """
    if line.entry_type in _WORKED and (line.timekeeper_id or line.timekeeper_name):
        return False
    return _names_tax(line.description)


def _names_tax(description: str) -> bool:
    if len(description) > _LONGEST_NAME:
        return False
    words = {word.lower() for word in _WORD.findall(description)}
    return not words.isdisjoint(_TAX_WORDS) and words <= _ALL_WORDS


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


@dataclass(frozen=True)
class TaxSign:
    """Where the file first says something of tax: in a field of its own, or by a line that is a tax, which it names."""

    line_number: int
    file: str
    field: str
    name: str = ""


class TaxSignFinder:
    """Finds out what the records of one source say of tax."""

    def __init__(self, *, source: RecordSource) -> None:
        self._file = source.file
        self._at = {field: position for position, field in enumerate(source.order)}

    def find(self, record: BillRecord) -> TaxSign | None:
        """What the record says of tax, if anything."""
        for field in _TAX_FIELDS:
            if self._value(record, field):
                return TaxSign(record.line_number, self._file, field)
        description = self._value(record, "LINE_ITEM_DESCRIPTION")
        if not _names_tax(description) or not read_amount(self._value(record, "LINE_ITEM_TOTAL")):
            return None
        worked = self._value(record, "EXP/FEE/INV_ADJ_TYPE").upper() in _WORKED
        if worked and (self._value(record, "TIMEKEEPER_ID") or self._value(record, "TIMEKEEPER_NAME")):
            return None
        return TaxSign(record.line_number, self._file, "LINE_ITEM_DESCRIPTION", " ".join(description.split()))

    def _value(self, record: BillRecord, field: str) -> str:
        position = self._at.get(field)
        return "" if position is None else record.values[position]


def guess_tax(*, sign: TaxSign | None, usual_rate: str) -> TaxGuess:
    """How the file carries tax. `usual_rate` is what the firm adds, as "GST 10%", or "" if it adds none.

    Source: LEDES 1998B has no field for tax; systems that charge it write it as lines, and INVOICE_TOTAL then has it.
    """
    inside = "INVOICE_TOTAL has it inside, nothing is added."
    if sign and not sign.name:
        whose = _TAX_FIELDS[sign.field]
        return TaxGuess(TaxTreatment.IN_LINES, f"The file says the tax of each {whose} ({sign.field}): {inside}")
    if sign:
        line = f"Line {sign.line_number}{f' of {sign.file}' if sign.file else ''}"
        return TaxGuess(TaxTreatment.IN_LINES, f"{line} is the tax itself (“{sign.name}”): {inside}")
    if not usual_rate:
        return TaxGuess(TaxTreatment.NONE, "No line of the file is a tax, and the firm has no usual tax rate.")
    why = f"No line of the file is a tax, so its amounts are taken to be before tax and {usual_rate} is added."
    return TaxGuess(TaxTreatment.USUAL, why)
