"""Reads single values out of a request body the way Xero's own reader does."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from xero_emulator.domain.refusals import malformed_json, post_data_invalid

Json = dict[str, object]

MS_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
ISO_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$")


def text(raw: Mapping[str, object], key: str) -> str | None:
    """The string under ``key``; absent or null is None."""
    value = raw.get(key)
    if value is None:
        return None
    if isinstance(value, bool | dict | list):
        raise malformed_json()
    return str(value)


def amount(raw: Mapping[str, object], key: str) -> Decimal | None:
    """The number under ``key``; a blank or unreadable one is refused (message 65)."""
    value = raw.get(key)
    if value is None:
        return None
    if isinstance(value, bool | dict | list):
        raise malformed_json()
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise post_data_invalid("Input String was not in a correct format") from None
    if not number.is_finite():
        raise malformed_json()
    return number


def day(raw: Mapping[str, object], key: str) -> date | None:
    """The date under ``key``, written ``YYYY-MM-DD`` (a time is ignored) or ``/Date(ms)/``."""
    value = text(raw, key)
    if not value:
        return None
    if match := MS_DATE.match(value):
        return datetime.fromtimestamp(int(match[1]) / 1000, tz=UTC).date()
    if match := ISO_DATE.match(value):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise malformed_json() from None
    raise malformed_json()


def identifier(raw: Mapping[str, object], key: str) -> str | None:
    """The GUID under ``key`` in lower case; all zeros counts as absent."""
    value = text(raw, key)
    if not value:
        return None
    try:
        parsed = uuid.UUID(value)
    except ValueError:
        raise malformed_json() from None
    return str(parsed) if parsed.int else None


def flag(raw: Mapping[str, object], key: str) -> bool | None:
    """The truth value under ``key``."""
    value = raw.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise malformed_json()


def objects(raw: Mapping[str, object], key: str) -> list[Json] | None:
    """The list of objects under ``key``; absent or null is None."""
    value = raw.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise malformed_json()
    return value


def one_object(raw: Mapping[str, object], key: str) -> Json | None:
    """The object under ``key``; absent or null is None."""
    value = raw.get(key)
    if value is None or isinstance(value, dict):
        return value
    raise malformed_json()
