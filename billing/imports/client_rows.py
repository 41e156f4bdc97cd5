"""One row of a file of clients, its values by field -> a client, or what is wrong with it. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from billing.imports.cells import is_scientific
from billing.imports.client_layouts import ADDRESS, FIELDS, SECOND, SEVERAL
from billing.imports.files import FaultLog, quoted
from identity import fold_name

_PHONE_TYPES: Final = {"phones": "WORK", "phone_direct": "DIRECT", "phone_mobile": "MOBILE", "phone_fax": "FAX"}
_KINDS: Final = {
    "person": "PERSON",
    "people": "PERSON",
    "individual": "PERSON",
    "company": "COMPANY",
    "organisation": "COMPANY",
    "organization": "COMPANY",
    "business": "COMPANY",
}
# Where Excel's shortened numbers would be taken for real ones.
_NUMBERS: Final = ("client_number", *_PHONE_TYPES, "tax_number")
_BETWEEN_EMAILS: Final = re.compile(r":::|[;,\n]")
_BETWEEN: Final = re.compile(r":::|[;\n]")


class ContactPhone(NamedTuple):
    """A number and its type: WORK, DIRECT, MOBILE or FAX."""

    type: str
    number: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One client; `kind` is PERSON or COMPANY. An empty client number asks for one; e-mails are as they were typed."""

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


def read_row(*, line_number: int, values: Mapping[str, str], faults: FaultLog) -> ContactRow:
    """The client of one row. `values`: field -> text, several e-mails or numbers in one with semicolons between."""
    values = dict.fromkeys([*FIELDS, *(SECOND + name for name in ADDRESS)], "") | dict(values)
    values["first_name"] = f"{values['first_name']} {values['middle_name']}".strip()
    address = _address(values)
    _check(line_number, values | address, faults)
    person = f"{values['first_name']} {values['last_name']}".strip()
    name = values["name"] or person or values["company"]
    if not name:
        faults.add(line_number=line_number, field="name", message="name is empty; every client needs one.")
    elif name == person and len(name) > FIELDS["name"][1]:
        message = (
            f"first_name and last_name together make {quoted(name)}; a name has at most {FIELDS['name'][1]} characters."
        )
        faults.add(line_number=line_number, field="first_name", message=message)
    is_person = bool(person) and fold_name(person) == fold_name(name)
    return ContactRow(
        line_number=line_number,
        client_number=values["client_number"],
        kind=_kind(line_number, values["kind"], faults) if values["kind"] else "PERSON" if is_person else "COMPANY",
        name=name,
        first_name=values["first_name"],
        last_name=values["last_name"],
        emails=tuple(split("emails", values["emails"])),
        phones=tuple(_phones(values)),
        tax_number=values["tax_number"],
        **address,
    )


def _phones(values: Mapping[str, str]) -> Iterator[ContactPhone]:
    for field, kind in _PHONE_TYPES.items():
        for number in split(field, values[field]):
            yield ContactPhone(kind, number)


def split(field: str, value: str) -> list[str]:
    """The e-mails or numbers in one cell: a number may have a comma before its extension, an address never has one."""
    between = _BETWEEN_EMAILS if field == "emails" else _BETWEEN
    return [part.strip() for part in between.split(value) if part.strip()]


def _address(values: Mapping[str, str]) -> dict[str, str]:
    """The first address, or the second where the first is empty; never a town of one and a street of the other."""
    group = "" if any(values[name] for name in ADDRESS) else SECOND
    return {name: values[group + name] for name in ADDRESS}


def _check(line: int, values: Mapping[str, str], faults: FaultLog) -> None:
    for field, (_, limit) in FIELDS.items():
        for value in split(field, values[field]) if field in SEVERAL else [values[field]]:
            if len(value) > limit:
                message = f"{field} is {quoted(value)}; it may have at most {limit} characters."
                faults.add(line_number=line, field=field, message=message)
            if field in _NUMBERS and is_scientific(value):
                message = (
                    f"{field} is {quoted(value)}: Excel shortens a long number so when it opens and saves a CSV file, "
                    "and the digits it left out are lost. Import the file as it was exported, or set the column to "
                    "Text in Excel and put the number in again."
                )
                faults.add(line_number=line, field=field, message=message)


def _kind(line: int, value: str, faults: FaultLog) -> str:
    kind = _KINDS.get(value.lower(), "")
    if not kind:
        message = f"kind is {quoted(value)}; it must be person or company."
        faults.add(line_number=line, field="kind", message=message)
    return kind
