"""The comments of readers on the help pages."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from firms.managers import FirmManager
from firms.models import Firm, User

LONGEST_COMMENT = 1000


class HelpReason(models.TextChoices):
    WRONG = "WRONG", "It is confusing or wrong"
    ELSEWHERE = "ELSEWHERE", "It is not what I was looking for"
    DISLIKED = "DISLIKED", "I don’t like this"


class HelpFeedback(models.Model):
    """One answer to "Was this helpful?"; firm and user are empty for somebody who was not signed in."""

    page = models.CharField(max_length=80, blank=True)
    helpful = models.BooleanField()
    reason = models.CharField(max_length=10, choices=HelpReason, blank=True)
    comment = models.CharField(max_length=LONGEST_COMMENT, blank=True)
    firm = models.ForeignKey(Firm, null=True, blank=True, on_delete=models.CASCADE, related_name="help_feedback")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = FirmManager()

    class Meta:
        db_table = "xero_sync_helpfeedback"
        ordering: ClassVar = ["-at", "-pk"]
        verbose_name_plural = "help feedback"
        indexes: ClassVar = [models.Index(fields=["-at"], name="help_feedback_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(helpful=True, reason="") | Q(helpful=False, reason__in=HelpReason.values),
                name="a_reason_only_where_not_helpful",
            )
        ]

    def __str__(self) -> str:
        return f"{self.page or 'questions'}: {'helpful' if self.helpful else self.get_reason_display()}"
