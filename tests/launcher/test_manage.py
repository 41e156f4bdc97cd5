"""`manage.py` in a checkout finds the servers of the demo or the run that is up, and of no other."""

import subprocess
import sys
from pathlib import Path

from launcher import environment, locks
from launcher.checks import NO_BROKER, NO_DATABASE
from launcher.options import TOP, Options


def manage(local: Path) -> subprocess.CompletedProcess[str]:
    env = environment.environment_for_tests(
        Options(top=TOP, local=local, given={}), database_url=NO_DATABASE, redis_url=NO_BROKER
    )
    return subprocess.run(
        [
            sys.executable,
            "manage.py",
            "shell",
            "--no-imports",
            "-c",
            "import os; print(os.environ.get('FROM_THE_RUN'))",
        ],
        cwd=TOP,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_running_demo_is_used_and_the_file_of_a_killed_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "running.env").write_text("FROM_THE_RUN=yes\n")
    assert "None" in manage(tmp_path).stdout
    lock = locks.open_lock(tmp_path / "processes.lock")
    assert locks.try_lock(lock)
    assert "yes" in manage(tmp_path).stdout
