"""Workers and beat in their own processes, on the test's database, a given broker and the test's emulator."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from launcher import child_processes
from launcher.product_processes import product_commands

# Short, so that what a dead worker held is given back within a test's patience.
QUICK = {
    "SYNC_LEASE_SECONDS": "4",
    "SYNC_CALL_DEADLINE_SECONDS": "3",
    "SYNC_LOOK_UP_AFTER_SECONDS": "1",
    "SYNC_RESEND_AFTER_SECONDS": "0",
    "IMPORT_LEASE_SECONDS": "3",
}


class Workforce:
    """Real Celery processes. `timing` are the SYNC_ variables they run with, `include` modules a worker loads too."""

    def __init__(
        self, *, folder: Path, broker_url: str, timing: Mapping[str, str], include: Sequence[str] = ()
    ) -> None:
        self._folder = folder
        self._include = include
        self._env = {**os.environ, **_places(broker_url), **timing}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started = 0

    def start_worker(self) -> None:
        """One worker with two children; a killed one is replaced by one of another name, as a new machine would."""
        self._started += 1
        options = ["--concurrency", "2", "-n", f"worker{self._started}@test", "--without-gossip", "--without-mingle"]
        options += [f"--include={module}" for module in self._include]
        self._start("worker", "worker", "-l", "INFO", *options)

    def start_import_worker(self) -> None:
        """The worker for files, with the product's own command line but for its name."""
        self._started += 1
        command = product_commands(web_bind="", beat_schedule="")["imports"]
        arguments = [each.replace("imports@%h", f"imports{self._started}@test") for each in command[4:]]
        self._start("imports", *arguments, "--without-gossip", "--without-mingle")

    def kill_import_worker(self) -> None:
        """SIGKILL to the worker for files and its children."""
        worker = self._running.pop("imports")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def start_beat(self) -> None:
        self._start("beat", "beat", "-l", "INFO", "--schedule", str(self._folder / "beat-schedule"))

    def start(self) -> None:
        self.start_worker()
        self.start_beat()

    def kill_worker(self) -> None:
        """SIGKILL to the worker and its children, in the middle of their work."""
        worker = self._running.pop("worker")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        """End everything; nobody is left to hold a lock on the test's tables."""
        for process in self._running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def _start(self, name: str, *arguments: str) -> None:
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = child_processes.start_process(
                [sys.executable, "-m", "celery", "-A", "config.celery", *arguments],
                cwd=Path(settings.BASE_DIR),
                env=self._env,
                output=log,
                death_signal=signal.SIGKILL,
            )


def places_of_database() -> dict[str, str]:
    """The test's own database, as the environment names it."""
    given = urlsplit(os.environ["DATABASE_URL"])
    return {"DATABASE_URL": given._replace(path=f"/{connection.settings_dict['NAME']}").geturl()}


def _places(broker_url: str) -> dict[str, str]:
    return {
        **places_of_database(),
        "REDIS_URL": broker_url,
        "XERO_LOGIN_URL": settings.XERO.login,
        "XERO_IDENTITY_URL": settings.XERO.identity,
        "XERO_API_URL": settings.XERO.api,
        "XERO_CLIENT_ID": settings.XERO_CLIENT_ID,
        "XERO_CLIENT_SECRET": settings.XERO_CLIENT_SECRET,
        "DEVELOPMENT": "true",
    }
