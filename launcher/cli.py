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

from launcher import install, launchers
from launcher.options import Options, read
from launcher.say import (
    Refusal,
    complain,
    say,
    start_clock,
)


@dataclass(frozen=True)
class Verb:
    """One command: the list of packages it needs, and the `module:function` that does it."""

    help: str
    lock: str
    entry: str


VERBS = {
    "demo": Verb("the product with two firms, sample bills and a stand-in Xero", "demo", "demo:main"),
    "run": Verb("the processes without the demo's data", "demo", "run:main"),
    "test": Verb("all checks and tests", "test", "checks:test"),
    "check": Verb("the fast part of them", "test", "checks:check"),
    "faults": Verb("the long fault runs", "test", "checks:faults"),
    "bench": Verb("the benchmarks", "test", "checks:bench"),
    "setup": Verb("only install what the others need", "test", ""),
    "stop": Verb("stop what an earlier command of this folder left running", "", ""),
}
WHO = "run the command as the owner of this folder, or give it back to you with chown."


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or a signal that means the same."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m launcher")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, verb in VERBS.items():
        command = commands.add_parser(name, help=verb.help)
        if name == "demo":
            command.add_argument("--once", action="store_true", help="end after the table (or set ONCE=1)")
    parsed = parser.parse_args(arguments)
    if getattr(parsed, "once", False):
        os.environ["ONCE"] = "1"
    _catch_signals()
    launchers.end_with_make()
    start_clock()
    return _guarded(parsed.command)


def _guarded(command: str) -> int:
    options: Options | None = None
    try:
        options = read()
        return _perform(command, options)
    except Refusal as refusal:
        complain(str(refusal))
    except KeyboardInterrupt:
        say("Stopped.")
        return 130
    except PermissionError as fault:
        complain(f"{fault.filename or 'A file'} may not be used by this user: {WHO}")
    except OSError as fault:
        complain(f"{fault.strerror or fault} ({fault.filename}): mend that and try again.")
    except Exception:  # noqa: BLE001  (the last net: nobody is shown a traceback)
        complain(_unexpected(options))
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
    verb = VERBS[command]
    if command == "stop":
        return launchers.stop_all(options)
    install.ensure(options, lock=verb.lock)
    if Path(sys.prefix).resolve() != options.venv.resolve():
        # From here on in the environment's interpreter; the process, its parent and its terminal stay the same.
        arguments = [str(options.python), "-m", "launcher", command]
        os.execve(options.python, arguments, _without_bytecode_ban())
    if command == "setup":
        say("Everything is installed.")
        return 0
    with launchers.registered(options):
        module, function = verb.entry.split(":")
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
