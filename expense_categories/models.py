"""A firm's expense categories and the Xero account each posts to."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from firms.managers import FirmManager
from firms.models import Firm

# Xero's Code: at most 10 characters. Which codes exist is Xero's business, checked when the chart is read.
account_code_shape = RegexValidator(r"^[^\s<>](.{0,8}[^\s<>])?$", "An account code has at most 10 characters.")


class CategoryKind(models.TextChoices):
    DISBURSEMENT = "DISBURSEMENT", "Disbursement (hard cost)"
    EXPENSE_RECOVERY = "EXPENSE_RECOVERY", "Expense recovery (soft cost)"


class ExpenseCategory(models.Model):
    """The purpose of an expense line. An empty account code means: the firm's default for expenses."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="expense_categories")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=CategoryKind)
    utbms_code = models.CharField("UTBMS code", max_length=10, blank=True)
    account_code = models.CharField("Xero account code", max_length=10, blank=True, validators=[account_code_shape])
    version = models.PositiveIntegerField(default=1)

    objects = FirmManager()

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name_plural = "expense categories"
        constraints: ClassVar = [
            models.UniqueConstraint("firm", Lower("name"), name="one_category_per_name"),
            models.UniqueConstraint(
                fields=["firm", "utbms_code"], condition=~Q(utbms_code=""), name="one_category_per_utbms_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name
