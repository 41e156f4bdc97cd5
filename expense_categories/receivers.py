"""A new firm gets the UTBMS expense codes as ready-made categories."""

from typing import Any

from django.dispatch import receiver

from expense_categories.models import ExpenseCategory
from expense_categories.utbms import UTBMS_EXPENSES
from firms.models import Firm
from firms.signals import firm_created


@receiver(firm_created, dispatch_uid="expense_categories.ready_made")
def create_ready_made_categories(*, firm: Firm, **_: Any) -> None:
    ExpenseCategory.objects.bulk_create(
        ExpenseCategory(firm=firm, name=expense.name, kind=expense.kind.value, utbms_code=expense.code)
        for expense in UTBMS_EXPENSES
    )
