"""Scripted faults: what goes wrong with the next requests that match.

Each kind is one entry in ``KINDS``: where it strikes and what it takes.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

# kind -> when it strikes: before the work, in place of the answer, or while the answer is sent
KINDS = {
    "status": "answer",
    "html": "answer",
    "wrong_json": "answer",
    "cut": "before",
    "cut_after": "sending",
    "delay": "before",
    "hang": "before",
    "half": "sending",
    "drip": "sending",
    "late": "work",
    "edge_forbidden": "before",
    "duplicate": "work",
    "stale": "work",
    "refuse": "work",
    "warn": "work",
}


@dataclass
class Fault:
    """One scripted fault.

    It strikes ``times`` matching requests after letting ``skip`` pass; an empty match field matches all.
    ``seconds`` is the wait of a delay or hang, the age hidden by a stale read, the pause between drips, or how long
    after its arrival a late write is worked on, by the emulator's clock; ``silence`` is how many real seconds its
    client hears nothing before the connection is reset.
    ``after_work`` lets the request be done before the bad answer, ``store`` keeps that answer under the
    idempotency key; ``at`` is the byte a half answer ends at. ``messages`` and ``warnings`` are what Xero says of the
    elements that hold ``contains``: refused, or taken with a warning.
    """

    kind: str
    times: int = 1
    skip: int = 0
    method: str = ""
    path: str = ""
    organisation: str = ""
    contains: str = ""
    status: int = 503
    limit: str = ""
    retry_after: int | None = None
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    silence: float = 0.0
    at: int = 20
    after_work: bool = False
    store: bool = False
    messages: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def matches(self, *, method: str, path: str, organisation: str, body: bytes) -> bool:
        """Whether a request is one this fault is meant for."""
        return (
            self.method.upper() in ("", method)
            and (self.kind != "late" or _is_write(method, path))
            and self.path.lower() in path.lower()
            and self.organisation.lower() in ("", organisation.lower())
            and self.contains.encode() in body
        )

    def is_about(self, element: Mapping[str, object]) -> bool:
        """Whether this element of a write is one that the scripted words are meant for."""
        return self.kind in ("refuse", "warn") and self.contains in json.dumps(element, default=str, ensure_ascii=False)


def _is_write(method: str, path: str) -> bool:
    return method in ("POST", "PUT") and path.lower().startswith("/api.xro/")


class FaultScript:
    """The faults still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Script one more; raises ValueError for a kind nobody knows."""
        if fault.kind not in KINDS:
            raise ValueError(f"Unknown fault kind {fault.kind!r}. Known: {', '.join(sorted(KINDS))}.")
        self._faults.append(fault)

    def take(self, *, method: str, path: str, organisation: str, body: bytes) -> Fault | None:
        """The fault that strikes this request, used up by one."""
        for fault in self._faults:
            if not fault.matches(method=method, path=path, organisation=organisation, body=body):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            self._faults = [left for left in self._faults if left.times > 0]
            return fault
        return None

    def listing(self) -> list[dict[str, object]]:
        """The faults still to come."""
        return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()
