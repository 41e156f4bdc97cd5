"""The client's cases."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing.models.contact import Contact
from billing.models.imports import Import
from firms.managers import FirmManager
from firms.models import Firm


class Matter(models.Model):
    """One case of one client."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="matters")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="matters")
    number = models.CharField(max_length=50)
    name = models.CharField(max_length=255, blank=True)
    source_import = models.ForeignKey(
        Import, null=True, blank=True, on_delete=models.PROTECT, related_name="matters", db_index=False
    )

    objects = FirmManager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["firm", "number"], name="one_matter_per_number")]
        indexes: ClassVar = [
            models.Index(
                fields=["source_import", "id"], condition=Q(source_import__isnull=False), name="matters_of_imports"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()
