"""What the launcher tells the person in front of it."""

import os
import time
from pathlib import Path

STARTED_VARIABLE = "BILL_SYNCING_STARTED"


class Refusal(Exception):
    """One sentence for the user: what is wrong and what to do about it."""


def start_clock() -> None:
    """Begin counting, unless the process that became this one already did."""
    os.environ.setdefault(STARTED_VARIABLE, str(time.time()))


def say(text: str) -> None:
    """Print one line with the seconds since the start."""
    elapsed = time.time() - float(os.environ.get(STARTED_VARIABLE, time.time()))
    print(f"[{elapsed:6.1f} s] {text}", flush=True)


def tail(path: Path, *, lines: int = 12) -> str:
    """The last lines of a log, indented, for showing below a message; empty if there is none."""
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
