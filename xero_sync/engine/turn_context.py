"""The context of one turn, read once."""

from dataclasses import dataclass, field

from django.conf import settings

from firms.models import Firm
from xero_sync.domain.books import Books
from xero_sync.models import BillSyncSettings, XeroConnection
from xero_sync.outbox import Lane


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Seconds, and calls a turn; from the settings, so that tests and deployments can choose them."""

    lease_s: float
    deadline_s: float
    look_up_after_s: float
    resend_after_s: float
    calls_per_turn: int
    fresh_s: float = 5

    @classmethod
    def from_settings(cls) -> "Timing":
        return cls(
            lease_s=settings.SYNC_LEASE_SECONDS,
            deadline_s=settings.SYNC_CALL_DEADLINE_SECONDS,
            look_up_after_s=settings.SYNC_LOOK_UP_AFTER_SECONDS,
            resend_after_s=settings.SYNC_RESEND_AFTER_SECONDS,
            calls_per_turn=settings.SYNC_CALLS_PER_TURN,
            fresh_s=settings.SYNC_FRESH_SECONDS,
        )


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One worker's turn in one firm's lane."""

    firm: Firm
    lane: Lane
    connection: XeroConnection
    books: Books
    settings: BillSyncSettings
    timing: Timing
    task_id: str
    worker: str
    # Tokens Xero refused in this turn: a second refusal means that renewing does not help.
    refused_tokens: list[str] = field(default_factory=list)

    @property
    def xero_tenant_id(self) -> str:
        return self.connection.xero_tenant_id
