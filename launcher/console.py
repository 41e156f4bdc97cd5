"""What the launcher tells the person in front of it."""

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TextIO

STARTED_VARIABLE = "BILL_SYNCING_STARTED"


class Refusal(Exception):
    """One sentence for the user: what is wrong and what to do about it."""


def start_clock() -> None:
    """Begin counting, unless the process that became this one already did."""
    os.environ.setdefault(STARTED_VARIABLE, str(time.time()))


def print_line(text: str) -> None:
    """Print one line with the seconds since the start."""
    elapsed = time.time() - float(os.environ.get(STARTED_VARIABLE, time.time()))
    _write(f"[{elapsed:6.1f} s] {text}\n", sys.stdout)


def print_failure(text: str) -> None:
    """Print the last word of a command that failed."""
    _write(f"{text}\n", sys.stderr)


def _write(text: str, stream: TextIO) -> None:
    # A terminal that has been closed takes no text; what is running must be stopped all the same.
    with contextlib.suppress(OSError):
        stream.write(text)
        stream.flush()


def read_log_tail(path: Path, *, lines: int = 12) -> str:
    """The last lines of a log, indented, for showing below a message; empty if there is none."""
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
