"""Where the benchmarks run: a database of their own, an emulator, a broker and workers in their own processes."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import urllib3
from django.conf import settings
from django.db import connection

from config.celery import app
from config.xero_urls import XeroUrls
from firms.models import Firm
from firms.scope import firm_scope
from launcher import child_processes, ports, product_processes
from tests.factories import FirmFactory, admin_of
from tests.processes.broker import Broker, using_broker
from tests.processes.eventually import eventually
from tests.processes.workforce import Workforce
from tests.xero import Xero, connect_firm


@dataclass
class Place:
    """The emulator's address and the folder of the logs; firms are made here."""

    url: str
    folder: Path
    broker_url: str

    def connected_firm(self, *, confirmed: bool = True) -> tuple[Firm, Xero]:
        """A firm of 2021 connected to an organisation of its own."""
        firm = FirmFactory(created_on=date(2021, 3, 1))
        xero = self.xero("")
        xero.organisation_id = xero.control("POST", "organisations", template="AU", name=firm.name)["id"]
        with firm_scope(firm):
            connect_firm(firm=firm, admin=admin_of(firm), xero=xero, confirmed=confirmed)
        return firm, xero

    def xero(self, organisation_id: str) -> Xero:
        server: Any = SimpleNamespace(url=self.url)
        return Xero(server, organisation_id)

    @contextmanager
    def workers(self) -> Iterator[None]:
        """A worker with two children, and beat, with the settings of production."""
        workforce = Workforce(folder=self.folder, broker_url=self.broker_url, timing={})
        workforce.start()
        try:
            yield
        finally:
            workforce.stop()


@contextmanager
def prepared(folder: Path) -> Iterator[Place]:
    """Everything but the workers, while the block runs."""
    emulator, url = _start_emulator(folder)
    broker = Broker(folder=folder)
    try:
        broker.start()
        settings.XERO = XeroUrls(login=url, identity=url, api=url)
        settings.REDIS_URL = broker.url
        # People at the pages, as Django's test client names the server.
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        settings.XERO_CLIENT_ID = settings.XERO_CLIENT_SECRET = "benchmark"
        with _database(), using_broker(app=app, url=broker.url):
            yield Place(url=url, folder=folder, broker_url=broker.url)
    finally:
        broker.kill()
        child_processes.stop_processes([emulator])


def _start_emulator(folder: Path) -> tuple[Any, str]:
    port = ports.find_unused_port()
    command = [sys.executable, *product_processes.emulator_command(host="127.0.0.1", port=port, auto_consent=True)]
    with (folder / "emulator.log").open("wb") as log:
        process = child_processes.start_process(
            command, cwd=Path(settings.BASE_DIR), env=os.environ, output=log, death_signal=signal.SIGKILL
        )
    url = f"http://127.0.0.1:{port}"
    eventually(lambda: _answers(url), within=30, what="the emulator answers")
    return process, url


def _answers(url: str) -> bool:
    try:
        return urllib3.request("GET", f"{url}/_emulator/limits", retries=False, timeout=2).status == 200
    except urllib3.exceptions.HTTPError:
        return False


@contextmanager
def _database() -> Iterator[None]:
    """An empty database beside the one that DATABASE_URL names, gone afterwards."""
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"] = {**connection.settings_dict["TEST"], "NAME": f"bench_{usual}"}
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)
