"""The commands, and how each of them ends: with an exit code and, if it failed, one sentence."""

import argparse
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from launcher import install, running_commands
from launcher.console import (
    Refusal,
    print_failure,
    print_line,
    start_clock,
)
from launcher.options import Options, read_options


@dataclass(frozen=True)
class Command:
    """One command: the list of packages it needs, and the `module:function` that does it."""

    help: str
    lock: str
    entry: str


COMMANDS = {
    "demo": Command("the product with two firms, sample bills and a stand-in Xero", "demo", "demo:main"),
    "run": Command("the processes without the demo's data", "demo", "run:main"),
    "test": Command("all checks and tests", "test", "checks:run_all_tests"),
    "check": Command("the fast part of them", "test", "checks:run_fast_checks"),
    "faults": Command("the long fault runs", "test", "checks:run_fault_tests"),
    "bench": Command("the benchmarks", "test", "checks:run_benchmarks"),
    "setup": Command("only install what the others need", "test", ""),
    "stop": Command("stop what an earlier command of this folder left running", "", ""),
}
WHO = "run the command as the owner of this folder, or give it back to you with chown."


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or a signal that means the same."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m launcher")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, known in COMMANDS.items():
        parser_of_one = commands.add_parser(name, help=known.help)
        if name == "demo":
            parser_of_one.add_argument("--once", action="store_true", help="end after the table (or set ONCE=1)")
    parsed = parser.parse_args(arguments)
    if getattr(parsed, "once", False):
        os.environ["ONCE"] = "1"
    _catch_signals()
    running_commands.end_with_make()
    start_clock()
    return _guarded(parsed.command)


def _guarded(command: str) -> int:
    options: Options | None = None
    try:
        options = read_options()
        return _perform(command, options)
    except Refusal as refusal:
        print_failure(str(refusal))
    except KeyboardInterrupt:
        print_line("Stopped.")
        return 130
    except PermissionError as fault:
        print_failure(f"{fault.filename or 'A file'} may not be used by this user: {WHO}")
    except OSError as fault:
        print_failure(f"{fault.strerror or fault} ({fault.filename}): fix that and try again.")
    except Exception:  # noqa: BLE001  (the last net: nobody is shown a traceback)
        print_failure(_unexpected(options))
    return 1


def _unexpected(options: Options | None) -> str:
    """Keep the traceback in a log and say where it is."""
    if options is None:
        return traceback.format_exc()
    options.log.mkdir(parents=True, exist_ok=True)
    log = options.log / "launcher.log"
    log.write_text(traceback.format_exc())
    return f"The launcher has failed in a way nobody foresaw: please report {log}."


def _perform(command: str, options: Options) -> int:
    known = COMMANDS[command]
    if command == "stop":
        return running_commands.stop_running_commands(options)
    install.ensure_packages(options, lock=known.lock)
    if Path(sys.prefix).resolve() != options.venv.resolve():
        # From here on in the environment's interpreter; the process, its parent and its terminal stay the same.
        arguments = [str(options.python), "-m", "launcher", command]
        os.execve(options.python, arguments, _without_bytecode_ban())
    if command == "setup":
        print_line("Everything is installed.")
        return 0
    with running_commands.register_command(options):
        module, function = known.entry.split(":")
        return int(getattr(importlib.import_module(f"launcher.{module}"), function)(options))


def _without_bytecode_ban() -> dict[str, str]:
    """Python would compile the product anew in every process it starts."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _catch_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    # Under nohup the hang-up is ignored, and stays so.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # Once is enough: what follows is the stopping, which must not be cut short.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _not_again)
    raise Interrupted(number)


def _not_again(number: int, frame: FrameType | None) -> None:
    """A function, because Python complains aloud about a signal that comes just before it is ignored."""
