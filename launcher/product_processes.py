"""The product's processes: the one place that knows their command lines."""

from collections.abc import Mapping
from pathlib import Path

Arguments = tuple[str, ...]


def product_commands(*, web_bind: str, beat_schedule: str | Path) -> Mapping[str, Arguments]:
    """The arguments of `python` for each process, by its name."""
    celery = ("-m", "celery", "-A", "config.celery")
    return {
        "web": ("-m", "gunicorn", "config.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "4",
                "--bind", web_bind, "--no-control-socket"),
        "worker": (*celery, "worker", "-l", "INFO", "--concurrency", "2"),
        # Files that are imported: a large one never holds up a bill.
        "imports": (*celery, "worker", "-l", "INFO", "--concurrency", "2", "-Q", "imports", "-n", "imports@%h"),
        "beat": (*celery, "beat", "-l", "INFO", "--schedule", str(beat_schedule)),
    }  # fmt: skip


def migrate_command() -> Arguments:
    """Run as the tables' owner, before the others start."""
    return ("manage.py", "migrate", "--no-input")


def emulator_command(*, host: str, port: int, auto_consent: bool) -> Arguments:
    """The stand-in for Xero."""
    arguments = ("-m", "xero_emulator", "--host", host, "--port", str(port))
    return (*arguments, "--auto-consent") if auto_consent else arguments
