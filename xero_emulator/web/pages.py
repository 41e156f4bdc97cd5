"""The books as a bookkeeper would see them, with the forms to change them."""

from urllib.parse import quote, urlsplit

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from xero_emulator.domain.acts import ACTS
from xero_emulator.domain.by_hand import ActRefused
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.records import Contact
from xero_emulator.domain.refusals import RequestRefused
from xero_emulator.domain.xero import Xero
from xero_emulator.web.templates import render

TABS = {"invoices": "Invoices", "contacts": "Contacts", "accounts": "Accounts and tax rates", "settings": "Settings"}
SWITCH_WORDS = {
    "new_lines_first": "An update puts new lines before those that were there",
    "unknown_lines_refused": "An update that names a line the invoice does not have is refused",
    "exact_discounts": "A discount may not be above quantity by price before rounding",
    "unsent_parts_kept": "Of a phone or an address, what is not sent stays",
    "unsent_discounts_kept": "A line sent with new figures keeps a discount that is not sent",
    "taxes_near_computed": "A tax that an app sends for a line may be at most one cent off the computed one",
}
DETAILS = {
    "Name": "Name",
    "FirstName": "First name",
    "LastName": "Last name",
    "EmailAddress": "E-mail",
    "AccountNumber": "Account number",
    "CompanyNumber": "Company number",
    "TaxNumber": "Tax number",
    "Phones.DEFAULT.PhoneNumber": "Phone",
    "Phones.MOBILE.PhoneNumber": "Mobile",
    "Addresses.STREET.AddressLine1": "Street",
    "Addresses.STREET.City": "City",
    "Addresses.STREET.Region": "Region",
    "Addresses.STREET.PostalCode": "Postal code",
    "Addresses.STREET.Country": "Country",
}


def page(*, xero: Xero, request: Request) -> Response:
    """A page, or the outcome of a form on one."""
    parts = [part for part in request.path.split("/") if part]
    with xero.lock:
        if not parts:
            return _home(xero)
        organisation = _find(xero, parts[1]) if parts[0] == "organisations" and len(parts) > 1 else None
        if organisation is None:
            return render("broken.html", status=404, reason="There is no such page here.")
        if request.method == "POST" and parts[2:3] == ["acts"] and len(parts) == 4:
            return _act(xero, organisation, request, parts[3])
        if len(parts) == 4 and parts[2] in DOCUMENTS:
            return DOCUMENTS[parts[2]](organisation, request, parts[3])
        if len(parts) in (2, 3) and (tab := (parts[2:] or ["invoices"])[0]) in TABS:
            return _tab(xero, organisation, request, tab)
    return render("broken.html", status=404, reason="There is no such page here.")


def _find(xero: Xero, wanted: str) -> Organisation | None:
    """An organisation by its id or short code."""
    return next(
        (
            item
            for item in xero.organisations.values()
            if wanted.casefold() in (item.organisation_id, item.short_code.casefold(), item.short_code[1:].casefold())
        ),
        None,
    )


def _home(xero: Xero) -> Response:
    rows = [
        (item, len(item.invoices), len(item.contacts), xero.limits.usage(item.organisation_id).day_count)
        for item in xero.organisations.values()
    ]
    return render("home.html", rows=rows)


def _tab(xero: Xero, organisation: Organisation, request: Request, tab: str) -> Response:
    identity = organisation.organisation_id
    names = {contact.contact_id: contact.name for contact in organisation.contacts}
    return render(
        f"{tab}.html",
        organisation=organisation,
        tabs=TABS,
        tab=tab,
        names=names,
        invoices=sorted(organisation.invoices, key=lambda item: (item.day, item.number), reverse=True),
        contacts=sorted(organisation.contacts, key=lambda item: item.name.casefold()),
        accounts=sorted(organisation.accounts.values(), key=lambda item: item.code),
        connections=[item for item in xero.authority.connections.values() if item.organisation_id == identity],
        usage=xero.limits.usage(identity),
        limits=xero.limits.settings,
        switches=SWITCH_WORDS,
        notice=request.args.get("notice", ""),
    )


def _invoice(organisation: Organisation, request: Request, wanted: str) -> Response:
    invoice = organisation.invoices.get(wanted) or organisation.invoices.find(key="number", value=wanted)
    if invoice is None:
        return render("broken.html", status=404, reason="There is no such invoice in this organisation.")
    return render(
        "invoice.html",
        organisation=organisation,
        tabs=TABS,
        tab="invoices",
        invoice=invoice,
        contact=organisation.contacts.get(invoice.contact_id),
        contacts=_active_contacts(organisation),
        notice=request.args.get("notice", ""),
    )


def _active_contacts(organisation: Organisation) -> list[Contact]:
    active = [contact for contact in organisation.contacts if contact.status == "ACTIVE"]
    return sorted(active, key=lambda contact: contact.name.casefold())


def _contact(organisation: Organisation, request: Request, wanted: str) -> Response:
    contact = organisation.contacts.get(wanted)
    if contact is None:
        return render("broken.html", status=404, reason="There is no such contact in this organisation.")
    return render(
        "contact.html",
        organisation=organisation,
        tabs=TABS,
        tab="contacts",
        contact=contact,
        details=_details(contact),
        survivor=organisation.contacts.get(contact.merged_to),
        others=[other for other in _active_contacts(organisation) if other is not contact],
        notice=request.args.get("notice", ""),
    )


def _details(contact: Contact) -> list[tuple[str, str, str]]:
    """The fields of the form: Xero's name for each, its label, what it holds."""
    held = {"Name": contact.name, "AccountNumber": contact.account_number, **contact.fields}
    for typed, plural in ((contact.phones, "Phones"), (contact.addresses, "Addresses")):
        for item in typed:
            kind = item.get("PhoneType") or item.get("AddressType")
            held |= {f"{plural}.{kind}.{part}": value for part, value in item.items()}
    return [(key, label, held.get(key, "")) for key, label in DETAILS.items()]


DOCUMENTS = {"invoices": _invoice, "contacts": _contact}


def _act(xero: Xero, organisation: Organisation, request: Request, name: str) -> Response:
    act = ACTS.get(name)
    if act is None:
        return render("broken.html", status=404, reason="There is no such form here.")
    try:
        act(xero, organisation, request.form.to_dict())
        notice = "Done."
    except (ActRefused, RequestRefused) as refusal:
        notice = refusal.reason if isinstance(refusal, ActRefused) else refusal.message
    back = urlsplit(request.form.get("back", "")).path
    known = back.startswith("/organisations/")
    target = back if known else f"/organisations/{quote(organisation.short_code)}"
    return redirect(f"{target}?notice={quote(notice)}", code=303)
