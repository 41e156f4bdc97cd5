"""The long runs use real processes too, and tell the figures they measured at the end of the run."""

from collections.abc import Callable

import pytest

from tests.processes.fixtures import broker, hire_workers

__all__ = ["broker", "hire_workers"]

FIGURES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a figure for the summary at the end."""
    return request.config.stash[FIGURES].append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash[FIGURES]:
        terminalreporter.section("measured")
        for figure in config.stash[FIGURES]:
            terminalreporter.write_line(figure)
