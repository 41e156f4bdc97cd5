"""The sides of a contact before an update, field by field, and what of it is sent. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from identity import fold_email, fold_name
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.three_sides import (
    Compared,
    Difference,
    FieldWords,
    KnownDifferences,
    Policy,
    Sent,
    Sides,
    compare_sides,
    differences_known,
)
from xero_sync.kinds.contact.in_xero import ARCHIVED, AddressInXero, ContactInXero, PhoneInXero

KEYS = {
    "name": "Name",
    "number": "ContactNumber",
    "email": "EmailAddress",
    "first_name": "FirstName",
    "last_name": "LastName",
    "tax_number": "TaxNumber",
}
PHONE, ADDRESS = "phone.", "address."
LABELS = {
    "name": "Name",
    "number": "Client number",
    "email": "E-mail address",
    "first_name": "First name",
    "last_name": "Last name",
    "tax_number": "Tax number",
    "phone.DEFAULT": "Phone",
    "phone.DDI": "Direct phone",
    "phone.MOBILE": "Mobile phone",
    "phone.FAX": "Fax",
    "phone.OFFICE": "Office phone",
    "address.POBOX": "Postal address",
    "address.STREET": "Street address",
    "address.DELIVERY": "Delivery address",
}


def fields_in_xero(contact: ContactInXero) -> dict[str, str]:
    """The fields of a contact in Xero."""
    texts = {name: _plain(getattr(contact, name)) for name in KEYS}
    texts["email"] = fold_email(contact.email)
    phones = {f"{PHONE}{phone.type}": _phone(phone) for phone in contact.phones}
    return texts | phones | {f"{ADDRESS}{each.type}": _address(each) for each in contact.addresses}


def fields_of(payload: Mapping[str, Any]) -> dict[str, str]:
    """The fields that a payload names, those that it empties too."""
    read = fields_in_xero(ContactInXero.from_xero(payload))
    texts = {name: read[name] for name, key in KEYS.items() if key in payload}
    phones = [f"{PHONE}{row['PhoneType']}" for row in payload.get("Phones", ())]
    addresses = [f"{ADDRESS}{row['AddressType']}" for row in payload.get("Addresses", ())]
    return texts | {field: read.get(field, "") for field in (*phones, *addresses)}


def compare(
    payload: Mapping[str, Any],
    agreed: ContactInXero | None,
    known: KnownDifferences,
    seen: ContactInXero,
    unconfirmed: Sequence[Sent],
    ours_made: bool,
    _: bool,
) -> Compared:
    """The comparison of a contact, and what of the payload is sent: the fields that were changed here alone."""
    ours, in_xero = fields_of(payload), fields_in_xero(seen)
    if agreed is None and "name" in ours and fold_name(ours["name"]) == fold_name(in_xero["name"]):
        # It was linked by a name that looks the same: spelt as it is there.
        ours = {**ours, "name": in_xero["name"]}
    comparison = compare_sides(
        agreed=None if agreed is None else fields_in_xero(agreed),
        known=known,
        ours=ours,
        seen=in_xero,
        unconfirmed=[sent.keep_ours(fields_of(sent.element)) for sent in unconfirmed],
        policy=lambda *_: Policy.KEPT,
        ours_made=ours_made,
    )
    sent = _part(payload, comparison.changed)
    return Compared(payload=sent, stated=dict(payload), ours=ours, seen=in_xero, comparison=comparison)


def _part(payload: Mapping[str, Any], changed: Collection[str]) -> dict[str, Any] | None:
    part: dict[str, Any] = {key: payload[key] for name, key in KEYS.items() if name in changed}
    phones = [row for row in payload.get("Phones", ()) if f"{PHONE}{row['PhoneType']}" in changed]
    addresses = [row for row in payload.get("Addresses", ()) if f"{ADDRESS}{row['AddressType']}" in changed]
    part |= {"Phones": phones} if phones else {}
    part |= {"Addresses": addresses} if addresses else {}
    if "ContactStatus" in payload:
        part["ContactStatus"] = payload["ContactStatus"]
    return {"ContactID": payload["ContactID"], **part} if part else None


def note_known(
    payload: Mapping[str, Any], _: Sequence[str], in_xero: ContactInXero, kept: Collection[str]
) -> dict[str, dict[str, str]]:
    """The fields in which the client and the contact in Xero differ after a write."""
    theirs = fields_in_xero(in_xero)
    # What a create leaves out is empty in Xero: an update names it, and must not take it for emptied here.
    unnamed = {} if "ContactID" in payload else dict.fromkeys(theirs, "")
    return differences_known(ours=unnamed | fields_of(payload), in_xero=theirs, kept=kept)


def describe(differences: Sequence[Difference], _: Any, __: Any) -> list[FieldWords]:
    """The differences in words."""
    return [FieldWords(label=LABELS.get(each.field, each.field), **_in_words(asdict(each))) for each in differences]


def _in_words(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, bool) else value.replace("\n", ", ") for name, value in values.items()}


def follow(contact: ContactInXero) -> str:
    """The contact that an archived one was merged into. Source: Xero, Accounting API, Contacts, MergedToContactID."""
    is_merged = contact.status == ARCHIVED and contact.merged_to != contact.xero_id
    return contact.merged_to if is_merged else ""


def status_for(contact: ContactInXero, preferences: Preferences) -> str:
    """The status in Xero; empty for an archived contact that may not be restored, since what is archived here is."""
    stays = contact.status == ARCHIVED and not preferences.on("restore_archived_contacts")
    return "" if stays else contact.status


def _plain(text: str) -> str:
    return " ".join(text.split())


def _phone(phone: PhoneInXero) -> str:
    return _plain(f"{phone.country_code} {phone.area_code} {phone.number}")


def _address(address: AddressInXero) -> str:
    parts = (*address.lines, address.city, address.region, address.postal_code, address.country)
    return "\n".join(plain for part in parts if (plain := _plain(part)))


SIDES = Sides(
    from_stored=ContactInXero.from_stored,
    compare=compare,
    fields=lambda contact, _: fields_in_xero(contact),
    note_known=note_known,
    describe=describe,
    follow=follow,
    status_for=status_for,
    merged_code="contact-merged-with-client",
)
