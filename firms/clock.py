"""A firm's own calendar: which day it is there."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from firms.models import Firm


def local_date(*, timezone: str, now: datetime) -> date:
    """The date in this time zone at this moment."""
    return now.astimezone(ZoneInfo(timezone)).date()


def firm_date(*, firm: Firm, now: datetime) -> date:
    """The firm's own date at this moment."""
    return local_date(timezone=firm.timezone, now=now)
