"""A private Valkey on loopback, with a password that only its file knows."""

import secrets
import subprocess
import sysconfig
import time
from pathlib import Path
from typing import IO

import redis

from launcher import ports
from launcher.binaries import find_valkey
from launcher.child_processes import start_process
from launcher.console import Refusal
from launcher.environment import inherited_environment
from launcher.options import Options
from launcher.started_server import StartedServer, State

START_SECONDS = 20.0
TRIES = 3


def server_url(state: State, *, database: int) -> str:
    return f"redis://:{state['password']}@127.0.0.1:{state['port']}/{database}"


def connect_to_server(state: State, *, database: int = 0) -> redis.Redis:
    return redis.Redis.from_url(server_url(state, database=database), socket_timeout=5, socket_connect_timeout=5)


def server_answers(state: State) -> bool:
    try:
        return bool(connect_to_server(state).ping())
    except (redis.RedisError, KeyError):
        return False


def start_server(options: Options, *, log: IO[bytes], keep_open: int) -> StartedServer:
    """Start the server and return once it answers; raise Refusal if it does not."""
    program = find_valkey(options.given, packages=Path(sysconfig.get_path("purelib")))
    folder = options.local / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for _ in range(TRIES):
        state = {"port": str(ports.find_unused_port()), "password": secrets.token_urlsafe(24)}
        process = start_process(
            [program, _configuration(folder, state)],
            cwd=folder,
            env=inherited_environment(options),
            output=log,
            keep_open=[keep_open],
        )
        if _wait(process, state):
            return StartedServer(process=process, state=state)
    raise Refusal(
        f"The private Valkey does not start: see {options.log / 'valkey.log'}, or set REDIS_URL to one that runs."
    )


def _configuration(folder: Path, state: State) -> Path:
    """A file, because a password among the arguments is there for all to see."""
    path = folder / "valkey.conf"
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(
        f"bind 127.0.0.1\nport {state['port']}\nrequirepass {state['password']}\n"
        'save ""\nappendonly yes\naof-load-truncated yes\ndaemonize no\n'
    )
    return path


def _wait(process: subprocess.Popen[bytes], state: State) -> bool:
    """Whether the server answers in time; a port that somebody took meanwhile ends the process."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if server_answers(state):
            return True
        time.sleep(0.03)
    if process.poll() is None:
        process.kill()
        process.wait()
    return False
