"""One invoice of LEDES XML -> the records that LEDES 1998BI would have. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from billing.domain.money import round_half_up
from billing.imports.bill_records import BillRecord
from billing.imports.ledes_lines import read_amount
from billing.imports.ledes_xml_fields import (
    ADJUSTMENT,
    CHARGES,
    DATES,
    OF_CHARGE,
    OF_CLIENT,
    OF_INVOICE,
    OF_MATTER,
    ORDER,
    TAX_AMOUNTS,
    TAXES_OF_CHARGES,
)
from identity.text import clean_text

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T+Z ].*)?")
_NOT_FILLED_IN = frozenset({"", "null"})
Values = dict[str, str]


@dataclass(slots=True)
class XmlElement:
    """An element with what stands in it; its name has no prefix and no capitals."""

    name: str
    line: int
    text: str = ""
    children: list["XmlElement"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    length: int = 0

    def close_text(self) -> None:
        """Put the text together, as it is needed: without the line ends of how it is laid out."""
        self.text = clean_text(" ".join("".join(self.texts).split()))
        self.texts = []

    def find(self, *names: str) -> str:
        """The text of the first child of these names that has one."""
        found = {child.name: child.text for child in self.children if child.text}
        return next((found[name] for name in names if found.get(name, "").lower() not in _NOT_FILLED_IN), "")

    def all(self, *names: str) -> "Iterator[XmlElement]":
        """The children of these names."""
        return (child for child in self.children if child.name in names)


def read_invoice(*, around: Sequence[XmlElement], invoice: XmlElement) -> list[BillRecord]:
    """The invoice's records; `around` are the open elements it stands in, the root first."""
    head: Values = {}
    for element in around:
        if element.name == "client":
            head |= _values(element, OF_CLIENT)
    head |= _values(invoice, OF_INVOICE)
    rates = _tax_rates([*around, invoice, *invoice.all("matter")])
    records: list[BillRecord] = []
    for matter in invoice.all("matter"):
        of_matter = head | _values(matter, OF_MATTER)
        timekeepers = {each.find("tk_id"): _full_name(each) for each in matter.all("tk_sum")}
        for charge in matter.all(*CHARGES, ADJUSTMENT):
            line = _adjustment(charge) if charge.name == ADJUSTMENT else _charge(charge, rates)
            line["LINE_ITEM_NUMBER"] = str(len(records) + 1)
            line["TIMEKEEPER_NAME"] = _full_name(charge) or timekeepers.get(charge.find("tk_id"), "")
            values = of_matter | line
            records.append(BillRecord(charge.line, [values.get(name, "") for name in ORDER]))
    # A bill without charges is still a bill of the file, and is refused as such.
    return records or [BillRecord(invoice.line, [head.get(name, "") for name in ORDER])]


def _values(element: XmlElement, fields: Mapping[str, tuple[str, ...]]) -> Values:
    return {name: _plain_date(element.find(*of)) if name in DATES else element.find(*of) for name, of in fields.items()}


def _plain_date(value: str) -> str:
    found = _ISO_DATE.fullmatch(value)
    return "".join(found.groups()) if found else value


def _full_name(element: XmlElement) -> str:
    return " ".join(part for part in (element.find("tk_fname"), element.find("tk_lname")) if part)


def _tax_rates(elements: Sequence[XmlElement]) -> dict[str, tuple[str, str]]:
    """Rate (0.2 for 20 per cent) and name of each tax that is described, by its id."""
    taxes = [tax for element in elements for tax in element.all("tax")]
    return {
        tax.find("tx_id", "tax_id"): (tax.find("tax_rate_percent", "tax_rate"), tax.find("tax_type", "tax_name"))
        for tax in taxes
    }


def _charge(charge: XmlElement, rates: Mapping[str, tuple[str, str]]) -> Values:
    line = _values(charge, OF_CHARGE) | {"EXP/FEE/INV_ADJ_TYPE": CHARGES[charge.name]}
    base, change = read_amount(charge.find("base_amount")), read_amount(charge.find("item_disc_cred_amount"))
    if charge.name == "expense" and not line["LINE_ITEM_EXPENSE_CODE"]:
        line["LINE_ITEM_EXPENSE_CODE"], line["LINE_ITEM_TASK_CODE"] = line["LINE_ITEM_TASK_CODE"], ""
    if charge.find("charge_type").upper() == "F" and base is not None:
        # A fixed sum; how many units it stands for is nobody's business.
        line["LINE_ITEM_NUMBER_OF_UNITS"], line["LINE_ITEM_UNIT_COST"] = "1", f"{base:f}"
    line |= _tax(charge, rates)
    total, tax = read_amount(line["LINE_ITEM_TOTAL"]), read_amount(line.get("LINE_ITEM_TAX_TOTAL", "")) or Decimal(0)
    line["LINE_ITEM_ADJUSTMENT_AMOUNT"] = charge.find("item_disc_cred_amount")
    if change and base is not None and total is not None and _takes_off(base, change, total, tax):
        line["LINE_ITEM_ADJUSTMENT_AMOUNT"] = f"{-change:f}"
    return line


def _takes_off(base: Decimal, change: Decimal, total: Decimal, tax: Decimal) -> bool:
    """Some systems write a discount without its sign; the total says which way it goes."""
    return round_half_up(base - change) in (total, total - tax) and round_half_up(base + change) not in (
        total,
        total - tax,
    )


def _tax(charge: XmlElement, rates: Mapping[str, tuple[str, str]]) -> Values:
    """The tax of the charge: of one rate, or the sum of several."""
    taxes = list(charge.all(*TAXES_OF_CHARGES))
    stated = [amount for tax in taxes if (amount := read_amount(tax.find(*TAX_AMOUNTS))) is not None]
    if not stated:
        return {"LINE_ITEM_TAX_TOTAL": charge.find("tax_on_charge")}
    known = [rates.get(tax.find("tx_id", "tax_id"), ("", "")) for tax in taxes]
    percents = [
        read_amount(tax.find("tax_rate_percent", "tax_rate") or rate)
        for tax, (rate, _) in zip(taxes, known, strict=True)
    ]
    names = dict.fromkeys(tax.find("tax_type") or name for tax, (_, name) in zip(taxes, known, strict=True))
    return {
        "LINE_ITEM_TAX_TOTAL": f"{sum(stated, Decimal(0)):f}",
        "LINE_ITEM_TAX_RATE": f"{sum((each or Decimal(0) for each in percents), Decimal(0)):f}",
        "LINE_ITEM_TAX_TYPE": " + ".join(name for name in names if name),
    }


def _adjustment(element: XmlElement) -> Values:
    """A discount or a surcharge of all fees or all expenses of the matter."""
    amount = read_amount(element.find("disc_cred_amount"))
    if amount and element.find("increase_decrease").lower().startswith("decr"):
        amount = -abs(amount)
    is_expense = element.find("disc_cred_category").lower().startswith("exp")
    return {
        "EXP/FEE/INV_ADJ_TYPE": "IE" if is_expense else "IF",
        "LINE_ITEM_TOTAL": element.find("disc_cred_amount") if amount is None else f"{amount:f}",
        "LINE_ITEM_DESCRIPTION": element.find("disc_cred_desc", "disc_cred") or "Adjustment",
    }
