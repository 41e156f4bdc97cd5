"""A CSV file of clients, keyed by client number -> frozen rows. Importing them, all or none, is a service."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from billing.imports.files import FaultLog, FileRefused, decode, quoted

# Column -> the most characters its value may have: what our tables and Xero's contacts hold.
COLUMNS = {
    "client_number": 50,
    "kind": 20,
    "name": 255,
    "first_name": 255,
    "last_name": 255,
    "emails": 255,
    "phones": 50,
    "phone_direct": 50,
    "phone_mobile": 50,
    "phone_fax": 50,
    "address_line1": 500,
    "address_line2": 500,
    "city": 255,
    "region": 255,
    "postal_code": 50,
    "country": 50,
    "tax_number": 50,
}
_SEVERAL = {"emails", "phones", "phone_direct", "phone_mobile", "phone_fax"}
_PHONE_TYPES = {"phones": "WORK", "phone_direct": "DIRECT", "phone_mobile": "MOBILE", "phone_fax": "FAX"}

# Other systems' names of our columns, without case, spaces and hyphens.
_ALIASES = {
    "clientno": "client_number",
    "clientid": "client_number",
    "type": "kind",
    "email": "emails",
    "emailaddress": "emails",
    "phone": "phones",
    "telephone": "phones",
    "mobile": "phone_mobile",
    "fax": "phone_fax",
    "address1": "address_line1",
    "address2": "address_line2",
    "state": "region",
    "postcode": "postal_code",
    "zip": "postal_code",
    "zipcode": "postal_code",
    "vatnumber": "tax_number",
}
_KINDS = {
    "person": "PERSON",
    "individual": "PERSON",
    "company": "COMPANY",
    "organisation": "COMPANY",
    "organization": "COMPANY",
    "business": "COMPANY",
}


class ContactPhone(NamedTuple):
    """A number and its type: WORK, DIRECT, MOBILE or FAX."""

    type: str
    number: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One client; `kind` is PERSON or COMPANY, e-mails are kept as they were typed."""

    line_number: int
    client_number: str
    kind: str
    name: str
    first_name: str
    last_name: str
    emails: tuple[str, ...]
    phones: tuple[ContactPhone, ...]
    address_line1: str
    address_line2: str
    city: str
    region: str
    postal_code: str
    country: str
    tax_number: str


@dataclass(frozen=True)
class ContactsFile:
    """A file without faults; `ignored_columns` are columns that have no field here, to be named to the user."""

    rows: tuple[ContactRow, ...]
    ignored_columns: tuple[str, ...]


@dataclass(frozen=True)
class ContactsRefused(FileRefused):
    """The file is damaged, is no table of clients, or a row of it cannot be taken."""


def read_contacts(*, data: bytes) -> ContactsFile | ContactsRefused:
    """Read a CSV file of at most 64 MB, separated by commas, semicolons or tabs, or refuse it whole by line."""
    faults = FaultLog()
    if data.startswith(b"PK\x03\x04"):
        faults.add(line_number=1, message="This looks like an Excel workbook. Save it as CSV and import that file.")
        return ContactsRefused(faults.shown, faults.count)
    text = decode(data=data, faults=faults)
    table = _cells(text, faults)
    header = next(table, None)
    if header is None and not faults.count:
        faults.add(line_number=1, message="The file is empty. Its first line must name the columns.")
    columns = _columns(header, faults) if header else []
    rows = () if faults.count else tuple(_rows(table, columns, faults))
    if not rows and not faults.count:
        faults.add(line_number=2, message="The file names its columns and holds no client.")
    if faults.count:
        return ContactsRefused(faults.shown, faults.count)
    named = header[1] if header else []
    return ContactsFile(rows, tuple(n.strip() for n, c in zip(named, columns, strict=True) if n.strip() and not c))


def _cells(text: str, faults: FaultLog) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank with the physical line it begins on."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        message = 'From this line on the file cannot be read: a " is opened and not closed, or stands inside a value.'
        faults.add(line_number=line, message=message)


def _columns(header: tuple[int, list[str]], faults: FaultLog) -> list[str]:
    """Our name of each column in the file, "" for those we have no place for."""
    line, names = header
    known = {_plain(name): name for name in COLUMNS} | _ALIASES
    columns = [known.get(_plain(name), "") for name in names]
    for column in COLUMNS:
        if columns.count(column) > 1:
            faults.add(line_number=line, field=column, message=f"Two columns are {column}. Keep one of them.")
    if "client_number" not in columns:
        message = "No column is client_number, which tells clients apart. The first line must name the columns."
        faults.add(line_number=line, field="client_number", message=message)
    elif not {"name", "first_name", "last_name"} & set(columns):
        faults.add(line_number=line, field="name", message="No column is name. Every client needs a name.")
    return columns


def _rows(table: Iterator[tuple[int, list[str]]], columns: list[str], faults: FaultLog) -> Iterator[ContactRow]:
    seen: dict[str, int] = {}
    for line, cells in table:
        if len(cells) < len(columns) or any(cell.strip() for cell in cells[len(columns) :]):
            message = f"This row has {len(cells)} values where the first line names {len(columns)} columns."
            faults.add(line_number=line, message=message)
            continue
        values = dict.fromkeys(COLUMNS, "")
        values |= {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column}
        row = _row(line, values, faults)
        first = seen.setdefault(row.client_number, line)
        if row.client_number and first != line:
            message = f"Client number {quoted(row.client_number)} is here and on line {first}. Each client has its own."
            faults.add(line_number=line, field="client_number", message=message)
        yield row


def _row(line: int, values: dict[str, str], faults: FaultLog) -> ContactRow:
    _check_lengths(line, values, faults)
    if not values["client_number"]:
        faults.add(line_number=line, field="client_number", message="client_number is empty; every client needs one.")
    person = f"{values['first_name']} {values['last_name']}".strip()
    name = values["name"] or person
    if not name:
        faults.add(line_number=line, field="name", message="name is empty; every client needs one.")
    elif not values["name"] and len(name) > COLUMNS["name"]:
        message = (
            f"first_name and last_name together make {quoted(name)}; a name has at most {COLUMNS['name']} characters."
        )
        faults.add(line_number=line, field="first_name", message=message)
    return ContactRow(
        line_number=line,
        client_number=values["client_number"],
        kind=_kind(line, values["kind"], faults) if values["kind"] else "PERSON" if person else "COMPANY",
        name=name,
        first_name=values["first_name"],
        last_name=values["last_name"],
        emails=tuple(_several(values["emails"])),
        phones=tuple(ContactPhone(kind, n) for column, kind in _PHONE_TYPES.items() for n in _several(values[column])),
        address_line1=values["address_line1"],
        address_line2=values["address_line2"],
        city=values["city"],
        region=values["region"],
        postal_code=values["postal_code"],
        country=values["country"],
        tax_number=values["tax_number"],
    )


def _check_lengths(line: int, values: dict[str, str], faults: FaultLog) -> None:
    for column, limit in COLUMNS.items():
        parts = _several(values[column]) if column in _SEVERAL else [values[column]]
        for value in parts:
            if len(value) > limit:
                message = f"{column} is {quoted(value)}; it may have at most {limit} characters."
                faults.add(line_number=line, field=column, message=message)


def _kind(line: int, value: str, faults: FaultLog) -> str:
    kind = _KINDS.get(value.lower(), "")
    if not kind:
        message = f"kind is {quoted(value)}; it must be person or company."
        faults.add(line_number=line, field="kind", message=message)
    return kind


def _several(value: str) -> list[str]:
    return [part.strip() for part in value.split(";") if part.strip()]


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
