"""What a bookkeeper corrects in documents that a client wrote: lines, heads of invoices, contacts, merges."""

from collections.abc import Mapping
from dataclasses import replace

from xero_emulator.domain.by_hand import (
    Act,
    ActRefused,
    named_contact,
    named_invoice,
    save_contact_by_hand,
    save_invoice_by_hand,
)
from xero_emulator.domain.clock import stamp_after
from xero_emulator.domain.organisation import Organisation, stable_id
from xero_emulator.domain.records import Invoice, Line
from xero_emulator.domain.values import Json
from xero_emulator.domain.xero import Xero

HEAD_FIELDS = {"number": "InvoiceNumber", "date": "Date", "due": "DueDate", "reference": "Reference"}
LINE_FIELDS = {
    "description": "Description",
    "quantity": "Quantity",
    "price": "UnitAmount",
    "code": "AccountCode",
    "tax_type": "TaxType",
    "tax": "TaxAmount",
}
# A change of one of these makes Xero compute the line's tax again.
TAXING_FIELDS = frozenset(LINE_FIELDS) - {"description", "tax"}
Given = Mapping[str, object]


def _is_given(given: Given, name: str) -> bool:
    """Whether a field is to be changed: only a reference can be emptied."""
    return name in given and (name == "reference" or str(given[name]).strip() != "")


def _change_invoice(xero: Xero, organisation: Organisation, given: Given) -> Json:
    invoice = named_invoice(organisation=organisation, given=given)
    raw: Json = {"InvoiceID": invoice.invoice_id}
    raw |= {key: str(given[name]) for name, key in HEAD_FIELDS.items() if _is_given(given, name)}
    if _is_given(given, "contact"):
        raw["Contact"] = {"ContactID": named_contact(organisation=organisation, given=given).contact_id}
    return save_invoice_by_hand(xero=xero, organisation=organisation, raw=raw, creates=False)


def _save_lines(xero: Xero, organisation: Organisation, invoice: Invoice, lines: list[Json]) -> Json:
    raw: Json = {"InvoiceID": invoice.invoice_id, "LineItems": lines}
    return save_invoice_by_hand(xero=xero, organisation=organisation, raw=raw, creates=False)


def _as_held(line: Line) -> Json:
    """A line sent back as it stands, its tax too."""
    return {"LineItemID": line.line_id, "TaxAmount": line.tax_amount}


def _position(invoice: Invoice, given: Given) -> int:
    """Where the line that is named stands: ``line`` is its place from 1, or its LineItemID."""
    wanted = str(given.get("line", "")).lower()
    for place, line in enumerate(invoice.lines):
        if wanted in (str(place + 1), line.line_id):
            return place
    raise ActRefused("Name a line of the invoice, by its place from 1 or by its LineItemID.")


def _change_line(xero: Xero, organisation: Organisation, given: Given) -> Json:
    invoice = named_invoice(organisation=organisation, given=given)
    place = _position(invoice, given)
    held, changed = invoice.lines[place], [name for name in LINE_FIELDS if _is_given(given, name)]
    line: Json = {"LineItemID": held.line_id} if TAXING_FIELDS & set(changed) else _as_held(held)
    if {"quantity", "price"} & set(changed):
        line |= {"Quantity": held.quantity, "UnitAmount": held.unit_amount}
        line |= {"DiscountRate": held.discount_rate, "DiscountAmount": held.discount_amount}
    line |= {LINE_FIELDS[name]: str(given[name]) for name in changed}
    lines = [_as_held(other) for other in invoice.lines]
    return _save_lines(xero, organisation, invoice, [*lines[:place], line, *lines[place + 1 :]])


def _add_line(xero: Xero, organisation: Organisation, given: Given) -> Json:
    invoice = named_invoice(organisation=organisation, given=given)
    added: Json = {key: str(given[name]) for name, key in LINE_FIELDS.items() if _is_given(given, name)}
    return _save_lines(xero, organisation, invoice, [*map(_as_held, invoice.lines), added])


def _remove_line(xero: Xero, organisation: Organisation, given: Given) -> Json:
    invoice = named_invoice(organisation=organisation, given=given)
    gone = invoice.lines[_position(invoice, given)]
    kept = [_as_held(line) for line in invoice.lines if line is not gone]
    return _save_lines(xero, organisation, invoice, kept)


def _move_line(xero: Xero, organisation: Organisation, given: Given) -> Json:
    """Put a line to another place, ``to`` counted from 1."""
    invoice = named_invoice(organisation=organisation, given=given)
    lines = [_as_held(line) for line in invoice.lines]
    to = str(given.get("to", ""))
    if not to.isdigit():
        raise ActRefused("Say the place to move the line to, from 1.")
    moved = lines.pop(_position(invoice, given))
    lines.insert(int(to) - 1, moved)
    return _save_lines(xero, organisation, invoice, lines)


def _track_line(xero: Xero, organisation: Organisation, given: Given) -> Json:
    """Set one tracking category of a line; an empty option takes it away."""
    invoice = named_invoice(organisation=organisation, given=given)
    place, category = _position(invoice, given), str(given.get("category", "")).strip()
    if not category:
        raise ActRefused("Name a tracking category.")
    option = str(given.get("option", "")).strip()
    kept = [item for item in invoice.lines[place].tracking if item.get("Name", "").casefold() != category.casefold()]
    tracking = [*kept, _tracking(organisation, category, option)] if option else kept
    lines = [_as_held(line) for line in invoice.lines]
    lines[place]["Tracking"] = tracking
    return _save_lines(xero, organisation, invoice, lines)


def _tracking(organisation: Organisation, category: str, option: str) -> dict[str, str]:
    """An option as a line carries it; what the organisation does not have yet is set up."""
    identity = organisation.organisation_id
    category_id, option_id = (stable_id(identity, "tracking", *names) for names in ((category,), (category, option)))
    held = next((item for item in organisation.tracking if item["TrackingCategoryID"] == category_id), None)
    if held is None:
        held = {"TrackingCategoryID": category_id, "Name": category, "Status": "ACTIVE", "Options": []}
        organisation.tracking.append(held)
    options = held["Options"]
    if isinstance(options, list) and all(item["TrackingOptionID"] != option_id for item in options):
        options.append({"TrackingOptionID": option_id, "Name": option, "Status": "ACTIVE"})
    return {"Name": category, "Option": option, "TrackingCategoryID": category_id, "TrackingOptionID": option_id}


def _change_contact(xero: Xero, organisation: Organisation, given: Given) -> Json:
    """Xero's own fields; a form writes a part of a phone or an address as Phones.MOBILE.PhoneNumber."""
    contact = named_contact(organisation=organisation, given=given)
    raw: Json = {"ContactID": contact.contact_id}
    for name, value in given.items():
        plural, _, rest = name.partition(".")
        kind, _, part = rest.partition(".")
        if part:
            items = raw.setdefault(plural, [])
            typed = {"PhoneType" if plural == "Phones" else "AddressType": kind, part: value}
            if isinstance(items, list):
                items.append(typed)
        elif name not in ("contact", "back", "ContactID"):
            raw[name] = value
    return save_contact_by_hand(xero=xero, organisation=organisation, raw=raw, creates=False)


def _merge_contacts(xero: Xero, organisation: Organisation, given: Given) -> Json:
    """The contact is archived, points to the one it was merged into, and its invoices are that one's."""
    merged = named_contact(organisation=organisation, given=given)
    into = named_contact(organisation=organisation, given={"contact": given.get("into", "")})
    if merged is into or "ARCHIVED" in (merged.status, into.status):
        raise ActRefused("Name two different active contacts.")
    now = xero.clock.now()
    moved = [item for item in organisation.invoices if item.contact_id == merged.contact_id]
    for invoice in moved:
        stamp = stamp_after(invoice.updated, now=now)
        organisation.invoices.put(replace(invoice, contact_id=into.contact_id, updated=stamp))
    gone = replace(merged, status="ARCHIVED", merged_to=into.contact_id, updated=stamp_after(merged.updated, now=now))
    customer = into.is_customer or merged.is_customer
    organisation.contacts.put(gone)
    organisation.contacts.put(replace(into, is_customer=customer, updated=stamp_after(into.updated, now=now)))
    organisation.contacts.settle()
    organisation.invoices.settle()
    return {"id": into.contact_id, "invoices": len(moved)}


ACTS: dict[str, Act] = {
    "change-invoice": _change_invoice,
    "change-line": _change_line,
    "add-line": _add_line,
    "remove-line": _remove_line,
    "move-line": _move_line,
    "track-line": _track_line,
    "change-contact": _change_contact,
    "merge-contacts": _merge_contacts,
}
