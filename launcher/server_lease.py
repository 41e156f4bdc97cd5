"""Using a private server: start it if it does not run, share it if it does, and let it go."""

import json
import os
import subprocess
import sys
import time
from types import TracebackType

from launcher import locks
from launcher.console import Refusal, print_line, read_log_tail
from launcher.environment import inherited_environment
from launcher.options import Options
from launcher.server_keeper import (
    LOOK_SECONDS,
    SERVERS,
    life_lock,
    state_file,
    users_lock,
)
from launcher.started_server import State

START_SECONDS = 90.0
STOP_SECONDS = 30.0
TITLES = {"postgres": "PostgreSQL", "valkey": "Valkey"}


class ServerLease:
    """One user's hold on a private server; as a context manager it lets go at the end."""

    def __init__(self, options: Options, name: str) -> None:
        self._options, self._name = options, name
        self._users = locks.open_lock(users_lock(options, name))
        try:
            if not locks.lock_within(self._users, seconds=STOP_SECONDS, shared=True):
                raise Refusal(f"The private {TITLES[name]} of this folder is stopping and does not end: try again.")
            with locks.hold_lock(
                users_lock(options, name).with_suffix(".start"),
                meanwhile=f"Waiting for another start of {TITLES[name]}.",
            ):
                self.state: State = _running(options, name) or _start(options, name)
        except BaseException:
            os.close(self._users)
            raise

    def __enter__(self) -> "ServerLease":
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._users)
        _wait_for_end(self._options, self._name)

    def check(self) -> None:
        """Raise Refusal if the server is gone."""
        if not state_file(self._options, self._name).exists():
            log = self._options.log / f"{self._name}.log"
            raise Refusal(
                f"{read_log_tail(log)}\nThe private {TITLES[self._name]} has ended: see {log}, then start again."
            )


def _running(options: Options, name: str) -> State | None:
    """The state of a server that lives and answers."""
    if locks.is_free(life_lock(options, name)):
        return None
    state = _read_state(options, name)
    if state is None or not _lives(int(state["keeper"])) or not SERVERS[name].server_answers(state):
        return None
    print_line(f"Using the private {TITLES[name]} that already runs.")
    return state


def _read_state(options: Options, name: str) -> State | None:
    try:
        state = json.loads(state_file(options, name).read_text())
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) and str(state.get("keeper", "")).isdigit() else None


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start(options: Options, name: str) -> State:
    print_line(f"Starting a private {TITLES[name]}.")
    state_file(options, name).unlink(missing_ok=True)
    options.log.mkdir(parents=True, exist_ok=True)
    log = options.log / f"{name}.log"
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "launcher.server_keeper", name],
            cwd=options.top,
            env={**inherited_environment(options), "LOCAL_DIR": str(options.local)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and keeper.poll() is None:
        state = _read_state(options, name)
        if state is not None:
            return state
        time.sleep(0.05)
    raise Refusal(
        f"{read_log_tail(log)}\nThe private {TITLES[name]} does not start: fix what the lines above name (all: {log})."
    )


def _wait_for_end(options: Options, name: str) -> None:
    """Wait until the keeper has stopped the server, unless others use it still."""
    until = time.monotonic() + STOP_SECONDS
    while time.monotonic() < until and not locks.is_free(life_lock(options, name)):
        users = users_lock(options, name)
        # Neither ours nor the keeper's: then another launcher holds it.
        if not locks.is_free(users) and locks.is_free(users, shared=True):
            return
        time.sleep(LOOK_SECONDS / 2)
