"""Expense categories."""

from django.apps import AppConfig


class ExpenseCategoriesConfig(AppConfig):
    name = "expense_categories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from expense_categories import receivers  # noqa: F401  (connects to firm_created)
