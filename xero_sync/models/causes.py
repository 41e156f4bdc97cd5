"""Causes, and what people did about them: what they released at a time, and what they left out of Xero."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from firms.managers import FirmManager
from firms.models import Firm, User


class Cause(models.Model):
    """One thing that holds back any number of documents, as `domain.errors` names it: a code and a subject.

    `watched`: seen in Xero before any document met it, so it stays open without documents. `returned`: how often the
    same thing was fixed before and came back.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="causes")
    code = models.CharField(max_length=60)
    subject = models.CharField(max_length=255, blank=True)
    parts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    watched = models.BooleanField(default=False)
    returned = models.PositiveIntegerField(default=0)
    assigned_to = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    snoozed_until = models.DateTimeField(null=True, blank=True)

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["firm", "code", "subject"], condition=Q(closed_at=None), name="one_open_cause_per_subject"
            )
        ]
        # Closed causes too: whether the cause was open before, and whether people were notified of it.
        indexes: ClassVar = [models.Index(fields=["firm", "code", "subject"], name="causes_by_name")]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}".strip()


class Release(models.Model):
    """Everything behind one cause, let go by one person at one time: what a progress bar follows.

    `todays` says that the documents were stamped with the preferences of the day instead of those of their save.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="releases")
    cause = models.ForeignKey(Cause, null=True, on_delete=models.SET_NULL, related_name="releases")
    title = models.CharField(max_length=255)
    fix = models.CharField(max_length=255, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    todays = models.BooleanField(default=False)
    job_ids = ArrayField(models.BigIntegerField(), default=list)

    objects = FirmManager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["firm", "-at"], name="releases_by_firm")]

    def __str__(self) -> str:
        return self.title


class Resolution(models.Model):
    """How a person ended a document's trouble without sending it: ignored, or handled in Xero. A save ends it.

    `proof` is what Xero said of its own document when it was read: {"xero_id", "number", "contact", "total",
    "currency", "status", "read_at"}, and what stood here then: {"number_here", "contact_here", "total_here"}.
    """

    class How(models.TextChoices):
        IGNORED = "IGNORED", "Left out of Xero"
        HANDLED = "HANDLED", "Handled in Xero"

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="resolutions")
    job = models.ForeignKey("xero_sync.SyncJob", on_delete=models.CASCADE, related_name="resolutions")
    cause = models.ForeignKey(Cause, null=True, on_delete=models.SET_NULL, related_name="resolutions")
    how = models.CharField(max_length=10, choices=How)
    reason = models.TextField()
    proof: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by_label = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)

    objects = FirmManager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["job", "-at"], name="resolutions_by_job")]

    def __str__(self) -> str:
        return f"{self.get_how_display()}: {self.reason}"
