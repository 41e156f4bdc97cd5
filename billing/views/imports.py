"""Importing contacts and bills: check a file first, or import it at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from billing import services
from billing.forms.imports import ImportForm, LedesImportForm
from billing.imports.files import TOO_LARGE
from billing.services import ImportReport
from billing.services.import_words import money_words, refusal, sentence
from billing.services.upload import read_stream
from firms.access import FirmRequest, firm_view

BILLS_SHOWN = 200


@dataclass(frozen=True)
class Kind:
    """What is imported: the service, its form, and where it leads."""

    act: Callable[..., ImportReport]
    form: type[ImportForm]
    noun: str
    nav: str
    list_url: str
    template: str
    options: Mapping[str, Any] = field(default_factory=dict)


CONTACTS = Kind(
    services.import_contacts, ImportForm, "contact", "contacts", "billing:contact-list", "billing/contact_import.html"
)
INVOICES = Kind(
    services.import_ledes,
    LedesImportForm,
    "bill",
    "invoices",
    "billing:invoice-list",
    "billing/invoice_import.html",
    {"ask_before_adding_tax": True},
)


@firm_view
def contact_import(request: FirmRequest) -> HttpResponse:
    """Clients from a CSV file."""
    return _import(request, CONTACTS)


@firm_view
def invoice_import(request: FirmRequest) -> HttpResponse:
    """Bills from a LEDES 1998B file."""
    return _import(request, INVOICES)


def _import(request: FirmRequest, kind: Kind) -> HttpResponse:
    form = kind.form(request.POST, request.FILES) if request.method == "POST" else kind.form()
    context: dict[str, Any] = {"nav_active": kind.nav, "form": form}
    # Anything but the button that imports only checks.
    dry_run = request.POST.get("do") != "import"
    if getattr(request, "upload_too_large", False):
        form.add_error("file", TOO_LARGE)
    elif request.method == "POST" and form.is_valid():
        report = _run(request, kind, form, dry_run)
        if not report.dry_run and not report.refused:
            messages.success(request, sentence(report=report, noun=kind.noun))
            return redirect(kind.list_url, request.firm.slug)
        words = refusal(report) if report.refused else sentence(report=report, noun=kind.noun)
        context |= {"report": report, "words": words, "asked": report.dry_run and not dry_run, "bills": _bills(report)}
        if report.adds_tax and report.tax:
            # Who saw what each client will owe agrees to it with the next press.
            form.data = {**request.POST.dict(), "tax": report.tax.treatment.value}
    return render(request, kind.template, context)


def _run(request: FirmRequest, kind: Kind, form: ImportForm, dry_run: bool) -> ImportReport:
    options = {name: value for name, value in form.cleaned_data.items() if name != "file"}
    data = read_stream(file=form.cleaned_data["file"])
    return kind.act(firm=request.firm, actor=request.user, data=data, dry_run=dry_run, **options, **kind.options)


def _bills(report: ImportReport) -> dict[str, Any]:
    """The first bills with what each comes to, and how many more there are."""
    shown = [(bill.number, money_words(bill)) for bill in report.bills[:BILLS_SHOWN]]
    return {"shown": shown, "more": len(report.bills) - len(shown)}
