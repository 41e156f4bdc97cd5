#!/usr/bin/env python
"""Django's command line."""

import os
import sys
from pathlib import Path

import environ


def main() -> None:
    # In a checkout: the servers and secrets of the demo or the run that is up. What the environment gives wins.
    running = Path(__file__).resolve().parent / os.environ.get("LOCAL_DIR", ".local") / "running.env"
    if running.exists():
        environ.Env.read_env(running)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    import config.celery  # noqa: F401  (nudges are sent through this application)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
