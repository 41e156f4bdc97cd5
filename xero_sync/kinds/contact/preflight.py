"""The forecast for a contact: Xero's refusals, and the fixes that the preferences allow. Pure.

Source of the refusals: developer.xero.com, Accounting API, Contacts, read November 2026. A clash is decided
by `matching.match_contact`, as in `engine.auto_fix` after a real one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xero_sync.domain.emails import is_valid_email
from xero_sync.domain.errors import Fault, preflight
from xero_sync.domain.in_xero import ACTIVE, Entry, KnownInXero
from xero_sync.domain.link import Link
from xero_sync.domain.matches import Match
from xero_sync.domain.notes import Note
from xero_sync.domain.verdicts import (
    DocumentGiven,
    Judged,
    arriving,
    stopped,
)
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.fixes import CLASHES, link_matched, link_renamed
from xero_sync.kinds.contact.look_alikes import find_look_alike
from xero_sync.kinds.contact.mapping import map_contact
from xero_sync.kinds.contact.matching import match_contact

BETWEEN_LETTERS = " .'()-"
# As many as one request carries.
BATCH_LIMIT = 50


@dataclass(frozen=True)
class Settled:
    """The verdict on a contact, and the contact as it would be in Xero afterwards."""

    judged: Judged
    document: ContactDocument


def judge_contacts(contacts: Sequence[DocumentGiven[ContactDocument]], in_xero: KnownInXero) -> dict[int, Settled]:
    """The verdicts by object id, in batches as the outbox claims them; `in_xero` learns of each.

    A clash is fixed after its batch, and the fixed contact goes at the end of the line. A contact at rest is in no
    batch: the head of the line says whether new or known contacts go first.
    """
    first_ids = {each.document.object_id: each.document.xero_id for each in contacts}
    for each in contacts:
        if each.document.xero_id:
            in_xero.belongs(xero_id=each.document.xero_id, client=each.document.object_id)
    settled = {each.document.object_id: _judge_at_rest(each) for each in contacts if each.at_rest}
    line = [each for each in contacts if not each.at_rest]
    while line:
        batch = _head(line)
        taken = {each.document.object_id for each in batch}
        line = [each for each in line if each.document.object_id not in taken]
        batch, linked = _link_look_alikes(batch, in_xero)
        line += linked
        found = {each.document.object_id: _judge(each, in_xero) for each in batch}
        for each in batch:
            outcome = found[each.document.object_id]
            fixed = _fixed_contact(each, in_xero) if _may_fix(each, outcome.judged) else None
            if fixed is not None:
                line.append(fixed)
                continue
            if not outcome.judged.arrives:
                # Linked on the way or not: bills go on waiting for the contact until Xero would take it.
                outcome = replace(outcome, judged=replace(outcome.judged, xero_id=first_ids[each.document.object_id]))
            settled[each.document.object_id] = outcome
    return settled


def _head(line: Sequence[DocumentGiven[ContactDocument]]) -> list[DocumentGiven[ContactDocument]]:
    """The first of the line and the later ones that are in Xero, or new, as the first is."""
    known = bool(line[0].document.xero_id)
    return [each for each in line if bool(each.document.xero_id) == known][:BATCH_LIMIT]


def _link_look_alikes(
    batch: Sequence[DocumentGiven[ContactDocument]], in_xero: KnownInXero
) -> tuple[list[DocumentGiven[ContactDocument]], list[DocumentGiven[ContactDocument]]]:
    """The contacts to be sent as they are, and those that `engine.look_alikes` would link first."""
    kept, linked = [], []
    for each in batch:
        # What is gone in Xero waits for a person first.
        answer = None if each.link.gone else find_look_alike(each.document, each.preferences, in_xero)
        if isinstance(answer, Match):
            in_xero.belongs(xero_id=answer.xero_id, client=each.document.object_id)
            linked.append(_linked(each, answer))
        else:
            kept.append(each)
    return kept, linked


def _judge_at_rest(given: DocumentGiven[ContactDocument]) -> Settled:
    mapped = map_contact(given.document, preferences=given.preferences)
    notes = [*mapped.notes, *_link_notes(given.link)]
    return Settled(arriving(document=given.document, notes=notes, unchanged=True), given.document)


def _judge(given: DocumentGiven[ContactDocument], in_xero: KnownInXero) -> Settled:
    document, notes = given.document, _link_notes(given.link)
    offered = find_look_alike(given.document, given.preferences, in_xero)
    if isinstance(offered, Note):
        notes.append(offered)
    mapped = map_contact(document, preferences=given.preferences)
    if document.xero_id and mapped.content_hash == given.confirmed_hash:
        return Settled(arriving(document=document, notes=[*mapped.notes, *notes], unchanged=True), document)
    gone = (preflight("contact-gone"),) if given.link.gone else ()
    faults = gone or refusals(mapped.payload, document, in_xero)
    if faults:
        return Settled(stopped(document=document, faults=faults, xero_id=document.xero_id), document)
    arrived = document if document.xero_id else replace(document, xero_id=f"new {document.object_id}")
    in_xero.put(_entry(mapped.payload, arrived, in_xero))
    in_xero.belongs(xero_id=arrived.xero_id, client=arrived.object_id)
    return Settled(arriving(document=arrived, notes=[*mapped.notes, *notes]), arrived)


def _may_fix(given: DocumentGiven[ContactDocument], judged: Judged) -> bool:
    # Fixed once under this name and refused again: a person has to look.
    untried = not given.link.was_made_for(given.document.name)
    return untried and any(fault.code in CLASHES for fault in judged.faults)


def judge_restoring(given: DocumentGiven[ContactDocument], document: ContactDocument, in_xero: KnownInXero) -> Judged:
    """The verdict on a contact that is archived in Xero and restored for a bill; `in_xero` learns of it."""
    archived = replace(document, xero_status="ARCHIVED")
    mapped = map_contact(archived, preferences=given.preferences)
    faults = refusals(mapped.payload, archived, in_xero)
    if faults:
        return stopped(document=document, faults=faults, xero_id=document.xero_id)
    in_xero.put(_entry(mapped.payload, archived, in_xero))
    return arriving(document=archived, notes=mapped.notes)


def refusals(payload: Mapping[str, Any], document: ContactDocument, in_xero: KnownInXero) -> tuple[Fault, ...]:
    """Every fault Xero would find in this contact."""
    own = document.xero_id
    before = in_xero.get(own) if own else None
    status = payload.get("ContactStatus") or (before.status if before else ACTIVE)
    faults = []
    if not payload.get("Name"):
        faults.append(preflight("contact-name-not-allowed"))
    if status == ACTIVE and in_xero.holds_name(payload.get("Name", ""), but=own):
        faults.append(_name_fault(payload, before, own))
    number = str(payload.get("ContactNumber", ""))
    if in_xero.holds_number(number, but=own):
        code = "contact-number-in-use" if own else "contact-number-taken"
        faults.append(preflight(code, contact_number=number))
    email = payload.get("EmailAddress")
    if email and not is_valid_email(email):
        faults.append(preflight("email-invalid", name=email))
    if any(not _letters_only(address.get("Country", "")) for address in payload.get("Addresses", ())):
        faults.append(preflight("country-not-allowed"))
    return tuple(faults)


def _name_fault(payload: Mapping[str, Any], before: Entry | None, own: str) -> Fault:
    name = payload["Name"]
    if not own:
        return preflight("contact-name-taken", name=name)
    if before is not None and before.status != ACTIVE:
        return preflight("contact-name-exists", name=name)
    return preflight("contact-rename-refused", name=before.name if before else "", new_name=name)


def _fixed_contact(
    given: DocumentGiven[ContactDocument], in_xero: KnownInXero
) -> DocumentGiven[ContactDocument] | None:
    """The contact as `engine.auto_fix` would requeue it; None where a person has to act. `in_xero` learns of a link."""
    document = given.document
    number = document.number_sent or document.client_number
    alike = in_xero.alike(number=number, name=document.name)
    answer = match_contact(document, preferences=given.preferences, index=alike)
    if answer is None:
        return None
    if isinstance(answer, Match):
        in_xero.belongs(xero_id=answer.xero_id, client=document.object_id)
        return _linked(given, answer)
    return replace(given, document=replace(document, name_in_xero=answer.name), link=link_renamed(document, answer))


def _linked(given: DocumentGiven[ContactDocument], answer: Match) -> DocumentGiven[ContactDocument]:
    document = given.document
    linked = replace(
        document, xero_id=answer.xero_id, xero_status=answer.status, number_in_xero=answer.number, name_in_xero=""
    )
    return replace(given, document=linked, link=link_matched(document, answer))


def _entry(payload: Mapping[str, Any], document: ContactDocument, in_xero: KnownInXero) -> Entry:
    before = in_xero.get(document.xero_id) or Entry(xero_id=document.xero_id, status=ACTIVE)
    return replace(
        before,
        number=str(payload.get("ContactNumber") or before.number),
        name=str(payload.get("Name") or before.name),
        email=str(payload.get("EmailAddress", before.email)),
        status=str(payload.get("ContactStatus") or before.status),
    )


def _link_notes(link: Link) -> list[Note]:
    return [Note(link.evidence, link.note)] if link.note else []


def _letters_only(country: str) -> bool:
    return all(character.isalpha() or character in BETWEEN_LETTERS for character in country)
