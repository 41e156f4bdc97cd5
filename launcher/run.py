"""`make run`: the product's processes, on the environment's servers or on private ones."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from launcher import (
    children,
    environment,
    locks,
    ports,
    processes,
)
from launcher.backing import Backing, backing
from launcher.options import EMULATOR_PORT, WEB_PORT, Options
from launcher.say import Refusal, say
from launcher.supervisor import Supervisor, answers_http, listens

LOOPBACK = "127.0.0.1"


def main(options: Options) -> int:
    """Serve until Ctrl-C; a stand-in for Xero comes along where no app at Xero is configured."""
    with alone(options):
        web_port = ports.choose_from(options, name="WEB_PORT", usual=WEB_PORT)
        emulator_port = None
        env = environment.development(options, web_port=web_port)
        if not environment.names_xero(options):
            emulator_port = choose_emulator_port(options, web_port)
            env |= environment.stand_in(emulator_port=emulator_port, web_port=web_port)
            say("No XERO_CLIENT_ID is given, so a stand-in for Xero is started; what it holds ends with it.")
        with (
            backing(options, purpose="run") as servers,
            started(options, servers, env=env, web_port=web_port, emulator_port=emulator_port) as supervisor,
        ):
            say(f"Bill Syncing is at http://localhost:{web_port}/ until Ctrl-C; the logs are in {options.log}.")
            return serve(supervisor)


@contextmanager
def alone(options: Options) -> Iterator[None]:
    """One `run` or `demo` at a time in a folder: two workers on one broker database would take each other's work."""
    descriptor = locks.open_lock(options.local / "processes.lock")
    try:
        if not locks.try_lock(descriptor):
            raise Refusal("A demo or run of this folder is running: stop it with Ctrl-C there, or with `make stop`.")
        yield
    finally:
        os.close(descriptor)


def choose_emulator_port(options: Options, web_port: int) -> int:
    return ports.choose_from(options, name="EMULATOR_PORT", usual=EMULATOR_PORT, taken=[web_port])


@contextmanager
def started(
    options: Options,
    servers: Backing,
    *,
    env: Mapping[str, str],
    web_port: int,
    emulator_port: int | None,
) -> Iterator[Supervisor]:
    """Migrate, then start the emulator (given a port) and the product's processes, and wait until they answer."""
    env = {**env, "DATABASE_URL": servers.application_url, "REDIS_URL": servers.redis_url}
    migrate(options, env={**env, "DATABASE_URL": servers.owner_url})
    with (
        environment.shared(options, env=env),
        Supervisor(python=options.python, top=options.top, log=options.log, check=servers.check) as supervisor,
    ):
        if emulator_port is not None:
            say(f"Starting the stand-in for Xero on port {emulator_port}.")
            emulator = processes.emulator(host=LOOPBACK, port=emulator_port, auto_consent=True)
            supervisor.start("emulator", emulator, env=env)
            supervisor.wait_for("emulator", listens(emulator_port))
        commands = processes.commands(web_bind=f"{LOOPBACK}:{web_port}", beat_schedule=options.local / "beat")
        say(f"Starting {', '.join(commands)}.")
        for name, arguments in commands.items():
            supervisor.start(name, arguments, env=env)
        supervisor.wait_for("web", answers_http(web_port, "/healthz"))
        yield supervisor


def migrate(options: Options, *, env: Mapping[str, str]) -> None:
    """Bring the tables up to date, as their owner; raise Refusal if that fails."""
    children.run_quietly(
        [options.python, *processes.migrate()],
        cwd=options.top,
        env=env,
        log=options.log / "migrate.log",
        doing="Bringing the database's tables up to date.",
        advice="Mend what the lines above name, then start again.",
    )


def serve(supervisor: Supervisor) -> int:
    """Watch until Ctrl-C, which is how this is meant to end."""
    try:
        supervisor.serve()
    except KeyboardInterrupt:
        return 0
