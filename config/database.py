"""How long a database session waits, works and rests, by the kind of its process: nobody blocks others for long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Patience:
    """Seconds; 0 is without end. `lock`: for a lock. `statement`: one statement. `idle`: a transaction at rest."""

    lock: float
    statement: float
    idle: float


# A worker's steps end inside its lease: a call of 20 s, then a wait for the firm's lock. A person waits less than for a
# frozen worker's transaction to end, and is asked to save again. Bulk work of a request rests longest, on 200,000 jobs.
BY_PROCESS_KIND: Final[Mapping[str, Patience]] = {
    "web": Patience(lock=10, statement=60, idle=30),
    "worker": Patience(lock=20, statement=60, idle=15),
    # Migrations of tables in use wait far less and try again (firms/short_locks.py).
    "command": Patience(lock=10, statement=0, idle=300),
}


def limit_sessions(options: Mapping[str, Any], patience: Patience) -> dict[str, Any]:
    """The connection's options with these limits for every session, whatever it runs."""
    limits = {
        "lock_timeout": patience.lock,
        "statement_timeout": patience.statement,
        "idle_in_transaction_session_timeout": patience.idle,
    }
    ours = " ".join(f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items())
    # Ours first: what the address of the database says itself wins.
    return {**options, "options": f"{ours} {options.get('options', '')}".strip()}
