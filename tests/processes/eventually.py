"""Waiting for what other processes do: the only place of the tests that lets time pass."""

import time
from collections.abc import Callable

LOOK_SECONDS = 0.02


def eventually(condition: Callable[[], object], *, within: float, what: str) -> float:
    """Look until the condition holds; the seconds that took. Fails with `what` when it does not within so many."""
    start = time.monotonic()
    while not condition():
        waited = time.monotonic() - start
        assert waited < within, f"After {waited:.1f} s still not so: {what}"
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - start
