"""What every document has, whatever its kind: the sync handles documents by these alone."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from xero_sync.domain.amounts import Amounts


@dataclass(frozen=True)
class Standing:
    """Where a document stands in billing, for kinds that are not always sent: its state, and the day it bears."""

    state: str
    issue_date: date


class Document(Protocol):
    """Frozen input to a kind's mapping, read from rows in a fixed number of queries."""

    @property
    def kind(self) -> str:
        """The code of its kind."""

    @property
    def object_id(self) -> int:
        """The id of the row the document was read from."""

    @property
    def xero_id(self) -> str:
        """Its id in the connected organisation, empty while it is not in Xero."""

    @property
    def standing(self) -> Standing | None:
        """What decides whether it is sent at all; None for a kind that always is."""

    @property
    def is_void(self) -> bool:
        """Whether it is sent to be ended in Xero, not to stand there."""

    @property
    def expected_amounts(self) -> Amounts | None:
        """What Xero has to come to; None for a kind without amounts."""

    @property
    def line_keys(self) -> tuple[int, ...]:
        """The ids of our lines, in the order they are sent."""
