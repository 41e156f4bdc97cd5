"""Files on their way in: what was uploaded, what a person chose, how far the import is, and the file itself."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.domain.import_states import AT_WORK, ImportState
from firms.managers import FirmManager
from firms.models import Firm, User


class ImportKind(models.TextChoices):
    CONTACTS = "CONTACTS", "Clients"
    BILLS = "BILLS", "Bills"


class Import(models.Model):
    """One file. `choices` is an ImportChoices and `report` an ImportReport, each with its own reader and writer.

    `done` of `total` bills or clients are written, released or taken back in the present state; `cursor` is the last
    row that a step has dealt with. A worker holds the import until `lease_until`, by the database's clock. `acted_by`
    is who last decided something; `changed_at` moves with everything a page shows.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(max_length=8, choices=ImportKind)
    file_name = models.CharField(max_length=255)
    file_size = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    # When the file itself is deleted; the fingerprint stays.
    file_until = models.DateTimeField()
    state = models.CharField(
        max_length=9, choices=[(state.value, state.value) for state in ImportState], default=ImportState.READING
    )
    choices: "models.JSONField[dict[str, object], dict[str, object]]" = models.JSONField(default=dict)
    report: "models.JSONField[dict[str, object], dict[str, object]]" = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    lease_holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    uploaded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_by_label = models.CharField(max_length=254)
    acted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = FirmManager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["firm", "-id"], name="imports_newest_first"),
            models.Index(
                fields=["id"], condition=Q(state__in=[state.value for state in AT_WORK]), name="imports_at_work"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class FilePurpose(models.TextChoices):
    UPLOADED = "UPLOADED", "The file as it came"
    REFUSED = "REFUSED", "The refused rows with their reasons"


class ImportFilePart(models.Model):
    """About a megabyte of a file of an import. Readable by the firm's people only, and deleted after a day."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    source_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="parts")
    purpose = models.CharField(max_length=8, choices=FilePurpose)
    position = models.PositiveIntegerField()
    data = models.BinaryField()

    objects = FirmManager()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source_import", "purpose", "position"], name="one_part_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.source_import_id}/{self.purpose}/{self.position}"
