"""Contacts from a CSV file, all or none, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from billing.imports.client_rows import ContactRow
from billing.imports.contacts_csv import ContactsFile, ContactsRefused, read_contacts
from billing.imports.files import FaultLog
from billing.models import Contact, ContactKind, PhoneType, signals
from billing.services import numbers
from billing.services.contacts import contact_faults, fill_contact
from billing.services.facts import contact_facts
from billing.services.imports import BATCH, ImportReport, refused_file, refused_lines, unless_overtaken
from billing.services.known_clients import Known, recognise
from billing.services.values import ContactValues, Phone
from firms import audit
from firms.models import Firm, User
from firms.scope import firm_scope
from identity.text import clean_text


def import_contacts(*, firm: Firm, actor: User | None, data: bytes, dry_run: bool = False) -> ImportReport:
    """Create the clients of a CSV file that are not here yet; a client who is here and differs refuses the file.

    Clients are recognised by their number, and where the file has none by name and e-mail; new ones are given the next
    free numbers.
    """
    read = read_contacts(data=data)
    if isinstance(read, ContactsRefused):
        return replace(refused_file(refusal=read, dry_run=dry_run), layout=read.layout, columns=read.columns)

    def act() -> ImportReport:
        with transaction.atomic(), firm_scope(firm):
            # Two imports at once would both find a client missing.
            numbers.wait_for_turn(firm=firm)
            return _import(firm, actor, read, dry_run)

    return unless_overtaken(act=act, dry_run=dry_run)


def _import(firm: Firm, actor: User | None, read: ContactsFile, dry_run: bool) -> ImportReport:
    new, faults = _new_contacts(firm, read.rows)
    faults.extend(faults=read.faults, count=read.fault_count)
    if faults.count:
        refused = refused_lines(faults=faults, dry_run=dry_run)
        return replace(refused, layout=read.layout, columns=read.columns, notes=read.notes, note_count=read.note_count)
    assigned = _assign_numbers(firm, new)
    if not dry_run:
        create_contacts(firm=firm, actor=actor, contacts=new)
    return ImportReport(
        dry_run=dry_run,
        created=len(new),
        unchanged=len(read.rows) - len(new),
        ignored_columns=read.ignored_columns,
        layout=read.layout,
        columns=read.columns,
        assigned=assigned,
        notes=read.notes,
        note_count=read.note_count,
    )


def _new_contacts(firm: Firm, rows: Sequence[ContactRow]) -> tuple[list[Contact], FaultLog]:
    """The clients who are not here yet, and what speaks against the rows, each with its line."""
    known, faults = _known(firm, rows), FaultLog()
    new: list[Contact] = []
    for row in rows:
        values = _values(row)
        contact = Contact(firm=firm, client_number=row.client_number)
        fill_contact(contact, values)
        before = known.same.get(row.line_number)
        if before is not None:
            if differing := _differing(before, contact):
                faults.add(line_number=row.line_number, field=differing[0], message=_differs(before, differing))
            continue
        if maybe := known.doubtful.get(row.line_number):
            faults.add(line_number=row.line_number, field="emails", message=_may_be(maybe))
        for field, sentence in contact_faults(values=values).items():
            faults.add(line_number=row.line_number, field=field, message=sentence)
        new.append(contact)
    return new, faults


def _known(firm: Firm, rows: Sequence[ContactRow]) -> Known:
    """Which rows are clients of the firm: by number, and those without one by what else is known of them."""
    numbered = {row.client_number: row.line_number for row in rows if row.client_number}
    same = {
        numbered[contact.client_number]: contact for contact in firm.contacts.filter(client_number__in=list(numbered))
    }
    unnumbered = [row for row in rows if not row.client_number]
    if not unnumbered:
        return Known(same, {})
    # A client who has a line of their own is not another line's.
    others = firm.contacts.exclude(client_number__in=list(numbered)).order_by("pk")
    found = recognise(rows=unnumbered, contacts=list(others))
    return Known(same | found.same, found.doubtful)


def _assign_numbers(firm: Firm, new: Sequence[Contact]) -> str:
    """Give those without a number the next free ones, above those of the file; the words that say so, or ""."""
    without = [contact for contact in new if not contact.client_number]
    if not without:
        return ""
    in_file = [int(each.client_number) for each in new if numbers.is_counted(each.client_number)]
    first = max([int(numbers.next_client_number(firm=firm)), *(number + 1 for number in in_file)])
    for number, contact in enumerate(without, start=first):
        contact.client_number = str(number)
    to = f" to {without[-1].client_number}" if len(without) > 1 else ""
    return f"clients without a number in the file: {len(without):,}, numbered {first}{to} here"


def create_contacts(*, firm: Firm, actor: User | None, contacts: Sequence[Contact]) -> None:
    """Write new contacts set-wise and tell who listens; in the caller's transaction and scope."""
    if not contacts:
        return
    Contact.objects.bulk_create(contacts, batch_size=BATCH)
    changes: list[audit.Change] = [(contact, {}, contact_facts(contact)) for contact in contacts]
    audit.record_all(firm=firm, actor=actor, action="contact.imported", changes=changes)
    signals.contacts_saved.send(sender=Contact, firm=firm, contacts=list(contacts), actor=actor, bulk=True)


def _values(row: ContactRow) -> ContactValues:
    plain: dict[str, Any] = {
        name: getattr(row, name)
        for name in ContactValues.__dataclass_fields__
        if name not in {"kind", "emails", "phones"}
    }
    phones = tuple(Phone(type=PhoneType(phone.type), number=phone.number) for phone in row.phones)
    return ContactValues(**plain, kind=ContactKind(row.kind), emails=row.emails, phones=phones)


def _differing(before: Contact, after: Contact) -> list[str]:
    """The fields in which the file says otherwise: not a number it has not, nor letters stored in another way."""
    old, new = contact_facts(before), contact_facts(after)
    if not after.client_number:
        del old["client_number"]
    return [name for name in old if _as_read(old[name]) != new[name]]


def _as_read(value: Any) -> Any:
    """A value saved before as a file's reader gives it."""
    return clean_text(value) if isinstance(value, str) else value


def _differs(before: Contact, fields: Sequence[str]) -> str:
    listed = ", ".join(fields)
    return (
        f"Client {before.client_number} is here already, with other values of {listed}. An import adds clients and "
        "never changes one: edit the contact's page, or take the line out."
    )


def _may_be(contact: Contact) -> str:
    return (
        f"Client {contact.client_number} has this name and other e-mail addresses. If it is the same client, edit the "
        "contact's page or take the line out; if it is another, add a column client_number and give the line a number."
    )
