"""Writes the demo's sample files, the same bytes every time: `python -m samples.make_samples`."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from samples.clients import Client, clients
from samples.narratives import EXPENSES, FEES, LONG_NARRATIVE, MATTERS, TIMEKEEPERS, Expense

FOLDER = Path(__file__).parent
BILLS = 150
LINES = 1000
FIRST_NUMBER = 10401
LAW_FIRM_ID = "98-7654321"

# Positions of bills with something in them that the demo is about; README.md names them by number.
LOCKED_DATES = (date(2026, 7, 8), date(2026, 7, 17), date(2026, 7, 30))
LONG_NARRATIVE_BILL = 65
TRAVEL_BILL = 90
FEE_DISCOUNT_BILLS = {11, 29, 47, 71, 101, 131}
EXPENSE_DISCOUNT_BILLS = {59, 119}

HEADER = (
    "INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|"
    "INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|"
    "LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|"
    "LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID"
)
_CENT = Decimal("0.01")
T = TypeVar("T")


class Line(NamedTuple):
    """What one record says of its line."""

    entry_type: str
    units: Decimal
    adjustment: Decimal
    unit_cost: Decimal
    date: date
    task: str
    expense: str
    activity: str
    timekeeper: tuple[str, str, str]
    description: str

    @property
    def total(self) -> Decimal:
        return (self.units * self.unit_cost + self.adjustment).quantize(_CENT, ROUND_HALF_UP)


NOBODY = ("", "", "")


class Dice:
    """Picks by Random.random() alone, whose sequence Python keeps the same for a seed in every version."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def below(self, count: int) -> int:
        return int(self._random.random() * count)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]


def contacts_csv() -> str:
    """The clients as a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Client._fields)
    writer.writerows(clients())
    return out.getvalue()


def bills_ledes() -> str:
    """The bills as a LEDES 1998B file."""
    dice = Dice(20260701)
    everyone = clients()
    records = ["LEDES1998B", HEADER]
    for index, count in enumerate(_line_counts(dice)):
        # 37 and 60 have no common factor: every client comes round before any comes again.
        client = everyone[index * 37 % len(everyone)]
        records += _bill(index, client, count, dice)
    return "".join(f"{record}[]\n" for record in records)


def _line_counts(dice: Dice) -> list[int]:
    counts = [4 + dice.below(6) for _ in range(BILLS)]
    step = 1 if sum(counts) < LINES else -1
    index = 0
    while sum(counts) != LINES:
        counts[index * 7 % BILLS] += step
        index += 1
    return counts


def _bill(index: int, client: Client, count: int, dice: Dice) -> list[str]:
    day = _invoice_date(index)
    end = day.replace(day=1) - timedelta(days=1)
    start = end.replace(day=1)
    lines = _lines(index, count, start, dice)
    matter_name = MATTERS[index % len(MATTERS)]
    head = [
        f"{day:%Y%m%d}",
        str(FIRST_NUMBER + index),
        client.client_number,
        f"{client.client_number[2:]}-{1 + index // 60:02}",
        f"{sum(line.total for line in lines):f}",
        f"{start:%Y%m%d}",
        f"{end:%Y%m%d}",
        f"{matter_name}: professional services to {end.day} {end:%B %Y}",
    ]
    own_reference = f"PO-{7000 + index * 13}" if client.kind == "company" else ""
    return [_record(head, number, line, own_reference) for number, line in enumerate(lines, start=1)]


def _invoice_date(index: int) -> date:
    if index < len(LOCKED_DATES):
        return LOCKED_DATES[index]
    day = date(2026, 8, 3) + timedelta(days=(index - len(LOCKED_DATES)) * 104 // (BILLS - len(LOCKED_DATES)))
    return day - timedelta(days=max(0, day.weekday() - 4))


def _lines(index: int, count: int, start: date, dice: Dice) -> list[Line]:
    discounts = index in FEE_DISCOUNT_BILLS or index in EXPENSE_DISCOUNT_BILLS
    expenses = max(1 + dice.below(3), 1) if count > 3 else 1
    fees = count - expenses - discounts
    lines = sorted((_fee(start, dice) for _ in range(fees)), key=lambda line: line.date)
    if index == LONG_NARRATIVE_BILL:
        lines[0] = lines[0]._replace(description=LONG_NARRATIVE)
    travels = index == TRAVEL_BILL
    lines += [_expense(dice.pick(EXPENSES), start, dice) for _ in range(expenses - travels)]
    if travels:
        flight = Expense("E110", "Flights and one night, hearing in Adelaide", "684.30", 1)
        lines.append(_expense(flight, start, dice))
    if index in FEE_DISCOUNT_BILLS:
        lines.append(_discount("IF", "Courtesy discount of 5% on fees", Decimal("-0.05"), "F", lines))
    if index in EXPENSE_DISCOUNT_BILLS:
        lines.append(_discount("IE", "Expenses written down by half", Decimal("-0.5"), "E", lines))
    return lines


def _fee(start: date, dice: Dice) -> Line:
    task, activity, description = dice.pick(FEES)
    number, name, level, rate = dice.pick(TIMEKEEPERS)
    units, cost = Decimal(2 + dice.below(40)) / 10, Decimal(rate)
    adjustment = -(units * cost / 10).quantize(_CENT, ROUND_HALF_UP) if dice.below(30) == 0 else Decimal(0)
    day = start + timedelta(days=dice.below(28))
    return Line("F", units, adjustment, cost, day, task, "", activity, (number, name, level), description)


def _expense(expense: Expense, start: date, dice: Dice) -> Line:
    units = Decimal(1 + dice.below(expense.most))
    day = start + timedelta(days=dice.below(28))
    return Line("E", units, Decimal(0), Decimal(expense.cost), day, "", expense.code, "", NOBODY, expense.description)


def _discount(entry_type: str, description: str, share: Decimal, of: str, lines: list[Line]) -> Line:
    base = sum((line.total for line in lines if line.entry_type == of), Decimal(0))
    amount = (base * share).quantize(_CENT, ROUND_HALF_UP)
    day = max(line.date for line in lines)
    return Line(entry_type, Decimal(1), amount, Decimal(0), day, "", "", "", NOBODY, description)


def _record(head: list[str], number: int, line: Line, own_reference: str) -> str:
    values = [
        *head,
        str(number),
        line.entry_type,
        f"{line.units:f}",
        f"{line.adjustment:f}",
        f"{line.total:f}",
        f"{line.date:%Y%m%d}",
        line.task,
        line.expense,
        line.activity,
        line.timekeeper[0],
        line.description,
        LAW_FIRM_ID,
        f"{line.unit_cost:f}",
        line.timekeeper[1],
        line.timekeeper[2],
        own_reference,
    ]
    return "|".join(values)


def main() -> None:
    (FOLDER / "contacts.csv").write_text(contacts_csv(), encoding="utf-8", newline="\n")
    (FOLDER / "bills.ledes").write_text(bills_ledes(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
