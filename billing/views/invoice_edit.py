"""Writing and changing a bill; every button works without script."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now

from billing import services
from billing.domain.money import TaxMode, Totals
from billing.forms.choices import Choosable, choosable
from billing.forms.invoice import (
    MOST_LINES,
    PREFIX,
    BaseLineFormSet,
    InvoiceForm,
    LineFormSet,
    invoice_initial,
    line_initial,
)
from billing.models import Invoice, InvoiceLine, InvoiceState
from billing.views.comparison import compare
from billing.views.invoices import NAV
from billing.views.preview import Previewed, preview_bill, preview_totals, surround
from billing.views.stated_taxes import say_stated_taxes
from firms.access import FirmRequest, firm_view
from firms.clock import firm_date
from firms.forms_support import show_faults
from firms.refusals import EditConflict, Refused

BLANK_LINES = 1


@firm_view
def invoice_new(request: FirmRequest) -> HttpResponse:
    """A new draft; `?contact=` chooses the client."""
    return _Editor(request, None, []).answer()


@firm_view
def invoice_edit(request: FirmRequest, pk: int) -> HttpResponse:
    """Change a bill that is not void."""
    row = get_object_or_404(request.firm.invoices.select_related("contact"), pk=pk)
    lines = list(row.lines.all())
    if row.state == InvoiceState.VOID:
        messages.error(request, "A void bill stays as it is. Write a new one instead.")
    elif len(lines) > MOST_LINES:
        messages.error(request, f"This bill has {len(lines):,} lines; a page can edit at most {MOST_LINES:,}.")
    else:
        return _Editor(request, row, lines).answer()
    return redirect("billing:invoice", request.firm.slug, pk)


@dataclass
class _Editor:
    """One request to the editor."""

    request: FirmRequest
    invoice: Invoice | None
    lines: list[InvoiceLine]
    extra: dict[str, Any] = field(default_factory=dict)

    def answer(self) -> HttpResponse:
        if self.request.method != "POST":
            return self._show(*self._unbound())
        form, formset = self._bound(self.request.POST)
        if "add_line" in self.request.POST:
            form, formset = self._bound(_with_one_more_line(self.request.POST, usual_tax=self._choosable.usual_tax))
            self.extra = {"totals": self._totals(form, formset)}
            # Half a bill is not to be scolded yet.
            formset.forget_errors()
            form.errors.clear()
            return self._show(form, formset)
        # Both are judged, so that all errors are shown at once.
        valid = all([form.is_valid(), formset.is_valid()])
        if valid and "recalculate" not in self.request.POST:
            saved = self._save(form, formset)
            if saved is not None:
                return redirect("billing:invoice", self.request.firm.slug, saved.pk)
        if valid and "recalculate" in self.request.POST:
            self.extra = {"previewed": self._previewed(form, formset)}
        return self._show(form, formset)

    def _save(self, form: InvoiceForm, formset: BaseLineFormSet) -> Invoice | None:
        try:
            saved = services.save_invoice(
                firm=self.request.firm,
                actor=self.request.user,
                invoice=self.invoice,
                expected_version=_version(self.request.POST),
                values=form.values(),
                lines=formset.values(),
            )
        except Refused as refusal:
            show_faults(form=form, faults=formset.show_faults(refusal.faults))
        except EditConflict as conflict:
            self._show_conflict(conflict, form, formset)
        else:
            messages.success(self.request, f"{saved.number} is saved.")
            return saved
        return None

    def _show_conflict(self, conflict: EditConflict, form: InvoiceForm, formset: BaseLineFormSet) -> None:
        current = conflict.current
        assert isinstance(current, Invoice)
        theirs = list(current.lines.select_related("category"))
        self.extra = {
            "conflict": conflict,
            "differences": compare(
                current=current, lines=theirs, values=form.values(), typed=formset.values(), names=self._choosable
            ),
            "version": current.version,
        }
        formset.data = _without_gone_lines(self.request.POST, {line.pk for line in theirs})
        for form_ in formset.forms:
            form_.data = formset.data

    def _unbound(self) -> tuple[InvoiceForm, BaseLineFormSet]:
        if self.invoice is not None:
            initial, lines = invoice_initial(self.invoice), [line_initial(line) for line in self.lines]
        else:
            initial = {
                "contact_id": self.request.GET.get("contact"),
                "issue_date": firm_date(firm=self.request.firm, now=now()),
                "tax_mode": TaxMode.EXCLUSIVE.value,
            }
            lines = []
        form = InvoiceForm(initial=initial, **self._head_options(initial["contact_id"]))
        formset = LineFormSet(initial=lines, prefix=PREFIX, form_kwargs=self._line_options())
        formset.extra = BLANK_LINES
        return form, formset

    def _bound(self, data: QueryDict) -> tuple[InvoiceForm, BaseLineFormSet]:
        form = InvoiceForm(data, **self._head_options(data.get("contact_id")))
        formset = LineFormSet(data, prefix=PREFIX, form_kwargs=self._line_options())
        return form, formset

    @property
    def _choosable(self) -> Choosable:
        if "choosable" not in self.__dict__:
            self.__dict__["choosable"] = choosable(firm=self.request.firm, lines=self.lines)
        found: Choosable = self.__dict__["choosable"]
        return found

    def _head_options(self, contact: object) -> dict[str, Any]:
        return {
            "firm": self.request.firm,
            "contacts": self._choosable.contacts,
            "matters": self._choosable.matters_of(contact),
        }

    def _line_options(self) -> dict[str, Any]:
        found = self._choosable
        return {"categories": found.categories, "taxes": found.taxes, "usual_tax": found.usual_tax}

    def _show(self, form: InvoiceForm, formset: BaseLineFormSet) -> HttpResponse:
        around = surround(choosable=self._choosable, before=self.invoice, saved=self.lines)
        context = {
            "invoice": self.invoice,
            "form": form,
            "formset": formset,
            "version": self.invoice.version if self.invoice else "",
            "totals": self.extra["totals"] if "totals" in self.extra else self._totals(form, formset),
            "currency": self.invoice.currency if self.invoice else self.request.firm.currency,
            "states_taxes": say_stated_taxes(form=form, formset=formset, around=around),
        }
        return render(self.request, "billing/invoice_edit.html", NAV | context | self.extra)

    def _previewed(self, form: InvoiceForm, formset: BaseLineFormSet) -> Previewed | None:
        return preview_bill(
            firm=self.request.firm,
            form=form,
            formset=formset,
            choosable=self._choosable,
            before=self.invoice,
            saved=self.lines,
        )

    def _totals(self, form: InvoiceForm, formset: BaseLineFormSet) -> Totals | None:
        if form.is_bound:
            return preview_totals(
                form=form, formset=formset, choosable=self._choosable, before=self.invoice, saved=self.lines
            )
        if self.invoice is None:
            return None
        return Totals(self.invoice.subtotal, self.invoice.tax_total, self.invoice.total)


def _version(data: QueryDict) -> int | None:
    text = data.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _with_one_more_line(data: QueryDict, *, usual_tax: str) -> QueryDict:
    """The new line starts as a blank one does; an empty tax would leave it untaxed unseen."""
    copy = data.copy()
    name = f"{PREFIX}-TOTAL_FORMS"
    count = copy.get(name, "")
    at = int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 0
    if at < MOST_LINES:
        copy[name] = str(at + 1)
        copy[f"{PREFIX}-{at}-quantity"], copy[f"{PREFIX}-{at}-tax_name"] = "1", usual_tax
    return copy


def _without_gone_lines(data: QueryDict, present: set[int]) -> QueryDict:
    """The typed lines, those that were removed meanwhile as new ones."""
    copy = data.copy()
    for name, value in data.items():
        if name.startswith(f"{PREFIX}-") and name.endswith("-pk") and value not in {str(pk) for pk in present}:
            copy[name] = ""
    return copy
