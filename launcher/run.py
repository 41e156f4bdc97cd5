"""`make run`: the product's processes, on the environment's servers or on private ones."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from launcher import (
    child_processes,
    environment,
    locks,
    ports,
    product_processes,
)
from launcher.backing_servers import BackingServers, use_backing_servers
from launcher.console import Refusal, print_line
from launcher.options import EMULATOR_PORT, WEB_PORT, Options
from launcher.supervisor import Supervisor, answers_http, listens_on

LOOPBACK = "127.0.0.1"


def main(options: Options) -> int:
    """Serve until Ctrl-C; a stand-in for Xero comes along where no app at Xero is configured."""
    with hold_run_lock(options):
        web_port = ports.choose_port_from_options(options, name="WEB_PORT", usual=WEB_PORT)
        emulator_port = None
        env = environment.development_environment(options, web_port=web_port)
        if not environment.names_xero(options):
            emulator_port = choose_emulator_port(options, web_port)
            env |= environment.emulator_environment(emulator_port=emulator_port, web_port=web_port)
            print_line("No XERO_CLIENT_ID is given, so a stand-in for Xero is started; what it holds ends with it.")
        with (
            use_backing_servers(options, purpose="run") as servers,
            start_product(options, servers, env=env, web_port=web_port, emulator_port=emulator_port) as supervisor,
        ):
            print_line(f"Bill Syncing is at http://localhost:{web_port}/ until Ctrl-C; the logs are in {options.log}.")
            return serve_until_stopped(supervisor)


@contextmanager
def hold_run_lock(options: Options) -> Iterator[None]:
    """One `run` or `demo` at a time in a folder: two workers on one broker database would take each other's work."""
    descriptor = locks.open_lock(options.local / "processes.lock")
    try:
        if not locks.try_lock(descriptor):
            raise Refusal("A demo or run of this folder is running: stop it with Ctrl-C there, or with `make stop`.")
        yield
    finally:
        os.close(descriptor)


def choose_emulator_port(options: Options, web_port: int) -> int:
    return ports.choose_port_from_options(options, name="EMULATOR_PORT", usual=EMULATOR_PORT, taken=[web_port])


@contextmanager
def start_product(
    options: Options,
    servers: BackingServers,
    *,
    env: Mapping[str, str],
    web_port: int,
    emulator_port: int | None,
) -> Iterator[Supervisor]:
    """Migrate, then start the emulator (given a port) and the product's processes, and wait until they answer."""
    env = {**env, "DATABASE_URL": servers.application_url, "REDIS_URL": servers.redis_url}
    migrate_database(options, env={**env, "DATABASE_URL": servers.owner_url})
    with (
        environment.share_environment(options, env=env),
        Supervisor(python=options.python, top=options.top, log=options.log, check=servers.check) as supervisor,
    ):
        if emulator_port is not None:
            print_line(f"Starting the stand-in for Xero on port {emulator_port}.")
            emulator = product_processes.emulator_command(host=LOOPBACK, port=emulator_port, auto_consent=True)
            supervisor.start("emulator", emulator, env=env)
            supervisor.wait_for("emulator", listens_on(emulator_port))
        commands = product_processes.product_commands(
            web_bind=f"{LOOPBACK}:{web_port}", beat_schedule=options.local / "beat"
        )
        print_line(f"Starting {', '.join(commands)}.")
        for name, arguments in commands.items():
            supervisor.start(name, arguments, env=env)
        supervisor.wait_for("web", answers_http(web_port, "/healthz"))
        yield supervisor


def migrate_database(options: Options, *, env: Mapping[str, str]) -> None:
    """Bring the tables up to date, as their owner; raise Refusal if that fails."""
    child_processes.run_logged_step(
        [options.python, *product_processes.migrate_command()],
        cwd=options.top,
        env=env,
        log=options.log / "migrate.log",
        doing="Bringing the database's tables up to date.",
        advice="Fix what the lines above name, then start again.",
    )


def serve_until_stopped(supervisor: Supervisor) -> int:
    """Watch until Ctrl-C, which is how this is meant to end."""
    try:
        supervisor.serve()
    except KeyboardInterrupt:
        return 0
