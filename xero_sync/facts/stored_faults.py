"""Stored faults and notes, read back as what is known about them today."""

from collections.abc import Mapping, Sequence
from typing import Any

from xero_sync.domain.errors import BY_CODE, UNKNOWN, ErrorClass, Fault, Recognised, recognise
from xero_sync.models import Cause


def recognised(stored: Mapping[str, Any]) -> Recognised:
    """One stored fault. The table may have learned since: what was unknown then is asked again."""
    code = str(stored.get("code", ""))
    return recognise(
        Fault(
            str(stored.get("message", "")),
            code="" if code == UNKNOWN.code else code,
            source=stored.get("source", "xero"),
            parts={str(key): str(value) for key, value in (stored.get("parts") or {}).items()},
        )
    )


def leading(faults: Sequence[Mapping[str, Any]]) -> Recognised | None:
    """The fault that names the cause: one of a mapping before a document's own, as the outbox chooses it."""
    known = [recognised(fault) for fault in faults]
    return next((each for each in known if each.known.klass is ErrorClass.MAPPING), known[0] if known else None)


def of_code(code: str | None) -> Recognised | None:
    """What is known of a code alone, such as why a connection was lost; None for one that left the table."""
    return recognise(Fault("", code=code, source="transport")) if code in BY_CODE else None


def of_cause(cause: Cause) -> Recognised:
    """What is known of an open cause."""
    code = cause.code if cause.code in BY_CODE else ""
    return recognised({"code": code, "message": cause.message, "parts": cause.parts})
