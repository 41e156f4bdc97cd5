"""The pages of a firm's expense categories: staff read, admins edit."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from expense_categories import services
from expense_categories.forms import AccountForKindForm, CategoryForm
from expense_categories.models import CategoryKind, ExpenseCategory
from firms.access import FirmRequest, firm_admin_view, firm_view
from firms.forms_support import show_faults
from firms.refusals import EditConflict, Refused

NAV = {"nav_active": "expense-categories"}


@firm_view
def category_list(request: FirmRequest) -> HttpResponse:
    """All categories, by kind, each with its account code."""
    categories = list(request.firm.expense_categories.all())
    groups = [
        {"kind": kind, "categories": [category for category in categories if category.kind == kind]}
        for kind in CategoryKind
    ]
    coded = sum(1 for category in categories if category.account_code)
    context = NAV | {"groups": groups, "total": len(categories), "coded": coded}
    return render(request, "expense_categories/list.html", context)


@firm_admin_view
def category_new(request: FirmRequest) -> HttpResponse:
    return _edit(request, None)


@firm_admin_view
def category_edit(request: FirmRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(request.firm.expense_categories, pk=pk))


@firm_admin_view
def set_all(request: FirmRequest) -> HttpResponse:
    """Give all categories of a kind one account code."""
    form = AccountForKindForm(request.POST or None, initial={"kind": request.GET.get("kind")})
    if request.method == "POST" and form.is_valid():
        kind = CategoryKind(form.cleaned_data["kind"])
        code = form.cleaned_data["account_code"]
        try:
            changed = services.set_account_for_kind(firm=request.firm, actor=request.user, kind=kind, account_code=code)
        except Refused as refusal:
            show_faults(form=form, faults=refusal.faults)
        else:
            where = f"account {code}" if code else "the firm's default for expenses"
            plural = "category now posts" if changed == 1 else "categories now post"
            messages.success(request, f"{changed} {kind.label.lower()} {plural} to {where}.")
            return redirect("expense_categories:list", request.firm.slug)
    return render(request, "expense_categories/set_all.html", NAV | {"form": form})


def _edit(request: FirmRequest, category: ExpenseCategory | None) -> HttpResponse:
    names = ("name", "kind", "account_code", "utbms_code")
    initial = {name: getattr(category, name) for name in names} if category else None
    form = CategoryForm(request.POST or None, initial=initial)
    context: dict[str, Any] = NAV | {
        "form": form,
        "category": category,
        "version": category.version if category else "",
    }
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_category(
                firm=request.firm,
                actor=request.user,
                category=category,
                expected_version=_number(request.POST.get("version", "")),
                name=form.cleaned_data["name"],
                kind=CategoryKind(form.cleaned_data["kind"]),
                account_code=form.cleaned_data["account_code"],
                utbms_code=form.cleaned_data["utbms_code"],
            )
        except Refused as refusal:
            show_faults(form=form, faults=refusal.faults)
        except EditConflict as conflict:
            context |= {"conflict": conflict, "version": getattr(conflict.current, "version", "")}
        else:
            messages.success(request, f"{saved.name} is saved. Bills that wait for its account go on by themselves.")
            return redirect("expense_categories:list", request.firm.slug)
    return render(request, "expense_categories/edit.html", context)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
