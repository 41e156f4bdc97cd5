"""Browser tests where there is no Chromium: taken out, named aloud, and a failure where CI=true."""

import os

import pytest

from launcher import chromium

_absent = pytest.StashKey[list[str]]()


def missing() -> bool:
    """Whether this machine has no browser for the tests."""
    return chromium.find_chromium(os.environ) is None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not missing():
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if left_out:
        config.stash[_absent] = [item.nodeid for item in left_out]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


# After the other plugins: pytest-xdist's own hook would win otherwise.
@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _wanted(session.config) and os.environ.get("CI", "").lower() in {"1", "true", "yes", "on"}:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not _wanted(config):
        return
    terminalreporter.section("BROWSER TESTS NOT RUN", red=True, bold=True)
    terminalreporter.line("BROWSER TESTS NOT RUN: there is no Chromium here; install it, or name it in CHROMIUM.")
    for nodeid in config.stash.get(_absent, []):
        terminalreporter.line(f"not run: {nodeid}")


def _wanted(config: pytest.Config) -> bool:
    """Whether they would have run: collected here or, under xdist, by the workers, whose items we do not see."""
    spread = bool(config.getoption("numprocesses", None)) and "not browser" not in config.getoption("markexpr", "")
    return missing() and (_absent in config.stash or spread)
