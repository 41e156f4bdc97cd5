"""The virtual environment: made, filled from a locked list, and left alone while the list is the same."""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from launcher.child_processes import run_logged_step
from launcher.console import Refusal, print_line
from launcher.locks import hold_lock
from launcher.options import Options

BUILD_TOOL = "setuptools"
NEEDED_MODULES = ("venv", "ensurepip")
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes")


def ensure_packages(options: Options, *, lock: str) -> None:
    """Have everything that requirements/<lock>.txt names in the virtual environment; raise Refusal if that fails."""
    if is_current(options, lock=lock):
        return
    options.local.mkdir(parents=True, exist_ok=True)
    with hold_lock(options.local / "setup.lock", meanwhile="Another set-up is running in this folder; waiting for it."):
        if is_current(options, lock=lock):
            return
        stamp_path(options).unlink(missing_ok=True)
        if not is_usable(options.python):
            _create(options)
        _fill(options, lock=lock)
        stamp_path(options).write_text(expected_stamp(options, lock=lock))
        print_line("The Python packages are installed.")


def stamp_path(options: Options) -> Path:
    return options.venv / "installed"


def expected_stamp(options: Options, *, lock: str) -> str:
    """What is installed where: a copied or moved environment, or a changed list, no longer matches."""
    digest = hashlib.sha256(_lock_path(options, lock).read_bytes()).hexdigest()
    return f"{options.venv}\n{lock} {digest}\n"


def is_current(options: Options, *, lock: str) -> bool:
    """Whether the environment holds this list, or the test list where that covers it."""
    try:
        written = stamp_path(options).read_text()
    except OSError:
        return False
    if not is_linked(options.python):
        return False
    larger = lock != "test" and list_covers(_lock_path(options, "test"), _lock_path(options, lock))
    return written in {expected_stamp(options, lock=name) for name in ([lock, "test"] if larger else [lock])}


def list_covers(larger: Path, smaller: Path) -> bool:
    """Whether every line of one list, versions and hashes, is in the other."""
    return set(smaller.read_text().splitlines()) <= set(larger.read_text().splitlines())


def is_linked(python: Path) -> bool:
    return python.exists() and (python.parent.parent / "pyvenv.cfg").exists()


def is_usable(python: Path) -> bool:
    """Whether the environment's interpreter runs and has pip; a half-finished one has not."""
    if not is_linked(python):
        return False
    probe = subprocess.run(
        [python, "-c", "import pip, sys; sys.exit(sys.prefix != sys.argv[1])", python.parent.parent],
        capture_output=True,
        check=False,
    )
    return probe.returncode == 0


def missing_modules() -> list[str]:
    """The standard modules that this interpreter lacks; Debian's has them only with python3-venv."""
    return [name for name in NEEDED_MODULES if importlib.util.find_spec(name) is None]


def _create(options: Options) -> None:
    missing = missing_modules()
    if missing:
        raise Refusal(
            f"This Python ({sys.executable}) has no {' and no '.join(missing)}: run `apt-get install python3-venv` "
            "as root (elsewhere: install Python 3.11 or newer whole), then run the command again."
        )
    run_logged_step(
        [sys.executable, "-m", "venv", "--clear", options.venv],
        cwd=options.top,
        env=pip_environment(),
        log=options.log / "venv.log",
        doing="Making a virtual environment in .venv.",
        advice="Look at the lines above; on Debian `apt-get install python3-venv` usually helps.",
    )


def _fill(options: Options, *, lock: str) -> None:
    """Install the build tool first: the rest is then built with it, and all of it is checked against the hashes."""
    build_list = options.local / "build-tool.txt"
    build_list.write_text(pinned_block(_lock_path(options, lock).read_text(), name=BUILD_TOOL))
    steps: dict[str, list[str | Path]] = {
        "Installing the build tool.": [*PIP, "-r", build_list],
        "Installing the Python packages (a minute the first time).": [
            *PIP, "--no-build-isolation", "--use-pep517", "-r", _lock_path(options, lock),
        ],
    }  # fmt: skip
    for doing, arguments in steps.items():
        run_logged_step(
            [options.python, *arguments],
            cwd=options.top,
            env=pip_environment(),
            log=options.log / "pip.log",
            doing=doing,
            advice="Check that pip can reach its package index, then run the command again.",
        )


def pinned_block(text: str, *, name: str) -> str:
    """The lines of one package, hashes included, out of a locked list."""
    lines = text.splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    return "".join(lines[start:end])


def pip_environment() -> dict[str, str]:
    """The environment without what would send pip's packages, or Python's own modules, elsewhere."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def _lock_path(options: Options, lock: str) -> Path:
    return options.top / "requirements" / f"{lock}.txt"
