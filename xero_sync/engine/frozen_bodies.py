"""The documents of a frozen request."""

import json
from typing import Any

from xero_sync.domain.kinds import KindSpec


def frozen_elements(*, body: str, kind: KindSpec) -> list[dict[str, Any]]:
    """The documents of a frozen body, in order."""
    elements: list[dict[str, Any]] = json.loads(body)[kind.calls.collection]
    return elements
