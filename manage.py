#!/usr/bin/env python
"""Django's command line."""

import os
import sys
from pathlib import Path

import environ


def _is_up(local: Path) -> bool:
    """Whether what wrote the file still runs: a killed demo leaves it behind, and its servers are gone."""
    from launcher.locks import is_free

    return not is_free(local / "processes.lock")


def main() -> None:
    # In a checkout: the servers and secrets of the demo or the run that is up. What the environment gives wins.
    local = Path(__file__).resolve().parent / os.environ.get("LOCAL_DIR", ".local")
    if (local / "running.env").exists() and _is_up(local):
        environ.Env.read_env(local / "running.env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    import config.celery  # noqa: F401  (nudges are sent through this application)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
