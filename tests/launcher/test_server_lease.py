"""The private servers, started for real."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from launcher import (
    locks,
    postgres,
    server_lease,
    valkey,
)
from launcher.console import Refusal
from launcher.options import TOP, Options
from launcher.server_keeper import life_lock
from launcher.server_lease import ServerLease

WAIT_SECONDS = 20.0


@pytest.fixture
def options(tmp_path: Path) -> Iterator[Options]:
    """This checkout with a data folder of its own; nothing of it may run afterwards."""
    options = Options(top=TOP, local=tmp_path / "local", given={"PATH": os.environ["PATH"]})
    yield options
    for name in ("postgres", "valkey"):
        assert locks.is_free(life_lock(options, name)), f"{name} still runs"
    outside = options.local / "postgres-folder"
    if outside.exists():
        shutil.rmtree(outside.read_text().strip())


def wait_until_gone(options: Options, name: str) -> bool:
    descriptor = locks.open_lock(life_lock(options, name))
    try:
        return locks.lock_within(descriptor, seconds=WAIT_SECONDS)
    finally:
        os.close(descriptor)


def test_a_server_is_shared_and_ends_with_its_last_user(options: Options, capsys: pytest.CaptureFixture[str]) -> None:
    with ServerLease(options, "valkey") as first:
        with ServerLease(options, "valkey") as second:
            assert second.state == first.state
        assert valkey.server_answers(first.state), "the first user still needs it"
    assert not valkey.server_answers(first.state)
    assert "Using the private Valkey that already runs." in capsys.readouterr().out


def test_what_is_queued_outlives_the_server(options: Options) -> None:
    with ServerLease(options, "valkey") as lease:
        valkey.connect_to_server(lease.state).set("queued", "1")
    with ServerLease(options, "valkey") as lease:
        assert valkey.connect_to_server(lease.state).get("queued") == b"1"


def test_a_server_whose_keeper_was_killed_ends_and_the_next_run_starts_anew(options: Options) -> None:
    with ServerLease(options, "valkey") as lease:
        os.kill(int(lease.state["keeper"]), signal.SIGKILL)
        assert wait_until_gone(options, "valkey")
        with ServerLease(options, "valkey") as next_lease:
            assert next_lease.state["keeper"] != lease.state["keeper"]
            assert valkey.server_answers(next_lease.state)


def test_a_private_server_that_ends_is_noticed(options: Options) -> None:
    with ServerLease(options, "valkey") as lease:
        os.kill(int(lease.state["keeper"]), signal.SIGTERM)
        assert wait_until_gone(options, "valkey")
        with pytest.raises(Refusal, match="The private Valkey has ended"):
            lease.check()


def test_a_failed_start_is_shown_with_its_reason(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_lease.sys, "executable", "/bin/false")

    with pytest.raises(Refusal, match="The private PostgreSQL does not start"):
        ServerLease(options, "postgres")


def test_the_application_may_use_tables_and_not_change_them(options: Options) -> None:
    with ServerLease(options, "postgres") as lease:
        postgres.ensure_database(lease.state, name="bill_syncing")
        postgres.ensure_database(lease.state, name="bill_syncing")
        with psycopg.connect(postgres.server_url(lease.state, role=postgres.OWNER, database="bill_syncing")) as owner:
            owner.execute("CREATE TABLE bill (id bigserial PRIMARY KEY, total numeric)")
        application = psycopg.connect(
            postgres.server_url(lease.state, role=postgres.APPLICATION, database="bill_syncing"), autocommit=True
        )
        with application:
            application.execute("INSERT INTO bill (total) VALUES (1)")
            for statement in ("DROP TABLE bill", "ALTER TABLE bill ADD paid boolean", "CREATE TABLE other (id int)"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    application.execute(statement)
        postgres.ensure_database(lease.state, name="bill_syncing", empty=True)
        with postgres.connect_to_server(lease.state, database="bill_syncing") as connection:
            assert connection.execute("SELECT to_regclass('bill')").fetchone() == (None,)
