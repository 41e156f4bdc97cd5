"""Submitting, approving, returning and voiding a bill."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from billing import services
from billing.models import Invoice, InvoiceState
from billing.services import afterwards
from billing.views.invoices import NAV
from firms.access import FirmRequest, firm_view
from firms.refusals import EditConflict, Refused


@dataclass(frozen=True)
class Move:
    """A service that moves a bill, and what to say afterwards."""

    act: Callable[..., Invoice]
    done: str


MOVES = {
    "submit": Move(services.submit, "{} awaits approval."),
    "approve": Move(services.approve, "{} is approved."),
    "return-to-draft": Move(services.return_to_draft, "{} is a draft again."),
    "void": Move(services.void, "{} is void. Its number stays taken."),
}


@require_POST
@firm_view
def invoice_move(request: FirmRequest, pk: int, move: str) -> HttpResponse:
    """Move a bill as it was when the button was shown."""
    row = get_object_or_404(request.firm.invoices, pk=pk)
    _move(request, row, MOVES[move])
    return redirect("billing:invoice", request.firm.slug, pk)


@firm_view
def invoice_void(request: FirmRequest, pk: int) -> HttpResponse:
    """Ask first: a void bill never changes again."""
    row = get_object_or_404(request.firm.invoices.select_related("contact"), pk=pk)
    if request.method == "POST":
        _move(request, row, MOVES["void"])
        return redirect("billing:invoice", request.firm.slug, pk)
    if row.state == InvoiceState.VOID:
        return redirect("billing:invoice", request.firm.slug, pk)
    return render(request, "billing/invoice_void.html", NAV | {"invoice": row, "hidden": {"version": row.version}})


def _move(request: FirmRequest, row: Invoice, move: Move) -> None:
    version = request.POST.get("version", "")
    expected = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
    try:
        moved = move.act(firm=request.firm, actor=request.user, invoice=row, expected_version=expected)
    except Refused as refusal:
        messages.error(request, f"Nothing was changed. {refusal}")
    except EditConflict as conflict:
        messages.error(request, f"Nothing was changed. {conflict} Look at it again, then decide.")
    else:
        sentences = [move.done.format(moved.number)]
        if moved.state == InvoiceState.APPROVED:
            sentences.append(afterwards.of_approval(moved))
        messages.success(request, " ".join(filter(None, sentences)))
