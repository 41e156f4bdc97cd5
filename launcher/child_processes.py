"""Starting and ending processes so that none outlives the launcher, even one that was killed."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from launcher.console import Refusal, print_line, read_log_tail

PR_SET_PDEATHSIG = 1
SAY_AGAIN_SECONDS = 15.0
Command = Sequence[str | Path]


def die_with_parent(death_signal: int) -> Callable[[], None]:
    """What a child runs before its program: the kernel signals it when its parent is gone (Linux)."""
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def before_exec() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, death_signal)
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


def start_process(
    command: Command,
    *,
    cwd: Path,
    env: Mapping[str, str],
    output: IO[bytes] | None = None,
    user: tuple[int, int] | None = None,
    death_signal: int = signal.SIGTERM,
    keep_open: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C reaches only the launcher; `user` is (uid, gid)."""
    identity: dict[str, Any] = {} if user is None else {"user": user[0], "group": user[1], "extra_groups": []}
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent(death_signal),
        pass_fds=keep_open,
        **identity,
    )


def stop_processes(
    children: Sequence[subprocess.Popen[bytes]], *, seconds: float = 15.0, first: int = signal.SIGTERM
) -> None:
    """Ask the processes to end, wait, then end their whole groups."""
    for child in children:
        if child.poll() is None:
            child.send_signal(first)
    until = time.monotonic() + seconds
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(0.0, until - time.monotonic()))
        _end_group(child)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def run_process(
    command: Command,
    *,
    cwd: Path,
    env: Mapping[str, str],
    watch: Callable[[], None] = lambda: None,
    first: int = signal.SIGTERM,
) -> int:
    """Run in the foreground and return the exit code; `watch` is called meanwhile and may raise.

    `first` is the signal that asks it to end early.
    """
    child = start_process(command, cwd=cwd, env=env)
    try:
        while True:
            try:
                return child.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                watch()
    finally:
        if child.poll() is None:
            stop_processes([child], first=first)


def run_logged_step(
    command: Command,
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: Path,
    doing: str,
    advice: str,
    user: tuple[int, int] | None = None,
) -> None:
    """Run a step with its output in a log; say what is being done, and again while it takes long.

    Raises Refusal, with the end of the log and the advice, if the step fails.
    """
    print_line(doing)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = start_process(command, cwd=cwd, env=env, output=output, user=user)
    try:
        while True:
            try:
                code = child.wait(timeout=SAY_AGAIN_SECONDS)
                break
            except subprocess.TimeoutExpired:
                print_line(f"... still at it: {doing[0].lower()}{doing[1:]}")
    finally:
        if child.poll() is None:
            stop_processes([child])
    if code:
        raise Refusal(f"{read_log_tail(log)}\nThis step failed: {doing.rstrip('.')}. {advice} The whole log is {log}.")
