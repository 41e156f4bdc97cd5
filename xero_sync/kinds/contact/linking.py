"""Whether a contact in Xero is the client here: the evidence, and the terms to search for. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from identity import (
    find_telling_words,
    fold_name,
    fold_number_as_xero,
    is_similar_name,
    shares_email,
)
from xero_sync.domain import text
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.in_xero import ContactInXero


class Evidence(StrEnum):
    """Evidence for a contact in Xero being this client, the strongest first."""

    NUMBER = "client number"
    EMAIL = "e-mail address"
    NAME = "name"
    SIMILAR = "similar name"


WEIGHT = {Evidence.NUMBER: 8, Evidence.EMAIL: 4, Evidence.NAME: 3, Evidence.SIMILAR: 1}


@dataclass(frozen=True)
class Candidate:
    """A contact in Xero and the evidence for it."""

    xero_side: ContactInXero
    evidence: tuple[Evidence, ...]

    @property
    def words(self) -> str:
        """ "Same client number and e-mail address"; empty without evidence."""
        same = [each.value for each in self.evidence if each is not Evidence.SIMILAR]
        if not same:
            return "Similar name" if self.evidence else ""
        return f"Same {text.join_words(same)}"


def candidates(
    contact: ContactDocument, found: Iterable[ContactInXero], *, all_of_them: bool = False
) -> list[Candidate]:
    """The contacts with evidence, the likeliest first, active before archived; with `all_of_them` the others too."""
    known = {
        xero_side.xero_id: Candidate(xero_side, evidence(contact, xero_side))
        for xero_side in found
        if xero_side.xero_id
    }
    kept = [each for each in known.values() if each.evidence or all_of_them]
    return sorted(kept, key=_rank)


def evidence(contact: ContactDocument, xero_side: ContactInXero) -> tuple[Evidence, ...]:
    """The evidence for this contact in Xero being the client."""
    found = []
    if xero_side.number and fold_number_as_xero(xero_side.number) in {
        fold_number_as_xero(contact.client_number),
        fold_number_as_xero(contact.number_sent),
    }:
        found.append(Evidence.NUMBER)
    if fold_name(xero_side.name) and fold_name(xero_side.name) == fold_name(contact.name):
        found.append(Evidence.NAME)
    elif is_similar_name(xero_side.name, contact.name):
        found.append(Evidence.SIMILAR)
    if shares_email(ours=contact.emails, theirs=xero_side.email):
        found.append(Evidence.EMAIL)
    return tuple(found)


def terms(contact: ContactDocument) -> list[str]:
    """The terms to search Xero for: client number, first e-mail address, and the longest word of the name."""
    longest = max(find_telling_words(contact.name), key=len, default="")
    wanted = [contact.number_sent or contact.client_number, *contact.emails[:1]]
    # A search for a word of the name finds the name too.
    wanted.append(longest if len(longest) > 3 else text.clean_name(contact.name))
    return [term for term in dict.fromkeys(wanted) if term]


def _rank(candidate: Candidate) -> tuple[int, bool, str]:
    weight = sum(WEIGHT[each] for each in candidate.evidence)
    return -weight, candidate.xero_side.is_archived, fold_name(candidate.xero_side.name)
