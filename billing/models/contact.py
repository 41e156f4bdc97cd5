"""The firm's clients: people and companies."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models.imports import Import
from firms.managers import FirmManager
from firms.models import Firm


class ContactKind(models.TextChoices):
    PERSON = "PERSON", "Person"
    COMPANY = "COMPANY", "Company"


class PhoneType(models.TextChoices):
    WORK = "WORK", "Work"
    DIRECT = "DIRECT", "Direct"
    MOBILE = "MOBILE", "Mobile"
    FAX = "FAX", "Fax"


class Contact(models.Model):
    """A client. `phones` is a list of {"type": PhoneType, "number": str}; e-mails are kept as they were typed."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=7, choices=ContactKind, default=ContactKind.COMPANY)
    client_number = models.CharField(max_length=50)
    name = models.CharField(max_length=255)
    first_name = models.CharField(max_length=255, blank=True)
    last_name = models.CharField(max_length=255, blank=True)
    emails = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    phones: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    address_line1 = models.CharField(max_length=500, blank=True)
    address_line2 = models.CharField(max_length=500, blank=True)
    city = models.CharField(max_length=255, blank=True)
    region = models.CharField(max_length=255, blank=True)
    postal_code = models.CharField(max_length=50, blank=True)
    country = models.CharField(max_length=50, blank=True)
    tax_number = models.CharField(max_length=50, blank=True)
    # The file that brought the client in; empty for one typed by hand.
    source_import = models.ForeignKey(
        Import, null=True, blank=True, on_delete=models.PROTECT, related_name="contacts", db_index=False
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = FirmManager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "client_number"], name="one_contact_per_client_number")
        ]
        indexes: ClassVar = [
            models.Index(fields=["firm", "name", "id"], name="contacts_by_name"),
            models.Index(
                fields=["source_import", "id"], condition=Q(source_import__isnull=False), name="contacts_of_imports"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address_lines(self) -> list[str]:
        """The address as one writes it on an envelope."""
        town = " ".join(part for part in (self.city, self.region, self.postal_code) if part)
        return [line for line in (self.address_line1, self.address_line2, town, self.country) if line]
