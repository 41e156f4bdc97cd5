"""What the browser tests share: Chromium, the served product, people at browsers, workers."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from launcher import chromium
from tests.browser.person import Person, arrives
from tests.processes.broker import Broker
from tests.processes.fixtures import broker
from tests.processes.workforce import QUICK, Workforce

__all__ = ["broker"]

# Chromium's own sandbox cannot work as root, and shared memory is small in containers.
ROOT = ("--no-sandbox", "--disable-dev-shm-usage")
MakePerson = Callable[..., Person]


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """One Chromium for the process; every person has a context of their own in it."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, in which Django would refuse every query.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium.find_chromium(os.environ), args=ROOT)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """The product, served with its own static files: Django's handler for them would hide WhiteNoise's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.contrib.staticfiles.handlers.StaticFilesHandler", lambda application: application)
        server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def address(live_server: LiveServer, settings: Any) -> str:
    """Where the product is served; Xero sends people back there."""
    settings.XERO_REDIRECT_URI = f"{live_server.url}/xero/callback/"
    return str(live_server.url)


@pytest.fixture
def person(chromium_browser: Browser, address: str) -> Iterator[MakePerson]:
    """Somebody new at a browser; at the end no console may have complained."""
    people: list[Person] = []

    def make(*, script: bool = True) -> Person:
        people.append(arrives(chromium_browser, base=address, script=script))
        return people[-1]

    yield make
    for each in people:
        each.page.context.close()
    assert [fault for each in people for fault in each.faults] == []


@pytest.fixture
def workers(broker: Broker, tmp_path: Path) -> Iterator[Workforce]:
    """A worker and beat on the test's database, broker and emulator."""
    workforce = Workforce(folder=tmp_path, broker_url=broker.url, timing=QUICK)
    workforce.start()
    yield workforce
    workforce.stop()
