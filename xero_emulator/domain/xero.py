"""The whole stand-in: its organisations and everything between a client and their books."""

import threading
from collections.abc import Callable
from datetime import datetime

from xero_emulator.domain.charts import DEMO_ORGANISATIONS
from xero_emulator.domain.clock import Clock, utc_now
from xero_emulator.domain.faults import FaultScript
from xero_emulator.domain.idempotency import IdempotencyStore
from xero_emulator.domain.late import LateWrites
from xero_emulator.domain.ledger import Ledger
from xero_emulator.domain.limits import Limits
from xero_emulator.domain.oauth import Authority
from xero_emulator.domain.organisation import Organisation, build, new_id, stable_id

DEMO_USER = stable_id("user", "demo")


class Xero:
    """A small Xero in memory; hold ``lock`` while reading or changing anything."""

    def __init__(self, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.lock = threading.RLock()
        self.clock = Clock(source=clock)
        self.reset()

    def reset(self) -> None:
        """Back to three demo organisations, no tokens, no calls, no faults, and the clock's own time."""
        with self.lock:
            self.clock.reset()
            self.organisations: dict[str, Organisation] = {}
            self.authority = Authority()
            self.limits = Limits()
            self.ledger = Ledger()
            self.faults = FaultScript()
            self.late = LateWrites()
            self.idempotency = IdempotencyStore()
            for template, name in DEMO_ORGANISATIONS:
                self._add(template, name, stable_id("organisation", template))

    def catch_up(self, *, with_later: bool = False) -> int:
        """Work on the late writes that are due, or on all of them; returns how many."""
        with self.lock:
            due = self.late.take(now=None if with_later else self.clock.now())
            for write in due:
                write.work()
            return len(due)

    def organisation(self, organisation_id: str) -> Organisation:
        """The organisation with this id; raises KeyError where there is none."""
        return self.organisations[organisation_id.lower()]

    def demo(self, template: str) -> Organisation:
        """The demo organisation of a country: AU, UK or US."""
        return self.organisation(stable_id("organisation", template))

    def create_organisation(self, *, template: str, name: str) -> Organisation:
        """A new organisation from the chart of a country; raises KeyError for an unknown one."""
        with self.lock:
            return self._add(template, name, new_id())

    def _add(self, template: str, name: str, organisation_id: str) -> Organisation:
        made = build(template=template, name=name, organisation_id=organisation_id, now=self.clock.now())
        self.organisations[organisation_id] = made
        return made
