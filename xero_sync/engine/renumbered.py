"""Bills of ours whose create was lost and which a bookkeeper gave another number before they were looked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from firms.models import Firm
from xero_sync.domain.kinds import KindSpec
from xero_sync.engine.unconfirmed import Unconfirmed
from xero_sync.models import XeroRecord

Documents = Mapping[str, dict[str, Any]]
Sents = Mapping[int, Sequence[Unconfirmed]]


def absent_creates(*, kind: KindSpec, sent: Sents, found: Documents) -> list[Unconfirmed]:
    """The unanswered creates whose number Xero does not have, and which may be there under another."""
    if kind.is_ours_renumbered is None:
        return []
    return [body for bodies in sent.values() for body in bodies if kind.identify(body.element) not in found]


def find_renumbered(
    *, firm: Firm, kind: KindSpec, absent: Sequence[Unconfirmed], changed: Sequence[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """By the number that was sent, the documents in Xero that are ours in all but the number.

    `changed` are the documents changed in Xero since the sending. One that is linked to a document of the firm, has
    ended, or has the number of one is not looked at; each is taken once. Two queries, none if nothing was changed.
    """
    left = {document[kind.calls.id_key]: document for document in changed if not _has_ended(kind, document)}
    left = _not_known_here(firm, kind, left) if left else {}
    renumbered: dict[str, dict[str, Any]] = {}
    for body in absent:
        number, is_ours = kind.identify(body.element), kind.is_ours_renumbered
        same = next((at for at, document in left.items() if is_ours and is_ours(body.element, document)), None)
        if number not in renumbered and same is not None:
            renumbered[number] = left.pop(same)
    return renumbered


def _has_ended(kind: KindSpec, document: Mapping[str, Any]) -> bool:
    return kind.sides is not None and kind.sides.has_ended(kind.read_in_xero(document))


def _not_known_here(firm: Firm, kind: KindSpec, documents: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    linked = XeroRecord.objects.filter(firm=firm, job__kind=kind.code, xero_id__in=list(documents))
    taken = set(linked.values_list("xero_id", flat=True))
    numbers = [kind.identify(document) for document in documents.values()]
    code = kind.rows.summary["code"]
    here = getattr(firm, kind.rows.manager).filter(**{f"{code}__in": numbers})
    ours = set(here.values_list(code, flat=True))
    return {
        at: document for at, document in documents.items() if at not in taken and kind.identify(document) not in ours
    }
