"""The database and the broker of one command: those the environment names, else private ones."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg
import redis

from launcher import postgres, valkey
from launcher.binaries import OLDEST_POSTGRES
from launcher.console import Refusal, print_line
from launcher.options import Options
from launcher.server_lease import ServerLease

# Commands share a private Valkey, each in its own numbered database.
BROKER_DATABASES = {"run": 0, "demo": 1, "test": 2}
DATABASES = {"run": "bill_syncing", "demo": "bill_syncing_demo", "test": "bill_syncing"}


@dataclass(frozen=True)
class BackingServers:
    """Addresses of the two servers: the database as its owner and as the application; `check` raises if one is gone."""

    owner_url: str
    application_url: str
    redis_url: str
    check: Callable[[], None]


@contextmanager
def use_backing_servers(options: Options, *, purpose: str, fresh: bool = False) -> Iterator[BackingServers]:
    """Have both servers while the block runs; `fresh` empties what is private, and nothing else.

    `purpose` is a key of BROKER_DATABASES. Raises Refusal if a server cannot be had.
    """
    with ExitStack() as held:
        owner_url, application_url, database = _database(options, held, purpose, fresh)
        redis_url, broker = _broker(options, held, purpose, fresh)
        leases = [lease for lease in (database, broker) if lease is not None]

        def check() -> None:
            for lease in leases:
                lease.check()

        yield BackingServers(owner_url=owner_url, application_url=application_url, redis_url=redis_url, check=check)


def _database(options: Options, held: ExitStack, purpose: str, fresh: bool) -> tuple[str, str, ServerLease | None]:
    given = options.text("DATABASE_URL")
    if given:
        _refuse_silent_database(given)
        print_line("Using the database that DATABASE_URL names, as it is.")
        return given, given, None
    lease = held.enter_context(ServerLease(options, "postgres"))
    name = DATABASES[purpose]
    postgres.ensure_database(lease.state, name=name, empty=fresh)
    owner, application = (
        postgres.server_url(lease.state, role=role, database=name) for role in (postgres.OWNER, postgres.APPLICATION)
    )
    return owner, application, lease


def _refuse_silent_database(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10_000
    except (psycopg.Error, UnicodeError, ValueError) as fault:
        raise Refusal(
            f"The database in DATABASE_URL does not answer ({type(fault).__name__}): start it or correct the address, "
            "or unset DATABASE_URL and a private PostgreSQL is started."
        ) from fault
    if version < OLDEST_POSTGRES:
        raise Refusal(
            f"DATABASE_URL names PostgreSQL {version}: {OLDEST_POSTGRES} or newer is needed; unset it or upgrade."
        )


def _broker(options: Options, held: ExitStack, purpose: str, fresh: bool) -> tuple[str, ServerLease | None]:
    given = options.text("REDIS_URL")
    if given:
        _refuse_silent_broker(given)
        print_line("Using the broker that REDIS_URL names, as it is.")
        return given, None
    lease = held.enter_context(ServerLease(options, "valkey"))
    number = BROKER_DATABASES[purpose]
    if fresh:
        valkey.connect_to_server(lease.state, database=number).flushdb()
    return valkey.server_url(lease.state, database=number), lease


def _refuse_silent_broker(url: str) -> None:
    try:
        redis.Redis.from_url(url, socket_timeout=10, socket_connect_timeout=10).ping()
    except (redis.RedisError, ValueError) as fault:
        raise Refusal(
            f"The broker in REDIS_URL does not answer ({type(fault).__name__}): start it or correct the address, "
            "or unset REDIS_URL and a private Valkey is started."
        ) from fault
