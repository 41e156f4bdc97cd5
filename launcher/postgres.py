"""A private PostgreSQL on a unix socket: nobody but its user, root, and us can reach it."""

import os
import shutil
import signal
import subprocess
import sysconfig
import time
from pathlib import Path
from typing import IO

import psycopg

from launcher import private_folder
from launcher.binaries import PostgresPrograms
from launcher.child_processes import run_logged_step, start_process
from launcher.console import Refusal
from launcher.options import Options
from launcher.private_folder import ServerHome
from launcher.started_server import StartedServer, State

SUPERUSER = "postgres"
OWNER = "bill_syncing_owner"
APPLICATION = "bill_syncing"
START_SECONDS = 30.0
PORT = "5432"
# A development server: a power cut may lose it, a crash of the programs may not.
SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "fsync": "off",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
ROLES = f"""
CREATE ROLE {OWNER} LOGIN CREATEDB;
CREATE ROLE {APPLICATION} LOGIN;
-- In the template, so that every database made from it inherits them.
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT ON SEQUENCES TO {APPLICATION};
"""


def server_url(state: State, *, role: str, database: str) -> str:
    """The address in the form that django-environ and libpq both read."""
    return f"postgres://{role}:@/{database}?host={state['socket']}"


def connect_to_server(state: State, *, database: str = "postgres", role: str = SUPERUSER) -> psycopg.Connection:
    """A connection of our own, in autocommit."""
    return psycopg.connect(
        host=state["socket"], port=PORT, user=role, dbname=database, autocommit=True, connect_timeout=5
    )


def server_answers(state: State) -> bool:
    try:
        connect_to_server(state).close()
    except (psycopg.Error, KeyError):
        return False
    return True


def ensure_database(state: State, *, name: str, empty: bool = False) -> None:
    """Have the database, owned by the owner; `empty` drops what was there."""
    with connect_to_server(state) as connection:
        if empty:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(f'CREATE DATABASE "{name}" OWNER {OWNER}')


def start_server(options: Options, *, log: IO[bytes], keep_open: int) -> StartedServer:
    """Start the server, making its data the first time; return once it answers. Raises Refusal if it does not."""
    home = private_folder.find_home(options)
    postgres = private_folder.find_programs(home, given=options.given, packages=Path(sysconfig.get_path("purelib")))
    data = home.data_folder(postgres.major)
    _initialise(options, postgres, home, data)
    # Whoever wrote it is gone: this process holds the lock that every process of that server kept.
    (data / "postmaster.pid").unlink(missing_ok=True)
    socket = private_folder.socket_folder(home)
    settings = {**SETTINGS, "unix_socket_directories": str(socket)}
    process = start_process(
        [postgres.program("postgres"), "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
        cwd=home.folder,
        env=_environment(home),
        output=log,
        user=home.user,
        death_signal=signal.SIGINT,
        keep_open=[keep_open],
    )
    state = {"socket": str(socket)}
    _wait(process, state, options)
    _make_roles(state)
    return StartedServer(
        process=process, state=state, stop_signal=signal.SIGINT, clean=lambda: shutil.rmtree(socket, True)
    )


def _initialise(options: Options, postgres: PostgresPrograms, home: ServerHome, data: Path) -> None:
    """Make the data folder under another name first, so that a half-made one is never taken for a whole one."""
    if (data / "PG_VERSION").exists():
        return
    partial = data.with_name(f"{data.name}.partial")
    for leftover in (partial, data):
        shutil.rmtree(leftover, ignore_errors=True)
    partial.mkdir()
    home.hand_to_server_user(partial)
    options_of_initdb = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    log = options.log / "initdb.log"
    run_logged_step(
        [postgres.program("initdb"), "-D", partial, *options_of_initdb],
        cwd=home.folder,
        env=_environment(home),
        user=home.user,
        log=log,
        doing="Making a private PostgreSQL.",
        advice="Set DATABASE_URL to a PostgreSQL that runs, or fix what the lines above name.",
    )
    partial.rename(data)


def _environment(home: ServerHome) -> dict[str, str]:
    """Little: PG* variables would reach the server, and its messages must be in English for the logs."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home.folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _wait(process: subprocess.Popen[bytes], state: State, options: Options) -> None:
    until = time.monotonic() + START_SECONDS
    while not server_answers(state):
        if process.poll() is not None or time.monotonic() > until:
            raise Refusal(
                f"The private PostgreSQL does not start: see {options.log / 'postgres.log'}, or set DATABASE_URL "
                "to one that runs."
            )
        time.sleep(0.05)


def _make_roles(state: State) -> None:
    with connect_to_server(state, database="template1") as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone() is None:
            with connection.transaction():
                connection.execute(ROLES)
