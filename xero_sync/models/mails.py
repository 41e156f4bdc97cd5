"""Who is told what: each person's choice for a firm, and every mail about a cause, once."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from firms.managers import FirmManager
from firms.models import Firm, User
from xero_sync.models.outbox import Cause


class MailChoice(models.Model):
    """How one person wants to hear of one firm's causes; without a row: at once. `hour` is the firm's own clock's."""

    class When(models.TextChoices):
        AT_ONCE = "AT_ONCE", "At once"
        DAILY = "DAILY", "Once a day"
        NEVER = "NEVER", "Never"

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="mail_choices")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    when = models.CharField(max_length=8, choices=When, default=When.AT_ONCE)
    hour = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["firm", "user"], name="one_mail_choice_per_person")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_when_display()}"


class Mail(models.Model):
    """One mail to one person: written before it is sent, so that nobody is told twice, and sent again if it was not.

    A digest names several causes. `message_id` stays the same when it is sent again.
    """

    class What(models.TextChoices):
        OPENED = "OPENED", "Needs somebody"
        OVER = "OVER", "Is over"
        DIGEST = "DIGEST", "Digest"

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=8, choices=What)
    causes: "models.ManyToManyField[Cause, models.Model]" = models.ManyToManyField(Cause, related_name="mails")
    # What makes it this one: a cause and what happened to it, or a day's digest.
    key = models.CharField(max_length=80)
    message_id = models.CharField(max_length=120, unique=True)
    written_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "user", "key"], name="one_mail_per_person_and_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["written_at"], condition=models.Q(sent_at=None), name="mails_to_send")
        ]

    def __str__(self) -> str:
        return f"{self.what} to {self.user_id}"
