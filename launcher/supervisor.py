"""Several processes as one: they start together, and when one ends, or the user says so, all stop."""

import http.client
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from launcher import child_processes
from launcher.console import Refusal, print_line, read_log_tail
from launcher.product_processes import Arguments

READY_SECONDS = 60.0
LOOK_SECONDS = 0.5


class Supervisor:
    """Starts Python processes with a log each; as a context manager it stops them all at the end."""

    def __init__(self, *, python: Path, top: Path, log: Path, check: Callable[[], None]) -> None:
        self._python, self._top, self._log, self._check = python, top, log, check
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Supervisor":
        self._log.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._children:
            print_line(f"Stopping {', '.join(self._children)}.")
            child_processes.stop_processes(list(self._children.values()))

    def start(self, name: str, arguments: Arguments, *, env: Mapping[str, str]) -> None:
        """Start one process; its output goes to <name>.log."""
        with self._log_of(name).open("wb") as output:
            self._children[name] = child_processes.start_process(
                [self._python, *arguments], cwd=self._top, env=env, output=output
            )

    def check(self) -> None:
        """Raise Refusal, with the end of its log, if a process or a private server has ended."""
        for name, child in self._children.items():
            code = child.poll()
            if code is not None:
                log = self._log_of(name)
                raise Refusal(
                    f"{read_log_tail(log)}\nThe {name} process has ended (exit code {code}), so everything is stopped: "
                    f"fix what the lines above name (all: {log}), then start again."
                )
        self._check()

    def wait_for(self, name: str, answers: Callable[[], bool]) -> None:
        """Wait until a process answers; raise Refusal if it does not."""
        until = time.monotonic() + READY_SECONDS
        while not answers():
            self.check()
            if time.monotonic() > until:
                log = self._log_of(name)
                raise Refusal(f"{read_log_tail(log)}\nThe {name} process runs but does not answer: see {log}.")
            time.sleep(0.05)

    def run(self, arguments: Arguments, *, env: Mapping[str, str]) -> int:
        """Run one more in the foreground, with the others watched meanwhile; return its exit code."""
        return child_processes.run_process([self._python, *arguments], cwd=self._top, env=env, watch=self.check)

    def serve(self) -> NoReturn:
        """Watch until a process ends or a signal comes."""
        while True:
            self.check()
            time.sleep(LOOK_SECONDS)

    def _log_of(self, name: str) -> Path:
        return self._log / f"{name}.log"


def answers_http(port: int, path: str) -> Callable[[], bool]:
    """Whether `path` answers 200 on loopback."""

    def ask() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{port}"})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask


def listens_on(port: int) -> Callable[[], bool]:
    """Whether somebody listens on loopback."""

    def knock() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            return False
        return True

    return knock
