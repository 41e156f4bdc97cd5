"""The client's cases."""

from typing import ClassVar

from django.db import models

from billing.models.contact import Contact
from firms.managers import FirmManager
from firms.models import Firm


class Matter(models.Model):
    """One case of one client."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="matters")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="matters")
    number = models.CharField(max_length=50)
    name = models.CharField(max_length=255, blank=True)

    objects = FirmManager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["firm", "number"], name="one_matter_per_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()
