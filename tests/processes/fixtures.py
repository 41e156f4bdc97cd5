"""Fixtures of tests with real workers; a folder's conftest imports them by name."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from config.celery import app
from firms.models import Firm
from tests.processes.broker import Broker, using_broker
from tests.processes.workforce import Workforce
from xero_sync.outbox import nudge


class HireWorkers(Protocol):
    """Starts a worker and beat; each call starts others."""

    def __call__(self, timing: Mapping[str, str], *, include: Sequence[str] = ()) -> Workforce: ...


@pytest.fixture
def broker(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker of the test's own, which the test's process nudges too."""
    broker = Broker(folder=tmp_path)
    broker.start()
    settings.REDIS_URL = broker.url
    monkeypatch.setattr(nudge, "_broker", nudge._Broker())
    with using_broker(app=app, url=broker.url):
        yield broker
    broker.kill()


@pytest.fixture
def hire_workers(connected: Firm, broker: Broker, tmp_path: Path) -> Iterator[HireWorkers]:
    """Start a worker and beat with these SYNC_ variables, for the connected firm's database and emulator."""
    hired: list[Workforce] = []

    def hire(timing: Mapping[str, str], *, include: Sequence[str] = ()) -> Workforce:
        workforce = Workforce(folder=tmp_path, broker_url=broker.url, timing=timing, include=include)
        hired.append(workforce)
        workforce.start()
        return workforce

    yield hire
    for workforce in hired:
        workforce.stop()
