"""What every document has, whatever its kind: the sync handles documents by these alone."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol


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
    def expected_total(self) -> Decimal | None:
        """The total that Xero has to come to, in the document's currency; None for a kind without one."""

    @property
    def line_keys(self) -> tuple[int, ...]:
        """The ids of our lines, in the order they are sent."""
