"""Refusals that still stand: Xero refused the document and neither side has changed since. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from xero_sync.domain.errors import Fault
from xero_sync.domain.releases import CHART_READ, INDEX_READ


def standing_refusals(
    faults: Sequence[Mapping[str, Any]], *, refused_at: datetime, index_at: datetime | None
) -> tuple[Fault, ...]:
    """The stored faults of a refused document that still stand while the document is not saved again.

    A fault that preflight found is judged anew, and so is one that the chart of accounts decides. A fault that the
    index of Xero decides stands until the index is newer than the refusal.
    """
    return tuple(
        Fault(
            str(fault.get("message", "")),
            code=str(fault.get("code", "")),
            source="xero",
            parts={str(key): str(value) for key, value in (fault.get("parts") or {}).items()},
        )
        for fault in faults
        if fault.get("source") == "xero" and _stands(str(fault.get("code", "")), refused_at, index_at)
    )


def _stands(code: str, refused_at: datetime, index_at: datetime | None) -> bool:
    if code in CHART_READ:
        return False
    return code not in INDEX_READ or index_at is None or refused_at >= index_at
