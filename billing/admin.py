"""Django's admin for platform staff: to look, not to change."""

from django.contrib import admin

from billing.models import Contact, Invoice, Matter, TaxRate
from firms.admin import LookOnly


@admin.register(Contact)
class ContactAdmin(LookOnly):
    list_display = ("name", "client_number", "firm")
    list_select_related = ("firm",)
    search_fields = ("name", "client_number")


@admin.register(Matter)
class MatterAdmin(LookOnly):
    list_display = ("number", "name", "contact", "firm")
    list_select_related = ("firm", "contact")
    search_fields = ("number", "name")


@admin.register(Invoice)
class InvoiceAdmin(LookOnly):
    list_display = ("number", "contact", "issue_date", "total", "currency", "state", "firm")
    list_select_related = ("firm", "contact")
    search_fields = ("number",)


@admin.register(TaxRate)
class TaxRateAdmin(LookOnly):
    list_display = ("name", "percent", "is_default", "firm")
    list_select_related = ("firm",)
