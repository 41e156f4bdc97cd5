"""The books as a bookkeeper would see them, with the forms to change them."""

from urllib.parse import quote, urlsplit

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from xero_emulator.domain.bookkeeping import ACTS, ActRefused
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.refusals import RequestRefused
from xero_emulator.domain.xero import Xero
from xero_emulator.web.templates import render

TABS = {"invoices": "Invoices", "contacts": "Contacts", "accounts": "Accounts and tax rates", "settings": "Settings"}


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
        if len(parts) == 4 and parts[2] == "invoices":
            return _invoice(organisation, request, parts[3])
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
        notice=request.args.get("notice", ""),
    )


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
