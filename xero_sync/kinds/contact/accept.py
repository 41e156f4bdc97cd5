"""Xero's details of a contact that a person accepts, as billing keeps them. Pure.

Written here is what would then be the same on both sides; the rest, such as a number that another system gave the
contact, stays as it is in Xero.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from xero_sync.domain.preferences import Preferences
from xero_sync.domain.side_decisions import Accepted
from xero_sync.domain.three_sides import OURS, XEROS
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.in_xero import ContactInXero
from xero_sync.kinds.contact.mapping import ADDRESS_TYPES, PHONE_TYPES, map_contact
from xero_sync.kinds.contact.sides import ADDRESS, PHONE, fields_in_xero, fields_of

PLAIN = frozenset({"name", "first_name", "last_name", "tax_number"})
ADDRESSES = frozenset(f"{ADDRESS}{kind}" for kind in ADDRESS_TYPES)


def accept(
    client: ContactDocument,
    preferences: Preferences,
    seen: ContactInXero,
    fields: Collection[str],
    others: Collection[str],
) -> Accepted:
    """The details to write here, by the names of billing's values; telephone numbers as (type, number)."""
    in_xero = fields_in_xero(seen)
    accepted = client
    values: dict[str, Any] = {}
    bases: dict[str, dict[str, str]] = {}
    for field in sorted(fields):
        changes = _changes(accepted, seen, field)
        changed = replace(accepted, **changes)
        after = fields_of(map_contact(changed, preferences=preferences).payload)
        same = bool(changes) and after.get(field, "") == in_xero.get(field, "")
        siblings = ADDRESSES - {field} if field in ADDRESSES else frozenset[str]()
        if not same or _is_in_the_way(siblings, fields, others, in_xero, after):
            continue
        accepted = changed
        values |= _as_values(changes)
        bases[field] = {OURS: after[field], XEROS: after[field]}
        # Billing has one address, Xero two: the other one stays there as it is.
        bases |= {each: {OURS: after[each], XEROS: in_xero.get(each, "")} for each in siblings - set(bases)}
    return Accepted(values=values, bases=bases)


def _is_in_the_way(
    siblings: Collection[str],
    fields: Collection[str],
    others: Collection[str],
    in_xero: Mapping[str, str],
    after: Mapping[str, str],
) -> bool:
    """Whether writing an address would decide about the other one too."""
    undecided = any(each in others for each in siblings)
    return undecided or any(each in fields and in_xero.get(each, "") != after[each] for each in siblings)


def _changes(client: ContactDocument, seen: ContactInXero, field: str) -> dict[str, Any]:
    if field in PLAIN:
        return {field: getattr(seen, field)}
    if field == "email":
        rest = client.emails[1:]
        return {"emails": (seen.email, *(each for each in rest if each != seen.email)) if seen.email else rest}
    if field.startswith(PHONE):
        return {"phones": _with_phone(client, seen, field.removeprefix(PHONE))}
    if field in ADDRESSES:
        return _address(seen, field.removeprefix(ADDRESS))
    return {}


def _with_phone(client: ContactDocument, seen: ContactInXero, kind: str) -> tuple[tuple[str, str], ...]:
    """The client's numbers with Xero's in place of the first of this type, or without any of it."""
    ours = next(name for name, theirs in PHONE_TYPES.items() if theirs == kind)
    phone = next((each for each in seen.phones if each.type == kind), None)
    parts = (phone.country_code, phone.area_code, phone.number) if phone else ()
    number = " ".join(part for part in parts if part)
    if not number:
        return tuple(each for each in client.phones if each[0] != ours)
    place = next((at for at, each in enumerate(client.phones) if each[0] == ours), len(client.phones))
    return (*client.phones[:place], (ours, number), *client.phones[place + 1 :])


def _address(seen: ContactInXero, kind: str) -> dict[str, Any]:
    found = next((each for each in seen.addresses if each.type == kind), None)
    if found is None:
        return {"address_lines": ("", ""), "city": "", "region": "", "postal_code": "", "country": ""}
    lines = (*found.lines, "", "")[:2]
    return {
        "address_lines": lines,
        "city": found.city,
        "region": found.region,
        "postal_code": found.postal_code,
        "country": found.country,
    }


def _as_values(changes: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(changes)
    if "address_lines" in values:
        values["address_line1"], values["address_line2"] = values.pop("address_lines")
    return values
