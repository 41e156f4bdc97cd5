"""A payload is one document as JSON for Xero; Decimals until the JSON. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xero_sync.domain.errors import Fault
from xero_sync.domain.notes import Note

Payload = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """One document ready to go, or the faults that stop it. `line_ids` are our lines in the order they are sent."""

    payload: Payload
    content_hash: str
    notes: tuple[Note, ...] = ()
    faults: tuple[Fault, ...] = ()
    line_ids: tuple[int, ...] = ()


def content_hash(payload: Mapping[str, Any]) -> str:
    """A digest of the payload, so that a save which changed nothing sends nothing."""
    return hashlib.sha256(to_json(payload).encode()).hexdigest()


def to_json(value: Any) -> str:
    """The one way to JSON: Decimals become numbers, exactly (at most 4 places below 10^11), keys keep their order."""
    return json.dumps(value, default=_as_json_number, ensure_ascii=False, separators=(",", ":"))


def _as_json_number(value: object) -> float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no place in a payload")
    number = float(value)
    if Decimal(repr(number)) != value:
        raise ValueError("An amount does not survive as a JSON number")
    return number
