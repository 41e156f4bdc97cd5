"""How a document in Xero that we did not create became ours, and what follows for its next sending. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# The key in stored JSON where it is not the field's own name.
STORED_AS = {"evidence": "code", "stands_for": "for"}

# The stored link has one of these keys where `reopen` changes something.
SPENT_KEYS = ["tries", "closed"]


@dataclass(frozen=True, kw_only=True)
class Link:
    """The evidence for a document in Xero being ours, and what we may not do to it.

    `evidence` is the code of what allowed the link and `note` its words for people; `restored` says that the document
    was archived in Xero. `name` is its name in Xero where that differs from ours, and `stands_for` our name when the
    document was linked or got its own name. `number` is the number somebody else gave the document in Xero;
    `without_number`: another contact in Xero keeps our number. `closed` is the code of the refusal after which Xero
    takes no more changes to the document. `gone` is the id under which Xero no longer has it, until a person decides
    what becomes of it, and `given_up` the id of the one that a person gave up for a new one: it is never ours again.
    `tries` counts the tries of each fix since the last save or success, so that no fix goes round for ever.
    """

    evidence: str = ""
    note: str = ""
    restored: bool = False
    name: str = ""
    stands_for: str = ""
    number: str = ""
    without_number: bool = False
    closed: str = ""
    gone: str = ""
    given_up: str = ""
    tries: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Link":
        """The link as a record keeps it; the keys of earlier releases that are no field are dropped."""
        if not stored:
            return NO_LINK
        keys = ((name, STORED_AS.get(name, name)) for name in cls.__dataclass_fields__)
        return cls(**{name: stored[key] for name, key in keys if key in stored})

    def as_stored(self) -> dict[str, Any]:
        """The link as JSON for a record; empty values are left out."""
        values = ((STORED_AS.get(name, name), getattr(self, name)) for name in self.__dataclass_fields__)
        return {key: dict(value) if isinstance(value, Mapping) else value for key, value in values if value}

    def was_made_for(self, name: str) -> bool:
        """Whether the document had this name here when the link was made."""
        return bool(name) and self.stands_for == name

    def count_tries(self, fix: str) -> int:
        return self.tries.get(fix, 0)

    def add_try(self, fix: str) -> "Link":
        """The link with one more try of this fix."""
        return replace(self, tries={**self.tries, fix: self.count_tries(fix) + 1})

    def allow_tries(self) -> "Link":
        """The link after a save: every fix may be tried again."""
        return replace(self, tries={})

    def close(self, refusal: str) -> "Link":
        """The link after a refusal of this code: nothing more is sent until a person asks."""
        return replace(self, closed=refusal)

    def reopen(self) -> "Link":
        """The link after a success or a person's Retry: Xero is asked again."""
        return replace(self, tries={}, closed="") if self.tries or self.closed else self

    def mark_gone(self, xero_id: str) -> "Link":
        """The link once Xero no longer has the document of this id; its evidence stays until a person decides."""
        return replace(self, gone=xero_id, closed="")

    def give_up(self, xero_id: str) -> "Link":
        """The link once a person gave up the document of this id for a new one; only `without_number` stays."""
        return Link(without_number=self.without_number, given_up=xero_id)

    def explain(self, *, evidence: str, note: str) -> "Link":
        """The link with other evidence and its words."""
        return replace(self, evidence=evidence, note=note)


NO_LINK = Link()
