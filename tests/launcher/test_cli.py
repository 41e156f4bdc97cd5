"""How a command ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from launcher import cli, locks, running_commands
from launcher.console import Refusal
from launcher.options import TOP, Options
from tests.launcher.conftest import MakeOptions


@pytest.fixture
def options(make_options: MakeOptions, monkeypatch: pytest.MonkeyPatch) -> Options:
    """A checkout in which commands run as far as the replaced `_perform`."""
    options = make_options()
    monkeypatch.setattr(cli, "read_options", lambda: options)
    monkeypatch.setattr(cli, "_catch_signals", lambda: None)
    monkeypatch.setattr(running_commands, "end_with_make", lambda: None)
    return options


def perform(fault: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    def fail(*_: object) -> int:
        raise fault

    monkeypatch.setattr(cli, "_perform", fail)
    return cli.main(["demo"])


@pytest.mark.usefixtures("options")
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Refusal("Port 8000 is taken: give another WEB_PORT."), "Port 8000 is taken: give another WEB_PORT.\n"),
        (
            PermissionError(13, "Permission denied", "/data"),
            f"/data may not be used by this user: {cli.WHO}\n",
        ),
        (
            OSError(28, "No space left on device", "/data"),
            "No space left on device (/data): fix that and try again.\n",
        ),
    ],
)
def test_what_fails_ends_with_one_sentence_and_code_1(
    fault: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert perform(fault, monkeypatch) == 1
    assert capsys.readouterr().err == sentence


def test_an_unforeseen_fault_is_kept_in_a_log_and_not_shown(
    options: Options, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert perform(ZeroDivisionError("nobody foresaw"), monkeypatch) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert "nobody foresaw" in (options.log / "launcher.log").read_text()


@pytest.mark.usefixtures("options")
def test_ctrl_c_is_no_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert perform(cli.Interrupted(), monkeypatch) == 130
    assert capsys.readouterr().err == ""


def test_an_unknown_command_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["dmeo"])

    assert ended.value.code == 2


def test_make_offers_every_command() -> None:
    makefile = (TOP / "Makefile").read_text()
    rule = next(line for line in makefile.splitlines() if line.startswith("demo "))

    assert set(rule.removesuffix(":").split()) == set(cli.COMMANDS)


def test_ci_runs_what_a_person_runs() -> None:
    script = TOP / ".ci" / "run"

    assert script.read_text().splitlines()[-1] == "exec make test"
    assert script.stat().st_mode & 0o111


def test_a_machine_without_python_gets_a_sentence(tmp_path: Path) -> None:
    answer = subprocess.run(
        ["make", "-C", TOP, "check", "PYTHON=no-such-python"], capture_output=True, text=True, check=False
    )

    assert answer.returncode != 0
    assert "There is no no-such-python here: install Python 3.11 or newer" in answer.stderr


def test_stop_ends_running_commands_and_forgets_killed_ones(
    make_options: MakeOptions, capsys: pytest.CaptureFixture[str]
) -> None:
    options = make_options()
    folder = options.local / "launchers"
    folder.mkdir(parents=True)
    (folder / "999999").touch()
    program = (
        "import os, signal, sys; from pathlib import Path; from launcher import locks\n"
        "locks.try_lock(locks.open_lock(Path(sys.argv[1]) / str(os.getpid()))); print('up', flush=True); signal.pause()"
    )
    running = subprocess.Popen([sys.executable, "-c", program, folder], stdout=subprocess.PIPE, cwd=TOP)
    assert running.stdout is not None
    running.stdout.readline()

    assert running_commands.stop_running_commands(options) == 0

    running.communicate()
    assert "Stopped 1 running command(s)." in capsys.readouterr().out
    assert not (folder / "999999").exists()
    running_commands.stop_running_commands(options)
    assert "Nothing is running." in capsys.readouterr().out


def test_a_command_is_on_the_list_while_it_works(make_options: MakeOptions) -> None:
    options = make_options()

    with running_commands.register_command(options):
        (entry,) = (options.local / "launchers").iterdir()
        assert not locks.is_free(entry)
    assert not entry.exists()
