"""A private broker on a port of its own, without memory, that can be killed and started again."""

import os
import signal
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from celery import Celery

from launcher import ports
from launcher.binaries import find_valkey
from launcher.child_processes import start_process
from tests.processes.eventually import eventually


class Broker:
    """A Valkey server. Everything in it is gone when it is killed."""

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder
        self._port = ports.find_unused_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, on the same port as before, and wait until it answers."""
        program = find_valkey(os.environ, packages=Path(sysconfig.get_path("purelib")))
        command: list[str | Path] = [
            program,
            "--bind",
            "127.0.0.1",
            "--port",
            str(self._port),
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        with (self._folder / "broker.log").open("ab") as log:
            self._process = start_process(
                command, cwd=self._folder, env=os.environ, output=log, death_signal=signal.SIGKILL
            )
        eventually(self._answers, within=10, what="the broker answers")

    def kill(self) -> None:
        """SIGKILL, as a machine's failure would end it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_connect_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False


@contextmanager
def using_broker(*, app: Celery, url: str) -> Iterator[None]:
    """Messages of this process go to `url` while the block runs."""
    before = app.conf.broker_url
    _turn_to(app, url)
    try:
        yield
    finally:
        _turn_to(app, before)


def _turn_to(app: Celery, url: str) -> None:
    app.conf.broker_url = url
    # Celery keeps the pools of the first address it was given.
    app._pool = None
    app.amqp._producer_pool = None
