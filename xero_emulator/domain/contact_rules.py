"""Why Xero refuses a contact: one rule for each refusal.

The number beside a rule is the message's row in the catalogue of Xero's validation messages; ``None`` marks a
limit that Xero documents but whose exact words were not found.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.records import Contact
from xero_emulator.domain.values import Json

EMAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+$")
COUNTRY = re.compile(r"^[^\W\d_]*(?:[ .'()-]+[^\W\d_]*)*$")
WEBSITE = re.compile(r"^https?://[^\s/.]+(?:\.[^\s/.]+)+(?:/\S*)?$")
STATUSES = ("ACTIVE", "ARCHIVED", "GDPRREQUEST")
FIELD_LENGTHS = {
    "FirstName": 255,
    "LastName": 255,
    "EmailAddress": 255,
    "CompanyNumber": 50,
    "TaxNumber": 50,
    "ContactNumber": 50,
    "AccountNumber": 50,
}
ADDRESS_LENGTHS = {
    "AddressLine1": 500,
    "AddressLine2": 500,
    "AddressLine3": 500,
    "AddressLine4": 500,
    "City": 255,
    "Region": 255,
    "AttentionTo": 255,
    "PostalCode": 50,
    "Country": 50,
}
PHONE_LENGTHS = {"PhoneNumber": 50, "PhoneAreaCode": 10, "PhoneCountryCode": 20}


@dataclass(frozen=True)
class ContactAttempt:
    """What one element would make of a contact: ``before`` is None for a new one."""

    organisation: Organisation
    raw: Json
    creates: bool
    before: Contact | None
    after: Contact
    unknown_id: bool


Check = Callable[[ContactAttempt], Iterable[str]]


@dataclass(frozen=True)
class ContactRule:
    """One refusal: its row in the message catalogue and the check that yields its sentences."""

    row: int | None
    check: Check


def is_email(address: str) -> bool:
    """Whether Xero takes this as one e-mail address: plain ASCII, a dot in the domain, no dots in a row."""
    local = address.partition("@")[0]
    return bool(EMAIL.match(address)) and ".." not in address and not local.startswith(".") and not local.endswith(".")


def _known(attempt: ContactAttempt) -> Iterable[str]:
    if attempt.unknown_id:
        yield "The Contact with the specified ContactID could not be found"


def _has_name(attempt: ContactAttempt) -> Iterable[str]:
    if not attempt.after.name.strip():
        yield "The contact name must be specified."


def _name_fits(attempt: ContactAttempt) -> Iterable[str]:
    name = attempt.after.name
    if len(name) > 255:
        yield "The contact name must not be more than 255 characters long."
    if "<" in name or ">" in name:
        yield "The contact name must not contain the characters < or >."
    if name != " ".join(name.split()) and name.strip():
        yield "The contact name must not have leading, trailing or double spaces."


def _name_holder(attempt: ContactAttempt) -> Contact | None:
    if attempt.after.status != "ACTIVE":
        return None
    holder = attempt.organisation.contacts.find(key="active name", value=attempt.after.name)
    return None if holder is None or holder.contact_id == attempt.after.contact_id else holder


def _new_name_is_free(attempt: ContactAttempt) -> Iterable[str]:
    if attempt.before is None and _name_holder(attempt):
        yield (
            f"The contact name {attempt.after.name} is already assigned to another contact. "
            "The contact name must be unique across all active contacts."
        )


def _restored_name_is_free(attempt: ContactAttempt) -> Iterable[str]:
    if attempt.before is not None and attempt.before.status != "ACTIVE" and _name_holder(attempt):
        yield "The Contact Name already exists. Please enter a different Contact Name."


def _changed_name_is_free(attempt: ContactAttempt) -> Iterable[str]:
    if attempt.before is not None and attempt.before.status == "ACTIVE" and _name_holder(attempt):
        yield (
            f'The existing contact with name "{attempt.before.name}" cannot be updated to use new name '
            f'"{attempt.after.name}". There is an existing contact with that name.'
        )


def _number_holder(attempt: ContactAttempt) -> Contact | None:
    holder = attempt.organisation.contacts.find(key="number", value=attempt.after.number)
    return None if holder is None or holder.contact_id == attempt.after.contact_id else holder


def _new_number_is_free(attempt: ContactAttempt) -> Iterable[str]:
    if attempt.before is None and _number_holder(attempt):
        yield (
            f"The contact number {attempt.after.number} is already assigned to another contact. "
            "The contact number must be unique across all contacts."
        )


def _changed_number_is_free(attempt: ContactAttempt) -> Iterable[str]:
    if attempt.before is not None and _number_holder(attempt):
        yield "Another contact has this contact number. Please enter a different contact number."


def _account_number_is_free(attempt: ContactAttempt) -> Iterable[str]:
    holder = attempt.organisation.contacts.find(key="account number", value=attempt.after.account_number)
    if holder is not None and holder.contact_id != attempt.after.contact_id:
        yield "The Account Number already exists"


def _emails_are_valid(attempt: ContactAttempt) -> Iterable[str]:
    persons = (str(person.get("EmailAddress") or "") for person in attempt.after.persons)
    if any(address and not is_email(address) for address in (attempt.after.email, *persons)):
        yield "Email address must be valid."


def _website_is_valid(attempt: ContactAttempt) -> Iterable[str]:
    # The number is judged with every change of the contact, also where another program entered it.
    website = str(attempt.after.fields.get("Website") or "")
    if website and not WEBSITE.match(website):
        yield "The contact could not be updated: the website is not a valid URL."


def _status_is_known(attempt: ContactAttempt) -> Iterable[str]:
    if attempt.after.status not in STATUSES:
        yield "The contact status is not valid."


def _too_long(values: Mapping[str, object], lengths: Mapping[str, int]) -> Iterable[str]:
    for name, longest in lengths.items():
        if len(str(values.get(name) or "")) > longest:
            yield f"{name} must not be more than {longest} characters long."


def _fields_fit(attempt: ContactAttempt) -> Iterable[str]:
    yield from _too_long(attempt.raw, FIELD_LENGTHS)
    for address in attempt.after.addresses:
        yield from _too_long(address, ADDRESS_LENGTHS)
    for phone in attempt.after.phones:
        yield from _too_long(phone, PHONE_LENGTHS)
    if len(attempt.after.persons) > 5:
        yield "A contact must not have more than 5 contact persons."


def _country_has_letters_only(attempt: ContactAttempt) -> Iterable[str]:
    if any(not COUNTRY.match(address.get("Country", "")) for address in attempt.after.addresses):
        yield "Country must contain letters only."


CONTACT_RULES = (
    ContactRule(None, _known),
    ContactRule(None, _has_name),
    ContactRule(None, _name_fits),
    ContactRule(1, _new_name_is_free),
    ContactRule(2, _restored_name_is_free),
    ContactRule(3, _changed_name_is_free),
    ContactRule(4, _new_number_is_free),
    ContactRule(5, _changed_number_is_free),
    ContactRule(6, _account_number_is_free),
    ContactRule(8, _emails_are_valid),
    ContactRule(10, _website_is_valid),
    ContactRule(None, _status_is_known),
    ContactRule(None, _fields_fit),
    ContactRule(None, _country_has_letters_only),
)
