"""How a document came to stand in Xero if we did not create it, and what its next sending has to know of that. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# The key in stored JSON where it is not the field's own name.
STORED_AS = {"evidence": "code", "stands_for": "for"}


@dataclass(frozen=True, kw_only=True)
class Link:
    """The evidence for a document in Xero being ours, and what we may not do to it.

    `evidence` is the code of what allowed the link and `note` its words for people; `restored` says that the document
    was archived there. `name` is its name in Xero where it keeps another than ours, and `stands_for` our name when it
    was linked or told apart. `number` is the number somebody else gave it there; `without_number`: another contact
    there keeps our number. `closed` is the code of the refusal that says Xero takes no more changes to it. `tries`
    counts, by the fix, how often one was tried since the last save or success, so that none goes round for ever.
    """

    evidence: str = ""
    note: str = ""
    restored: bool = False
    name: str = ""
    stands_for: str = ""
    number: str = ""
    without_number: bool = False
    closed: str = ""
    tries: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Link":
        """The link as a record keeps it; the keys of earlier releases that are no field are dropped."""
        if not stored:
            return NO_LINK
        keys = ((name, STORED_AS.get(name, name)) for name in cls.__dataclass_fields__)
        return cls(**{name: stored[key] for name, key in keys if key in stored})

    def as_stored(self) -> dict[str, Any]:
        """As a record keeps it: what is empty is left out."""
        values = ((STORED_AS.get(name, name), getattr(self, name)) for name in self.__dataclass_fields__)
        return {key: dict(value) if isinstance(value, Mapping) else value for key, value in values if value}

    def was_made_for(self, name: str) -> bool:
        """Whether the document here had this name when it was linked or told apart."""
        return bool(name) and self.stands_for == name

    def count_tries(self, fix: str) -> int:
        """How often this fix was tried."""
        return self.tries.get(fix, 0)

    def add_try(self, fix: str) -> "Link":
        """With one more try of this fix."""
        return replace(self, tries={**self.tries, fix: self.count_tries(fix) + 1})

    def allow_tries(self) -> "Link":
        """As a save leaves it: every fix may be tried again."""
        return replace(self, tries={})

    def close(self, refusal: str) -> "Link":
        """As the refusal of this code leaves it: nothing more is sent until somebody says so."""
        return replace(self, closed=refusal)

    def reopen(self) -> "Link":
        """As a success or a person's Retry leaves it: Xero is asked again."""
        return replace(self, tries={}, closed="")

    def forget_document(self) -> "Link":
        """Once Xero no longer has the document: not whom it stood for, but what a fix must not try again."""
        return Link(tries=self.tries, without_number=self.without_number)

    def explain(self, *, evidence: str, note: str) -> "Link":
        """With other evidence and its words."""
        return replace(self, evidence=evidence, note=note)


NO_LINK = Link()
