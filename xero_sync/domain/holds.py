"""Why a job is on hold or not sent, as data: the words, and who or what ends it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xero_sync.domain.documents import Standing


class Hold(StrEnum):
    """Reasons for ON_HOLD. The first five hold a whole firm."""

    NOT_CONNECTED = "not-connected"
    CONNECTION_LOST = "connection-lost"
    SWITCHED_OFF = "switched-off"
    UNCONFIRMED = "first-send-unconfirmed"
    PAUSED = "paused"
    CONTACT = "contact-refused"
    IMPORT = "import-held"  # it came in with a file that nobody has released yet
    CAUSE = "cause"  # named by the job's cause: a locked period, a plan's limit


class NotSent(StrEnum):
    """Reasons for NOT_SENT."""

    DRAFT = "draft"
    VOID = "void"
    BEFORE_START = "before-start-date"
    LEFT_OUT = "left-out"
    HANDLED = "handled-in-xero"


FIRM_HOLDS = (Hold.NOT_CONNECTED, Hold.CONNECTION_LOST, Hold.SWITCHED_OFF, Hold.UNCONFIRMED, Hold.PAUSED)
# Decided by a person; only a save of the document or a person undoes the decision.
BY_A_PERSON = (NotSent.LEFT_OUT, NotSent.HANDLED)

SENTENCES: dict[str, str] = {
    Hold.NOT_CONNECTED: "Goes once a firm admin connects Xero.",
    Hold.CONNECTION_LOST: "The connection to Xero was lost. Goes once a firm admin reconnects.",
    Hold.SWITCHED_OFF: "Bill syncing is switched off. Goes once a firm admin switches it on.",
    Hold.UNCONFIRMED: "Goes once a firm admin has confirmed the first send.",
    Hold.PAUSED: "Bill syncing is paused{by}. Goes when it is resumed.",
    Hold.CONTACT: "Its {waited} has to get into Xero first.",
    Hold.IMPORT: "Kept back with its import. Goes once the import is released.",
    Hold.CAUSE: "On hold.",
    NotSent.DRAFT: "Drafts are not sent while \u201conly approved bills\u201d is on.",
    NotSent.VOID: "Void, and never sent.",
    NotSent.BEFORE_START: "The {noun} is dated before your start date.",
    NotSent.LEFT_OUT: "Left out of Xero by a person.",
    NotSent.HANDLED: "Handled in Xero by a person.",
}


@dataclass(frozen=True, kw_only=True)
class FirmConditions:
    """The facts about a firm that decide whether any of its documents may go."""

    connected: bool
    lost: bool
    enabled: bool
    confirmed: bool
    paused: bool
    start_date: date | None

    @property
    def hold(self) -> Hold | None:
        """The first thing that holds the whole firm, or None."""
        reasons = (
            (Hold.CONNECTION_LOST, self.lost),
            (Hold.NOT_CONNECTED, not self.connected),
            (Hold.SWITCHED_OFF, not self.enabled),
            (Hold.UNCONFIRMED, not self.confirmed),
            (Hold.PAUSED, self.paused),
        )
        return next((reason for reason, applies in reasons if applies), None)


def not_sent(
    *, standing: Standing | None, only_approved: bool, in_xero: bool, start_date: date | None
) -> NotSent | None:
    """Why this document is not to be sent, or None. A document in Xero is kept in step in any state."""
    if standing is None or in_xero:
        return None
    if standing.state == "VOID":
        return NotSent.VOID
    if start_date is not None and standing.issue_date < start_date:
        return NotSent.BEFORE_START
    if only_approved and standing.state != "APPROVED":
        return NotSent.DRAFT
    return None
