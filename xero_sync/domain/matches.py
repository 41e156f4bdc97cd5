"""Decisions on a document in Xero that somebody else entered. Pure."""

from dataclasses import dataclass

# The evidence of a link that a person made.
LINKED_BY_HAND = "linked-by-hand"


@dataclass(frozen=True)
class Match:
    """The same client or bill is in Xero already and is to be linked.

    `note` is the evidence, for people, and `code` the improvement that allows the link; `restored`: the document was
    archived in Xero.
    """

    xero_id: str
    status: str
    note: str
    code: str
    number: str = ""
    restored: bool = False


@dataclass(frozen=True)
class Rename:
    """Another client has the name in Xero: send ours under this one."""

    name: str
    note: str
