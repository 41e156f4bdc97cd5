"""Django's admin for platform staff: to look, not to change. Numbers only, nothing of a firm's clients."""

from django.contrib import admin

from billing.models import Contact, Invoice, Matter, TaxRate
from firms.admin import LookOnly


@admin.register(Contact)
class ContactAdmin(LookOnly):
    list_display = ("client_number", "kind", "firm")
    list_select_related = ("firm",)
    search_fields = ("client_number",)
    shown = ("firm", "client_number", "kind", "version", "created_at", "updated_at")


@admin.register(Matter)
class MatterAdmin(LookOnly):
    list_display = ("number", "firm")
    list_select_related = ("firm",)
    search_fields = ("number",)
    shown = ("firm", "number")


@admin.register(Invoice)
class InvoiceAdmin(LookOnly):
    list_display = ("number", "issue_date", "currency", "state", "firm")
    list_select_related = ("firm",)
    search_fields = ("number",)
    shown = ("firm", "number", "issue_date", "due_date", "currency", "tax_mode", "state", "version", "updated_at")


@admin.register(TaxRate)
class TaxRateAdmin(LookOnly):
    list_display = ("name", "percent", "is_default", "firm")
    list_select_related = ("firm",)
