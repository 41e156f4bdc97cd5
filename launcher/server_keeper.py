"""`python -m launcher.server_keeper SERVER`: the parent of one private server.

Launchers share a server by holding a shared lock each. When the kernel has released the last of these locks, by a
clean end or by a kill, the keeper gets the lock for itself and stops the server. If the keeper is killed, the server
gets its signal from the kernel.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from launcher import (
    child_processes,
    locks,
    postgres,
    valkey,
)
from launcher.console import Refusal, print_failure
from launcher.options import Options, read_options
from launcher.started_server import StartedServer

SERVERS: dict[str, ModuleType] = {"postgres": postgres, "valkey": valkey}
OLD_SERVER_SECONDS = 20.0
LOOK_SECONDS = 0.2


def users_lock(options: Options, name: str) -> Path:
    """Shared by everybody who uses the server."""
    return options.local / "servers" / f"{name}.users"


def life_lock(options: Options, name: str) -> Path:
    """Held by the keeper and by every process of the server: free only when all of them are gone."""
    return options.local / "servers" / f"{name}.life"


def state_file(options: Options, name: str) -> Path:
    """What clients need to know, there only while the server answers."""
    return options.local / "servers" / f"{name}.json"


def main(name: str) -> int:
    """Start the server, keep it while anybody uses it, stop it."""
    options = read_options()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    life = locks.open_lock(life_lock(options, name))
    if not locks.lock_within(life, seconds=OLD_SERVER_SECONDS):
        print_failure(f"The {name} of an earlier run does not end: stop it by hand, then run the command again.")
        return 1
    try:
        return _keep(options, name, life)
    except Refusal as refusal:
        print_failure(str(refusal))
        return 1


def _keep(options: Options, name: str, life: int) -> int:
    log = options.log / f"{name}.log"
    with log.open("ab") as output:
        started: StartedServer = SERVERS[name].start_server(options, log=output, keep_open=life)
    path = state_file(options, name)
    users = locks.open_lock(users_lock(options, name))
    try:
        _publish(path, started)
        _wait_until(lambda: started.process.poll() is not None or locks.try_lock(users))
    finally:
        path.unlink(missing_ok=True)
        child_processes.stop_processes([started.process], first=started.stop_signal)
        started.clean()
    return 0


def _publish(path: Path, started: StartedServer) -> None:
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps({**started.state, "keeper": str(os.getpid())}))
    partial.replace(path)


def _wait_until(done: Callable[[], bool]) -> None:
    while not done():
        time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
