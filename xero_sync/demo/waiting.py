"""Wait until every document of the demo's firms is settled, saying how it goes."""

import time
from collections.abc import Callable, Sequence

from firms.models import Firm
from firms.scope import all_firms
from xero_sync.demo import outcome

LOOK_SECONDS = 0.5
SAY_SECONDS = 5.0


def wait_until_settled(*, firms: Sequence[Firm], seconds: float, say: Callable[[str], object]) -> int:
    """Wait at most so many seconds; returns how many documents are still on their way."""
    until = time.monotonic() + seconds
    said = 0.0
    while True:
        with all_firms():
            left = outcome.count_unsettled(firms=firms)
        if left == 0 or time.monotonic() > until:
            return left
        if time.monotonic() - said > SAY_SECONDS:
            said = time.monotonic()
            say(f"{left} documents are on their way to Xero ...")
        time.sleep(LOOK_SECONDS)
