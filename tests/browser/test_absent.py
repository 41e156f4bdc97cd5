"""A machine without Chromium says aloud what it did not test."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

HERE = "tests/browser/test_two_firms.py"


def run(**environ: str) -> subprocess.CompletedProcess[str]:
    """These tests in a pytest of their own that finds no Chromium."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", HERE],
        cwd=settings.BASE_DIR,
        env={**os.environ, "CI": "", "PYTEST_XDIST_WORKER": "", "CHROMIUM": "no-such-browser", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_chromium_the_browser_tests_are_named_as_not_run() -> None:
    ended = run()
    assert ended.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "BROWSER TESTS NOT RUN: there is no Chromium here" in ended.stdout
    assert f"not run: {HERE}::test_each_tab_stays_with_its_firm" in ended.stdout
    assert "skipped" not in ended.stdout


def test_in_continuous_integration_that_is_a_failure() -> None:
    assert run(CI="true").returncode == pytest.ExitCode.TESTS_FAILED
