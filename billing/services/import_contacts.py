"""Contacts from a CSV file: judged whole first, then written in slices, each in a fixed number of statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

from billing.domain.contact_limits import LONGEST, MOST
from billing.domain.import_choices import ImportChoices
from billing.imports.client_rows import ContactRow
from billing.imports.contacts_csv import ContactsFile, ContactsRefused, read_contacts
from billing.imports.files import FaultLog, LineFault
from billing.imports.tables import open_table
from billing.models import Contact, Import
from billing.services import numbers
from billing.services.column_choices import remembered_columns
from billing.services.facts import contact_facts
from billing.services.imports import ROWS_A_SLICE, SAMPLES, ImportReport, refused_file
from billing.services.known_clients import Known, recognise
from firms import audit
from firms.bulk_insert import insert_rows
from firms.models import Firm, User
from identity.text import clean_text

_PLAIN = tuple(name for name in LONGEST if name not in MOST)
SAMPLE_HEADS = ("Number", "Name", "E-mail", "Telephone", "City")


@dataclass(frozen=True)
class ContactSlice:
    """Some new clients of a file."""

    contacts: Sequence[Contact]

    @property
    def count(self) -> int:
        return len(self.contacts)

    def write(self, *, firm: Firm, actor: User | None, source: Import) -> None:
        """Write these clients, in the caller's transaction and scope; who listens hears of them at their release."""
        write_contacts(firm=firm, actor=actor, contacts=self.contacts, source=source)


@dataclass(frozen=True)
class JudgedContacts:
    """What a file of clients would do, and those it would create, in its order and numbered.

    `refused` are the first lines of the rows that are refused.
    """

    report: ImportReport
    new: Sequence[Contact] = ()
    refused: frozenset[int] = frozenset()
    _data: bytes = b""
    _reasons: Mapping[int, str] = field(default_factory=dict)

    def close(self) -> None:
        """Nothing is kept open."""

    def slices(self) -> Iterator[ContactSlice]:
        """The new clients, at most ROWS_A_SLICE at a time."""
        for start in range(0, len(self.new), ROWS_A_SLICE):
            yield ContactSlice(self.new[start : start + ROWS_A_SLICE])

    def refused_rows(self) -> Iterator[list[str]]:
        """The refused rows for a spreadsheet: why, and the row as the file has it."""
        table = open_table(data=self._data, faults=FaultLog(), notes=FaultLog(), encoding=self.report.chosen_encoding)
        for row in table.rows if table else ():
            if row.line_number in self.refused:
                reason = self._reasons.get(row.line_number, "")
                yield ["", str(row.line_number), " ".join(row.cells[:1]), reason, *row.cells]


def judge_contacts(*, firm: Firm, file: IO[bytes], choices: ImportChoices) -> JudgedContacts:
    """Read a file of clients and compare it with the firm's, in the firm's scope; nothing is written.

    Clients are recognised by their number, and where the file has none by name and e-mail; new ones are given the next
    free numbers. A client who is here and differs is refused.
    """
    data = file.read()
    read = read_contacts(
        data=data,
        encoding=choices.encoding,
        layout=choices.layout,
        columns=choices.columns,
        remembered=remembered_columns(firm=firm),
    )
    if isinstance(read, ContactsRefused):
        refused = refused_file(refusal=read, dry_run=True)
        return JudgedContacts(
            replace(refused, layout=read.layout, columns=read.columns, encoding=read.encoding, shape=read.shape)
        )
    return _judge_rows(firm, read, data, choices)


def _judge_rows(firm: Firm, read: ContactsFile, data: bytes, choices: ImportChoices) -> JudgedContacts:
    new, faults = _new_contacts(firm, read.rows)
    reasons = _reasons([*faults, *read.faults])
    lines = read.refused_lines | reasons.keys()
    log = FaultLog()
    log.extend(faults=faults, count=len(faults))
    log.extend(faults=read.faults, count=read.fault_count)
    report = ImportReport(
        dry_run=True,
        created=len(new),
        unchanged=len(read.rows) - len(new) - len({fault.line_number for fault in faults}),
        ignored_columns=read.ignored_columns,
        assigned=_assign_numbers(firm, new),
        sample_heads=SAMPLE_HEADS,
        samples=tuple(_sample(contact) for contact in new[:SAMPLES]),
        layout=read.layout,
        columns=read.columns,
        encoding=read.encoding,
        chosen_encoding=choices.encoding,
        shape=read.shape,
        faults=log.shown,
        fault_count=log.count,
        rows_refused=len(lines),
        skipped=choices.skip_refused,
        notes=read.notes,
        note_count=read.note_count,
    )
    return JudgedContacts(report, new, frozenset(lines), data, reasons)


def _reasons(faults: Iterable[LineFault]) -> dict[int, str]:
    found: dict[int, str] = {}
    for fault in faults:
        found[fault.line_number] = f"{found.get(fault.line_number, '')} {fault.message}".strip()
    return found


def _sample(contact: Contact) -> tuple[str, ...]:
    phone = contact.phones[0]["number"] if contact.phones else ""
    return (contact.client_number, contact.name, ", ".join(contact.emails), phone, contact.city)


def _new_contacts(firm: Firm, rows: Sequence[ContactRow]) -> tuple[list[Contact], list[LineFault]]:
    """The clients who are not here yet, and what speaks against the rows, each with its line."""
    known = _known(firm, rows)
    new, faults = list[Contact](), list[LineFault]()
    for row in rows:
        contact, before = _contact(firm, row), known.same.get(row.line_number)
        if before is not None:
            if differing := _differing(before, contact):
                faults.append(LineFault(row.line_number, differing[0], _differs(before, differing)))
        elif maybe := known.doubtful.get(row.line_number):
            faults.append(LineFault(row.line_number, "emails", _may_be(maybe)))
        else:
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


def write_contacts(*, firm: Firm, actor: User | None, contacts: Sequence[Contact], source: Import | None) -> None:
    """Write new contacts set-wise, in the caller's transaction and scope."""
    if not contacts:
        return
    for contact in contacts:
        contact.source_import = source
    insert_rows(contacts)
    changes: list[audit.Change] = [(contact, {}, contact_facts(contact)) for contact in contacts]
    audit.record_all(firm=firm, actor=actor, action="contact.imported", changes=changes)


def _contact(firm: Firm, row: ContactRow) -> Contact:
    """The client of a row, which was held against the form's limits when it was read."""
    phones = [{"type": phone.type, "number": phone.number} for phone in row.phones]
    plain = {name: getattr(row, name) for name in _PLAIN}
    return Contact(firm=firm, kind=row.kind, emails=list(row.emails), phones=phones, **plain)


def _differing(before: Contact, after: Contact) -> list[str]:
    """The fields in which the file says otherwise: not a number it has not, nor letters stored in another way."""
    old, new = contact_facts(before), contact_facts(after)
    if not after.client_number:
        del old["client_number"]
    return [name for name in old if _as_read(old[name]) != new[name]]


def _as_read(value: Any) -> Any:
    """A value saved before as a file's reader gives it."""
    if isinstance(value, list):
        return [_as_read(each) for each in value]
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
