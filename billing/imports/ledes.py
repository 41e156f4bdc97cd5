"""LEDES 1998B, the format law firms exchange bills in -> frozen documents. Importing them is a service.

LAW_FIRM_ID (the firm's own tax number) is read and not kept. Currency, tax and names are in the international forms
alone, 1998BI and 1998BI V2.
"""

from dataclasses import replace
from decimal import Decimal

from billing.imports.files import MAX_BYTES, FaultLog, LineFault, decode, quoted
from billing.imports.ledes_documents import EntryType, LedesFile, LedesInvoice, LedesLine, LedesRefused
from billing.imports.ledes_fields import FIELDS
from billing.imports.ledes_lines import BillHead, RecordReader
from billing.imports.ledes_records import looks_like, read_records
from billing.imports.ledes_rounding import is_rounding_of_sum

__all__ = [
    "FIELDS",
    "MAX_BYTES",
    "EntryType",
    "LedesFile",
    "LedesInvoice",
    "LedesLine",
    "LedesRefused",
    "LineFault",
    "read_ledes",
]

# What all records of one bill must say alike; billing periods may differ by matter and are merged.
_AGREEING = (("client_id", "CLIENT_ID"), ("total", "INVOICE_TOTAL"), ("currency", "INVOICE_CURRENCY"))


def read_ledes(*, data: bytes) -> LedesFile | LedesRefused:
    """Read a LEDES 1998B, 1998BI or 1998BI V2 file of at most 64 MB, or refuse it whole with its faults by line.

    Source: their definitions; a line is units x unit cost + adjustment (+ its tax in the international forms),
    half-up to the cent, and INVOICE_TOTAL is the sum of the bill's line totals.
    """
    faults = FaultLog()
    if data.startswith((b"PK\x03\x04", b"%PDF")):
        name = looks_like(data[:8].decode("latin-1"))
        faults.add(line_number=1, message=f"This looks like {name}, not LEDES 1998B. Export the bills as LEDES 1998B.")
        return LedesRefused(faults.shown, faults.count)
    text = decode(data=data, faults=faults)
    if faults.count:
        return LedesRefused(faults.shown, faults.count)
    bills = _Bills(faults)
    for values in read_records(text=text, faults=faults, notes=bills.notes):
        bills.add(values)
    invoices = bills.closed()
    if not invoices and not faults.count:
        faults.add(line_number=2, message="The file holds field names and no bill. Export it again.")
    if faults.count:
        return LedesRefused(faults.shown, faults.count)
    return LedesFile(invoices, bills.notes.shown, bills.notes.count)


class _Bills:
    """Gathers records into bills by their number; a file may interleave them."""

    def __init__(self, faults: FaultLog) -> None:
        self._faults = faults
        self.notes = FaultLog()
        self._clients: dict[tuple[str, str], str] = {}
        self._known: dict[tuple[str, ...], BillHead] = {}
        # The different heads of each bill, in order of appearance: one, unless it is for several matters.
        self._heads: dict[str, list[BillHead]] = {}
        self._lines: dict[str, list[LedesLine]] = {}
        self._seen: dict[tuple[str, str, str], int] = {}
        self._doubtful: set[str] = set()

    def add(self, values: dict[str, str]) -> None:
        self._keep_first_client(values)
        reader = RecordReader(values=values, faults=self._faults, notes=self.notes, heads=self._known)
        read = reader.read_record()
        if read is None:
            # Its total cannot agree without this record; the record's own fault is enough.
            self._doubtful.add(reader.number)
            return
        head, line = read
        heads = self._heads.setdefault(head.number, [])
        self._lines.setdefault(head.number, []).append(line)
        if not heads or head is not heads[-1]:
            heads.append(head)
            self._refuse_other_head(head, line)
        self._refuse_second_item(head, line)

    def _keep_first_client(self, values: dict[str, str]) -> None:
        """Source: the standard's field notes: of a matter's CLIENT_IDs only the first is valid. So within a bill."""
        number, matter, client = values["INVOICE_NUMBER"], values["LAW_FIRM_MATTER_ID"], values["CLIENT_ID"]
        first = self._clients.setdefault((number, matter), client) if matter and client else client
        if first != client:
            values["CLIENT_ID"] = first
            message = f"Bill {number} names client {quoted(first)} first; {quoted(client)} is not used."
            self.notes.add(line_number=int(values[""]), field="CLIENT_ID", message=message)

    def closed(self) -> tuple[LedesInvoice, ...]:
        for number in self._heads:
            if number not in self._doubtful:
                self._check_total(number)
        return tuple(self._invoice(number) for number in self._heads)

    def _refuse_other_head(self, head: BillHead, line: LedesLine) -> None:
        first = self._heads[head.number][0]
        if head.invoice_date != first.invoice_date:
            # Source: the standard's field notes: of each INVOICE_NUMBER only the first INVOICE_DATE is valid.
            message = f"Bill {head.number} is dated {first.invoice_date} first; {head.invoice_date} is not used."
            self.notes.add(line_number=line.line_number, field="INVOICE_DATE", message=message)
        for attribute, field in _AGREEING:
            if getattr(head, attribute) != getattr(first, attribute):
                self._doubtful.add(head.number)
                since = self._lines[head.number][0].line_number
                message = (
                    f"Bill {head.number} has {field} {getattr(head, attribute)} here and {getattr(first, attribute)} "
                    f"on line {since}. One bill has one."
                )
                self._faults.add(line_number=line.line_number, field=field, message=message)

    def _refuse_second_item(self, head: BillHead, line: LedesLine) -> None:
        # Some systems number the items of each matter from 1.
        key = (head.number, line.matter_id, line.item_number)
        first = self._seen.setdefault(key, line.line_number)
        if first != line.line_number:
            message = f"Bill {head.number} has item {line.item_number} here and on line {first}. Number each item once."
            self._faults.add(line_number=line.line_number, field="LINE_ITEM_NUMBER", message=message)

    def _check_total(self, number: str) -> None:
        lines = self._lines[number]
        total = self._heads[number][0].total
        added = sum((line.amount + (line.tax or 0) for line in lines), Decimal(0))
        if added == total:
            return
        made, place = f"Bill {number}: INVOICE_TOTAL says {total:f}, but its line totals make {added:f}", lines[0]
        if is_rounding_of_sum(difference=total - added, count=len(lines)):
            lines.append(_rounding(after=lines[-1], amount=total - added))
            message = f"{made}. That is rounding: a line of {total - added:f} makes up for it."
            self.notes.add(line_number=place.line_number, field="INVOICE_TOTAL", message=message)
        else:
            self._faults.add(line_number=place.line_number, field="INVOICE_TOTAL", message=f"{made}.")

    def _invoice(self, number: str) -> LedesInvoice:
        heads, lines = self._heads[number], self._lines[number]
        return LedesInvoice(
            line_number=lines[0].line_number,
            number=number,
            client_id=heads[0].client_id,
            invoice_date=heads[0].invoice_date,
            total=heads[0].total,
            billing_start=min((head.billing_start for head in heads if head.billing_start), default=None),
            billing_end=max((head.billing_end for head in heads if head.billing_end), default=None),
            description="\n".join(dict.fromkeys(head.description for head in heads if head.description)),
            currency=heads[0].currency,
            client_name=next((head.client_name for head in heads if head.client_name), ""),
            lines=tuple(lines),
        )


def _rounding(*, after: LedesLine, amount: Decimal) -> LedesLine:
    """A line that makes a bill come to its total."""
    return replace(
        after,
        item_number="",
        entry_type=EntryType.EXPENSE,
        description="Rounding",
        task_code="",
        activity_code="",
        expense_code="",
        timekeeper_id="",
        timekeeper_name="",
        timekeeper_classification="",
        units=Decimal(1),
        unit_cost=amount,
        adjustment=Decimal(0),
        quantity=Decimal(1),
        unit_price=amount,
        discount=Decimal(0),
        amount=amount,
        tax=None if after.tax is None else Decimal(0),
        tax_percent=Decimal(0),
        tax_name="",
    )
