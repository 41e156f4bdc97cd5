"""Contacts new to Xero whose name looks the same as one there, which Xero itself would not refuse."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone

from xero_sync.domain.documents import ContactDocument
from xero_sync.domain.in_xero import KnownInXero
from xero_sync.domain.kinds import Kind
from xero_sync.domain.matching import Link, match_look_alike
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.rules import Note
from xero_sync.domain.states import Event, Outcome
from xero_sync.engine.prepare import Ready
from xero_sync.engine.turn_context import Turn
from xero_sync.organisation import index
from xero_sync.outbox import Result


def link_look_alikes(*, turn: Turn, ready: Sequence[Ready]) -> tuple[list[Ready], list[Result]]:
    """The documents to be sent now, and the contacts that are linked instead and go again as an update.

    Decided by the index of Xero, without a call. Where the e-mail addresses do not agree the contact goes as a new
    one, with a note that offers the link. One query for a batch of new contacts, two where something is found.
    """
    contacts = {each.document.object_id: each.document for each in ready if _is_new(each)}
    known = _read_known(turn, [each for each in contacts.values() if isinstance(each, ContactDocument)])
    if known is None:
        return list(ready), []
    kept, linked = [], []
    for each in ready:
        answer = _answer(each, known) if _is_new(each) else None
        if isinstance(answer, Link):
            known.belongs(xero_id=answer.xero_id, client=each.document.object_id)
            linked.append(_link(turn, each, answer))
        elif isinstance(answer, Note):
            kept.append(replace(each, mapped=replace(each.mapped, notes=(*each.mapped.notes, answer))))
        else:
            kept.append(each)
    return kept, linked


def _is_new(each: Ready) -> bool:
    document = each.document
    return isinstance(document, ContactDocument) and not document.xero_id and not document.name_there


def _read_known(turn: Turn, contacts: Sequence[ContactDocument]) -> KnownInXero | None:
    """The contacts in Xero with these names or numbers, each with whose it is already; None if there are none."""
    if not contacts:
        return None
    entries = index.alike(
        firm=turn.firm,
        xero_tenant_id=turn.xero_tenant_id,
        ids={},
        numbers={Kind.CONTACT: [each.number_sent or each.client_number for each in contacts]},
        names=[each.name for each in contacts],
    )[Kind.CONTACT]
    if not entries:
        return None
    known = KnownInXero(entries)
    clients = index.read_linked_clients(
        firm=turn.firm, xero_tenant_id=turn.xero_tenant_id, xero_ids=[entry.xero_id for entry in entries]
    )
    for xero_id, client in clients.items():
        known.belongs(xero_id=xero_id, client=client)
    return known


def _answer(each: Ready, known: KnownInXero) -> Link | Note | None:
    document = each.document
    assert isinstance(document, ContactDocument)
    number = document.number_sent or document.client_number
    return match_look_alike(
        document,
        preferences=Preferences.from_stored(each.job.preferences),
        index=known.alike(number=number, name=document.name),
    )


def _link(turn: Turn, each: Ready, answer: Link) -> Result:
    assert isinstance(each.document, ContactDocument)
    link = {"note": answer.note, "code": answer.code, "number": answer.number, "restored": answer.restored}
    kept = {"without_number": True} if each.document.without_number else {}
    return Result(
        job_id=each.job.pk,
        version=each.job.desired_version,
        event=Event.DEFERRED,
        outcome=Outcome.DEFERRED,
        changes={
            "due_at": timezone.now(),
            "xero_id": answer.xero_id,
            "xero_tenant_id": turn.xero_tenant_id,
            "xero_status": answer.status,
            "link": {**kept, **link, "for": each.document.name},
        },
    )
