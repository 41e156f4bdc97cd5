"""Files on their way in: the upload, the page of one import with its four steps, and the history."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from billing.domain.import_choices import ImportChoices
from billing.forms.columns import ColumnsForm
from billing.forms.imports import ConfirmForm, EncodingForm, TaxForm, UploadForm
from billing.importing import acts
from billing.importing.files import FileNotKept, open_file
from billing.importing.kinds import KINDS
from billing.importing.reports import report_from_json
from billing.imports.files import TOO_LARGE
from billing.lists.import_page import ImportPage, first_steps, page_etag
from billing.models import FilePurpose, Import, ImportKind
from firms.access import FirmRequest, firm_view
from firms.forms_support import show_faults
from firms.refusals import Refused
from identity.text import clean_text

MOST_LISTED = 200
MOST_LETTERS = 255


@firm_view
def contact_import(request: FirmRequest) -> HttpResponse:
    """The first step for a file of clients."""
    return _upload(request, ImportKind.CONTACTS, "billing/contact_import.html")


@firm_view
def invoice_import(request: FirmRequest) -> HttpResponse:
    """The first step for a file of bills."""
    return _upload(request, ImportKind.BILLS, "billing/invoice_import.html")


def _upload(request: FirmRequest, kind: ImportKind, template: str) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if getattr(request, "upload_too_large", False):
        form.add_error("file", TOO_LARGE)
    elif request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            source = acts.receive_file(
                firm=request.firm, actor=request.user, kind=kind, file_name=file.name, chunks=file.chunks()
            )
        except Refused as refusal:
            show_faults(form=form, faults=refusal.faults)
        else:
            return redirect("billing:import", request.firm.slug, source.pk)
    return render(request, template, {"nav_active": KINDS[kind].nav, "form": form, "steps": first_steps()})


@require_GET
@firm_view
def import_list(request: FirmRequest) -> HttpResponse:
    """The firm's imports, newest first: who, when, which file, what came of it."""
    found = [ImportPage.from_import(source) for source in request.firm.imports.all()[:MOST_LISTED]]
    nav = "contacts" if request.GET.get("of") == "contacts" else "invoices"
    return render(request, "billing/import_list.html", {"nav_active": nav, "imports": found})


@require_GET
@firm_view
def import_page(request: FirmRequest, pk: int) -> HttpResponse:
    """One import as far as it is; `?step=3` shows what would happen."""
    page = ImportPage.from_import(get_object_or_404(request.firm.imports, pk=pk), step=request.GET.get("step", ""))
    return render(request, page.template, _context(page))


def _context(page: ImportPage) -> dict[str, object]:
    treatment = page.report.tax.treatment.value if page.report.tax else ""
    report = page.report
    context = {
        "nav_active": page.kind.nav,
        "page": page,
        "source": page.source,
        "tax_form": TaxForm({"tax": treatment}),
        "encoding_form": EncodingForm(
            samples=report.encoding_samples, in_use=report.chosen_encoding or report.encoding
        ),
    }
    return context | {"columns_form": ColumnsForm(columns=page.report.columns)} if page.report.columns else context


@require_GET
@firm_view
def import_live(request: FirmRequest, pk: int) -> HttpResponse:
    """The bar of an import at work, asked every 1.5 s: a 304 while nothing moved, and the whole page once it rests."""
    page = ImportPage.from_import(get_object_or_404(request.firm.imports, pk=pk))
    etag = f'"{page_etag(page.source)}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if not page.is_at_work:
        return HttpResponse(headers={**headers, "HX-Refresh": "true"})
    return HttpResponse(
        render_to_string("billing/import_bar.html", {**_context(page), "oob": True}, request=request), headers=headers
    )


@require_POST
@firm_view
def import_choose(request: FirmRequest, pk: int) -> HttpResponse:
    """Have the file read again with what was chosen."""

    def act(source: Import) -> None:
        chosen = _read_choices(request, source)
        acts.choose(firm=request.firm, actor=request.user, source=source, choices=chosen)

    return _act(request, pk, act)


def _read_choices(request: FirmRequest, source: Import) -> ImportChoices:
    """The import's choices with what one form of its page changes of them. Raises Refused."""
    choices = ImportChoices.from_json(source.choices)
    tax = TaxForm(request.POST)
    if tax.is_valid():
        return replace(choices, tax=tax.cleaned_data["tax"])
    report = report_from_json(source.report)
    if "encoding" in request.POST:
        encoding = EncodingForm(request.POST, samples=report.encoding_samples)
        if not encoding.is_valid():
            raise Refused({"": "Choose one of the encodings."})
        return replace(choices, encoding=encoding.cleaned_data["encoding"])
    if "client_number" in request.POST:
        named = zip(request.POST.getlist("client_number"), request.POST.getlist("client_name"), strict=False)
        names = {number: clean_text(name)[:MOST_LETTERS] for number, name in named}
        return replace(choices, names={**choices.names, **{number: name for number, name in names.items() if name}})
    columns = ColumnsForm(request.POST, columns=report.columns)
    if not columns.is_valid():
        raise Refused({name: " ".join(map(str, faults)) for name, faults in columns.errors.items()})
    return replace(choices, columns=columns.mapping())


@require_GET
@firm_view
def import_refused(request: FirmRequest, pk: int) -> FileResponse:
    """The refused rows with their reasons, for a spreadsheet."""
    source = get_object_or_404(request.firm.imports, pk=pk)
    try:
        file = open_file(source=source, purpose=FilePurpose.REFUSED)
    except FileNotKept as gone:
        raise Http404 from gone
    return FileResponse(
        file, as_attachment=True, filename=f"refused-{source.pk}.csv", content_type="text/csv; charset=utf-8"
    )


@require_POST
@firm_view
def import_confirm(request: FirmRequest, pk: int) -> HttpResponse:
    """The fourth step: import what was shown."""

    def act(source: Import) -> None:
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            raise Refused({"": "Choose what becomes of the bills."})
        acts.confirm(firm=request.firm, actor=request.user, source=source, **form.cleaned_data)

    return _act(request, pk, act)


@require_POST
@firm_view
def import_release(request: FirmRequest, pk: int) -> HttpResponse:
    """Let go what the import holds."""
    return _act(request, pk, lambda source: acts.release(firm=request.firm, actor=request.user, source=source))


@require_POST
@firm_view
def import_undo(request: FirmRequest, pk: int) -> HttpResponse:
    """Take back what the import wrote and nobody has released."""
    return _act(request, pk, lambda source: acts.undo(firm=request.firm, actor=request.user, source=source))


def _act(request: FirmRequest, pk: int, act: Callable[[Import], None]) -> HttpResponse:
    source = get_object_or_404(request.firm.imports, pk=pk)
    try:
        act(source)
    except Refused as refusal:
        messages.error(request, " ".join(refusal.faults.values()))
    return redirect("billing:import", request.firm.slug, pk)
