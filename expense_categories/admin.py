"""Django's admin for platform staff: to look, not to change."""

from django.contrib import admin

from expense_categories.models import ExpenseCategory
from firms.admin import LookOnly


@admin.register(ExpenseCategory)
class ExpenseCategoryAdmin(LookOnly):
    list_display = ("name", "firm", "kind", "utbms_code", "account_code")
    list_select_related = ("firm",)
    search_fields = ("name",)
