"""The answer that every action returns."""

from dataclasses import dataclass

from xero_sync.models import Release


@dataclass(frozen=True, kw_only=True)
class ActionOutcome:
    """The outcome of an action, as a sentence for the person; `release` follows the documents that go because of it."""

    words: str
    changed: bool = True
    release: Release | None = None
