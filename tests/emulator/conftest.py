"""An emulator with a clock that stands still, and an app connected to its Australian demo organisation."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.client import App, ManualClock
from xero_emulator import EmulatorServer

SPEC_NAME = "xero_accounting.yaml"


def _find_spec() -> Path | None:
    """Xero's published description: named by XERO_SPEC_DIR, or in a ``spec`` folder beside the checkout."""
    named = os.environ.get("XERO_SPEC_DIR")
    beside = Path(__file__).resolve().parents[3]
    candidates = [Path(named) / SPEC_NAME] if named else sorted(beside.glob(f"*/spec/{SPEC_NAME}"))
    return next((path for path in candidates if path.is_file()), None)


SPEC = _find_spec()
collect_ignore = [] if SPEC else ["test_conformance.py"]


def pytest_report_header() -> str:
    """Say whether replies are compared with Xero's own description."""
    if SPEC is None:
        return f"emulator conformance: not collected, {SPEC_NAME} was not found (set XERO_SPEC_DIR to its folder)"
    return f"emulator conformance: against {SPEC_NAME}"


@pytest.fixture(scope="session")
def spec_path() -> Path:
    assert SPEC is not None
    return SPEC


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def emulator(clock: ManualClock) -> Iterator[EmulatorServer]:
    with EmulatorServer(clock=clock) as server:
        yield server


@pytest.fixture
def app(emulator: EmulatorServer) -> App:
    return App(server=emulator).connect(emulator.xero.demo("AU"))
