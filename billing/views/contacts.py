"""A firm's contacts and their matters."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from billing import services
from billing.forms.contact import ContactForm, MatterForm, contact_initial
from billing.lists.paging import BY_NAME, SIZES, page_by_key
from billing.models import Contact
from firms.access import FirmRequest, firm_view
from firms.forms_support import show_faults
from firms.refusals import EditConflict, Refused

NAV = {"nav_active": "contacts"}
RECENT_INVOICES = 10


@firm_view
def contact_list(request: FirmRequest) -> HttpResponse:
    """By name; `?q=` finds by name, client number or e-mail."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = request.firm.contacts.all()
    if q:
        found = found.filter(Q(name__icontains=q) | Q(client_number__istartswith=q) | Q(emails__icontains=q))
    page = page_by_key(
        found, order=BY_NAME, size=SIZES[1], after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = NAV | {"q": q, "contacts": page.rows, "count": found.count(), "page": page}
    return render(request, "billing/contact_list.html", context)


@firm_view
def contact(request: FirmRequest, pk: int) -> HttpResponse:
    """One contact, their matters and latest bills; a matter can be opened here."""
    row = get_object_or_404(request.firm.contacts.select_related("firm"), pk=pk)
    form = MatterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            matter = services.save_matter(firm=request.firm, actor=request.user, contact=row, **form.cleaned_data)
        except Refused as refusal:
            show_faults(form=form, faults=refusal.faults)
        else:
            messages.success(request, f"Matter {matter} is open.")
            return redirect("billing:contact", request.firm.slug, pk)
    context = NAV | {
        "contact": row,
        "form": form,
        "matters": row.matters.annotate(bills=Count("invoices")),
        "invoices": row.invoices.select_related("matter", "firm")[:RECENT_INVOICES],
    }
    return render(request, "billing/contact.html", context)


@firm_view
def contact_new(request: FirmRequest) -> HttpResponse:
    return _edit(request, None)


@firm_view
def contact_edit(request: FirmRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(request.firm.contacts, pk=pk))


def _edit(request: FirmRequest, row: Contact | None) -> HttpResponse:
    form = ContactForm(request.POST or None, initial=contact_initial(row) if row else None)
    context: dict[str, Any] = NAV | {"form": form, "contact": row, "version": row.version if row else ""}
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            saved = services.save_contact(
                firm=request.firm,
                actor=request.user,
                contact=row,
                expected_version=int(version) if version.isdecimal() and len(version) < 10 else None,
                values=form.values(contact=row),
            )
        except Refused as refusal:
            show_faults(form=form, faults=refusal.faults)
        except EditConflict as conflict:
            context |= {"conflict": conflict, **_conflict(form, conflict)}
        else:
            messages.success(request, f"{saved.name} is saved.")
            return redirect("billing:contact", request.firm.slug, saved.pk)
    return render(request, "billing/contact_edit.html", context)


def _conflict(form: ContactForm, conflict: EditConflict) -> dict[str, Any]:
    assert isinstance(conflict.current, Contact)
    theirs = contact_initial(conflict.current)
    rows = [
        (str(field.label), str(theirs.get(name) or ""), str(form.cleaned_data.get(name) or ""))
        for name, field in form.fields.items()
    ]
    return {"version": conflict.current.version, "differences": [row for row in rows if row[1] != row[2]]}
