"""Pages by key, not by number: page 1,000 is as quick as page 1, and rows that arrive meanwhile shift nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

SIZES = (25, 50, 100)
_BETWEEN = "~"
FIRST_YEAR, LAST_YEAR = 1970, 2200


@dataclass(frozen=True)
class Order:
    """Two columns that together name a row's place: a sort column and the primary key."""

    column: str
    parse: Callable[[str], Any]
    descending: bool


@dataclass(frozen=True)
class ListPage:
    """The rows of one page, and the cursors of the pages before and after it; empty where there is none."""

    rows: Sequence[Any]
    before: str
    after: str


NEWEST_FIRST = Order(column="issue_date", parse=date.fromisoformat, descending=True)
BY_NAME = Order(column="name", parse=str, descending=False)


def page_by_key(queryset: QuerySet[Any], *, order: Order, size: int, after: str = "", before: str = "") -> ListPage:
    """One page in one statement; a cursor that makes no sense shows the first page."""
    cursor = _parse(before or after, order)
    backwards = bool(before) and cursor is not None
    if cursor is not None:
        queryset = queryset.filter(_beyond(order, cursor, backwards=backwards))
    sign = "-" if order.descending != backwards else ""
    rows = list(queryset.order_by(f"{sign}{order.column}", f"{sign}pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_before = more if backwards else cursor is not None
    has_after = bool(rows) if backwards else more
    return ListPage(
        rows=rows,
        before=_cursor(rows[0], order) if rows and has_before else "",
        after=_cursor(rows[-1], order) if rows and has_after else "",
    )


def _beyond(order: Order, cursor: tuple[Any, int], *, backwards: bool) -> Q:
    value, pk = cursor
    past = "lt" if order.descending != backwards else "gt"
    # The first condition repeats the others for the index's sake.
    return Q(**{f"{order.column}__{past}e": value}) & (
        Q(**{f"{order.column}__{past}": value}) | Q(**{order.column: value, f"pk__{past}": pk})
    )


def _cursor(row: Model, order: Order) -> str:
    return f"{getattr(row, order.column)}{_BETWEEN}{row.pk}"


def _parse(cursor: str, order: Order) -> tuple[Any, int] | None:
    value, _, pk = cursor.rpartition(_BETWEEN)
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19) or "\0" in value:
        return None
    try:
        parsed = order.parse(value)
    except ValueError:
        return None
    # A moment without a zone, or of a year in which the database knows no zones, was never a row's.
    if isinstance(parsed, datetime) and not (parsed.tzinfo and FIRST_YEAR <= parsed.year <= LAST_YEAR):
        return None
    return parsed, int(pk)
