"""Reading lists the way Xero does: id filters, ``where``, ``order``, pages."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Generic, TypeVar

from xero_emulator.domain.refusals import bad_query

T = TypeVar("T")
Value = str | Decimal | date | bool
Getter = Callable[[T], Value | None]

OPERATORS = {"==": eq, "!=": ne, ">=": ge, "<=": le, ">": gt, "<": lt, "=": eq}
CLAUSE = re.compile(
    r"""^\s*\(*\s*(?P<field>[A-Za-z.]+)\s*(?P<op>==|!=|>=|<=|=|>|<)\s*(?P<value>.+?)\s*\)*\s*$""", re.DOTALL
)
AND = re.compile(r"\s+AND\s+|\s*&&\s*", re.IGNORECASE)
OR = re.compile(r"\s+OR\s+|\s*\|\|\s*", re.IGNORECASE)
DATE_VALUE = re.compile(r"^DateTime\((\d+),\s*(\d+),\s*(\d+)(?:,[\d,\s]*)?$", re.IGNORECASE)
TEXT_VALUE = re.compile(r'^(?:guid\()?"(\d+)"$', re.IGNORECASE)
QUOTED = re.compile(r'"([^"]*)"')
DEFAULT_PAGE_SIZE, LARGEST_PAGE = 100, 1000


@dataclass(frozen=True)
class QueryPage(Generic[T]):
    """One page of a list; ``number`` is None where the caller asked for no pages."""

    items: Sequence[T]
    number: int | None
    size: int
    total: int

    @property
    def count(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))


def identifiers(text: str | None) -> set[str]:
    """A comma separated list in a query, lower-cased."""
    return {part.strip().lower() for part in (text or "").split(",") if part.strip()}


def since(header: str | None) -> datetime | None:
    """The moment of an If-Modified-Since header, ISO or HTTP notation; one that cannot be read is ignored."""
    if not header:
        return None
    try:
        moment = datetime.fromisoformat(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError:
            return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def where(items: Iterable[T], *, clause: str | None, fields: Mapping[str, Getter[T]]) -> list[T]:
    """The items a ``where`` clause keeps; text is compared without regard to case. Raises RequestRefused."""
    if not clause:
        return list(items)
    quoted: list[str] = []

    # Quoted text is put aside first, so that an AND or a bracket in a name is not read as grammar.
    def put_aside(match: re.Match[str]) -> str:
        quoted.append(match[1])
        return f'"{len(quoted) - 1}"'

    masked = QUOTED.sub(put_aside, clause)
    alternatives = [[_test(part, fields, quoted) for part in AND.split(branch)] for branch in OR.split(masked)]
    return [item for item in items if any(all(test(item) for test in tests) for tests in alternatives)]


def _test(clause: str, fields: Mapping[str, Getter[T]], quoted: Sequence[str]) -> Callable[[T], bool]:
    match = CLAUSE.match(clause)
    if match is None:
        raise bad_query(f"Invalid filter: {clause}")
    getter = fields.get(match["field"].lower())
    if getter is None:
        raise bad_query(f"No property or field '{match['field']}' exists")
    compare, wanted = OPERATORS[match["op"]], _value(match["value"], quoted)

    def passes(item: T) -> bool:
        held = getter(item)
        held = held.casefold() if isinstance(held, str) else held
        return type(held) is type(wanted) and bool(compare(held, wanted))

    return passes


def _value(text: str, quoted: Sequence[str]) -> Value:
    text = text.strip()
    if match := TEXT_VALUE.match(text):
        return quoted[int(match[1])].casefold()
    if match := DATE_VALUE.match(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return Decimal(text)
    except ArithmeticError:
        raise bad_query(f"Invalid value in filter: {text}") from None


def ordered(items: list[T], *, order: str | None, fields: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """The items by one field, ``Field`` or ``Field DESC``; without an order as they were entered."""
    if not order:
        return items
    name, _, direction = order.strip().partition(" ")
    getter = fields.get(name.lower())
    if getter is None:
        raise bad_query(f"No property or field '{name}' exists")
    return sorted(items, key=getter, reverse=direction.strip().upper() == "DESC")


def cut_page(items: list[T], *, number: str | None, size: str | None, always: bool) -> QueryPage[T]:
    """One page; sizes out of range are clamped silently, and without a page number everything is given."""
    wanted = min(max(_whole(size, DEFAULT_PAGE_SIZE), 1), LARGEST_PAGE)
    if number is None and not always:
        return QueryPage(items=items, number=None, size=wanted, total=len(items))
    at = max(_whole(number, 1), 1)
    return QueryPage(items=items[(at - 1) * wanted : at * wanted], number=at, size=wanted, total=len(items))


def _whole(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text else otherwise
    except ValueError:
        return otherwise
