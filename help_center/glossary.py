"""The words of the product, each with one meaning; the states come from the same table as the badges."""

from dataclasses import dataclass
from typing import Final

from xero_sync.domain.states import State
from xero_sync.facts.status import LABELS, WITH_NOTES


@dataclass(frozen=True)
class StateMeaning:
    """The meaning of a state for a bill, and who acts next."""

    state: str
    label: str
    words: str
    who: str

    @property
    def badge(self) -> str:
        """The state's code for the badge."""
        return State.IN_XERO if self.state == WITH_NOTES else self.state

    @property
    def with_notes(self) -> bool:
        return self.state == WITH_NOTES


_MEANINGS: Final = {
    State.NEEDS_YOU: ("Something has to be fixed first. The page says what, and leads to the field.", "You"),
    State.TRYING_AGAIN: ("Xero did not answer. We try again by ourselves, and the page says when.", "We"),
    State.CHECKING: (
        (
            "The bill was sent, but no answer came back. We ask Xero what it has before we send it again, "
            "so that Xero never gets it twice."
        ),
        "We",
    ),
    State.ON_HOLD: ("Something holds it back: no connection, a pause, or Xero’s limit. The page names it.", "As named"),
    State.WAITING: ("In line. It goes within seconds.", "We"),
    State.SENDING: ("It is being sent now.", "We"),
    State.IN_XERO: ("Xero has the bill, and it is the same in both.", "Nobody"),
    WITH_NOTES: ("Xero has the bill. We had to change or leave out something, and the note says what.", "Nobody"),
    State.NOT_SENT: ("It is not meant to go, such as a draft, or a bill dated before your start date.", "Nobody"),
}

WORDS: Final = (
    ("Account code", "The short code of an account in Xero, such as 200. Each line of a bill goes to one account."),
    ("Bill", "What you send to a client for your work. Xero calls it an invoice."),
    ("Chart of accounts", "The list of all accounts in Xero. We read it and never change it."),
    ("Contact", "A client, as Xero keeps it. Each client here is one contact in Xero."),
    ("Default account", "The account a line goes to when nothing more special was chosen."),
    ("Disbursement", "A cost you paid to somebody else for a client, such as a court fee. Also called a hard cost."),
    ("Expense category", "What an expense was for, such as court fees or photocopying."),
    ("Expense recovery", "A cost of your own that you charge on, such as photocopying. Also called a soft cost."),
    ("Firm", "Your law firm here."),
    ("Improvement", "A way in which we prevent, fix or explain an error. Some have a switch, most do not."),
    ("Line", "One row of a bill: a service or an expense, with its amount and tax."),
    ("Lock date", "A day set in Xero. Bills dated on it or before it can no longer be added or changed."),
    ("Organisation", "Your firm’s books in Xero. A firm here is connected to one organisation."),
    ("Preference", "An improvement with a switch under Settings > Bill Syncing."),
    ("Retry", "Send a bill again as it was saved, under the settings of that save."),
    ("Start date", "Bills issued before this day are never sent."),
    ("Sync", "Sending what you save here to Xero, so that both sides say the same."),
    ("Tax type", "Xero’s name for a tax rate and where it is used."),
)


def list_state_meanings() -> tuple[StateMeaning, ...]:
    """Every state in the order of the tabs."""
    return tuple(StateMeaning(state, label, *_MEANINGS[state]) for state, label in LABELS.items())
