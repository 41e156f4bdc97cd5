"""Several processes as one."""

import os
import sys
from pathlib import Path

import pytest

from launcher.console import Refusal
from launcher.supervisor import Supervisor, answers_http, listens_on

PAUSE = ("-c", "import signal; signal.pause()")


def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(python=Path(sys.executable), top=tmp_path, log=tmp_path / "log", check=lambda: None)


def test_a_process_that_ends_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    with supervisor(tmp_path) as processes:
        processes.start("beat", PAUSE, env=os.environ)
        processes.start("worker", ("-c", "print('no broker'); raise SystemExit(3)"), env=os.environ)
        with pytest.raises(Refusal) as refused:
            processes.serve()

    assert "    no broker\nThe worker process has ended (exit code 3)" in str(refused.value)


def test_leaving_stops_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with supervisor(tmp_path) as processes:
        for name in ("web", "worker"):
            processes.start(name, PAUSE, env=os.environ)

    assert "Stopping web, worker." in capsys.readouterr().out
    with pytest.raises(Refusal, match="The web process has ended"):
        processes.check()


def test_a_process_that_dies_before_it_answers_is_not_waited_for(tmp_path: Path) -> None:
    with supervisor(tmp_path) as processes:
        processes.start("web", ("-c", "raise SystemExit(1)"), env=os.environ)
        with pytest.raises(Refusal, match="The web process has ended"):
            processes.wait_for("web", lambda: False)


def test_a_missing_private_server_ends_everything(tmp_path: Path) -> None:
    def gone() -> None:
        raise Refusal("The private PostgreSQL has ended")

    with (
        pytest.raises(Refusal, match="PostgreSQL has ended"),
        Supervisor(python=Path(sys.executable), top=tmp_path, log=tmp_path / "log", check=gone) as processes,
    ):
        processes.serve()


def test_nobody_answers_on_a_closed_port() -> None:
    assert not answers_http(9, "/healthz")()
    assert not listens_on(9)()
