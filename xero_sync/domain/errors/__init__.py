"""The table of known errors: what Xero or we may refuse, why, who acts and what happens next."""

from xero_sync.domain.errors.matching import Recognised, plain_title, recognise
from xero_sync.domain.errors.model import ErrorClass, Fault, KnownError, Owner, Place, Recheck, Where
from xero_sync.domain.errors.table import BY_CODE, BY_NUMBER, TABLE, UNKNOWN

__all__ = [
    "BY_CODE",
    "BY_NUMBER",
    "TABLE",
    "UNKNOWN",
    "ErrorClass",
    "Fault",
    "KnownError",
    "Owner",
    "Place",
    "Recheck",
    "Recognised",
    "Where",
    "plain_title",
    "preflight",
    "recognise",
]


def preflight(code: str, /, *, field: str = "", **parts: str) -> Fault:
    """A fault found before sending; raises KeyError for a code that is not in the table."""
    return Fault(
        message="",
        code=BY_CODE[code].code,
        source="preflight",
        field=field,
        parts=parts,
    )
