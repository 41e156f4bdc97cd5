"""The decisions on a document that is gone from Xero, or was ended there while it is live here. Pure."""

from enum import StrEnum

from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.link import Link


class GoneDecision(StrEnum):
    VOID_HERE = "void-here"  # it becomes void here too, and nothing is sent
    SEND_AS_NEW = "send-as-new"  # the link is dropped, and it is created in Xero once more
    LEAVE = "leave"  # it stays as it is and is not sent, with a reason, until it is saved again


def gone_codes(kind: KindSpec) -> frozenset[str]:
    """The known errors after which a person decides what becomes of a document of this kind."""
    return frozenset({kind.gone_code, kind.ended_code} - {""})


def was_ended(*, kind: KindSpec, link: Link) -> bool:
    """Whether the document of this link is gone from Xero, or was ended there, and nobody has decided yet."""
    return bool(link.gone) or (bool(link.closed) and link.closed == kind.ended_code)


def list_decisions(*, kind: KindSpec, code: str) -> tuple[GoneDecision, ...]:
    """The decisions on a document that this known error holds, in the order they are offered; none for other errors."""
    if code not in gone_codes(kind):
        return ()
    return tuple(each for each in GoneDecision if each is not GoneDecision.VOID_HERE or kind.void_hash)
