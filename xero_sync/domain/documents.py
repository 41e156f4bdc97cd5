"""The attributes that documents of every kind have: the sync handles documents by these alone."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from xero_sync.domain.amounts import Amounts


@dataclass(frozen=True)
class Standing:
    """Where a document stands in billing, for kinds that are not always sent: its state, its date, and whether its
    import keeps it back.
    """

    state: str
    issue_date: date
    held: bool = False


class Document(Protocol):
    """Frozen input to a kind's mapping, read from rows in a fixed number of queries."""

    @property
    def kind(self) -> str:
        """The code of the document's kind."""

    @property
    def object_id(self) -> int:
        """The id of the row the document was read from."""

    @property
    def xero_id(self) -> str:
        """The document's id in the connected organisation, empty while it is not in Xero."""

    @property
    def standing(self) -> Standing | None:
        """The facts that decide whether the document is sent; None for a kind that is always sent."""

    @property
    def is_void(self) -> bool:
        """Whether the document is sent to be voided or deleted in Xero."""

    @property
    def expected_amounts(self) -> Amounts | None:
        """The amounts that Xero has to agree with; None for a kind without amounts."""

    @property
    def line_keys(self) -> tuple[int, ...]:
        """The ids of our lines, in the order they are sent."""
