"""What Xero said of a document and nothing has answered since: no rule of ours knows better. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from xero_sync.domain.errors import Fault
from xero_sync.domain.releases import CHART_READ, TOLD_BY_INDEX


def standing_refusals(
    faults: Sequence[Mapping[str, Any]], *, refused_at: datetime, index_at: datetime | None
) -> tuple[Fault, ...]:
    """Those of a refused document's stored faults that still stand while it is not saved again.

    What we found ourselves is judged anew, and so is what the chart tells. What the index of Xero tells stands until
    the index is newer than the refusal.
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
    return code not in TOLD_BY_INDEX or index_at is None or refused_at >= index_at
