"""Contacts from a CSV file, all or none, in a fixed number of statements."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from billing.imports.contacts_csv import ContactRow, ContactsFile, read_contacts
from billing.imports.files import FaultLog, FileRefused
from billing.models import Contact, ContactKind, PhoneType, signals
from billing.services import numbers
from billing.services.contacts import fill_contact
from billing.services.facts import contact_facts
from billing.services.imports import BATCH, ImportReport, refused_file, refused_lines, unless_overtaken
from billing.services.values import ContactValues, Phone
from firms import audit
from firms.models import Firm, User
from firms.scope import firm_scope


def import_contacts(*, firm: Firm, actor: User | None, data: bytes, dry_run: bool = False) -> ImportReport:
    """Create the clients of a CSV file that are not here yet; a client who is here and differs refuses the file."""
    read = read_contacts(data=data)
    if isinstance(read, FileRefused):
        return refused_file(refusal=read, dry_run=dry_run)

    def act() -> ImportReport:
        with transaction.atomic(), firm_scope(firm):
            # Two imports at once would both find a client missing.
            numbers.wait_for_turn(firm=firm)
            return _import(firm, actor, read, dry_run)

    return unless_overtaken(act=act, dry_run=dry_run)


def _import(firm: Firm, actor: User | None, read: ContactsFile, dry_run: bool) -> ImportReport:
    known = {
        contact.client_number: contact
        for contact in firm.contacts.filter(client_number__in=[row.client_number for row in read.rows])
    }
    faults, new = FaultLog(), []
    for row in read.rows:
        contact = _contact(firm, row)
        before = known.get(row.client_number)
        if before is None:
            new.append(contact)
        elif differing := _differing(before, contact):
            faults.add(line_number=row.line_number, field=differing[0], message=_differs(row, differing))
    if faults.count:
        return refused_lines(faults=faults, dry_run=dry_run)
    if not dry_run:
        create_contacts(firm=firm, actor=actor, contacts=new)
    return ImportReport(
        dry_run=dry_run, created=len(new), unchanged=len(read.rows) - len(new), ignored_columns=read.ignored_columns
    )


def create_contacts(*, firm: Firm, actor: User | None, contacts: Sequence[Contact]) -> None:
    """Write new contacts set-wise and tell who listens; in the caller's transaction and scope."""
    if not contacts:
        return
    Contact.objects.bulk_create(contacts, batch_size=BATCH)
    changes: list[audit.Change] = [(contact, {}, contact_facts(contact)) for contact in contacts]
    audit.record_all(firm=firm, actor=actor, action="contact.imported", changes=changes)
    signals.contacts_saved.send(sender=Contact, firm=firm, contacts=list(contacts), actor=actor, bulk=True)


def _contact(firm: Firm, row: ContactRow) -> Contact:
    plain: dict[str, Any] = {
        name: getattr(row, name)
        for name in ContactValues.__dataclass_fields__
        if name not in {"kind", "emails", "phones"}
    }
    phones = tuple(Phone(type=PhoneType(phone.type), number=phone.number) for phone in row.phones)
    values = ContactValues(**plain, kind=ContactKind(row.kind), emails=row.emails, phones=phones)
    contact = Contact(firm=firm, client_number=row.client_number)
    fill_contact(contact, values)
    return contact


def _differing(before: Contact, after: Contact) -> list[str]:
    old, new = contact_facts(before), contact_facts(after)
    return [name for name in old if old[name] != new[name]]


def _differs(row: ContactRow, fields: Sequence[str]) -> str:
    listed = ", ".join(fields)
    return (
        f"Client {row.client_number} is here already, with other values of {listed}. An import adds clients and never "
        "changes one: edit the contact's page, or take the line out."
    )
