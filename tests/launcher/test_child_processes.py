"""Processes that end when they should."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import child_processes
from launcher.console import Refusal

PARENT = """
import os, sys
from pathlib import Path
from launcher import child_processes
child = child_processes.start_process([sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"],
                       cwd=Path.cwd(), env=dict(os.environ))
child.wait()
"""
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('up', flush=True)
signal.pause()
"""


def spawn(program: str, output: int) -> subprocess.Popen[bytes]:
    with os.fdopen(output, "wb") as stream:
        return child_processes.start_process(
            [sys.executable, "-c", program], cwd=Path.cwd(), env=os.environ, output=stream
        )


def test_children_of_a_killed_launcher_end_too() -> None:
    reading, writing = os.pipe()
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        assert stream.readline() == b"up\n"
        parent.kill()
        parent.wait()
        # The end of the stream: nobody holds its other side any more.
        assert stream.read() == b""


def test_a_child_that_ignores_the_polite_signal_is_ended() -> None:
    reading, writing = os.pipe()
    child = spawn(STUBBORN, writing)
    with os.fdopen(reading, "rb") as stream:
        stream.readline()

    child_processes.stop_processes([child], seconds=0.1)

    assert child.returncode == -signal.SIGKILL


def test_a_foreground_command_gives_its_exit_code() -> None:
    assert (
        child_processes.run_process([sys.executable, "-c", "raise SystemExit(7)"], cwd=Path.cwd(), env=os.environ) == 7
    )


def test_a_foreground_command_ends_when_what_it_needs_has_ended() -> None:
    def watch() -> None:
        raise Refusal("the worker has ended")

    with pytest.raises(Refusal, match="the worker has ended"):
        child_processes.run_process(
            [sys.executable, "-c", "import signal; signal.pause()"], cwd=Path.cwd(), env=os.environ, watch=watch
        )


def test_a_failed_step_shows_the_end_of_its_log_and_what_to_do(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "step.log"
    program = "print('first'); print('No space left'); raise SystemExit(1)"

    with pytest.raises(Refusal) as refused:
        child_processes.run_logged_step(
            [sys.executable, "-c", program],
            cwd=tmp_path, env=os.environ, log=log, doing="Making it.", advice="Free some space.",
        )  # fmt: skip

    assert "    No space left" in str(refused.value)
    assert str(refused.value).endswith(f"This step failed: Making it. Free some space. The whole log is {log}.")


def test_a_good_step_says_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    child_processes.run_logged_step(
        [sys.executable, "-c", "print('noise')"],
        cwd=tmp_path, env=os.environ, log=tmp_path / "log", doing="Making it.", advice="",
    )  # fmt: skip

    assert capsys.readouterr().out.endswith(" s] Making it.\n")
