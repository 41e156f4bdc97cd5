"""The choices of a firm on Settings > Bill Syncing."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from expense_categories.models import account_code_shape
from firms.managers import FirmManager
from firms.models import Firm, User


class BillSyncSettings(models.Model):
    """The settings that have no cohort: master switch, start date, default accounts, pause."""

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="bill_sync_settings")
    enabled = models.BooleanField("Send bills to Xero", default=True)
    start_date = models.DateField(null=True, blank=True)
    services_account = models.CharField(max_length=10, blank=True, validators=[account_code_shape])
    expenses_account = models.CharField(max_length=10, blank=True, validators=[account_code_shape])
    # Nothing goes before an admin has seen the count and said yes.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=254, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = FirmManager()

    def __str__(self) -> str:
        return f"Bill Syncing settings of {self.firm}"


class FirmPreference(models.Model):
    """One preference of one firm: a row written when the firm is created, never recomputed."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="preferences")
    key = models.CharField(max_length=40)
    on = models.BooleanField()
    changed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["firm", "key"], name="one_row_per_preference")]

    def __str__(self) -> str:
        return f"{self.key} {'on' if self.on else 'off'}"


class TaxMapping(models.Model):
    """Which of Xero's tax types one of the firm's rates is."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="tax_mappings")
    tax_name = models.CharField(max_length=50)
    tax_percent = models.DecimalField(max_digits=7, decimal_places=4)
    tax_type = models.CharField(max_length=50)

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "tax_name", "tax_percent"], name="one_tax_type_per_rate")
        ]

    def __str__(self) -> str:
        return f"{self.tax_name} {self.tax_percent} is {self.tax_type}"
