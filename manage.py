#!/usr/bin/env python
"""Django's command line."""

import fcntl
import os
import sys
from pathlib import Path

import environ


def _processes_run(local: Path) -> bool:
    """Whether a `make demo` or `make run` of this folder is up; a killed one has left its file, but not its lock."""
    with open(local / "processes.lock", "ab", opener=_for_its_owner) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def main() -> None:
    # In a checkout: the servers and secrets of the demo or the run that is up. What the environment gives wins.
    local = Path(__file__).resolve().parent / os.environ.get("LOCAL_DIR", ".local")
    if (local / "running.env").exists() and _processes_run(local):
        environ.Env.read_env(local / "running.env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("PROCESS_KIND", "web" if sys.argv[1:2] == ["runserver"] else "command")
    from django.core.management import execute_from_command_line

    import config.celery  # noqa: F401  (nudges are sent through this application)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
