"""Automatic fixes: what the sync does by itself about a refusal. The kinds hold the decisions, as data. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from xero_sync.domain.errors import Fault
from xero_sync.domain.link import Link
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.record import RecordChanges


class Reads(StrEnum):
    """What a fix has to read in Xero before it can be decided."""

    NOTHING = "nothing"
    NUMBERED = "numbered"  # what stands there under the refused documents' numbers
    ALL = "all"  # every document of the kind: nothing narrower can be asked for


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One document that Xero refused just now, and `sent`, what was sent of it.

    `codes` are those of the known errors it met.
    """

    document: Any
    codes: frozenset[str]
    preferences: Preferences
    link: Link
    content_hash: str
    number_sent: str = ""
    sent: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundInXero:
    """What was read and when: Xero's JSON, and by Xero id the row here that a document there stands for already."""

    documents: Sequence[dict[str, Any]] = ()
    owners: Mapping[str, int] = field(default_factory=dict)
    read_at: datetime | None = None


@dataclass(frozen=True)
class Fixed:
    """What becomes of the refused document: it goes again with a changed record, or `fault` words its refusal."""

    record: RecordChanges = field(default_factory=RecordChanges)
    fault: Fault | None = None


@dataclass(frozen=True, kw_only=True)
class AutomaticFix:
    """One fix. `decide` gives None where somebody has to act.

    `waits`: where Xero cannot be read now, the document goes again a little later and is fixed then.
    """

    codes: frozenset[str]
    decide: Callable[[Refusal, FoundInXero], Fixed | None]
    applies: Callable[[Refusal], bool] = lambda _: True
    reads: Reads = Reads.NOTHING
    number: Callable[[Refusal], str] = lambda refusal: refusal.number_sent
    waits: bool = False

    def is_for(self, refusal: Refusal) -> bool:
        """Whether the fix is for this refusal."""
        return bool(refusal.codes & self.codes) and self.applies(refusal)
