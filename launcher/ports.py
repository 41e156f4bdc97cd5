"""Which port to listen on."""

import atexit
import errno
import socket
import sys
from collections.abc import Callable, Container

from launcher.console import Refusal, print_line
from launcher.options import Options

TRIES = 100
# Held until this process ends.
_reserved: list[socket.socket] = []


@atexit.register
def release_ports() -> None:
    """Close what holds the reserved ports, so that the interpreter does not complain of open sockets as it ends."""
    while _reserved:
        _reserved.pop().close()


def is_free(port: int) -> bool:
    """Whether nobody listens there, on either loopback address: a browser may try both for `localhost`."""
    return _can_bind(socket.AF_INET, "127.0.0.1", port) and _can_bind(socket.AF_INET6, "::1", port)


def _can_bind(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            # Without this a port that a stopped server has just left counts as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as fault:
        return fault.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
    return True


def reserve_port(port: int) -> bool:
    """Whether the port is free, and from now on ours among the launchers of this machine.

    What is started listens only minutes later; until then a name in Linux's abstract namespace keeps another
    checkout's launcher away. The kernel forgets it with this process.
    """
    if not is_free(port):
        return False
    if sys.platform != "linux":
        return True
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0bill-syncing-port-{port}")
    except OSError:
        mark.close()
        return False
    _reserved.append(mark)
    return True


def choose_port(
    *, name: str, asked: int | None, usual: int, taken: Container[int] = (), free: Callable[[int], bool] = reserve_port
) -> int:
    """The port asked for, or the first free one from the usual one on; raise Refusal if the one asked for is taken."""
    if asked is not None:
        if asked in taken or not free(asked):
            raise Refusal(f"Port {asked} is taken: stop what listens there, or give another {name}.")
        return asked
    for port in range(usual, usual + TRIES):
        if port not in taken and free(port):
            if port != usual:
                print_line(f"Port {usual} is taken, so {port} is used (set {name} to choose).")
            return port
    raise Refusal(f"No port from {usual} to {usual + TRIES - 1} is free: give one with {name}.")


def choose_port_from_options(options: Options, *, name: str, usual: int, taken: Container[int] = ()) -> int:
    """As `choose_port`, with the port that the environment asks for."""
    return choose_port(name=name, asked=options.port(name), usual=usual, taken=taken)


def find_unused_port() -> int:
    """Some free port of the system's choice."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
