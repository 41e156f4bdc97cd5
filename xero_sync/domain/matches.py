"""What may be made of a document that stands in Xero already, entered by somebody else. Pure."""

from dataclasses import dataclass

# The evidence of a link that a person made.
LINKED_BY_HAND = "linked-by-hand"


@dataclass(frozen=True)
class Match:
    """The same client or bill stands in Xero: use that one.

    `note` is the evidence, for people, and `code` the improvement that allows it; `restored`: it was archived there.
    """

    xero_id: str
    status: str
    note: str
    code: str
    number: str = ""
    restored: bool = False


@dataclass(frozen=True)
class Rename:
    """Another client has the name: go over as this one."""

    name: str
    note: str
