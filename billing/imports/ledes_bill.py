"""The records of one bill -> its document, or why there is none. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from billing.imports.bill_records import BillPlace
from billing.imports.dates import DateOrder
from billing.imports.files import FaultLog, quoted
from billing.imports.ledes_documents import BillRead, EntryType, LedesInvoice, LedesLine
from billing.imports.ledes_lines import BillHead, RecordReader, read_amount
from billing.imports.ledes_rounding import is_rounding_of_sum
from billing.imports.ledes_tax import is_tax

# What a line is called that has the tax of the whole bill; by this name it is a tax.
TAX_OF_BILL = "Tax"
# What all records of one bill must say alike; billing periods may differ by matter and are merged.
_AGREEING = (("client_id", "CLIENT_ID"), ("total", "INVOICE_TOTAL"), ("currency", "INVOICE_CURRENCY"))


def read_bill(*, place: BillPlace, records: Iterable[dict[str, str]], dates: DateOrder | None) -> BillRead:
    """The bill that stands there, checked.

    Source: the definitions of LEDES 1998B and 1998BI: a line is units x unit cost + adjustment (+ its tax in the
    international forms), half-up to the cent, and INVOICE_TOTAL is the sum of the bill's line totals.
    """
    reader = _BillReader(place, dates)
    for values in records:
        reader.add(values)
    return reader.read_bill()


class _BillReader:
    """Gathers the records of one bill."""

    def __init__(self, place: BillPlace, dates: DateOrder | None) -> None:
        self._place, self._dates = place, dates
        self._faults, self._notes = FaultLog(file=place.file), FaultLog(file=place.file)
        self._faults.extend(faults=place.faults, count=place.fault_count)
        self._total = Decimal(0)
        self._clients: dict[str, str] = {}
        self._known: dict[tuple[str, ...], BillHead] = {}
        # The different heads of the bill, in order of appearance: one, unless it is for several matters.
        self._heads: list[BillHead] = []
        self._lines: list[LedesLine] = []
        self._seen: dict[tuple[str, str], int] = {}

    def add(self, values: dict[str, str]) -> None:
        self._keep_first_client(values)
        reader = RecordReader(
            values=values, faults=self._faults, notes=self._notes, heads=self._known, dates=self._dates
        )
        self._total = self._total or read_amount(values["INVOICE_TOTAL"]) or Decimal(0)
        read = reader.read_record()
        if read is None:
            return
        head, line = read
        self._lines.append(line)
        if not self._heads or head is not self._heads[-1]:
            self._heads.append(head)
            self._refuse_other_head(head, line)
        self._refuse_second_item(line)

    def read_bill(self) -> BillRead:
        # With a record missing the total cannot agree; the record's own fault is enough.
        if not self._faults.count:
            self._check_tax_of_bill()
            self._check_total()
        place, faults, notes = self._place, self._faults, self._notes
        return BillRead(
            place.number,
            place.file,
            place.line_number,
            self._total,
            None if faults.count else self._bill(),
            faults.shown,
            faults.count,
            notes.shown,
            notes.count,
        )

    def _keep_first_client(self, values: dict[str, str]) -> None:
        """Source: the standard's field notes: of a matter's CLIENT_IDs only the first is valid. So within a bill."""
        matter, client = values["LAW_FIRM_MATTER_ID"], values["CLIENT_ID"]
        first = self._clients.setdefault(matter, client) if matter and client else client
        if first != client:
            values["CLIENT_ID"] = first
            message = f"Bill {self._place.number} names client {quoted(first)} first; {quoted(client)} is not used."
            self._notes.add(line_number=int(values[""]), field="CLIENT_ID", message=message)

    def _refuse_other_head(self, head: BillHead, line: LedesLine) -> None:
        first = self._heads[0]
        if head.invoice_date != first.invoice_date:
            # Source: the standard's field notes: of each INVOICE_NUMBER only the first INVOICE_DATE is valid.
            message = f"Bill {head.number} is dated {first.invoice_date} first; {head.invoice_date} is not used."
            self._notes.add(line_number=line.line_number, field="INVOICE_DATE", message=message)
        for attribute, field in _AGREEING:
            if getattr(head, attribute) != getattr(first, attribute):
                since = self._lines[0].line_number
                message = (
                    f"Bill {head.number} has {field} {getattr(head, attribute)} here and {getattr(first, attribute)} "
                    f"on line {since}. One bill has one."
                )
                self._faults.add(line_number=line.line_number, field=field, message=message)

    def _refuse_second_item(self, line: LedesLine) -> None:
        # Some systems number the items of each matter from 1.
        first = self._seen.setdefault((line.matter_id, line.item_number), line.line_number)
        if first != line.line_number:
            message = (
                f"Bill {self._place.number} has item {line.item_number} here and on line {first}. Number each item "
                "once."
            )
            self._faults.add(line_number=line.line_number, field="LINE_ITEM_NUMBER", message=message)

    def _missing(self) -> Decimal:
        """What the lines lack of the bill's total."""
        return self._heads[0].total - sum((line.amount + (line.tax or 0) for line in self._lines), Decimal(0))

    def _check_tax_of_bill(self) -> None:
        """A tax that the file states of the whole bill is a line, is missing in the lines, or is nowhere."""
        stated = self._heads[0].tax_total
        if not stated or any(line.tax is not None for line in self._lines):
            return
        field, place = "INVOICE_TAX_TOTAL", self._lines[0].line_number
        if self._missing() == stated:
            self._lines.append(_extra_line(after=self._lines[-1], amount=stated, description=TAX_OF_BILL))
            message = f"Bill {self._place.number} has {stated:,.2f} of tax that stands in no line of its own."
            self._notes.add(line_number=place, field=field, message=message)
        elif sum((line.amount for line in self._lines if is_tax(line)), Decimal(0)) != stated:
            message = (
                f"Bill {self._place.number} says {stated:,.2f} of tax, which is neither in its lines nor its total."
            )
            self._faults.add(line_number=place, field=field, message=message)

    def _check_total(self) -> None:
        missing, total, place = self._missing(), self._heads[0].total, self._lines[0].line_number
        if not missing:
            return
        made = f"Bill {self._place.number}: INVOICE_TOTAL says {total:f}, but its line totals make {total - missing:f}"
        if is_rounding_of_sum(difference=missing, count=len(self._lines)):
            self._lines.append(_extra_line(after=self._lines[-1], amount=missing, description="Rounding"))
            message = f"{made}. That is rounding: a line of {missing:f} makes up for it."
            self._notes.add(line_number=place, field="INVOICE_TOTAL", message=message)
        else:
            self._faults.add(line_number=place, field="INVOICE_TOTAL", message=f"{made}.")

    def _bill(self) -> LedesInvoice:
        heads, lines = self._heads, self._lines
        return LedesInvoice(
            line_number=lines[0].line_number,
            number=self._place.number,
            client_id=heads[0].client_id,
            invoice_date=heads[0].invoice_date,
            total=heads[0].total,
            billing_start=min((head.billing_start for head in heads if head.billing_start), default=None),
            billing_end=max((head.billing_end for head in heads if head.billing_end), default=None),
            description="\n".join(dict.fromkeys(head.description for head in heads if head.description)),
            currency=heads[0].currency,
            client_name=next((head.client_name for head in heads if head.client_name), ""),
            lines=tuple(lines),
            file=self._place.file,
        )


def _extra_line(*, after: LedesLine, amount: Decimal, description: str) -> LedesLine:
    """A line that makes a bill come to its total."""
    return replace(
        after,
        item_number="",
        entry_type=EntryType.EXPENSE,
        description=description,
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
