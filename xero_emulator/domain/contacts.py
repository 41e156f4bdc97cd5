"""Creating and updating contacts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from xero_emulator.domain import values
from xero_emulator.domain.clock import stamp_after
from xero_emulator.domain.contact_rules import CONTACT_RULES, ContactAttempt
from xero_emulator.domain.organisation import Organisation, new_id
from xero_emulator.domain.records import Contact
from xero_emulator.domain.refusals import malformed_json
from xero_emulator.domain.values import Json

PLAIN_FIELDS = (
    "FirstName",
    "LastName",
    "EmailAddress",
    "CompanyNumber",
    "TaxNumber",
    "BankAccountDetails",
    "DefaultCurrency",
    "AccountsReceivableTaxType",
    "AccountsPayableTaxType",
)
ADDRESS_TYPES = ("POBOX", "STREET")
PHONE_TYPES = ("DEFAULT", "DDI", "MOBILE", "FAX", "OFFICE")


@dataclass(frozen=True)
class Refused:
    """An element Xero did not save, with its sentences."""

    messages: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def find(*, organisation: Organisation, raw: Mapping[str, object]) -> Contact | None:
    """The contact an update without a ContactID is about: by number, archived ones too, else by active name."""
    contacts = organisation.contacts
    by_number = contacts.find(key="number", value=values.text(raw, "ContactNumber"))
    return by_number or contacts.find(key="active name", value=values.text(raw, "Name"))


def save(*, organisation: Organisation, raw: Json, creates: bool, now: datetime, app: str) -> Contact | Refused:
    """Store one contact; ``creates`` is PUT, which refuses what exists, otherwise it creates or updates."""
    contact_id = values.identifier(raw, "ContactID")
    known = organisation.contacts.get(contact_id)
    unknown = contact_id is not None and known is None
    before = None if creates else known or find(organisation=organisation, raw=raw)
    start = before or Contact(contact_id=new_id(), name="", created=now, updated=now, app=app)
    attempt = ContactAttempt(
        organisation=organisation,
        raw=raw,
        creates=creates,
        before=before,
        after=_merged(
            start=start,
            raw=raw,
            now=stamp_after(before.updated if before else None, now=now),
            keeps_parts=organisation.switches.unsent_parts_kept,
        ),
        unknown_id=unknown,
    )
    messages = tuple(message for rule in CONTACT_RULES for message in rule.check(attempt))
    if messages:
        return Refused(messages=messages)
    organisation.contacts.put(attempt.after)
    return attempt.after


def _merged(*, start: Contact, raw: Json, now: datetime, keeps_parts: bool) -> Contact:
    """The contact with the fields of ``raw`` over its own; fields left out are kept."""
    plain = {name: value for name in PLAIN_FIELDS if (value := values.text(raw, name)) is not None}
    persons = values.objects(raw, "ContactPersons")
    status = _given(raw, "ContactStatus", start.status)
    addresses, phones = values.objects(raw, "Addresses"), values.objects(raw, "Phones")
    return replace(
        start,
        name=_given(raw, "Name", start.name),
        number=_given(raw, "ContactNumber", start.number),
        account_number=_given(raw, "AccountNumber", start.account_number),
        status=status,
        # Whoever restores a merged contact undoes the merge.
        merged_to="" if status == "ACTIVE" else start.merged_to,
        fields={**start.fields, **plain},
        addresses=_typed(start.addresses, addresses, kind="AddressType", kinds=ADDRESS_TYPES, keeps_parts=keeps_parts),
        phones=_typed(start.phones, phones, kind="PhoneType", kinds=PHONE_TYPES, keeps_parts=keeps_parts),
        # The list of persons is replaced as a whole: a person that is left out is gone.
        persons=start.persons if persons is None else tuple(persons),
        updated=now,
    )


def _given(raw: Json, key: str, otherwise: str) -> str:
    value = values.text(raw, key)
    return otherwise if value is None else value


def _typed(
    held: tuple[dict[str, str], ...],
    sent: list[Json] | None,
    *,
    kind: str,
    kinds: tuple[str, ...],
    keeps_parts: bool,
) -> tuple[dict[str, str], ...]:
    """Addresses or phones by their type, those sent over those held."""
    if sent is None:
        return held
    by_type = {item[kind]: item for item in held}
    for item in sent:
        label = values.text(item, kind) or kinds[0]
        if label not in kinds:
            raise malformed_json()
        parts = {name: str(value) for name, value in item.items() if value is not None} | {kind: label}
        by_type[label] = {**(by_type.get(label, {}) if keeps_parts else {}), **parts}
    return tuple(by_type.values())
