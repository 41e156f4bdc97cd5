"""Tests with real workers use these."""

from tests.processes.fixtures import broker, hire_workers

__all__ = ["broker", "hire_workers"]
