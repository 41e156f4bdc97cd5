"""Automatic fixes: how the sync reacts to a refusal without a person. The kinds hold the decisions, as data. Pure."""

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
    """The documents that a fix has to read in Xero before it can be decided."""

    NOTHING = "nothing"
    NUMBERED = "numbered"  # the documents in Xero under the refused documents' numbers
    ALL = "all"  # every document of the kind: nothing narrower can be asked for


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One document that Xero refused just now; `stated` is the whole payload of which Xero refused a part.

    `codes` are the codes of the known errors in the refusal.
    """

    document: Any
    codes: frozenset[str]
    preferences: Preferences
    link: Link
    content_hash: str
    number_sent: str = ""
    stated: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundInXero:
    """Documents as Xero's JSON, when they were read, and for each Xero id in use the id of our row linked to it."""

    documents: Sequence[dict[str, Any]] = ()
    owners: Mapping[str, int] = field(default_factory=dict)
    read_at: datetime | None = None


@dataclass(frozen=True)
class Fixed:
    """The outcome of a fix: the refused document is requeued with a changed record, or `fault` rewords its refusal.

    The record of a reworded refusal changes too.
    """

    record: RecordChanges = field(default_factory=RecordChanges)
    fault: Fault | None = None


@dataclass(frozen=True, kw_only=True)
class AutomaticFix:
    """One fix. `decide` gives None where somebody has to act.

    `waits`: where Xero cannot be read now, the document is requeued for a little later and fixed then.
    """

    codes: frozenset[str]
    decide: Callable[[Refusal, FoundInXero], Fixed | None]
    applies: Callable[[Refusal], bool] = lambda _: True
    reads: Reads = Reads.NOTHING
    number: Callable[[Refusal], str] = lambda refusal: refusal.number_sent
    waits: bool = False

    def is_for(self, refusal: Refusal) -> bool:
        return bool(refusal.codes & self.codes) and self.applies(refusal)
