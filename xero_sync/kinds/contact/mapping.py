"""A contact and the preferences it was saved under -> JSON for Xero. Pure."""

from xero_sync.domain import text
from xero_sync.domain.payloads import Mapped, Payload, content_hash
from xero_sync.domain.preferences import Preferences
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.rules import email_for

PHONE_TYPES = {"WORK": "DEFAULT", "DIRECT": "DDI", "MOBILE": "MOBILE", "FAX": "FAX"}
# Of a phone or an address Xero keeps the parts that are not named, so that an update names them all.
NO_PHONE = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}
NO_ADDRESS = dict.fromkeys(
    [*(f"AddressLine{place}" for place in range(1, 5)), "City", "Region", "PostalCode", "Country"], ""
)
# Clio's behaviour, which bookkeepers know: the billing address is both the postal and the street address.
ADDRESS_TYPES = ("POBOX", "STREET")


def map_contact(contact: ContactDocument, *, preferences: Preferences) -> Mapped:
    """A contact as Xero takes it. Absent keys, never None: the SDK refuses nulls, and Xero keeps what is not named.

    ContactNumber is the client number as first sent and is never changed afterwards. Source of the lengths: Contact in
    Xero's OpenAPI description 16.1.0 (github.com/XeroAPI/Xero-OpenAPI), read November 2026.
    """
    email, note = email_for(contact, preferences=preferences)
    payload: Payload = {
        "Name": contact.name_in_xero or text.fit(text.clean_name(contact.name), 255),
        # A number another integration gave the contact is never written over.
        "ContactNumber": contact.number_in_xero or _number(contact),
        "EmailAddress": email,
        "FirstName": text.clean(contact.first_name),
        "LastName": text.clean(contact.last_name),
        "TaxNumber": text.fit(text.clean(contact.tax_number), 50),
    }
    phones = _phones(contact)
    if phones:
        payload["Phones"] = phones
    address = _address(contact)
    if address:
        payload["Addresses"] = [{"AddressType": kind, **address} for kind in ADDRESS_TYPES]
    # Without the empty fields, so that a contact created without its empty fields has the same digest.
    digest = content_hash({key: value for key, value in payload.items() if value})
    if contact.xero_id:
        payload = _as_update(payload, contact, phones, address)
    else:
        payload = {key: value for key, value in payload.items() if value}
    return Mapped(payload=payload, content_hash=digest, notes=(note,) if note else ())


def _as_update(payload: Payload, contact: ContactDocument, phones: list[Payload], address: Payload) -> Payload:
    """The whole contact, its empty fields too: what is sent of it is decided once the contact in Xero was read."""
    by_type = {row["PhoneType"]: row for row in phones}
    whole: Payload = {
        "ContactID": contact.xero_id,
        **payload,
        "Phones": [{"PhoneType": kind, **NO_PHONE, **by_type.get(kind, {})} for kind in PHONE_TYPES.values()],
        "Addresses": [{"AddressType": kind, **NO_ADDRESS, **address} for kind in ADDRESS_TYPES],
    }
    if contact.name == contact.client_number and not contact.name_in_xero:
        # A number that stands in for a name, as in a LEDES file, is no name to give to a contact in Xero.
        del whole["Name"]
    if contact.is_archived:
        whole["ContactStatus"] = "ACTIVE"
    return whole


def _number(contact: ContactDocument) -> str:
    return "" if contact.without_number else text.fit(contact.number_sent or contact.client_number, 50)


def _phones(contact: ContactDocument) -> list[Payload]:
    chosen: dict[str, str] = {}
    for kind, number in contact.phones:
        chosen.setdefault(PHONE_TYPES.get(kind, "DEFAULT"), text.fit(text.clean(number), 50))
    return [{"PhoneType": kind, "PhoneNumber": number} for kind, number in chosen.items() if number]


def _address(contact: ContactDocument) -> Payload:
    parts = {f"AddressLine{i}": text.fit(line, 500) for i, line in enumerate(contact.address_lines, 1) if line}
    parts |= {"City": contact.city, "Region": contact.region, "PostalCode": contact.postal_code}
    parts |= {"Country": contact.country}
    return {key: text.clean(value) for key, value in parts.items() if value}
