"""A date as text, in the order of its parts that the file has or a person chose. Pure."""

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache


class DateOrder(StrEnum):
    """How a file writes dates: the year first (2026-07-31), the month first (07/31/2026), or the day (31/07/2026)."""

    YEAR_FIRST = "ymd"
    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"


_PARTS = {
    DateOrder.YEAR_FIRST: re.compile(r"(?P<year>\d{4})[-/. ](?P<month>\d{1,2})[-/. ](?P<day>\d{1,2})"),
    DateOrder.MONTH_FIRST: re.compile(r"(?P<month>\d{1,2})[-/. ](?P<day>\d{1,2})[-/. ](?P<year>\d{4})"),
    DateOrder.DAY_FIRST: re.compile(r"(?P<day>\d{1,2})[-/. ](?P<month>\d{1,2})[-/. ](?P<year>\d{4})"),
}
# A year outside these is a day and a month typed first.
_EARLIEST, _LATEST = 1950, 2099
# Spreadsheets write midnight behind a date.
_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(:00(\.0+)?)?Z?$")
EXAMPLES = {
    DateOrder.YEAR_FIRST: "2026-07-31",
    DateOrder.MONTH_FIRST: "07/31/2026",
    DateOrder.DAY_FIRST: "31/07/2026",
}


@lru_cache(maxsize=4096)
def parse_date(text: str, order: DateOrder | None) -> date | None:
    """The date, or None. 20260731 is read in any case; with parts apart only in the order that was chosen."""
    if len(text) == 8 and text.isascii() and text.isdigit():
        return _date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if order is None:
        return None
    found = _PARTS[order].fullmatch(_MIDNIGHT.sub("", text))
    return _date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _EARLIEST <= year <= _LATEST else None
    except ValueError:
        return None
