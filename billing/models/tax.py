"""The firm's tax rates."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from firms.managers import FirmManager
from firms.models import Firm


class TaxRate(models.Model):
    """A rate the firm charges. Lines keep its name and percent as they were when the bill was saved."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="tax_rates")
    name = models.CharField(max_length=50)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    is_default = models.BooleanField(default=False)

    objects = FirmManager()

    class Meta:
        ordering: ClassVar = ["-is_default", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint("firm", Lower("name"), name="one_tax_rate_per_name"),
            models.UniqueConstraint(fields=["firm"], condition=Q(is_default=True), name="one_default_tax_rate"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="tax_percent_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.percent.normalize():f}%)"
