"""One row of a file of clients, its values by field -> a client, or what is wrong with it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from billing.domain.contact_limits import LONGEST, MOST, number_of_values_fault, value_fault
from billing.imports.client_layouts import ADDRESS, SECOND
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
    """The client of one row. `values`: field -> text, several e-mails or numbers in one with semicolons between.

    Fields that are empty may be absent.
    """
    given = values.get
    first, last = _joined(given("first_name", ""), given("middle_name", "")), given("last_name", "")
    person = _joined(first, last)
    name = given("name", "") or person or given("company", "")
    emails = split("emails", given("emails", ""))
    phones = [
        ContactPhone(kind, number)
        for field, kind in _PHONE_TYPES.items()
        if field in values
        for number in split(field, values[field])
    ]
    row = ContactRow(
        line_number=line_number,
        client_number=given("client_number", ""),
        kind=_kind(line_number, given("kind", ""), faults, is_person=bool(person) and _is_same_name(person, name)),
        name=name,
        first_name=first,
        last_name=last,
        emails=tuple(emails),
        phones=tuple(phones),
        tax_number=given("tax_number", ""),
        **_address(values),
    )
    _check(row, values, faults)
    return row


def _joined(one: str, other: str) -> str:
    return f"{one} {other}" if one and other else one or other


def _is_same_name(one: str, other: str) -> bool:
    return one == other or fold_name(one) == fold_name(other)


def split(field: str, value: str) -> list[str]:
    """The e-mails or numbers in one cell: a number may have a comma before its extension, an address never has one."""
    between = _BETWEEN_EMAILS if field == "emails" else _BETWEEN
    return [part for each in between.split(value) if (part := each.strip())] if value else []


def _address(values: Mapping[str, str]) -> dict[str, str]:
    """The first address, or the second where the first is empty; never a town of one and a street of the other."""
    group = "" if any(name in values for name in ADDRESS) else SECOND
    return {name: values.get(group + name, "") for name in ADDRESS}


def _check(row: ContactRow, values: Mapping[str, str], faults: FaultLog) -> None:
    """Log what the form would refuse too, and a client without a name."""
    if not row.name:
        faults.add(line_number=row.line_number, field="name", message="name is empty; every client needs one.")
    for field in LONGEST:
        if field not in MOST and (value := getattr(row, field)):
            is_joined = field == "name" and "name" not in values and "last_name" in values
            _check_value(row.line_number, "first_name" if is_joined else field, field, value, faults)
    for field in ("emails", *_PHONE_TYPES):
        for value in split(field, values[field]) if field in values else ():
            _check_value(row.line_number, field, "emails" if field == "emails" else "phones", value, faults)
    several: tuple[tuple[str, Sequence[object]], ...] = (("emails", row.emails), ("phones", row.phones))
    for field, all_values in several:
        if fault := number_of_values_fault(field=field, count=len(all_values)):
            faults.add(line_number=row.line_number, field=field, message=fault)


def _check_value(line: int, shown_field: str, field: str, value: str, faults: FaultLog) -> None:
    if fault := value_fault(field=field, value=value):
        called = "the whole name" if field == "name" != shown_field else shown_field
        faults.add(line_number=line, field=shown_field, message=f"{called} is {quoted(value)}: {fault}")


def _kind(line: int, value: str, faults: FaultLog, *, is_person: bool) -> str:
    if not value:
        return "PERSON" if is_person else "COMPANY"
    kind = _KINDS.get(value.lower(), "")
    if not kind:
        message = f"kind is {quoted(value)}; it must be person or company."
        faults.add(line_number=line, field="kind", message=message)
    return kind
