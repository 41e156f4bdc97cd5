"""A contact as Xero has it: as agreed with our last write, and as last read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xero_sync.domain.xero_json import read_moment, read_text, to_stored

ARCHIVED = "ARCHIVED"
TEXTS = ("xero_id", "name", "number", "email", "status", "first_name", "last_name", "tax_number", "merged_to")


@dataclass(frozen=True, kw_only=True)
class PhoneInXero:
    """One of a contact's telephone numbers; Xero keeps one of each type."""

    type: str
    number: str = ""
    area_code: str = ""
    country_code: str = ""


@dataclass(frozen=True, kw_only=True)
class AddressInXero:
    """One of a contact's addresses; Xero keeps one of each type."""

    type: str
    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True)
class ContactInXero:
    """Each field of a contact that we send or compare; `stamp` is when Xero last changed it.

    `merged_to` is the id of the contact that an archived one was merged into.
    Phones and addresses that are empty but for their type are left out.
    """

    xero_id: str
    name: str
    number: str = ""
    email: str = ""
    status: str = ""
    first_name: str = ""
    last_name: str = ""
    tax_number: str = ""
    merged_to: str = ""
    phones: tuple[PhoneInXero, ...] = ()
    addresses: tuple[AddressInXero, ...] = ()
    stamp: datetime | None = None

    @classmethod
    def from_xero(cls, document: Mapping[str, Any]) -> "ContactInXero":
        """The contact from Xero's JSON."""
        return cls(
            xero_id=read_text(document, "ContactID"),
            name=read_text(document, "Name"),
            number=read_text(document, "ContactNumber"),
            email=read_text(document, "EmailAddress"),
            status=read_text(document, "ContactStatus"),
            first_name=read_text(document, "FirstName"),
            last_name=read_text(document, "LastName"),
            tax_number=read_text(document, "TaxNumber"),
            merged_to=read_text(document, "MergedToContactID"),
            phones=tuple(phone for each in document.get("Phones") or () if (phone := _read_phone(each))),
            addresses=tuple(found for each in document.get("Addresses") or () if (found := _read_address(each))),
            stamp=read_moment(document.get("UpdatedDateUTC")),
        )

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "ContactInXero":
        """The contact from a record's JSON."""
        addresses = ({**each, "lines": tuple(each.get("lines", ()))} for each in stored.get("addresses", ()))
        return cls(
            **{name: stored.get(name, "") for name in TEXTS},
            phones=tuple(PhoneInXero(**each) for each in stored.get("phones", ())),
            addresses=tuple(AddressInXero(**each) for each in addresses),
            stamp=datetime.fromisoformat(stored["stamp"]) if "stamp" in stored else None,
        )

    def as_stored(self) -> dict[str, Any]:
        """The contact as JSON for a record; empty values are left out."""
        return to_stored(self)

    @property
    def is_archived(self) -> bool:
        return self.status == ARCHIVED


def _read_phone(row: Mapping[str, Any]) -> PhoneInXero | None:
    phone = PhoneInXero(
        type=read_text(row, "PhoneType"),
        number=read_text(row, "PhoneNumber"),
        area_code=read_text(row, "PhoneAreaCode"),
        country_code=read_text(row, "PhoneCountryCode"),
    )
    return None if phone == PhoneInXero(type=phone.type) else phone


def _read_address(row: Mapping[str, Any]) -> AddressInXero | None:
    lines = [read_text(row, f"AddressLine{place}") for place in range(1, 5)]
    while lines and not lines[-1]:
        lines.pop()
    address = AddressInXero(
        type=read_text(row, "AddressType"),
        lines=tuple(lines),
        city=read_text(row, "City"),
        region=read_text(row, "Region"),
        postal_code=read_text(row, "PostalCode"),
        country=read_text(row, "Country"),
    )
    return None if address == AddressInXero(type=address.type) else address
