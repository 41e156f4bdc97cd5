"""What a private server's starter hands to its keeper."""

import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

State = dict[str, str]


@dataclass(frozen=True)
class StartedServer:
    """A server that answers: its process, what clients need to know, and how it is ended and cleared away."""

    process: subprocess.Popen[bytes]
    state: State
    stop_signal: int = signal.SIGTERM
    clean: Callable[[], None] = field(default=lambda: None)
