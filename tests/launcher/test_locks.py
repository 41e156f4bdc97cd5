"""Locks that the kernel lets go of."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import locks

HOLD = """
import sys
from launcher import locks
assert locks.try_lock(locks.open_lock(__import__("pathlib").Path(sys.argv[1])))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_is_held_by_one_and_shared_by_many(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "lock"
    one, other = locks.open_lock(path), locks.open_lock(path)

    assert locks.try_lock(one, shared=True)
    assert locks.try_lock(other, shared=True)
    assert not locks.is_free(path)
    assert locks.is_free(path, shared=True)
    os.close(one)
    os.close(other)
    assert locks.is_free(path)


def test_a_killed_holder_leaves_the_lock_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    assert not locks.is_free(path)

    holder.kill()
    holder.communicate()

    assert locks.is_free(path)


def test_waiting_for_a_lock_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    held, wanted = locks.open_lock(path), locks.open_lock(path)
    locks.try_lock(held)

    assert not locks.lock_within(wanted, seconds=0.0)
    os.close(held)
    assert locks.lock_within(wanted, seconds=0.0)
    os.close(wanted)


def test_the_lock_is_let_go_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), locks.hold_lock(tmp_path / "lock", meanwhile="Waiting."):
        raise ValueError("inside")

    assert locks.is_free(tmp_path / "lock")
