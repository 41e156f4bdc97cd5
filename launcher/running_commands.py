"""Which launchers of this folder are running, so that `stop` finds them."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from launcher import locks
from launcher.child_processes import PR_SET_PDEATHSIG
from launcher.console import Refusal, print_line
from launcher.options import Options

STOP_SECONDS = 45.0


@contextlib.contextmanager
def register_command(options: Options) -> Iterator[None]:
    """Keep this process on the list while it works: a file named by its number, locked for as long as it lives."""
    path = options.local / "launchers" / str(os.getpid())
    descriptor = locks.open_lock(path)
    locks.try_lock(descriptor)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def end_with_make() -> None:
    """A killed `make` cannot pass the signal on; the kernel does."""
    if sys.platform == "linux" and "MAKELEVEL" in os.environ:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def stop_running_commands(options: Options) -> int:
    """Ask every launcher of this folder to stop, and wait; raise Refusal if one does not."""
    asked = [path for path in _entries(options) if _ask(path)]
    until = time.monotonic() + STOP_SECONDS
    for path in asked:
        while path.exists() and not locks.is_free(path):
            if time.monotonic() > until:
                raise Refusal(f"Process {path.name} does not stop: end it with `kill -9 {path.name}`.")
            time.sleep(0.1)
    print_line(f"Stopped {len(asked)} running command(s)." if asked else "Nothing is running.")
    return 0


def _entries(options: Options) -> list[Path]:
    folder = options.local / "launchers"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _ask(path: Path) -> bool:
    if locks.is_free(path):
        path.unlink(missing_ok=True)
        return False
    os.kill(int(path.name), signal.SIGTERM)
    return True
