"""File locks: the kernel lets go of them however a process ends, so nothing here needs cleaning up."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.console import print_line


def open_lock(path: Path) -> int:
    """A descriptor of the lock file, made if need be; the caller closes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock at once, or say that it is taken."""
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_within(descriptor: int, *, seconds: float, shared: bool = False) -> bool:
    """Take the lock, waiting for it at most that long."""
    until = time.monotonic() + seconds
    while not try_lock(descriptor, shared=shared):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def is_free(path: Path, *, shared: bool = False) -> bool:
    """Whether the lock could be taken now."""
    descriptor = open_lock(path)
    try:
        return try_lock(descriptor, shared=shared)
    finally:
        os.close(descriptor)


@contextmanager
def hold_lock(path: Path, *, meanwhile: str) -> Iterator[None]:
    """Hold the lock alone; say `meanwhile` once if that takes waiting."""
    descriptor = open_lock(path)
    try:
        if not try_lock(descriptor):
            print_line(meanwhile)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
